"""How near documents are to one vector, compared as far as a question needs.

A sieve of signs (`sieve.py`) tells which few may be nearest; those are compared exactly, each once,
however many lists ask for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from coopbot.engine import sieve
from coopbot.engine.collapse import best_of_runs
from coopbot.engine.protocol import Vector
from coopbot.engine.units import Documents, Scores, Units
from coopbot.engine.vectors import VectorStore

# Up to so many vectors, comparing all of them exactly takes less time than sifting.
EXHAUSTIVE = 2_000
# How many pass the sieve for each one wanted.
_SIFTED = 6


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

    def nearest(self, documents: Documents, k: int, *, collapse: bool) -> tuple[Documents, Scores]:
        """Return those of *documents*, which ascend, that may be among the *k* nearest.

        And their cosines. With *collapse*, the nearest of each article.
        """
        found = self._sifted(documents, _SIFTED * k)
        scores = self.cosines(found)
        if collapse:
            best = best_of_runs(self._units.parent[found], scores, np.arange(found.size))
            found, scores = found[best], scores[best]
        return found, scores

    def _sifted(self, documents: Documents, count: int) -> Documents:
        """Return of *documents* about *count* whose vectors may be nearest."""
        if documents.size <= max(EXHAUSTIVE, count):
            return documents
        distances = self._distances[documents]
        return documents[distances <= sieve.nearest(distances, count)]

    @cached_property
    def _distances(self) -> sieve.Distances:
        return np.concatenate([sieve.distances(planes, self._vector) for planes in self._planes])
