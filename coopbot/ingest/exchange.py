"""One request and its answer, asked again when that may help."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass

import httpcore
import httpx
from h2.exceptions import H2Error

from coopbot.errors import FetchFailed, Unavailable
from coopbot.ingest import body
from coopbot.ingest.clock import Clock
from coopbot.ingest.connection import Transport
from coopbot.ingest.pace import Pace
from coopbot.ingest.waiting import retry_after, retrying
from coopbot.ingest.web_address import shown

_TRY_AGAIN = (408, 425, 429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a page may cost us and its site; bytes and seconds."""

    size: int = 10_000_000  # of a body, unpacked
    connect: float = 10.0
    read: float = 20.0  # between two pieces of an answer
    whole: float = 60.0  # one answer from first to last byte
    redirects: int = 10
    attempts: int = 3
    patience: float = 120.0  # longest that a site may ask us to wait; more is a failure
    interval: float = 1.0  # between the starts of two requests to a host
    concurrency: int = 2  # requests to one host at once


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; `body` is empty unless the status is 2xx."""

    request: httpx.Request
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def is_success(self) -> bool:
        """Whether the body is what was asked for."""
        return 200 <= self.status < 300


class Exchanges:
    """Sends requests at the pace of their hosts."""

    def __init__(self, transport: Transport, limits: Limits, clock: Clock) -> None:
        self._transport = transport
        self._limits = limits
        self._clock = clock
        self._pace = Pace(clock, limits.interval, limits.concurrency)

    async def answer(self, request: httpx.Request, size: int, delay: float = 0.0) -> Answer:
        """Return the answer to *request*, with the first *size* + 1 bytes of its body.

        *delay* is the interval in seconds that the site asks for. Raises FetchFailed for all that
        is no answer; Unavailable if the server's answer is that it cannot now (5xx, 429).
        """
        again = retrying(self._clock, self._limits.attempts, self._limits.patience)
        return await again(self._at_its_turn, request, size, delay)

    async def _at_its_turn(self, request: httpx.Request, size: int, delay: float) -> Answer:
        host = request.url.host
        self._refuse_long_wait(host, self._pace.wait(host))
        async with self._pace.turn(host, delay):
            answer = await self._once(request, size)
            if answer.status not in _TRY_AGAIN:
                return answer
            wait = retry_after(answer.headers.get("retry-after"), self._clock.now())
            self._pace.hold(host, wait or 0.0)
        self._refuse_long_wait(host, wait or 0.0)
        raise Unavailable(
            "fetch_status", url=shown(request.url), status=answer.status, retry_after=wait
        )

    def _refuse_long_wait(self, host: str, wait: float) -> None:
        if wait > self._limits.patience:
            minutes = math.ceil(wait / 60)
            raise Unavailable("fetch_wait", host=host, minutes=minutes, retry_after=wait)

    async def _once(self, request: httpx.Request, size: int) -> Answer:
        limits = self._limits
        timeout = httpx.Timeout(limits.read, connect=limits.connect, pool=None)
        request.extensions = {"timeout": timeout.as_dict()}
        try:
            async with asyncio.timeout(limits.whole):
                with _failures(request.url):
                    return await self._send(request, size)
        except TimeoutError as error:  # it may well go on like this for ever: not tried again
            raise FetchFailed("fetch_timeout", where=shown(request.url)) from error

    async def _send(self, request: httpx.Request, size: int) -> Answer:
        response = await self._transport.handle_async_request(request)
        async with aclosing(response):
            parts = response.aiter_raw()
            if response.is_success:
                encoding = response.headers.get("content-encoding", "")
                content = await body.read(parts, encoding, size)
            else:  # read to its end all the same, so that the connection serves again
                await body.skip(parts)
                content = b""
            return Answer(request, response.status_code, response.headers, content)


@contextmanager
def _failures(url: httpx.URL) -> Iterator[None]:
    """Raise what connecting, sending and reading can raise as FetchFailed, a key for each cause."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise Unavailable("fetch_timeout", where=shown(url)) from error
    except httpcore.ConnectError as error:  # Guard has other errors for what comes before TLS
        cause = next(iter(error.args), None)  # httpcore wraps it so, and chains nothing
        reason = getattr(cause, "verify_message", None) or getattr(cause, "reason", None)
        raise FetchFailed("fetch_tls", host=url.host, reason=reason or "TLS") from error
    except (httpcore.NetworkError, httpcore.RemoteProtocolError, H2Error) as error:
        raise Unavailable("fetch_broken", url=shown(url)) from error
    except (httpcore.LocalProtocolError, body.Unreadable) as error:
        raise FetchFailed("fetch_broken", url=shown(url)) from error
