"""A hash table of byte strings for a file of arrays: found in a microsecond, without being read.

It holds only where in a sequence each string is; the strings themselves are kept beside it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray


def slots(keys: Sequence[bytes]) -> NDArray[np.uint32]:
    """Return the table of *keys*: in the first free place from a key's hash, its number + 1."""
    size = 1 << (2 * len(keys)).bit_length()
    table = [0] * size
    for number, key in enumerate(keys, 1):
        at = zlib.crc32(key) & (size - 1)
        while table[at]:
            at = (at + 1) & (size - 1)
        table[at] = number
    return np.array(table, dtype=np.uint32)


def find(key: bytes, table: memoryview, key_at: Callable[[int], bytes]) -> int | None:
    """Return where *key* is among the keys of *table*, which *key_at* reads; None if nowhere."""
    last = len(table) - 1
    at = zlib.crc32(key) & last
    while number := table[at]:
        if key_at(number - 1) == key:
            return int(number) - 1
        at = (at + 1) & last
    return None
