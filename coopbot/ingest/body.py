"""The body of a response: unpacked piece by piece, never more of it than asked for."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator

ACCEPTED = "gzip, deflate"  # what Accept-Encoding offers, and what is read here
_PIECE = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP, _ZLIB, _RAW = 31, 15, -15  # zlib's wbits for each framing


class Unreadable(Exception):
    """The body is not what its Content-Encoding says, or is packed in another way."""


async def read(parts: AsyncIterator[bytes], encoding: str, most: int) -> bytes:
    """Return the first *most* + 1 bytes of a body: one more tells that there is more.

    *parts* come as they were sent, *encoding* is the value of Content-Encoding. A body that unpacks
    into more than that is not unpacked further, so that a small one cannot fill the memory (httpx
    unpacks every part whole, a thousandfold). Raises Unreadable.
    """
    unpack = _unpacker(encoding)
    body = bytearray()
    sent = 0
    async for part in parts:
        sent += len(part)
        for piece in unpack.feed(part):
            body += piece
            if len(body) > most:
                del body[most + 1 :]
                return bytes(body)
        if sent > 2 * most:  # packed bytes that yield nothing
            raise Unreadable("packed larger than unpacked")
    unpack.end()
    return bytes(body)


async def skip(parts: AsyncIterator[bytes]) -> None:
    """Read *parts* to their end, if that is near."""
    sent = 0
    async for part in parts:
        sent += len(part)
        if sent > _PIECE:
            return


class _Plain:
    def feed(self, part: bytes) -> Iterator[bytes]:
        yield part

    def end(self) -> None:
        """Nothing can be missing: the connection counts the bytes."""


class _Packed:
    """gzip of one or more members, or deflate with or without zlib's header (RFC 9110, 8.4.1.2)."""

    def __init__(self, framing: int) -> None:
        self._framing = framing
        self._unpacker = zlib.decompressobj(framing)
        self._started = False

    def feed(self, part: bytes) -> Iterator[bytes]:
        more = bool(part)
        while more:
            if self._unpacker.eof:
                if self._framing != _GZIP or not _GZIP_MAGIC.startswith(part[:2]):
                    return  # padding, as some servers add
                self._unpacker = zlib.decompressobj(self._framing)
            piece = self._unpack(part)
            yield piece
            part = self._unpacker.unconsumed_tail or self._unpacker.unused_data
            more = bool(part) or (len(piece) == _PIECE and not self._unpacker.eof)

    def _unpack(self, part: bytes) -> bytes:
        first, self._started = not self._started, True
        try:
            return self._unpacker.decompress(part, _PIECE)
        except zlib.error as error:
            if not (first and self._framing == _ZLIB):
                raise Unreadable(str(error)) from error
        self._framing = _RAW
        self._unpacker = zlib.decompressobj(_RAW)
        return self._unpack(part)

    def end(self) -> None:
        if self._started and not self._unpacker.eof:
            raise Unreadable("cut short")


def _unpacker(encoding: str) -> _Plain | _Packed:
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip":
            return _Packed(_GZIP)
        case "deflate":
            return _Packed(_ZLIB)
        case other:
            raise Unreadable(other)
