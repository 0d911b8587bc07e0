"""HTML text to an element tree that no later step can choke on."""

from __future__ import annotations

from typing import Any

from coopbot.article import clean_text
from coopbot.errors import Refused

MOST_CHARACTERS = 5_000_000
MOST_ELEMENTS = 50_000
# libxml2 gives up at 256 and drops the rest of the page
DEEPEST = 250


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
    # bytes: of a text, libxml2 would believe the charset that the page declares
    content = clean_text(html).encode("utf-8")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    try:
        root = document_fromstring(content, parser=parser)
    except etree.ParserError as error:  # nothing in it
        raise Refused("refused_empty") from error
    _check_shape(root)
    return root


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
        raise Refused("refused_too_many_elements", elements=elements, limit=MOST_ELEMENTS)
