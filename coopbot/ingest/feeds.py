"""Feeds: RSS, Atom and JSON Feed to References, and the feeds that a page names.

https://www.rssboard.org/rss-specification, RFC 4287, https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

from coopbot.errors import Refused
from coopbot.ingest.records import Reference
from coopbot.ingest.references import absolute, date_of, distinct, first_element
from coopbot.ingest.soup import soup_of

MAX_FEED_BYTES = 5_000_000
_MAX_EXCERPT = 500
_MAX_TAGS = 8
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_XML_FEEDS = ("rss", "RDF", "feed")  # RSS, RSS 1.0, Atom
_JSON_FEED = re.compile(
    rb'\s*\{.{0,2000}?"version"\s*:\s*"https?:\\?/\\?/(www\.)?jsonfeed\.org', re.DOTALL
)
_SNIFFED = 4_000
# What damaged feeds make feedparser raise, such as ValueError for a null in the encoding's name.
_STUMBLES = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
_OF_COMMENTS = re.compile(r"comment", re.IGNORECASE)  # "comments feed", "flux des commentaires"


def is_feed(content: bytes) -> bool:
    """Tell whether *content* is a feed, by its beginning: servers call feeds many things."""
    return first_element(content) in _XML_FEEDS or bool(_JSON_FEED.match(content[:_SNIFFED]))


def read_feed(content: bytes, base: str) -> list[Reference]:
    """Return the entries of the feed *content*, which is at the address *base*, in its order.

    Entries without address are left out. Raises Refused when it is no feed.
    """
    if len(content) > MAX_FEED_BYTES:
        megabytes = f"{MAX_FEED_BYTES / 1e6:.0f}"
        raise Refused("feed_too_large", url=base, limit=megabytes)
    if content.lstrip()[:1] == b"{":
        return list(distinct(_json_entries(content, base)))
    return list(distinct(_xml_entries(content, base)))


def feed_links(html: bytes, base: str) -> list[str]:
    """Return the addresses of the feeds that the page *html* at *base* names, in its order.

    Feeds of comments are left out.
    """
    from bs4.filter import SoupStrainer

    soup = soup_of(html, SoupStrainer("link"))
    found = []
    for link in soup.find_all("link", rel="alternate", type=_FEED_TYPES, href=True):
        named = f"{link.get('title', '')} {link['href']}"
        address = absolute(link["href"], base)
        if address and not _OF_COMMENTS.search(named):
            found.append(address)
    return list(dict.fromkeys(found))


def _xml_entries(content: bytes, base: str) -> Iterator[Reference]:
    import feedparser

    try:
        # A stream, because feedparser takes bytes for an address or the name of a file first.
        feed = feedparser.parse(
            io.BytesIO(content), response_headers={"content-location": base}, sanitize_html=False
        )
    except _STUMBLES as error:
        raise Refused("feed_not_one", url=base) from error
    if not feed.get("version"):
        raise Refused("feed_not_one", url=base)
    language = _language(feed.feed.get("language"))
    for entry in feed.entries:
        yield from _xml_entry(entry, base, language)


def _xml_entry(entry: dict[str, Any], base: str, language: str | None) -> Iterator[Reference]:
    address = absolute(entry.get("link"), base)
    if address is None:
        return
    # dict.get: feedparser's own gives one date for another, with a warning
    published, updated = (dict.get(entry, name) for name in ("published", "updated"))
    terms = (tag.get("term") for tag in entry.get("tags", ()))
    yield Reference(
        url=address,
        title=_text(entry.get("title")),
        excerpt=_text(entry.get("summary"), _MAX_EXCERPT),
        published=date_of(published) or date_of(updated),
        tags=_tags(terms),
        language=_language(entry.get("language")) or language,
        modified=date_of(updated),
    )


def _json_entries(content: bytes, base: str) -> Iterator[Reference]:
    try:
        feed = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refused("feed_not_one", url=base) from error
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise Refused("feed_not_one", url=base)
    for item in items:
        if not isinstance(item, dict):
            continue
        address = absolute(item.get("url"), base) or absolute(item.get("external_url"), base)
        if address is None:
            continue
        tags = item.get("tags")
        yield Reference(
            url=address,
            title=_text(item.get("title")),
            excerpt=_text(item.get("summary") or item.get("content_text"), _MAX_EXCERPT),
            published=date_of(item.get("date_published")),
            tags=_tags(tags if isinstance(tags, list) else ()),
            language=_language(item.get("language")) or _language(feed.get("language")),
            modified=date_of(item.get("date_modified")),
        )


def _tags(terms: object) -> tuple[str, ...]:
    texts = (_text(term) for term in terms) if isinstance(terms, Iterator | list | tuple) else ()
    return tuple(dict.fromkeys(text for text in texts if text))[:_MAX_TAGS]


def _language(value: object) -> str | None:
    """Return the ISO 639-1 code in a language tag: "fr-FR" gives "fr"."""
    code = value[:2].lower() if isinstance(value, str) else ""
    return code if len(code) == len("fr") and code.isascii() and code.isalpha() else None


def _text(value: object, most: int = 300) -> str | None:
    """Return the text of a field that may hold HTML, on one line, at most *most* characters."""
    if not isinstance(value, str) or not value.strip():
        return None
    if "<" in value or "&" in value:
        value = soup_of(value[: 20 * most]).get_text(" ")
    text = " ".join(value.split())
    return (text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + "…") or None
