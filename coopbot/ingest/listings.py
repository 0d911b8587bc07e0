"""Listing pages to References: the links that a CSS selector picks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coopbot.ingest.records import Reference
from coopbot.ingest.references import absolute, date_of, distinct
from coopbot.ingest.soup import soup_of

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_MAX_TITLE = 300


def is_selector(selector: str) -> bool:
    """Tell whether *selector* is a CSS selector."""
    import soupsieve

    try:
        soupsieve.compile(selector)
    except soupsieve.SelectorSyntaxError:
        return False
    return True


def read_listing(html: bytes | str, base: str, selector: str) -> list[Reference]:
    """Return what *selector* picks on the page *html* at *base*, in the page's order.

    It picks links, or what holds one: the first link in it then counts, and a date in a `time`
    element beside it.
    """
    soup = soup_of(html)
    base = _base(soup, base)
    picked = (_reference(element, base) for element in soup.select(selector))
    return list(distinct(reference for reference in picked if reference is not None))


def _reference(element: Tag, base: str) -> Reference | None:
    link = element if element.name == "a" else element.find("a", href=True)
    address = absolute(link.get("href"), base) if link else None
    if link is None or address is None:
        return None
    heading = element.find(["h1", "h2", "h3", "h4"]) or link
    title = " ".join(heading.get_text(" ").split())[:_MAX_TITLE]
    time = element.find("time", datetime=True)
    published = date_of(time["datetime"]) if time else None
    return Reference(address, title=title or None, published=published)


def _base(soup: BeautifulSoup, address: str) -> str:
    """Return what relative addresses on the page at *address* are relative to."""
    element = soup.find("base", href=True)
    return (absolute(element["href"], address) if element else None) or address
