"""Bytes to text, as browsers read them and a little better."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.ingest.charset import _codecs, decode

FRENCH = "L’été, à l’œuvre : « 1 700 € » — Noël, où ça ?"
HTML = "text/html; charset="


def declaring(label: str, text: str = FRENCH) -> str:
    return f'<!doctype html><html><head><meta charset="{label}"></head><p>{text}'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (FRENCH.encode(), None),
        (FRENCH.encode(), "text/html"),
        (FRENCH.encode("cp1252"), None),
        (FRENCH.encode("cp1252"), HTML + "windows-1252"),
        (FRENCH.encode("cp1252"), HTML + "ISO-8859-1"),
        (FRENCH.encode("cp1252"), HTML + "latin1"),
        (FRENCH.encode("cp1252"), HTML + "latin-1"),
        (FRENCH.encode("cp1252"), HTML + "us-ascii"),
        (FRENCH.encode("cp1252"), HTML + '"iso-8859-1"; x=y'),
        (FRENCH.encode("cp1252"), HTML + "unknown"),
        (FRENCH.encode("cp1252"), HTML + "utf-8"),
        (FRENCH.encode("mac-roman"), HTML + "macintosh"),
        (FRENCH.encode("utf-16-le"), HTML + "utf-16"),
        (FRENCH.encode("utf-16-be"), HTML + "utf-16be"),
        (codecs.BOM_UTF8 + FRENCH.encode(), HTML + "iso-8859-1"),
        (codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le"), None),
        (codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be"), HTML + "utf-8"),
        (FRENCH.encode(), HTML + "iso-8859-1"),
        (FRENCH.encode(), "Text/HTML;Charset='UTF-8'"),
    ],
)
def test_a_french_sentence_is_read_whatever_it_is_sent_in(
    body: bytes, content_type: str | None
) -> None:
    assert decode(body, content_type) == FRENCH


@pytest.mark.parametrize(
    ("page", "encoding"),
    [
        (declaring("iso-8859-1"), "cp1252"),
        (declaring("ISO-8859-15", "1 700 € à Noël"), "iso8859-15"),
        (declaring("utf-8"), "utf-8"),
        (declaring("utf-16"), "utf-8"),
        (declaring("utf-8"), "cp1252"),
        (declaring("iso-8859-2", "Łódź"), "iso8859-2"),
        (
            f"<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=ISO-8859-1'>{FRENCH}",
            "cp1252",
        ),
        (f"<!-- <meta charset=koi8-r> --><meta charset=latin1>{FRENCH}", "cp1252"),
        (f"<?xml version='1.0' encoding='ISO-8859-1'?><rss>{FRENCH}</rss>", "cp1252"),
        (f'\n<?xml version="1.0" encoding="utf-8"?><rss>{FRENCH}</rss>', "utf-8"),
        (declaring("gb2312", "合作社"), "gb18030"),
        (declaring("shift_jis", "協同組合"), "cp932"),
    ],
)
def test_a_page_says_its_encoding_itself_when_the_header_does_not(page: str, encoding: str) -> None:
    assert decode(page.encode(encoding), "text/html") == page


def test_the_header_goes_before_the_page() -> None:
    page = declaring("koi8-r", "où")
    assert decode(page.encode("iso8859-15"), HTML + "iso-8859-15") == page


def test_a_few_bad_bytes_in_a_page_that_says_it_is_utf_8_spoil_nothing_else() -> None:
    good = declaring("utf-8", FRENCH * 20).encode()
    assert decode(good + b"caf\xe9 \x93ici\x94 \xff") == good.decode() + "café “ici” ÿ"
    assert decode(good[:-1] + b"\xc3", HTML + "utf-8").startswith(good[:-1].decode())
    assert decode(b"\x80 700 \xe9", HTML + "utf-8") == "€ 700 é"


def test_what_no_encoding_has_is_a_replacement_character() -> None:
    assert decode(b"a\x81b", HTML + "windows-1252") == "a\ufffdb"
    assert decode(b"\xff\xfea") == "\ufffd"


@pytest.mark.parametrize("label", ["utf-7", "rot13", "unicode_escape", "idna", "base64", "zlib"])
def test_codecs_that_are_no_encoding_of_pages_are_not_used(label: str) -> None:
    assert decode(b"+AGE-\\x41", HTML + label) == "+AGE-\\x41"


def test_every_encoding_named_is_one_that_python_reads() -> None:
    assert len(_codecs()) > 200
    for label, codec in _codecs().items():
        assert label == label.lower()
        assert codecs.lookup(codec).name.replace("_", "-") == codec.replace("_", "-")


@given(st.binary(), st.sampled_from([None, HTML + "utf-8", HTML + "latin1", HTML + "big5", ";;="]))
def test_any_bytes_become_text_that_can_be_written(body: bytes, content_type: str | None) -> None:
    decode(body, content_type).encode()


@given(st.text())
def test_text_in_utf_8_comes_back(text: str) -> None:
    body = text.encode("utf-8", "ignore")
    assert decode(body, HTML + "utf-8") == body.decode().removeprefix("\ufeff")
