"""Archived copies of pages: the Wayback Machine's availability API, and Memento (RFC 7089).

https://archive.org/help/wayback_api.php
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from coopbot.article import canonical_url
from coopbot.errors import IngestError

_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*\w+\s*=\s*(?:\"[^\"]*\"|[^\s,;]+))*)")
_PARAMETER = re.compile(r";\s*(\w+)\s*=\s*(?:\"([^\"]*)\"|([^\s,;]+))")
_NOT_DIGIT = re.compile(r"\D")

# Gives the body at an address, None when there is none. Raises IngestError.
Get = Callable[[str], Awaitable[bytes | None]]


async def archived(
    address: str, day: str | None, get: Get, wayback: str, memento: str
) -> str | None:
    """Return the address of the archived copy of *address* closest to *day*, None without one.

    *day* is an ISO 8601 date, perhaps of reduced precision. *wayback* and *memento* are the base
    addresses of an availability API and of the TimeMaps of an archive, "" for none; the second is
    asked when the first knows nothing. Raises IngestError when none knows, and one kept silent.
    """
    unanswered: IngestError | None = None
    for base, look in ((wayback, _available), (memento, _closest)):
        if not base:
            continue
        try:
            found = await look(base, address, day, get)
        except IngestError as error:
            unanswered = error
            continue
        if found is not None:
            return found
    if unanswered is not None:
        raise unanswered
    return None


async def _available(base: str, address: str, day: str | None, get: Get) -> str | None:
    query = {"url": address} | ({"timestamp": _NOT_DIGIT.sub("", day)} if day else {})
    body = await get(f"{base}?{urlencode(query)}")
    return parse_availability(body or b"")


async def _closest(base: str, address: str, day: str | None, get: Get) -> str | None:
    body = await get(f"{base}{address}")
    return parse_timemap((body or b"").decode("utf-8", "replace"), day)


def parse_availability(body: bytes) -> str | None:
    """Return the snapshot that an answer of the availability API names."""
    try:
        closest = json.loads(body)["archived_snapshots"]["closest"]
        good = closest["available"] is True and str(closest.get("status", "200")).startswith("2")
        return _usable(closest["url"]) if good else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def parse_timemap(text: str, day: str | None) -> str | None:
    """Return the memento in a TimeMap (RFC 7089, 5) closest to *day*, else the latest."""
    mementos: list[tuple[str, str]] = []
    for link in _LINK.finditer(text):
        parameters = {p[1].lower(): p[2] or p[3] or "" for p in _PARAMETER.finditer(link[2])}
        if "memento" not in parameters.get("rel", "").split():
            continue
        try:
            made = parsedate_to_datetime(parameters.get("datetime", "")).date().isoformat()
        except (ValueError, OverflowError):
            continue
        copy = _usable(link[1])
        if copy:
            mementos.append((made, copy))
    if not mementos:
        return None
    if day is None:
        return max(mementos)[1]
    return min(mementos, key=lambda memento: abs(_days(memento[0]) - _days(day)))[1]


def _days(day: str) -> int:
    """Return a number that grows with *day*, good enough to tell which of two is closer."""
    year, month, date = (int(part) for part in [*day.split("-"), "1", "1"][:3])
    return (year * 12 + month) * 31 + date


def _usable(address: object) -> str | None:
    try:
        return canonical_url(str(address))
    except ValueError:
        return None
