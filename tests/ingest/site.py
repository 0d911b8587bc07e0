"""A web site on loopback: what it answers is a table, what it was asked is a list.

    async with Site({"/": page("<p>Bonjour"), "/vieux": redirect("/")}) as site:
        async with site.fetcher() as fetcher:
            await fetcher.get(site.url("/vieux"))
        assert site.paths == ["/robots.txt", "/vieux", "/"]

Paths are written as they are sent, percent-encoded, with their query. A path answers on every host;
"//scic.example/page" only on that one. All host names lead to the
site through `site.network()`. For a process under test, `with Site.running({...}) as site` serves
from a thread, on `localhost`.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.utils import format_datetime
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from coopbot.ingest.connection import Network
from coopbot.ingest.exchange import Limits
from coopbot.ingest.fetch import Fetcher
from tests.ingest.clock import START, FakeClock

CERTIFICATE = Path(__file__).parent / "localhost.pem"  # with its key: no secret
LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that the site received; `at` is by the site's clock."""

    host: str
    path: str
    headers: Mapping[str, str]
    at: float


class Site:
    """Serves *routes* on a free port of 127.0.0.1; any other path is a 404.

    `clock` gives the seconds noted in the log.
    """

    def __init__(
        self,
        routes: Mapping[str, Answer],
        *,
        clock: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.routes = dict(routes)
        self.log: list[Asked] = []
        self.port = 0
        self._clock = clock
        self._tls = tls
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=0.1)

    @classmethod
    @contextmanager
    def running(cls, routes: Mapping[str, Answer]) -> Iterator[Self]:
        """Serve from a thread while the block runs."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        site = cls(routes)
        try:
            asyncio.run_coroutine_threadsafe(site.start(), loop).result(10)
            yield site
            asyncio.run_coroutine_threadsafe(site.stop(), loop).result(10)
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Begin to serve."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close all connections."""
        await self._runner.cleanup()

    def url(self, path: str, host: str = "localhost") -> str:
        """Return the address of *path* on this site, under the name *host*."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def network(self) -> Network:
        """Return a network in which all names are this machine, which may be asked."""
        return Network(private=LOOPBACK, resolve=everything_here, tls=trust())

    def fetcher(self, time: FakeClock | None = None, limits: Limits | None = None) -> Fetcher:
        """Return a fetcher in that network, on a clock that does not wait."""
        fake = time or FakeClock()
        return Fetcher(network=self.network(), limits=limits, clock=fake.clock)

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [asked.path for asked in self.log]

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        host = request.host.rpartition(":")[0] or request.host
        self.log.append(Asked(host, request.raw_path, dict(request.headers), self._clock()))
        answer = self.routes.get(f"//{host}{request.raw_path}") or self.routes.get(request.raw_path)
        return await (answer or status(404))(request)


@cache
def trust() -> ssl.SSLContext:
    """Return the trust of a client in CERTIFICATE, which is for localhost and scic.example."""
    return ssl.create_default_context(cafile=CERTIFICATE)


def identity() -> ssl.SSLContext:
    """Return what a server needs to be trusted so."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


async def everything_here(_host: str, _port: int) -> Sequence[str]:
    """Resolve every name to this machine."""
    return ["127.0.0.1"]


def page(
    body: str | bytes, content_type: str | None = _HTML, code: int = 200, **headers: str
) -> Answer:
    """Answer with *body* as it is; underscores in header names stand for hyphens."""
    content = body.encode() if isinstance(body, str) else body
    given = _headers(headers) | ({"Content-Type": content_type} if content_type else {})

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=code, body=content, headers=given)

    return answer


def robots(text: str) -> Answer:
    """Answer as robots.txt does."""
    return page(text, "text/plain")


def feed(text: str) -> Answer:
    """Answer with RSS or Atom."""
    return page(text, "application/xml")


def sitemap(*urls: str) -> Answer:
    """Answer with a sitemap of *urls*."""
    places = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    return page(f'<?xml version="1.0"?><urlset>{places}</urlset>', "application/xml")


def status(code: int, **headers: str) -> Answer:
    """Answer with an error; `retry_after="2"` gives the header Retry-After."""
    return page(f"<h1>{code}</h1>", code=code, **headers)


def redirect(target: str, code: int = 301, **headers: str) -> Answer:
    """Lead to *target*."""
    return status(code, location=target, **headers)


def in_turn(*answers: Answer) -> Answer:
    """Give each answer once, then the last one again and again."""
    left = list(answers)

    async def answer(request: web.Request) -> web.StreamResponse:
        return await (left.pop(0) if len(left) > 1 else left[0])(request)

    return answer


def cached(body: str, etag: str) -> Answer:
    """Answer with *body*, or 304 to one who has it already."""
    modified = format_datetime(START, usegmt=True)

    async def answer(request: web.Request) -> web.StreamResponse:
        headers = {"ETag": etag, "Last-Modified": modified}
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        return web.Response(text=body, content_type="text/html", headers=headers)

    return answer


def counted(answer: Answer, arrived: Callable[[int], Awaitable[None]]) -> Answer:
    """Call `arrived` with how many requests are being answered, then answer."""
    now = 0

    async def counting(request: web.Request) -> web.StreamResponse:
        nonlocal now
        now += 1
        try:
            await arrived(now)
            return await answer(request)
        finally:
            now -= 1

    return counting


def silent() -> Answer:
    """Never answer."""

    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    return answer


def endless(piece: bytes = b"<p>encore</p>", pause: float = 0.01, **headers: str) -> Answer:
    """Send *piece* every *pause* seconds for ever: no time-out between pieces ends that."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": _HTML} | _headers(headers))
        await response.prepare(request)
        with suppress(ConnectionResetError):  # they have had enough
            while True:
                await response.write(piece)
                await asyncio.sleep(pause)
        return response

    return answer


def bomb(unpacked: int) -> Answer:
    """Answer with a small gzip body that begins to unpack into *unpacked* bytes of blanks."""
    packer = zlib.compressobj(wbits=31)
    start, million = (
        packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    )
    return page(start + million * (unpacked // 1_000_000 - 1), content_encoding="gzip")


def garbage(raw: bytes) -> Answer:
    """Write *raw* to the connection instead of HTTP, and close it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(raw)
        request.transport.close()
        return web.Response()

    return answer


def cut(body: str) -> Answer:
    """Announce twice as much as is sent, and close the connection."""
    return garbage(
        f"HTTP/1.1 200 OK\r\nContent-Type: {_HTML}\r\nContent-Length: "
        f"{2 * len(body.encode())}\r\n\r\n{body}".encode()
    )


def _headers(named: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-").title(): value for name, value in named.items()}
