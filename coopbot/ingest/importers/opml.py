"""OPML: the lists of feeds that feed readers exchange. https://opml.org/spec2.opml"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from coopbot.errors import Refused
from coopbot.ingest.importers.making import make_feed, make_reference
from coopbot.ingest.importers.safe_xml import parse_xml
from coopbot.ingest.records import FeedReference, Reference

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_opml(name: str, text: str) -> Iterator[Reference | FeedReference | Refused]:
    """Yield the feeds of *text*, and the links that some readers list beside them.

    Feeds are tagged with the outlines they are in, and their categories. Raises Refused when it
    cannot be read at all.
    """
    root, damage = parse_xml(name, text)
    for outline in root.iter("{*}outline"):
        line, title = outline.sourceline or 1, outline.get("title") or outline.get("text")
        if (feed := _attribute(outline, "xmlurl")) is not None:
            homepage = _attribute(outline, "htmlurl")
            yield make_feed(name, line, feed, title, homepage, _tags(outline))
        elif (url := outline.get("url")) is not None:
            yield make_reference(name, line, url, title, tags=_tags(outline))
    if damage is not None:
        yield damage


def _attribute(outline: _Element, wanted: str) -> str | None:
    """Return the attribute *wanted*, whatever its case: "xmlUrl", "xmlURL"."""
    return next((str(value) for key, value in outline.items() if str(key).lower() == wanted), None)


def _tags(outline: _Element) -> list[str]:
    within = [o.get("title") or o.get("text") or "" for o in outline.iterancestors("{*}outline")]
    categories = (outline.get("category") or "").replace("/", ",").split(",")
    return [*reversed(within), *categories]
