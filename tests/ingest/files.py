"""Small real files, made byte by byte: PDF (ISO 32000-1) and DOCX (ECMA-376)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from pypdf import PdfReader, PdfWriter

Row = tuple[float, str]  # the height of its letters in points, and its text

_TYPES = """<?xml version="1.0"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""  # noqa: E501
_RELATIONS = """<?xml version="1.0"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>"""  # noqa: E501
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(pages: Sequence[Sequence[Row]], **properties: str) -> bytes:
    """Return a PDF of *pages*, each its lines from the top; *properties* are Title, Author …"""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",  # the pages, when their numbers are known
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< " + b" ".join(_property(n, v) for n, v in properties.items()) + b" >>",
    ]
    kids = []
    for page in pages:
        stream = _stream(page)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return _assembled(objects)


def encrypted(content: bytes, password: str) -> bytes:
    """Return the PDF *content* encrypted; an empty *password* lets everybody read it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(password, f"owner's {password}", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def docx(body: str, *, core: str = "", parts: dict[str, bytes] | None = None) -> bytes:
    """Return a DOCX whose document holds the WordprocessingML *body*."""
    document = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    named = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _RELATIONS.encode(),
        "word/document.xml": document.encode(),
        "word/styles.xml": _styles().encode(),
        "word/numbering.xml": _numbering().encode(),
    }
    if core:
        named["docProps/core.xml"] = _core(core).encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in {**named, **(parts or {})}.items():
            packed.writestr(name, content)
    return written.getvalue()


def paragraph(text: str, style: str = "", number: int = 0) -> str:
    """Return a paragraph of WordprocessingML; *number* 1 makes it an item of a list."""
    about = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        about += f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{about}</w:pPr><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def _property(name: str, value: str) -> bytes:
    return b"/%s (%s)" % (name.encode(), _escaped(value))


def _escaped(text: str) -> bytes:
    for character in "\\()":
        text = text.replace(character, "\\" + character)
    return text.encode("cp1252")


def _stream(page: Sequence[Row]) -> bytes:
    operations, height = [b"BT"], 800.0
    for size, text in page:
        shown = _escaped(text)
        operations.append(b"/F1 %g Tf 1 0 0 1 60 %g Tm (%s) Tj" % (size, height, shown))
        height -= 1.4 * size
    return b"\n".join([*operations, b"ET"])


def _assembled(objects: Sequence[bytes]) -> bytes:
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(written))
    )


def _styles() -> str:
    named = {"Titre": "Title", "Titre1": "heading 1", "Titre2": "heading 2"}
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{identity}"><w:name w:val="{name}"/></w:style>'
        for identity, name in named.items()
    )
    return f'<w:styles xmlns:w="{_WORD}">{styles}</w:styles>'


def _numbering() -> str:
    level = '<w:lvl w:ilvl="0"><w:numFmt w:val="{}"/></w:lvl>'
    lists = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">{level.format(kind)}</w:abstractNum>'
        for n, kind in ((1, "bullet"), (2, "decimal"))
    )
    uses = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 2))
    return f'<w:numbering xmlns:w="{_WORD}">{lists}{uses}</w:numbering>'


def _core(inner: str) -> str:
    return (
        '<cp:coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dcterms="http://purl.org/dc/terms/">{inner}</cp:coreProperties>'
    )
