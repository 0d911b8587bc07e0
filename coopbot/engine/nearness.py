"""How near documents are to one vector, compared as far as a question needs.

A sieve of signs (`sieve.py`) tells which few may be nearest; those are compared exactly, each once,
however many lists ask for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from coopbot.engine import sieve
from coopbot.engine.collapse import best_of_runs
from coopbot.engine.protocol import Vector
from coopbot.engine.units import Documents, Mask, Scores, Units
from coopbot.engine.vectors import VectorStore

# Up to so many vectors, comparing all of them exactly takes less time than sifting.
EXHAUSTIVE = 2_000
# How many pass the sieve for each one wanted; how many pass its first half, where there is one.
_SIFTED = 4
_HALF_SIFTED = 20
# From so many documents on, reading half of all signs saves more than gathering the rest costs.
_MANY = 500_000
# So many tell about how near those are which pass.
_SAMPLE = 4_096
# Of passages this much farther than another of their article, one in 10,000 is the nearest.
_MARGIN = 20


class Part(NamedTuple):
    """Some of the documents: their numbers, ascending, and which they are among all."""

    documents: Documents
    mask: Mask


class Nearness:
    """The cosines of *vector* with those of *units*, whose signs are in *planes* per segment."""

    def __init__(
        self, vector: Vector, units: Units, planes: Sequence[sieve.Planes], store: VectorStore
    ) -> None:
        self._vector = vector
        self._units = units
        self._planes = planes
        self._store = store
        self._cosines = np.zeros(units.row.size, dtype=np.float32)
        self._compared = np.zeros(units.row.size, dtype=np.bool_)

    def cosines(self, documents: Documents) -> Scores:
        """Return the cosines of *documents*."""
        new = documents[~self._compared[documents]]
        if new.size:
            self._cosines[new] = self._store.cosines(self._units.row[new], self._vector)
            self._compared[new] = True
        return self._cosines[documents]

    def nearest(self, part: Part, k: int, *, collapse: bool) -> tuple[Documents, Scores]:
        """Return those of *part* that may be among the *k* nearest, ascending.

        And their cosines. With *collapse*, the nearest of each article.
        """
        found = self._sifted(part, k)
        scores = self.cosines(found)
        if collapse:
            best = best_of_runs(self._units.parent[found], scores, np.arange(found.size))
            found, scores = found[best], scores[best]
        return found, scores

    def may_be_nearest(self, documents: Documents, starts: Documents) -> Mask:
        """Tell which of *documents*, ascending, may be the nearest of their article.

        Those of each article begin at *starts*.
        """
        if self._compared.size <= EXHAUSTIVE or starts.size == documents.size:
            return np.ones(documents.size, dtype=np.bool_)
        distances = self._distances(documents)
        counts = np.diff(starts, append=documents.size)
        least = np.minimum.reduceat(distances, starts)
        return np.asarray(distances - np.repeat(least, counts) <= _MARGIN)

    def _sifted(self, part: Part, k: int) -> Documents:
        """Return those of *part* whose vectors may be among the *k* nearest."""
        every, count = part.documents, (_HALF_SIFTED if self._rest else _SIFTED) * k
        if every.size <= max(EXHAUSTIVE, count):
            return every
        sample = self._first_distances[every[:: -(-every.size // _SAMPLE)]]
        near = self._first_distances <= sieve.rough(sample, count / every.size)
        near &= part.mask
        found = np.flatnonzero(near)
        if found.size < count:  # an unlucky sample
            found = every
        distances = self._distances(found)
        return found[distances <= sieve.nearest(distances, _SIFTED * k)]

    @cached_property
    def _asked(self) -> list[sieve.Plane]:
        return sieve.planes_of(self._vector)

    @property
    def _first(self) -> int:
        """How many planes are compared of all documents."""
        every = len(self._asked)
        return every if self._compared.size < _MANY else (every + 1) // 2

    @property
    def _rest(self) -> list[sieve.Plane]:
        return self._asked[self._first :]

    @cached_property
    def _first_distances(self) -> sieve.Distances:
        first = self._asked[: self._first]
        return np.concatenate([sieve.distances(planes, first) for planes in self._planes])

    def _distances(self, documents: Documents) -> sieve.Distances:
        """Return the distances of *documents*, which ascend, in all planes."""
        first: sieve.Distances = self._first_distances[documents]
        if not self._rest:
            return first
        ends = np.searchsorted(documents, self._units.bases).tolist()
        rest = [
            sieve.distances(planes, self._rest, documents[start:end] - base)
            for planes, base, start, end in zip(
                self._planes, self._units.bases.tolist(), ends, ends[1:], strict=False
            )
        ]
        every: sieve.Distances = np.add(first, np.concatenate(rest), dtype=np.uint16)
        return every
