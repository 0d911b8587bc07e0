"""DOCX files (Word, LibreOffice), by mammoth: headings and lists kept as Markdown."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from coopbot.article import Article, is_date
from coopbot.errors import Refused
from coopbot.french.folding import fold
from coopbot.ingest.importers.making import make_article, sane_author, sane_title, title_from_name
from coopbot.ingest.importers.safe_xml import parse_xml

if TYPE_CHECKING:
    from coopbot.ingest.markdown import Block

_MAX_UNPACKED = 100_000_000  # bytes, of all parts
_MAX_XML = 30_000_000  # bytes, of one part that is read: 300 pages have 3 MB
_MAX_PARTS = 5_000
_MAX_TAGS = 500_000  # in all XML: 300 pages have 150,000, and each takes mammoth up to 50 µs
_DOCUMENT = "word/document.xml"
_PROPERTIES = "docProps/core.xml"
# Mammoth knows the names of Word's styles in English. LibreOffice and Word in French write others.
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Titre'] => h1:fresh
p[style-name='Titre principal'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Titre 1'] => h2:fresh
p[style-name='Titre 2'] => h3:fresh
p[style-name='Titre 3'] => h4:fresh
p[style-name='heading 1'] => h2:fresh
p[style-name='heading 2'] => h3:fresh
p[style-name='heading 3'] => h4:fresh
p[style-name='Heading 1'] => h2:fresh
p[style-name='Heading 2'] => h3:fresh
p[style-name='Heading 3'] => h4:fresh
"""


def is_docx(content: bytes) -> bool:
    """Tell whether *content* is a DOCX file, and not another thing that is packed as a ZIP."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _DOCUMENT in packed.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def read_docx(name: str, content: bytes, url: str | None) -> Article:
    """Return the article that the DOCX *content* is.

    Its title is that of its properties, else its first heading. Raises Refused when it is damaged,
    unpacks to more than an article can have, or has no text.
    """
    try:
        properties = _properties(name, content)
        found = _blocks(content)
    except Refused:
        raise
    except Exception as error:  # mammoth raises whatever a damaged file makes it stumble on
        raise Refused("import_broken", path=name) from error
    from coopbot.ingest.markdown import render

    title = sane_title(properties.get("title"))
    place = _title_place(found, title)
    heading = None if place is None else found.pop(place).text
    return make_article(
        name,
        title or heading or title_from_name(name),
        render(found),
        url=url,
        author=sane_author(properties.get("creator")),
        published=_date(properties.get("created")),
    )


def _properties(name: str, content: bytes) -> dict[str, str]:
    """Return the core properties by their local names, after a look at what the file unpacks to."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        # zipfile never unpacks more of a part than its size as it is declared here
        xml = [part for part in parts if part.filename.endswith((".xml", ".rels"))]
        too_much = sum(part.file_size for part in parts) > _MAX_UNPACKED or len(parts) > _MAX_PARTS
        if too_much or any(part.file_size > _MAX_XML for part in xml):
            raise Refused("import_unpacked", path=name, limit=f"{_MAX_UNPACKED / 1e6:.0f}")
        tags = 0
        for part in xml:
            written = packed.read(part).replace(b"\0", b"")  # the same in UTF-16
            # the format forbids it; the parser below would expand its entities
            if b"<!DOCTYPE" in written:
                raise Refused("import_entities", path=name)
            tags += written.count(b"<")
        if tags > _MAX_TAGS:
            raise Refused("import_pieces", path=name, limit=_MAX_TAGS)
        if _PROPERTIES not in packed.namelist():
            return {}
        text = packed.read(_PROPERTIES).decode("utf-8", "replace")
    root, _ = parse_xml(name, text)
    return {str(e.tag).rpartition("}")[2]: e.text or "" for e in root if isinstance(e.tag, str)}


def _blocks(content: bytes) -> list[Block]:
    import mammoth
    from lxml import html

    from coopbot.ingest.markdown import blocks

    result = mammoth.convert_to_html(
        io.BytesIO(content),
        style_map=_STYLES,
        convert_image=_no_image,
        include_embedded_style_map=False,
        external_file_access=False,
    )
    return blocks(html.fromstring(f"<div>{result.value}</div>"))


def _no_image(_image: Any) -> list[Any]:
    return []


def _title_place(found: list[Block], title: str | None) -> int | None:
    """Return which of *found* is the title: *title* itself, else a heading before any text."""
    first = found[0] if found else None
    if first is None:
        return None
    if title is not None:
        return 0 if fold(first.text) == fold(title) else None
    return 0 if first.kind == "heading" else None


def _date(created: str | None) -> str | None:
    date = (created or "")[: len("2011-05-03")]
    return date if is_date(date) else None
