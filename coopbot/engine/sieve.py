"""A sieve for nearest neighbours: in how many signs two vectors differ.

The share of components whose signs differ grows with the angle between two vectors (random
hyperplanes: Charikar 2002, "Similarity estimation techniques from rounding algorithms"; here the
axes stand for them). A vector of 512 components is 64 bytes of signs, and comparing them with XOR
and a bit count reads a sixteenth of what its float16 form would. Who passes is compared exactly.

Of a question more is known than signs: a component near zero tells nothing. Only the larger half of
them counts, which finds as many of the nearest among two thirds as many that pass.

Signs are kept in planes: row i has the i-th 64 signs of every document, so that each step runs
over contiguous memory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_BITS = 64
_BLOCK = 65_536  # documents compared at a time: what is between the steps then stays in the cache
_COUNTED = 1 / 2  # of the components of a question: of 512, what a byte can count

Planes = NDArray[np.uint64]
Distances = NDArray[np.uint8] | NDArray[np.uint16]


class Plane(NamedTuple):
    """Of the vector of a question: the signs in one plane, and which of them count, a bit each."""

    number: int
    signs: np.uint64
    counted: np.uint64


def planes(vectors: NDArray[np.float16] | NDArray[np.float32]) -> Planes:
    """Return the signs of *vectors*, shape (documents, dimensions), as planes."""
    short = -vectors.shape[1] % _BITS
    return np.ascontiguousarray(_words(np.pad(vectors > 0, ((0, 0), (0, short)))).T)


def planes_of(vector: NDArray[np.float32]) -> list[Plane]:
    """Return the planes of the *vector* of a question, those that tell most first."""
    short = -vector.size % _BITS
    squares = np.zeros(vector.size + short, dtype=np.float32)
    np.square(vector, out=squares[: vector.size])
    least = short + int((1 - _COUNTED) * vector.size)
    counted = _words(squares > np.partition(squares, least)[least])
    signs = planes(vector[np.newaxis])[:, 0]
    order = np.argsort(-squares.reshape(-1, _BITS).sum(axis=1))
    return [Plane(i, signs[i], counted[i]) for i in order.tolist()]


def _words(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    return np.packbits(flags, axis=-1, bitorder="little").view(np.uint64)


def distances(
    of: Planes, asked: Sequence[Plane], documents: NDArray[np.intp] | None = None
) -> Distances:
    """Return in how many of the signs that count each document *of* planes differs from *asked*.

    Of *documents* only, if there are some.
    """
    rows = [of[plane.number] for plane in asked]
    if documents is not None:
        rows = [row.take(documents) for row in rows]
    size = of.shape[1] if documents is None else documents.size
    most = sum(int(plane.counted).bit_count() for plane in asked)
    differing = np.zeros(size, dtype=np.min_scalar_type(most))
    room = min(_BLOCK, size)
    bits, counts = np.empty(room, dtype=np.uint64), np.empty(room, dtype=np.uint8)
    for start in range(0, size, _BLOCK):
        here = differing[start : start + _BLOCK]
        differ, count = bits[: here.size], counts[: here.size]
        for row, plane in zip(rows, asked, strict=True):
            np.bitwise_xor(row[start : start + _BLOCK], plane.signs, out=differ)
            np.bitwise_and(differ, plane.counted, out=differ)
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
