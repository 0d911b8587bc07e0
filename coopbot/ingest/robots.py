"""What sites ask of robots in robots.txt (RFC 9309)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

import httpx
from cachetools import TLRUCache
from protego import Protego

from coopbot.errors import FetchFailed, Unavailable
from coopbot.ingest.charset import decode
from coopbot.ingest.clock import Clock

PRODUCT = "Coopbot"  # the name that sites use for us in robots.txt
MOST_BYTES = 500 * 1024  # RFC 9309, 2.5: at least this much is read; what follows is not
MOST_REDIRECTS = 5  # RFC 9309, 2.3.1.2
_LONGEST_DELAY = 30.0  # seconds: who asks for more gets this
_DAY = 24 * 3600.0
_AGAIN = 600.0  # after which a site that could not be asked is asked again
_MOST_SITES = 2_000
_AGENT = re.compile(r"\s*user[ -]?agent\s*:?\s*([^\s#]*)", re.IGNORECASE)
_OURS = re.compile(rf"{PRODUCT}\b", re.IGNORECASE)

# Gives status and beginning of robots.txt, its redirects followed. Raises FetchFailed.
Read = Callable[[httpx.URL], Awaitable[tuple[int, bytes]]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What one site asks of us."""

    robots: Protego

    def allow(self, url: httpx.URL) -> bool:
        """Tell whether *url* of this site may be asked for."""
        return self.robots.can_fetch(str(url), PRODUCT)

    @property
    def delay(self) -> float:
        """Seconds that the site wants between requests."""
        return min(self.robots.crawl_delay(PRODUCT) or 0.0, _LONGEST_DELAY)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """Addresses of the site's sitemaps, as written."""
        return tuple(self.robots.sitemaps)


class Robots:
    """The rules of each site, read once a day."""

    def __init__(self, read: Read, clock: Clock) -> None:
        self._read = read
        self._known: TLRUCache[str, Rules | FetchFailed] = TLRUCache(
            _MOST_SITES, ttu=_until, timer=clock.monotonic
        )
        self._reading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def rules(self, url: httpx.URL) -> Rules:
        """Return the rules of the site of *url*.

        Raises Unavailable `fetch_robots_unavailable` if the site answers with an error of its own,
        which forbids all (RFC 9309, 2.3.1.4), and whatever FetchFailed stands between us and it.
        """
        address = url.copy_with(raw_path=b"/robots.txt", fragment=None)
        site = str(address)
        lock = self._reading.setdefault(site, asyncio.Lock())
        async with lock:  # those who come meanwhile wait for the one answer
            found = self._known.get(site)
            if found is None:
                found = self._known[site] = await self._ask(address)
        if isinstance(found, FetchFailed):
            raise type(found)(found.key, **found.values)
        return found

    async def _ask(self, address: httpx.URL) -> Rules | FetchFailed:
        try:
            status, body = await self._read(address)
        except FetchFailed as failure:
            match failure.key:
                case "fetch_status":  # 5xx; and 429, which asks to stay away for now
                    return Unavailable("fetch_robots_unavailable", host=address.host)
                case "fetch_redirects" | "fetch_not_http":  # leads nowhere: there is none
                    return Rules(Protego.parse(""))
            return failure
        return Rules(parse(body if 200 <= status < 300 else b""))


def parse(body: bytes) -> Protego:
    """Return the rules in *body*; what follows the first 500 KiB is not read.

    Groups for other robots are given one name: each robot named before a group costs as much as all
    rules of the group, and half a megabyte could name 20,000 robots for 20,000 rules.
    """
    lines = decode(body[:MOST_BYTES]).splitlines()
    return Protego.parse("\n".join(_without_others(line) for line in lines))


def _without_others(line: str) -> str:
    agent = _AGENT.match(line)
    if agent is None or agent[1] == "*":
        return line
    return f"User-agent: {PRODUCT if _OURS.match(agent[1]) else 'another'}"


def _until(_site: str, found: Rules | FetchFailed, now: float) -> float:
    return now + (_DAY if isinstance(found, Rules) else _AGAIN)
