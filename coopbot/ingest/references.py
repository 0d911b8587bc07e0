"""What feeds, sitemaps and listings share: addresses and dates, as References need them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

from coopbot.article import canonical_url, is_date
from coopbot.ingest.records import Reference

_SNIFFED = 4_000
_COMMENT = re.compile(rb"<!--.*?(-->|\Z)", re.DOTALL)
_ELEMENT = re.compile(
    rb"<(?:[A-Za-z][\w.-]*:)?([A-Za-z][\w.-]*)"
)  # declarations begin with <! or <?
MOST_REFERENCES = 1_000  # of one feed or listing; what is beyond is no news


def absolute(address: object, base: str) -> str | None:
    """Return *address*, found on the page *base*, in full; None when it leads to no web page."""
    if not isinstance(address, str) or not address.strip() or address.strip().startswith("#"):
        return None
    try:
        return canonical_url(urljoin(base, address.strip()))
    except ValueError:
        return None


def date_of(text: object) -> str | None:
    """Return the day that *text* names, ISO 8601, None when it names none.

    As written, not in another time zone: ISO 8601 and RFC 3339 (Atom, sitemaps, JSON Feed), RFC 822
    (RSS).
    """
    if not isinstance(text, str):
        return None
    text = text.strip()
    for length in (10, 7, 4):
        if is_date(text[:length]) and not text[length : length + 1].isdigit():
            return text[:length]
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, OverflowError):
        return None


def distinct(references: Iterable[Reference], most: int = MOST_REFERENCES) -> Iterator[Reference]:
    """Yield the first *most* of *references* with an address of their own."""
    seen: set[str] = set()
    for reference in references:
        if reference.url in seen:
            continue
        seen.add(reference.url)
        yield reference
        if len(seen) == most:
            return


def first_element(content: bytes) -> str:
    """Return the local name of the first element of *content*, "" when it is no XML nor HTML.

    It tells what a document is, whatever its server calls it.
    """
    head = content[:_SNIFFED].removeprefix(b"\xef\xbb\xbf")
    if not head.lstrip().startswith(b"<"):
        return ""
    found = _ELEMENT.search(_COMMENT.sub(b"", head))
    return found[1].decode("ascii", "replace") if found else ""
