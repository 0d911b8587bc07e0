"""What a body is, whatever the server says it is."""

from __future__ import annotations

import re

from coopbot.ingest.charset import decode

HTML = "text/html"
TEXT = "text/plain"
XML = "application/xml"
JSON = "application/json"
PDF = "application/pdf"
ZIP = "application/zip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
RSS = "application/rss+xml"
ATOM = "application/atom+xml"
RDF = "application/rdf+xml"
BINARY = "application/octet-stream"

# https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern, what the web is full of
_TEXT_MAGIC = ((b"%PDF-", PDF), (b"{\\rtf", "application/rtf"))
_MAGIC = (
    (b"PK\x03\x04", ZIP),
    (b"\x1f\x8b", "application/gzip"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "application/x-riff"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "application/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_ROOTS = {
    "html": HTML,
    "head": HTML,
    "body": HTML,
    "rss": RSS,
    "feed": ATOM,
    "rdf:rdf": RDF,
    "svg": "image/svg+xml",
    "urlset": XML,
    "sitemapindex": XML,
    "opml": XML,
}
_HEAD = 2048
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_BEFORE_ROOT = re.compile(r"(?:\s+|<\?[^>]*>|<!--.*?-->|<!doctype[^>]*>)", re.I | re.S)
_DOCTYPE_HTML = re.compile(r"<!doctype\s+(html|netscape-bookmark)", re.I)
_ELEMENT = re.compile(r"<([a-z][\w:-]*)", re.I)
_SAYS_NOTHING = {"", BINARY, "binary/octet-stream", "application/force-download", "*/*", "unknown"}


def media_type(body: bytes, content_type: str | None = None) -> str:
    """Return what *body* is, as a media type in lower case without parameters.

    Its first bytes are believed before the header; the header where they say nothing. XHTML is
    text/html; a sitemap or OPML is application/xml.
    """
    declared = (content_type or "").partition(";")[0].strip().lower()
    if declared in _SAYS_NOTHING:
        declared = ""
    return _by_magic(body) or _by_markup(body, declared) or _normal(declared) or _plain(body)


def _by_magic(body: bytes) -> str | None:
    start = body[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, kind in _TEXT_MAGIC:
        if start.startswith(magic):
            return kind
    if not _is_binary(body):  # a text may begin with RIFF or ID3
        return None
    for magic, kind in _MAGIC:
        if body.startswith(magic):
            return DOCX if kind == ZIP and b"word/document.xml" in body else kind
    return "video/mp4" if body[4:8] == b"ftyp" else None


def _by_markup(body: bytes, declared: str) -> str | None:
    """Return what the first element says; any element is HTML when nothing else is declared."""
    if not declared.startswith("text/") and _is_binary(body):
        return None
    start = decode(body[:_HEAD])
    rest, xml = start, start.lstrip().startswith("<?xml")
    while before := _BEFORE_ROOT.match(rest):
        rest = rest[before.end() :]
    element = _ELEMENT.match(rest)
    root = _ROOTS.get(element[1].lower()) if element else None
    if root:
        return root
    if _DOCTYPE_HTML.search(start):
        return HTML
    if declared or not element:
        return None
    return XML if xml else HTML


def _normal(declared: str) -> str:
    return {"application/xhtml+xml": HTML, "text/xml": XML, "text/json": JSON}.get(
        declared, declared
    )


def _plain(body: bytes) -> str:
    if _is_binary(body):
        return BINARY
    return JSON if body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[") else TEXT


def _is_binary(body: bytes) -> bool:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16 is full of zeros
        return False
    return bool(_CONTROL.search(body[:_HEAD]))
