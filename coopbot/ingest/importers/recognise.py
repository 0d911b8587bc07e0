"""What a file is: by what it holds, and by its name only where that does not tell."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

from coopbot.errors import Refused
from coopbot.ingest.importers.addresses import is_address_list
from coopbot.ingest.importers.bookmarks import is_bookmarks
from coopbot.ingest.importers.digest import is_digest
from coopbot.ingest.importers.docx import is_docx
from coopbot.ingest.importers.markdown import has_front_matter
from coopbot.ingest.importers.safe_xml import defines_entities, first_element
from coopbot.ingest.importers.table import is_table

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"  # Word, Excel, PowerPoint until 2003
_RTF = b"{\\rtf"
_UNICODE = (b"\xff\xfe", b"\xfe\xff")
_PAGES = (".html", ".htm", ".xhtml")
_TABLES = (".csv", ".tsv")
_MARKDOWN = (".md", ".markdown", ".mkd")
_NO_TEXT = (".json", ".eml", ".mht", ".mhtml", ".tex")  # text to a machine
_LOOKED_AT = 4_000  # bytes
_ELEMENTS = re.compile(r"<(p|div|h1|h2|article|br|a|span|table)\b[^<>]*>", re.I)


class Format(StrEnum):
    """The formats that can be imported."""

    ADDRESSES = "addresses"
    BOOKMARKS = "bookmarks"
    DIGEST = "digest"
    DOCX = "docx"
    MARKDOWN = "markdown"
    OPML = "opml"
    PAGE = "page"
    PDF = "pdf"
    PEARLTREES = "pearltrees"
    TABLE = "table"
    TEXT = "text"


def recognise_bytes(name: str, content: bytes) -> Format | None:
    """Return the format of *content* if it is no text, None if it may be one.

    Raises Refused for an empty file and for formats that are not read.
    """
    if not content.strip():
        raise Refused("import_empty", path=name)
    if b"%PDF-" in content[:1024]:  # readers accept what stands before (ISO 32000-1, annex H.3.4.1)
        return Format.PDF
    if content.startswith(_ZIP):
        if is_docx(content):
            return Format.DOCX
        raise Refused("import_unknown", path=name)
    binary = b"\0" in content[:_LOOKED_AT] and not content.startswith(_UNICODE)
    if content.startswith((_OLE, _RTF)) or binary:
        raise Refused("import_unknown", path=name)
    return None


def recognise_text(name: str, text: str) -> Format:
    """Return the format of *text*, the content of the file *name*; raises Refused for others."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _NO_TEXT:
        raise Refused("import_unknown", path=name)
    if is_bookmarks(text):
        return Format.BOOKMARKS
    if (in_xml := _in_markup(name, suffix, text)) is not None:
        return in_xml
    if has_front_matter(text):
        return Format.MARKDOWN
    if is_table(text):
        return Format.TABLE
    if is_address_list(text):
        return Format.ADDRESSES
    if suffix in _TABLES:
        return Format.TABLE
    if suffix in _MARKDOWN:
        return Format.MARKDOWN
    return Format.DIGEST if is_digest(text) else Format.TEXT


def _in_markup(name: str, suffix: str, text: str) -> Format | None:
    if not text.lstrip().startswith("<"):
        return Format.PAGE if suffix in _PAGES else None
    if defines_entities(text[:_LOOKED_AT]):
        raise Refused("import_entities", path=name)
    root = first_element(text)
    if root == "opml":
        return Format.OPML
    if root == "rdf" and "pearltrees.com" in text[: 10 * _LOOKED_AT]:
        return Format.PEARLTREES
    if root in ("rss", "feed", "rdf", "urlset", "sitemapindex"):
        raise Refused("import_feed", path=name)
    if root in ("html", "head", "body") or suffix in _PAGES:
        return Format.PAGE
    if text.lstrip().startswith("<?xml"):
        raise Refused("import_unknown", path=name)
    return Format.PAGE if len(_ELEMENTS.findall(text[:_LOOKED_AT])) > 2 else None
