"""The vectors of all passages and titles, in one file that only grows.

A vector is found by the digest of the text it was made from: a text encoded once is never encoded
again, whichever article or generation it stands in, and a build that was interrupted goes on where
it stopped. Three files per encoder: NAME.keys (16 bytes a row), NAME.rows (float16, DIMENSIONS a
row) and NAME.sums (CRC-32 of key and row, little-endian). Rows are written first and sums last, so
that a row without its sum is what a crash may leave, and the next writer cuts it off. NAME.id tells
a store from another one made in its place.

A damaged row is forgotten: its key goes, and its text is encoded anew into another row.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coopbot.encoder import Vectors
from coopbot.files import write_atomically

KEY_BYTES = 16
_SUM = np.dtype("<u4")
_NO_KEY = bytes(KEY_BYTES)
_BLOCK = 256  # rows turned into float32 at a time: half a megabyte, which a cache holds
_LARGE = 2.0**112  # by which the exponents of half and single precision differ

Rows = NDArray[np.int32]


def text_key(text: str) -> bytes:
    """Return the key of the vector of *text*."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=KEY_BYTES).digest()


class VectorStore:
    """The vectors made by the encoder *name*, of *dimensions*, kept in *folder*."""

    def __init__(self, folder: Path, name: str, dimensions: int) -> None:
        self.encoder = name
        self._folder = folder
        self._identity_path = folder / f"{name}.id"
        self._keys_path = folder / f"{name}.keys"
        self._rows_path = folder / f"{name}.rows"
        self._sums_path = folder / f"{name}.sums"
        self.dimensions = dimensions
        self._row_bytes = dimensions * np.dtype(np.float16).itemsize
        self._row_of: dict[bytes, int] | None = None
        self._mapped: NDArray[np.float16] | None = None
        self._room = _Room(dimensions)

    def __len__(self) -> int:
        """The number of whole rows."""
        return min(
            _size(self._keys_path) // KEY_BYTES,
            _size(self._rows_path) // self._row_bytes,
            _size(self._sums_path) // _SUM.itemsize,
        )

    @property
    def identity(self) -> str:
        """What tells this store from one made anew, whose rows are others; "" when it is gone."""
        try:
            return self._identity_path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            return ""

    def find(self, keys: Sequence[bytes]) -> list[int | None]:
        """Return the row of each key, None for one not stored."""
        if self._row_of is None:
            content = self._keys_path.read_bytes() if self._keys_path.exists() else b""
            count = len(self)
            self._row_of = {
                content[at : at + KEY_BYTES]: at // KEY_BYTES
                for at in range(0, count * KEY_BYTES, KEY_BYTES)
            }
        return [self._row_of.get(key) for key in keys]

    def append(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Store *vectors* under *keys*, durably. One writer at a time; raises OSError."""
        self.find([])
        assert self._row_of is not None  # noqa: S101 - `find` has just read it
        count = len(self)
        if not count or not self.identity:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._renew()
        rows = vectors.astype(np.float16)
        sums = [zlib.crc32(row.data, zlib.crc32(key)) for key, row in zip(keys, rows, strict=True)]
        _append(self._rows_path, count * self._row_bytes, rows.tobytes())
        _append(self._keys_path, count * KEY_BYTES, b"".join(keys))
        _append(self._sums_path, count * _SUM.itemsize, np.array(sums, dtype=_SUM).tobytes())
        for offset, key in enumerate(keys):
            self._row_of[key] = count + offset

    @property
    def path(self) -> Path:
        """The file of the vectors themselves."""
        return self._rows_path

    def damaged(self) -> list[int]:
        """Return which rows are not as they were stored; all of them are read. Raises OSError."""
        count = len(self)
        if not count:
            return []
        keys, sums = self._keys_path.read_bytes(), np.fromfile(self._sums_path, _SUM, count)
        rows = np.memmap(self._rows_path, dtype=np.uint8, mode="r").data
        size = self._row_bytes
        return [
            row
            for row, expected in enumerate(sums.tolist())
            if (key := keys[row * KEY_BYTES : (row + 1) * KEY_BYTES]) != _NO_KEY
            and zlib.crc32(rows[row * size : (row + 1) * size], zlib.crc32(key)) != expected
        ]

    def forget(self, rows: Sequence[int]) -> None:
        """Take *rows* for none, so that their texts are encoded anew. Raises OSError.

        No generation that uses them is usable any more: the store has another identity.
        """
        self._row_of = None
        self._renew()
        for row in rows:
            with self._keys_path.open("r+b") as stream:
                stream.seek(row * KEY_BYTES)
                stream.write(_NO_KEY)
                stream.flush()
                os.fsync(stream.fileno())

    def _renew(self) -> None:
        write_atomically(self._identity_path, secrets.token_hex(16).encode("ascii"))

    def take(self, rows: Sequence[int] | Rows) -> Vectors:
        """Return the vectors of *rows*, float32, shape (len(rows), dimensions)."""
        vectors = _small(self.stored(np.asarray(rows, dtype=np.int32)))
        vectors *= np.float32(_LARGE)
        return vectors

    def stored(self, rows: Rows) -> NDArray[np.float16]:
        """Return the vectors of *rows* as they are stored."""
        return self._map(int(rows.max()) + 1 if rows.size else 0).take(rows, axis=0)

    def cosines(self, rows: Rows, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the cosine of *vector* with each of *rows*, float32 of the same length."""
        cosines = np.empty(rows.size, dtype=np.float32)
        large = vector * np.float32(_LARGE)
        stored = self._map(int(rows.max(initial=-1)) + 1)
        for start in range(0, rows.size, _BLOCK):
            here = rows[start : start + _BLOCK]
            # "raise" would fill another array first; `_map` has seen to it that there are so many
            halves = stored.take(here, axis=0, out=self._room.halves[: here.size], mode="clip")
            block = _small(halves, self._room.bits)
            # not `@`: BLAS rounds a row by its place in the block, and ties would fall at random
            np.vecdot(block, large, out=cosines[start : start + _BLOCK])
        return cosines

    def _map(self, count: int) -> NDArray[np.float16]:
        """Return the stored rows, mapped anew when the file has grown past what was mapped."""
        if self._mapped is None or len(self._mapped) < count:
            if not count:
                return np.zeros((0, self.dimensions), dtype=np.float16)
            flat = np.memmap(self._rows_path, dtype=np.float16, mode="r")
            whole = flat.size // self.dimensions
            if whole < count:
                raise IndexError(f"{self._rows_path} has {whole} rows, not {count}")
            self._mapped = np.asarray(flat[: whole * self.dimensions]).reshape(whole, -1)
        return self._mapped


class _Room(threading.local):
    """Where a thread turns a block into float32: memory asked for anew each time costs as much."""

    def __init__(self, dimensions: int) -> None:
        self.halves = np.empty((_BLOCK, dimensions), dtype=np.float16)
        self.bits = np.empty((_BLOCK, dimensions), dtype=np.int32)


def _small(halves: NDArray[np.float16], room: NDArray[np.int32] | None = None) -> Vectors:
    """Return the finite *halves* divided by `_LARGE`, exactly: as single precision, unscaled.

    They are in *room*, if there is some, until it is used again.
    Ten times faster than a conversion: sign and mantissa are moved to their places, and so is the
    exponent, whose bias of 15 then stands for one of 127. A power of two changes no digit.
    """
    bits = np.empty(halves.shape, dtype=np.int32) if room is None else room[: len(halves)]
    bits[:] = halves.view(np.int16)  # the sign fills the upper half
    bits <<= 13
    bits &= ~0x70000000
    return bits.view(np.float32)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _append(path: Path, offset: int, content: bytes) -> None:
    """Write *content* at *offset*, dropping what a crash may have left beyond it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "r+b") as stream:
        stream.truncate(offset)
        stream.seek(offset)
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
