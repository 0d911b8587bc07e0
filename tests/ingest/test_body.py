"""A body is unpacked whole, in whatever pieces it comes, or not at all."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.ingest.body import Unreadable, read


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def members(data: bytes) -> bytes:
    return gzip.compress(data[:100], mtime=0) + gzip.compress(data[100:], mtime=0)


PACKERS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "plain": (bytes, ""),
    "gzip": (lambda data: gzip.compress(data, mtime=0), "gzip"),
    "gzip of two members": (members, " X-GZIP "),
    "gzip with padding": (lambda data: gzip.compress(data, mtime=0) + b"\0" * 9, "gzip"),
    "deflate": (zlib.compress, "deflate"),
    "deflate without header": (raw_deflate, "Deflate"),
    "deflate with padding": (lambda data: zlib.compress(data) + b"\r\n", "deflate"),
}
# Texts that pack little, and texts that pack so well that much comes out of the last byte.
TEXTS = st.one_of(
    st.binary(),
    st.builds(lambda letter, size: letter * size, st.just(b"a"), st.integers(0, 300_000)),
)


def in_pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(data), size):
            yield data[start : start + size]

    return pieces()


def unpacked(data: bytes, encoding: str, piece: int = 65_536, most: int = 1_000_000) -> bytes:
    return asyncio.run(read(in_pieces(data, piece), encoding, most))


@pytest.mark.parametrize("how", PACKERS)
@given(text=TEXTS, piece=st.integers(2, 3_000))
def test_what_was_packed_comes_out(how: str, text: bytes, piece: int) -> None:
    pack, encoding = PACKERS[how]
    assert unpacked(pack(text), encoding, piece) == text


@pytest.mark.parametrize("how", PACKERS)
@given(text=TEXTS, most=st.integers(0, 300_000))
def test_no_more_than_one_byte_above_the_cap_comes_out(how: str, text: bytes, most: int) -> None:
    pack, encoding = PACKERS[how]
    packed = pack(text)
    if len(packed) <= 2 * most:
        assert unpacked(packed, encoding, most=most) == text[: most + 1]


@pytest.mark.parametrize("how", [how for how in PACKERS if how != "plain"])
def test_what_is_cut_short_is_unreadable(how: str) -> None:
    pack, encoding = PACKERS[how]
    packed = pack(b"une phrase de quelques mots")
    with pytest.raises(Unreadable):
        unpacked(packed[:10], encoding)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "aws-chunked"])
def test_what_is_packed_otherwise_is_unreadable(encoding: str) -> None:
    with pytest.raises(Unreadable):
        unpacked(b"\xff\xff\xff\xff en clair", encoding)


def test_an_empty_body_is_empty_however_it_says_it_is_packed() -> None:
    assert unpacked(b"", "gzip") == b""
