"""Named NumPy arrays in one file, memory-mapped when read.

    8 bytes   magic and format version
    4 bytes   length of the header, little-endian
    4 bytes   its CRC-32
    header    JSON: {"meta": {...}, "size": bytes of the whole file,
                     "arrays": {name: {"dtype", "shape", "offset", "crc32"}}}
    arrays    each on a 64-byte boundary, C order

One file rather than a folder of .npy: it is there or it is not, so that a crash can leave no half.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coopbot.files import write_atomically

MAGIC = b"COOPARR\x01"
# How many bytes are read to see that they are sound by whoever only wants to ask: 8 ms.
QUICK = 32_000_000
ALL = sys.maxsize
_LEAD = struct.Struct(f"<{len(MAGIC)}sII")
_ALIGNMENT = 64

AnyArray = NDArray[Any]


class DamagedArrays(ValueError):
    """The file is not what `save` wrote: foreign, truncated or altered."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """What a file holds: `arrays` by name, read-only and memory-mapped; `meta` as it was saved."""

    arrays: Mapping[str, AnyArray]
    meta: Mapping[str, Any]

    def __getitem__(self, name: str) -> AnyArray:
        return self.arrays[name]


def save(path: Path, arrays: Mapping[str, AnyArray], meta: Mapping[str, Any] | None = None) -> None:
    """Write *arrays* and *meta* (JSON values) to *path*, atomically. Raises OSError."""
    contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    described: dict[str, dict[str, Any]] = {}
    offset = 0
    for name, array in contiguous.items():
        offset = _aligned(offset)
        described[name] = {
            "dtype": array.dtype.str,
            "shape": array.shape,
            "offset": offset,
            "crc32": zlib.crc32(array.reshape(-1).view(np.uint8).data),
        }
        offset += array.nbytes
    header = json.dumps({"meta": meta or {}, "size": offset, "arrays": described}).encode()
    start = _aligned(_LEAD.size + len(header))
    content = bytearray(start + offset)
    _LEAD.pack_into(content, 0, MAGIC, len(header), zlib.crc32(header))
    content[_LEAD.size : _LEAD.size + len(header)] = header
    for name, array in contiguous.items():
        at = start + described[name]["offset"]
        content[at : at + array.nbytes] = array.reshape(-1).view(np.uint8).data
    write_atomically(path, content)


def load(path: Path, *, verify: int = QUICK) -> Arrays:
    """Return the arrays of *path*, memory-mapped; those of up to *verify* bytes are checked.

    Raises FileNotFoundError, or DamagedArrays when the file is not whole.
    """
    try:
        raw = np.memmap(path, dtype=np.uint8, mode="r")
    except ValueError as error:  # an empty file cannot be mapped
        raise DamagedArrays(str(path)) from error
    header, start = _header(raw, path)
    if raw.size != start + header["size"]:
        raise DamagedArrays(str(path))
    arrays: dict[str, AnyArray] = {}
    for name, described in header["arrays"].items():
        dtype = np.dtype(described["dtype"])
        at = start + described["offset"]
        count = int(np.prod(described["shape"], dtype=np.int64))
        stretch = raw[at : at + count * dtype.itemsize]
        if stretch.size <= verify and zlib.crc32(stretch.data) != described["crc32"]:
            raise DamagedArrays(f"{path}: {name}")
        # a plain ndarray over the map: memmap's own bookkeeping makes each slice 20 times slower
        arrays[name] = np.asarray(stretch).view(dtype).reshape(described["shape"])
    return Arrays(arrays, header["meta"])


def _header(raw: NDArray[np.uint8], path: Path) -> tuple[dict[str, Any], int]:
    if raw.size < _LEAD.size:
        raise DamagedArrays(str(path))
    magic, length, crc = _LEAD.unpack(raw[: _LEAD.size].tobytes())
    header = raw[_LEAD.size : _LEAD.size + length].tobytes()
    if magic != MAGIC or zlib.crc32(header) != crc:
        raise DamagedArrays(str(path))
    # the checksum says that `save` wrote it: it can be believed
    return json.loads(header), _aligned(_LEAD.size + length)


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT
