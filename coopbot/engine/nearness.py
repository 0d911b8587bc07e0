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
# How many pass the sieve for each one wanted.
_SIFTED = 6
# Of more than so many, a sample tells first about how near those are which pass.
_MANY = 65_536
_SAMPLE = 4_096


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
        found = self._sifted(part, _SIFTED * k)
        scores = self.cosines(found)
        if collapse:
            best = best_of_runs(self._units.parent[found], scores, np.arange(found.size))
            found, scores = found[best], scores[best]
        return found, scores

    def _sifted(self, part: Part, count: int) -> Documents:
        """Return about *count* of *part* whose vectors may be nearest.

        Of many, those within a rough distance are found first, in one pass over all documents.
        """
        every = part.documents
        if every.size <= max(EXHAUSTIVE, count):
            return every
        found = every
        if every.size > _MANY:
            sample = self._distances[every[:: every.size // _SAMPLE]]
            found = np.flatnonzero(self._distances <= sieve.rough(sample, count / every.size))
            found = found[part.mask[found]]
        if found.size < count:  # an unlucky sample
            found = every
        distances = self._distances[found]
        return found[distances <= sieve.nearest(distances, count)]

    @cached_property
    def _distances(self) -> sieve.Distances:
        return np.concatenate([sieve.distances(planes, self._vector) for planes in self._planes])
