"""Bookmark files in Netscape's form, as browsers, Pearltrees, Diigo and Pocket write them.

    <!DOCTYPE NETSCAPE-Bookmark-file-1>
    <DL><p>
        <DT><H3>Gouvernance</H3>
        <DL><p>
            <DT><A HREF="https://…" TAGS="scic,vote">Title</A>
            <DD>Description

https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/platform-apis/aa753582(v=vs.85)
It never was valid HTML: elements are not closed, and only <DL> nests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coopbot.errors import Refused
from coopbot.ingest.importers.making import make_feed, make_reference
from coopbot.ingest.importers.safe_xml import html_events, text_of
from coopbot.ingest.records import FeedReference, Reference

if TYPE_CHECKING:
    from lxml.etree import _Element

_DECLARED = re.compile(r"\s*<!doctype\s+netscape-bookmark", re.IGNORECASE)
_POCKET = re.compile(r"<title>\s*pocket export\s*</title>", re.IGNORECASE)
_UNDECLARED = re.compile(r"<dt>\s*<(h3|a)\b[^<>]*\badd_date\s*=", re.IGNORECASE)
_LOOKED_AT = 20_000  # characters
_BROWSERS_OWN = ("personal_toolbar_folder", "unfiled_bookmarks_folder")
_HOLDERS = ("dt", "dd", "dl", "li")


@dataclass(slots=True)
class _Bookmark:
    link: _Element
    folders: tuple[str, ...]
    description: _Element | None = None

    def record(self, name: str) -> Reference | FeedReference | Refused:
        link, line = self.link, self.link.sourceline or 1
        tags = (*self.folders, *(link.get("tags") or "").split(","))
        if feed := link.get("feedurl"):  # Firefox's live bookmarks, until 2018
            return make_feed(name, line, feed, text_of(link), link.get("href"), tags)
        excerpt = None if self.description is None else text_of(self.description)
        return make_reference(name, line, link.get("href"), text_of(link), excerpt, tags)


def is_bookmarks(text: str) -> bool:
    """Tell whether *text* is a bookmark file."""
    head = text[:_LOOKED_AT]
    return any((_DECLARED.match(head), _POCKET.search(head), _UNDECLARED.search(head)))


def read_bookmarks(name: str, text: str) -> Iterator[Reference | FeedReference | Refused]:
    """Yield the bookmarks of *text*, tagged with the names of their folders."""
    folders: list[str] = []
    heading = ""  # of the folder that the next <DL> opens
    last: _Bookmark | None = None  # complete when what follows it begins
    for event, element in html_events(text, ("a", "dd", "dl", "dt", "h3")):
        tag, begins = element.tag, event == "start"
        if tag == "dd":
            if begins and last is not None:
                last.description = element
            continue
        if last is not None and not _is_described_by(last, element):
            yield last.record(name)
            last = None
        if tag == "h3" and not begins:
            own = any(element.get(mark) for mark in _BROWSERS_OWN)
            heading = "" if own else text_of(element)
        elif tag == "dl" and begins:
            folders.append(heading)
            heading = ""
        elif tag == "dl" and folders:
            folders.pop()
        elif tag == "a" and not begins and last is None:
            last = _Bookmark(element, tuple(filter(None, folders)))
    if last is not None:
        yield last.record(name)


def _is_described_by(bookmark: _Bookmark, element: _Element) -> bool:
    """Tell whether *element* is the end of the bookmark's own <DT> or in its description."""
    if element.tag == "a" and bookmark.description is not None:
        holder = next(element.iterancestors(*_HOLDERS), None)
        return holder is bookmark.description
    return element.tag == "dt" and element in bookmark.link.iterancestors("dt")
