"""Bytes of a page or a file to text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encodings of one byte a letter in which French is written. No French sentence in one of them is
# valid UTF-8 by accident (that takes "Ã" before "©"), so what is, was declared wrongly.
_WESTERN = {"cp1252", "iso8859-15", "mac-roman"}
_HEAD = 4096  # bytes in which a page says what it is; browsers want it in the first 1024
_IN_HEADER = re.compile(r""";\s*charset\s*=\s*["']?([^\s;"']+)""", re.IGNORECASE)
_IN_XML = re.compile(rb"""\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([\w.:-]+)""")
_IN_META = re.compile(rb"""<meta\s[^>]{0,400}?\bcharset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_BAD = re.compile("[\udc80-\udcff]")
_BAD_AS_WESTERN = {
    chr(0xDC00 + byte): bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)
}


def decode(body: bytes, content_type: str | None = None) -> str:
    """Return the text of *body*; *content_type* is the header it came with.

    The encoding is that of the byte order mark, else of the header, else of the XML declaration or
    the meta element, else UTF-8 if all of it is valid, else Windows-1252. Names mean what they mean
    to browsers (encodings.txt). A few bad bytes in a page that says it is UTF-8 are read as
    Windows-1252, one by one, and the rest as UTF-8. Never raises: what cannot be read is U+FFFD.
    """
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    declared = _codec(_first(_IN_HEADER, content_type or "")) or _declared_within(body)
    if declared is None or declared == "utf-8" or declared in _WESTERN:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if declared == "utf-8":
        return _nearly_utf8(body)
    return body.decode(declared or "cp1252", "replace")


def _declared_within(body: bytes) -> str | None:
    head = body[:_HEAD]
    in_xml = _IN_XML.match(head)
    in_meta = in_xml or _IN_META.search(_COMMENT.sub(b"", head))
    codec = _codec(in_meta[1].decode("ascii", "replace")) if in_meta else None
    # What could be read as far as here is not UTF-16 (HTML standard, 13.2.3.2).
    return "utf-8" if codec and codec.startswith("utf-16") else codec


def _nearly_utf8(body: bytes) -> str:
    """Return *body* as UTF-8 with some bad bytes, or as Windows-1252 if most are bad."""
    text = body.decode("utf-8", "surrogateescape")
    bad = len(body) - len(text.encode("utf-8", "ignore"))
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    if bad > good:
        return body.decode("cp1252", "replace")
    return _BAD.sub(lambda byte: _BAD_AS_WESTERN[byte[0]], text)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _codec(label: str) -> str | None:
    return _codecs().get(label.strip().lower())


@cache
def _codecs() -> Mapping[str, str]:
    lines = files(__package__).joinpath("encodings.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.partition(": ") for line in lines if not line.startswith("#")]
    return {label: codec for codec, _, labels in rows for label in labels.split()}
