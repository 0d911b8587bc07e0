"""PDF files, by pypdf: their text, and what their properties say."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from coopbot.article import Article, is_date
from coopbot.errors import Refused
from coopbot.ingest.importers.making import make_article, sane_author, sane_title, title_from_name
from coopbot.ingest.importers.pdf_layout import Line, article_text

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MAX_PAGES = 400
_MAX_CHARACTERS = 2_000_000
_MAX_UNPACKED = 20_000_000  # bytes of one stream: a page of text has some thousands
# Operations that draw pages, and stretches of their descriptions, of all pages: each takes pypdf
# some 20 µs, and a page of text has some hundreds. Many pages may share one description.
_MAX_PIECES = 1_000_000
_STRETCH = 40  # bytes
_FEW = 40  # characters a page: fewer are a page number beneath a picture
_UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff]|\(cid:\d+\)")  # fonts without their alphabet
_MOST_UNREADABLE = 0.1
_CREATED = re.compile(r"D:(\d{4})(\d\d)(\d\d)")
_EARLIEST = "1990"


def read_pdf(name: str, content: bytes, url: str | None) -> Article:
    """Return the article that the PDF *content* is.

    Its title is that of its properties unless a program made it up, else its largest line. Raises
    Refused when it is encrypted, damaged, longer than MAX_PAGES, more work to read than any text,
    or has pictures instead of text.
    """
    try:
        pages, properties = _read(name, content)
    except Refused:
        raise
    except Exception as error:  # pypdf raises whatever a damaged file makes it stumble on
        raise Refused("import_broken", path=name) from error
    _check_readable(name, pages)
    title = sane_title(properties.get("/Title"))
    largest, body = article_text(pages, title)
    return make_article(
        name,
        title or largest or title_from_name(name),
        body,
        url=url,
        author=sane_author(properties.get("/Author")),
        published=_date(properties.get("/CreationDate")),
    )


def _read(name: str, content: bytes) -> tuple[list[list[Line]], dict[str, Any]]:
    """Return the lines of each page, and the document's properties."""
    from pypdf import PdfReader, apply_configuration

    with apply_configuration(
        zlib_maximum_output_length=_MAX_UNPACKED,
        lzw_maximum_output_length=_MAX_UNPACKED,
        run_length_maximum_output_length=_MAX_UNPACKED,
        array_based_stream_maximum_output_length=_MAX_UNPACKED,
    ):
        reader = PdfReader(io.BytesIO(content), strict=False)
        _unlock(name, reader)
        if len(reader.pages) > MAX_PAGES:
            raise Refused("import_pages", path=name, pages=len(reader.pages), limit=MAX_PAGES)
        return list(_pages(name, reader)), dict(reader.metadata or {})


def _unlock(name: str, reader: PdfReader) -> None:
    """Open a file that is encrypted without a password, as many official ones are."""
    from pypdf.errors import DependencyError

    if not reader.is_encrypted:
        return
    try:
        opened = reader.decrypt("")
    except DependencyError as error:  # AES needs a library of its own
        raise Refused("import_encrypted", path=name) from error
    if not opened:
        raise Refused("import_encrypted", path=name)


class _Pieces:
    """Counts what a document is made of; raises Refused beyond _MAX_PIECES."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0

    def add(self, count: int) -> None:
        self._count += count
        if self._count > _MAX_PIECES:
            raise Refused("import_pieces", path=self._name, limit=_MAX_PIECES)


def _pages(name: str, reader: PdfReader) -> Iterator[list[Line]]:
    characters = 0
    pieces = _Pieces(name)
    for number, page in enumerate(reader.pages):
        contents = page.get_contents()
        pieces.add(0 if contents is None else len(contents.get_data()) // _STRETCH)
        lines = _lines(page, number, pieces)
        yield lines
        characters += sum(len(line.text) for line in lines)
        if characters > _MAX_CHARACTERS:
            return


def _lines(page: PageObject, page_number: int, pieces: _Pieces) -> list[Line]:
    """Return the lines of *page*, each with the size most of its letters have."""
    lines: list[Line] = []
    text, sizes = "", dict[float, int]()

    def visit(piece: str, cm: Any, tm: Any, _font: Any, size: float) -> None:
        nonlocal text, sizes
        # the matrices of text and page scale the font; turned text has its height elsewhere
        height = round(size * (abs(tm[3]) or abs(tm[1])) * (abs(cm[3]) or abs(cm[1])), 1)
        for number, stretch in enumerate(piece.split("\n")):
            if number > 0:
                lines.append(Line(text, _commonest(sizes), page_number))
                text, sizes = "", {}
            text += stretch
            if stretch.strip():
                sizes[height] = sizes.get(height, 0) + len(stretch)

    def count(_operator: bytes, _operands: Any, _cm: Any, _tm: Any) -> None:
        pieces.add(1)

    page.extract_text(visitor_operand_before=count, visitor_text=visit)
    return [*lines, Line(text, _commonest(sizes), page_number)]


def _commonest(counts: dict[float, int]) -> float:
    return max(counts, key=lambda size: counts[size], default=0.0)


def _check_readable(name: str, pages: list[list[Line]]) -> None:
    text = "".join(line.text.strip() for page in pages for line in page)
    if len(text) < _FEW * max(1, len(pages)) and len(text) < _FEW * 10:
        raise Refused("import_pictures", path=name)
    if len(_UNREADABLE.findall(text)) > _MOST_UNREADABLE * len(text):
        raise Refused("import_pictures", path=name)


def _date(created: object) -> str | None:
    """Return the day of a PDF date ("D:20220429171908Z"; ISO 32000-1, 7.9.4)."""
    found = _CREATED.match(str(created))
    date = "-".join(found.groups()) if found else ""
    return date if is_date(date) and date >= _EARLIEST else None
