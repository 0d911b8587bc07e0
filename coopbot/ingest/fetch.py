"""Addresses to pages: politely, safely, and never more than asked for.

get ── hop by hop ──> robots.py: may we? ──> exchange.py ──> pace.py: at its turn
                                                └─> connection.py: to an allowed address
                                                └─> body.py: no more than the size cap
"""

from __future__ import annotations

from types import TracebackType
from typing import Self, overload

import httpx

from coopbot import __version__
from coopbot.errors import FetchFailed
from coopbot.ingest import body, robots
from coopbot.ingest.clock import Clock
from coopbot.ingest.connection import Network, Transport
from coopbot.ingest.exchange import Answer, Exchanges, Limits
from coopbot.ingest.records import NotModified, Page, Validators
from coopbot.ingest.web_address import join, shown, web_address

_REDIRECTS = (301, 302, 303, 307, 308)
_MISSING = (404, 410)
_DENIED = (401, 402, 403, 451)
_NOT_MODIFIED = 304
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_NO_CONTACT = "search engine of cooperatives; robots.txt: Coopbot"


def user_agent(contact: str | None) -> str:
    """Return how Coopbot introduces itself; *contact* is where its operator can be reached."""
    note = f"+{contact}" if contact else _NO_CONTACT
    return f"{robots.PRODUCT}/{__version__} ({note})"


class Fetcher:
    """Gets pages. A site sees no more than the limits, however many are asked for at once.

    How many that are in all is up to the caller: each takes a connection, and memory for one body.
    Use as `async with Fetcher(contact) as fetcher`. It remembers robots.txt and the pace of each
    host, so one should live as long as a crawl, or as the bot.
    """

    def __init__(
        self,
        contact: str | None = None,
        *,
        network: Network | None = None,
        limits: Limits | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._network = network or Network()
        self._limits = limits or Limits()
        self._clock = clock or Clock()
        self._headers = {
            "User-Agent": user_agent(contact),
            "Accept": _ACCEPT,
            "Accept-Encoding": body.ACCEPTED,
            "Accept-Language": "fr,en;q=0.5",
        }
        self._robots = robots.Robots(self._read_robots, self._clock)

    async def __aenter__(self) -> Self:
        self._transport = Transport(self._network)
        self._exchanges = Exchanges(self._transport, self._limits, self._clock)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._transport.aclose()

    @overload
    async def get(self, url: str, known: None = None) -> Page: ...

    @overload
    async def get(self, url: str, known: Validators | None) -> Page | NotModified: ...

    async def get(self, url: str, known: Validators | None = None) -> Page | NotModified:
        """Return the page at *url*, or NotModified if it is still the one *known* came with.

        Raises FetchFailed, with a key for each cause; Unavailable if it may be had later.
        """
        limits = self._limits
        answer = await self._follow(
            web_address(url), _conditions(known), limits.size, limits.redirects
        )
        final = str(answer.request.url)
        today = self._clock.now().date().isoformat()
        headers = answer.headers
        validators = Validators(headers.get("etag"), headers.get("last-modified"))
        if answer.status == _NOT_MODIFIED and known:
            return NotModified(url, final, today, validators)
        _expect_page(answer, limits.size)
        return Page(url, final, answer.body, headers.get("content-type"), today, validators)

    async def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the addresses of sitemaps that robots.txt of the site of *url* names.

        Raises FetchFailed as `get` does.
        """
        return (await self._robots.rules(web_address(url))).sitemaps

    async def _read_robots(self, url: httpx.URL) -> tuple[int, bytes]:
        answer = await self._follow(
            url, {}, robots.MOST_BYTES, robots.MOST_REDIRECTS, asks_robots=False
        )
        return answer.status, answer.body

    async def _follow(
        self,
        url: httpx.URL,
        headers: dict[str, str],
        size: int,
        most: int,
        *,
        asks_robots: bool = True,
    ) -> Answer:
        """Return the first answer that does not lead on, after *most* redirects at most."""
        cookies = httpx.Cookies()  # some sites redirect to the same address to see if they are kept
        seen = set[tuple[str, str | None]]()
        for _ in range(most + 1):
            request = httpx.Request("GET", url, headers=self._headers | headers, cookies=cookies)
            hop = str(url), request.headers.get("cookie")
            if hop in seen:
                break
            seen.add(hop)
            delay = await self._permission(url) if asks_robots else 0.0
            answer = await self._exchanges.answer(request, size, delay)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or location is None:
                return answer
            cookies.extract_cookies(
                httpx.Response(answer.status, headers=answer.headers, request=request)
            )
            url = join(url, location)
        raise FetchFailed("fetch_redirects", url=shown(url))

    async def _permission(self, url: httpx.URL) -> float:
        """Return how long the site wants between requests; raise if it does not want this one."""
        rules = await self._robots.rules(url)
        if not rules.allow(url):
            raise FetchFailed("fetch_robots", url=shown(url))
        return rules.delay


def _conditions(known: Validators | None) -> dict[str, str]:
    if known is None:
        return {}
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    # Some servers give validators with letters that no header may hold; those are of no use.
    return {
        name: value
        for name, value in conditions.items()
        if value and value.isascii() and value.isprintable()
    }


def _expect_page(answer: Answer, size: int) -> None:
    url = shown(answer.request.url)
    if answer.status in _MISSING:
        raise FetchFailed("fetch_missing", url=url, status=answer.status)
    if answer.status in _DENIED:
        raise FetchFailed("fetch_denied", url=url, status=answer.status)
    if not answer.is_success:
        raise FetchFailed("fetch_status", url=url, status=answer.status)
    if len(answer.body) > size:
        raise FetchFailed("fetch_too_large", url=url, megabytes=f"{size / 1e6:.3g}")
