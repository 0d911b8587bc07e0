"""HTML saved by hand: pages behind a wall, or that are no longer there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coopbot.article import Article
from coopbot.ingest.importers.making import web_address

# What browsers (and SingleFile) write at the top of the pages they save.
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(\S+)|\burl:\s*(https?://\S+)", re.IGNORECASE)
_LOOKED_AT = 2_000  # characters


def read_saved_page(
    text: str,
    url: str | None,
    retrieved: str,
    *,
    careful: bool = False,
    languages: Sequence[str] = ("fr",),
) -> Article:
    """Return the article of the page *text*, which came from *url*.

    Without *url*, the address that the browser noted when it saved the page. *careful* and
    *languages* are those of `extract`. Raises Refused when the page is no article.
    """
    from coopbot.ingest.extract import extract

    address = url or _noted(text)
    return extract(text, address, retrieved=retrieved, careful=careful, languages=languages)


def _noted(text: str) -> str | None:
    comments = re.findall(r"<!--(.*?)-->", text[:_LOOKED_AT], re.DOTALL)
    found = next(filter(None, map(_SAVED_FROM.search, comments)), None)
    return web_address(found[1] or found[2]) if found else None
