"""Beautiful Soup without what it stumbles on, and without its advice to programmers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coopbot.ingest.charset import decode

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.filter import SoupStrainer


def soup_of(markup: str | bytes, only: SoupStrainer | None = None) -> BeautifulSoup:
    """Return the tree of the page *markup*, of *only* some elements. Whatever it looks like."""
    from bs4 import BeautifulSoup

    # left to find the encoding, it raises ValueError for some that are declared
    text = markup if isinstance(markup, str) else decode(markup)
    # It warns of pages that begin with an XML declaration, as those in XHTML do, and of texts that
    # could be the names of files; not when a blank line comes first.
    if text.startswith("<?xml") or "<" not in text:
        text = f"\n{text}"
    return BeautifulSoup(text, "lxml", parse_only=only)
