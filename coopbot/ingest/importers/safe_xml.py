"""XML and HTML from anywhere, read without fetching or expanding anything."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from lxml import etree

from coopbot.errors import Refused

_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_DECLARATION = re.compile(r"<\?xml\b[^<>]{0,200}\?>")
_LOOKED_AT = 20_000  # characters
_COMMENT = re.compile(r"<!--.*?(-->|$)|<\?.*?(\?>|$)", re.DOTALL)
_ELEMENT = re.compile(r"\s*(?:<!doctype[^<>]*>\s*)?<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)", re.I)


def first_element(text: str) -> str:
    """Return the local name of the first element of *text*, lower case; "" when it has none."""
    found = _ELEMENT.match(_COMMENT.sub("", text[:_LOOKED_AT]))
    return found[2].lower() if found else ""


def defines_entities(text: str) -> bool:
    """Tell whether the XML *text* defines entities of its own."""
    return _ENTITY.search(text) is not None


def parse_xml(name: str, text: str) -> tuple[etree._Element, Refused | None]:
    """Return the root of the XML *text* of the file *name*, and what is to be said of damage.

    A damaged file is read as far as possible. Raises Refused when that is not at all, or when it
    defines entities of its own: a few lines of those can expand to gigabytes.
    """
    if defines_entities(text):
        raise Refused("import_entities", path=name)
    # the declared encoding no longer holds: the text was decoded
    text = text.lstrip()
    declared = _DECLARATION.match(text)
    content = text[declared.end() if declared else 0 :].encode("utf-8", "replace")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, recover=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Refused("import_damaged", path=name, line=error.lineno or 1) from error
    fatal = [entry.line for entry in parser.error_log if entry.level_name == "FATAL"]
    if root is None:
        raise Refused("import_damaged", path=name, line=min(fatal, default=1))
    return root, Refused("import_damaged", path=name, line=min(fatal)) if fatal else None


def html_events(text: str, tags: tuple[str, ...]) -> Iterator[tuple[str, etree._Element]]:
    """Yield "start" and "end" of the elements of *text* that are *tags*, in order.

    Whatever the text: HTML has no errors, only conventions.
    """
    content = text.encode("utf-8", "replace")
    parse = etree.iterparse(
        io.BytesIO(content), events=("start", "end"), tag=tags, html=True, encoding="utf-8",
        no_network=True, huge_tree=True,
    )  # fmt: skip
    try:
        yield from parse
    except etree.XMLSyntaxError:
        return  # an empty document


def text_of(element: etree._Element) -> str:
    """Return the text within *element*, without comments."""
    return "".join(element.itertext("*"))
