"""A body is what it is, whatever the header says."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.ingest import media
from coopbot.ingest.media import media_type


def docx(name: str = "word/document.xml") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, "<w:document/>")
    return buffer.getvalue()


HTML_PAGE = b"\n<!-- page --><!DOCTYPE html>\n<html><head></head><p>Bonjour"
RSS = b"<?xml version='1.0'?>\n<!-- flux -->\n<rss version='2.0'></rss>"
ATOM = b'\xef\xbb\xbf<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>'
BOOKMARKS = b"<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<META CHARSET='UTF-8'><TITLE>Bookmarks</TITLE>"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (HTML_PAGE, "text/html; charset=utf-8", media.HTML),
        (HTML_PAGE, None, media.HTML),
        (HTML_PAGE, "text/plain", media.HTML),
        (HTML_PAGE, "application/pdf", media.HTML),
        (HTML_PAGE, "application/rss+xml", media.HTML),
        (HTML_PAGE.decode().encode("utf-16"), "text/html", media.HTML),
        (b"<p>Bonjour", "text/html", media.HTML),
        (b"<p>Bonjour", None, media.HTML),
        (b"<p>Bonjour", "application/octet-stream", media.HTML),
        (b"<p align=center>lisez-moi", "text/markdown", "text/markdown"),
        (b"Bonjour", "text/html", media.HTML),
        (b"Bonjour", "Application/XHTML+XML; charset=utf-8", media.HTML),
        (b"", "text/html", media.HTML),
        (BOOKMARKS, None, media.HTML),
        (b"%PDF-1.7\n%\xe2\xe3", "text/html", media.PDF),
        (b"\n%PDF-1.4", None, media.PDF),
        (b"%PDF-1.7", "application/octet-stream", media.PDF),
        (docx(), "application/zip", media.DOCX),
        (docx(), None, media.DOCX),
        (docx("data.csv"), None, media.ZIP),
        (RSS, "text/html", media.RSS),
        (RSS, "application/xml", media.RSS),
        (ATOM, "text/xml", media.ATOM),
        (b"<rdf:RDF></rdf:RDF>", "text/plain", media.RDF),
        (b"<?xml version='1.0'?><urlset/>", "text/plain", media.XML),
        (b"<?xml version='1.0'?><autre/>", None, media.XML),
        (b"<?xml version='1.0'?><autre/>", "text/xml", media.XML),
        (b"<opml version='2.0'/>", None, media.XML),
        (b' {"version": "https://jsonfeed.org/version/1.1"}', None, media.JSON),
        (b"{}", "application/feed+json", "application/feed+json"),
        (b"{}", "text/json", media.JSON),
        (b"Titre\n=====", None, media.TEXT),
        (b"Titre\n=====", "text/plain; charset=utf-8", media.TEXT),
        (b"RIFF de r\xe9daction", None, media.TEXT),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "text/html", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", None, "image/jpeg"),
        (b"\0\0\0\x18ftypmp42", "text/html", "video/mp4"),
        (b"\x1f\x8b\x08\0\0\0\0\0", "application/xml", "application/gzip"),
        (b"\0\1\2\3", None, media.BINARY),
        (b"\0\1\2\3", "application/octet-stream", media.BINARY),
        (b"", None, media.TEXT),
    ],
)
def test_the_first_bytes_are_believed_before_the_header(
    body: bytes, content_type: str | None, expected: str
) -> None:
    assert media_type(body, content_type) == expected


@given(st.binary(), st.none() | st.text())
def test_any_body_is_something(body: bytes, content_type: str | None) -> None:
    kind = media_type(body, content_type)
    assert kind
    assert kind == kind.lower()
