"""What is taken for an address of the web."""

from __future__ import annotations

import httpx

from coopbot.errors import FetchFailed
from coopbot.ingest.addresses import literal

_LONGEST_SHOWN = 200


def web_address(text: str) -> httpx.URL:
    """Return the http or https address that *text* is, without fragment.

    Raises FetchFailed: `fetch_not_http`, or `fetch_credentials` for one with a name before an @,
    which would be kept in the corpus for all to read, or makes it look like another site's.
    """
    try:
        url = httpx.URL(text.strip())
        literal(url.raw_host.decode("ascii"))
        usable = url.scheme in ("http", "https") and (url.port is None or 0 < url.port < 65_536)
    except (httpx.InvalidURL, ValueError):
        usable = False
    if not usable:
        raise FetchFailed("fetch_not_http", url=shown(text))
    if url.userinfo:
        raise FetchFailed("fetch_credentials", host=url.host)
    return url.copy_with(fragment=None)


def join(base: httpx.URL, location: str) -> httpx.URL:
    """Return the address that *location* names on the page at *base*; raises as web_address."""
    try:
        target = str(base.join(location.strip()))
    except (httpx.InvalidURL, ValueError):
        target = location
    return web_address(target)


def shown(url: httpx.URL | str) -> str:
    """Return *url* as it goes into a sentence: not endless, nor what breaks a terminal."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(url))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
