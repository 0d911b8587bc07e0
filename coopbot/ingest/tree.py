"""HTML text to an element tree that no later step can choke on."""

from __future__ import annotations

import re
import sys
from html import unescape
from typing import Any

from coopbot.article import clean_text
from coopbot.errors import Refused

MOST_CHARACTERS = 5_000_000
MOST_ELEMENTS = 10_000  # of 181 saved articles, the largest page has 1,600
MOST_TEXT = 500_000  # characters: a book of two hundred pages
MOST_ATTRIBUTES = 10_000  # of an element: the parser compares each with each
# libxml2 gives up at 256 and drops the rest of the page
DEEPEST = 250
_REFERENCE = re.compile(r"&#(?:\d+|[xX][0-9a-fA-F]+);?")
_NOT_CONTROL = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LONG_TAG = re.compile(r"<[a-zA-Z][^>]{4000,}")
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')


def parse(html: str) -> Any:
    """Return the root element of *html*, an lxml.html tree.

    Raises Refused for a page that is empty, or beyond the limits of what an article needs: the
    steps after this one take time that grows faster than the page, and descend recursively.
    """
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    if len(html) > MOST_CHARACTERS:
        limit = MOST_CHARACTERS // 1_000_000
        raise Refused("refused_too_large", megabytes=len(html) // 1_000_000, limit=limit)
    for tag in _LONG_TAG.findall(html):
        if len(_QUOTED.sub("", tag).split()) > MOST_ATTRIBUTES:
            raise Refused("refused_too_many_elements", limit=MOST_ATTRIBUTES)
    # bytes: of a text, libxml2 would believe the charset that the page declares
    content = clean_text(_REFERENCE.sub(_meant, html)).encode("utf-8")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        root = document_fromstring(content, parser=parser)
    except etree.ParserError as error:  # nothing in it
        raise Refused("refused_empty") from error
    _check_shape(root)
    return root


def _meant(reference: re.Match[str]) -> str:
    """Return *reference*, or what it means when it names a control character.

    lxml lets those in and takes them for errors later. Old pages mean Windows-1252 by them, &#146;
    for ’, and HTML 5 agrees.
    """
    digits = reference[0].strip("&#;")
    value = int(digits[1:], 16) if digits[0] in "xX" else int(digits[:10])
    plain = value > sys.maxunicode or _NOT_CONTROL.match(chr(value))
    return reference[0] if plain else unescape(reference[0])


def check_text(root: Any) -> None:
    """Raise Refused for a tree, without its scripts, that holds more text than any article."""
    characters = len(root.text_content())
    if characters > MOST_TEXT:
        raise Refused("refused_too_long", characters=characters, limit=MOST_TEXT)


def _check_shape(root: Any) -> None:
    """Raise Refused for a tree too deep or too wide, without descending recursively."""
    from lxml import etree

    depth = elements = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > DEEPEST:
            raise Refused("refused_too_deep", limit=DEEPEST)
    if elements > MOST_ELEMENTS:
        raise Refused("refused_too_many_elements", limit=MOST_ELEMENTS)
