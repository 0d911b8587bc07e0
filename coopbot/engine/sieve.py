"""A first sieve for nearest neighbours: how many signs of two vectors differ.

The share of components whose signs differ grows with the angle between two vectors (random
hyperplanes: Charikar 2002, "Similarity estimation techniques from rounding algorithms"; here the
axes stand for them). A vector of 512 components is 64 bytes of signs, and comparing them with XOR
and a bit count reads a sixteenth of what its float16 form would. Who passes is compared exactly.

Signs are kept in planes: row i has the i-th 64 signs of every document, so that each step runs
over contiguous memory.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_BITS = 64
_BLOCK = 65_536  # documents compared at a time: what is between the steps then stays in the cache

Planes = NDArray[np.uint64]
Distances = NDArray[np.uint16]


def planes(vectors: NDArray[np.float16] | NDArray[np.float32]) -> Planes:
    """Return the signs of *vectors*, shape (documents, dimensions), as planes."""
    short = -vectors.shape[1] % _BITS
    signs = np.pad(vectors > 0, ((0, 0), (0, short)))
    packed = np.packbits(signs, axis=1, bitorder="little").view(np.uint64)
    return np.ascontiguousarray(packed.T)


def distances(of: Planes, vector: NDArray[np.float32]) -> Distances:
    """Return in how many signs each document *of* planes differs from *vector*."""
    differing = np.zeros(of.shape[1], dtype=np.uint16)
    words = planes(vector[np.newaxis])[:, 0]
    room = min(_BLOCK, differing.size)
    bits, counts = np.empty(room, dtype=np.uint64), np.empty(room, dtype=np.uint8)
    for start in range(0, differing.size, _BLOCK):
        here = differing[start : start + _BLOCK]
        differ, count = bits[: here.size], counts[: here.size]
        for plane, word in zip(of, words, strict=True):
            np.bitwise_xor(plane[start : start + _BLOCK], word, out=differ)
            here += np.bitwise_count(differ, out=count)
    return differing


def rough(sample: Distances, share: float) -> int:
    """Return a distance within which at least the *share* of all most probably lie.

    *sample* are the distances of some. Four deviations and a few more make up for its luck.
    """
    expected = share * sample.size
    return nearest(sample, min(int(expected + 4 * math.sqrt(expected)) + 4, sample.size))


def nearest(found: Distances, count: int) -> int:
    """Return the distance within which at least *count* of *found* lie, or all of them."""
    return int(np.searchsorted(np.cumsum(np.bincount(found)), count))
