"""BM25F over the impacts of all segments (Robertson and Zaragoza 2009, sections 3.5 and 3.6).

    score(q, d) = sum over terms t of q: weight(t) idf(t) impact(t, d)
    idf(t)      = ln(1 + (N - n(t) + 0.5) / (n(t) + 0.5)), N documents, n(t) with the term

N, n(t) and the mean lengths behind the impacts (`impacts.py`) are of all segments together without
deleted documents, so that an index grown by small steps scores exactly like one built in one go.

The best documents are found by MaxScore (Turtle and Flood 1995, "Query evaluation: strategies and
optimizations"), a list at a time, the rarest term first: once the terms that remain cannot lift a
document not met so far above the k-th best, only the documents met are looked up in their lists.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.collapse import best_of_runs
from coopbot.engine.impacts import Impacts
from coopbot.engine.postings import Postings
from coopbot.engine.protocol import WeightedTerm

_CACHED_TERMS = 50_000  # whose place in the lists is remembered
# Sums of float32 in another order differ by less than this share.
_SLACK = 1 - 1e-5

Scores = NDArray[np.float32]
Documents = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ScoredSegment:
    """One segment of a view. `alive` tells which documents count; `parent` the article of each."""

    postings: Postings
    impacts: Impacts
    alive: Mask
    parent: NDArray[np.int32]


class _List(NamedTuple):
    """A term's documents in a segment, ascending, what it adds to each, and at most to any."""

    docs: NDArray[np.int32]
    impacts: Scores
    factor: np.float32
    bound: float

    def looked_up(self, documents: Documents) -> tuple[Mask, Scores]:
        """Tell which of *documents* have the term, and return what it adds to those."""
        places = np.searchsorted(self.docs, documents)
        places[places == self.docs.size] = 0
        has = self.docs[places] == documents
        return has, self.factor * self.impacts[places[has]]


def idf(documents: int, frequency: int) -> float:
    """Return how much a term tells that is in *frequency* of *documents*; see the formula above."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


class Bm25f:
    """One view of the whole index, ready to score."""

    def __init__(self, segments: Sequence[ScoredSegment]) -> None:
        self._segments = segments
        self.documents = sum(int(s.alive.sum()) for s in segments)
        self._whole = [bool(s.alive[s.postings.docs].all()) for s in segments]
        self._find = lru_cache(maxsize=_CACHED_TERMS)(self._found)

    def frequency(self, term: str) -> int:
        """Return in how many documents *term* occurs."""
        return self._find(term)[0]

    def best(
        self, terms: Sequence[WeightedTerm], k: int, masks: Sequence[Mask] | None, *, collapse: bool
    ) -> list[tuple[Documents, Scores]]:
        """Return per segment the documents that may be among the *k* best, and their scores.

        Those in *masks* only; with *collapse*, the best of each article. All of the *k* best are
        among them, with those that tie with the last.
        """
        lists = self._lists(terms)
        least = 0.0
        found = []
        for number, segment in enumerate(self._segments):
            mask = masks[number] if masks is not None else None
            if mask is None and not self._whole[number]:
                mask = segment.alive
            parent = segment.parent if collapse else None
            documents, scores = _Search(segment, lists[number], k, mask, parent).run(least)
            least = max(least, _kth(scores, k))
            found.append((documents, scores))
        return found

    def scores(self, terms: Sequence[WeightedTerm], wanted: Sequence[Documents]) -> list[Scores]:
        """Return the scores of the *wanted* documents of each segment, ascending in each."""
        return [
            _looked_up(lists, documents)
            for lists, documents in zip(self._lists(terms), wanted, strict=True)
        ]

    def _lists(self, terms: Sequence[WeightedTerm]) -> list[list[_List]]:
        """Return the lists of *terms* in each segment, the rarest term first."""
        known = sorted(((*self._find(t.text), t.weight) for t in terms), key=lambda entry: entry[0])
        per_segment: list[list[_List]] = [[] for _ in self._segments]
        for frequency, places, weight in known:
            if not frequency:
                continue
            factor = weight * idf(self.documents, frequency)
            for segment, place, lists in zip(self._segments, places, per_segment, strict=True):
                if place is None:
                    continue
                where, largest = place
                lists.append(
                    _List(
                        segment.postings.docs[where],
                        segment.impacts.values[where],
                        np.float32(factor),
                        factor * largest,
                    )
                )
        return per_segment

    def _found(self, term: str) -> tuple[int, list[tuple[slice, float] | None]]:
        """Return how many documents have *term*; per segment, its postings and largest impact."""
        places: list[tuple[slice, float] | None] = []
        frequency = 0
        for segment, whole in zip(self._segments, self._whole, strict=True):
            position = segment.postings.position(term)
            if position is None:
                places.append(None)
                continue
            where = segment.postings.of(position)
            places.append((where, float(segment.impacts.largest[position])))
            frequency += (
                where.stop - where.start
                if whole
                else int(np.count_nonzero(segment.alive[segment.postings.docs[where]]))
            )
        return frequency, places


class _Search:
    """One question to one segment."""

    def __init__(
        self,
        segment: ScoredSegment,
        lists: Sequence[_List],
        k: int,
        mask: Mask | None,
        parent: NDArray[np.int32] | None,
    ) -> None:
        self._lists = lists
        self._k = k
        self._mask = mask
        self._parent = parent
        self._scores = np.zeros(segment.alive.size, dtype=np.float32)

    def run(self, least: float) -> tuple[Documents, Scores]:
        """Return the documents that may be among the best, all over *least*, and their scores."""
        rest = [0.0] * (len(self._lists) + 1)  # what all lists from a place on can add at most
        for place in range(len(self._lists) - 1, -1, -1):
            rest[place] = rest[place + 1] + self._lists[place].bound
        place = 0
        while place < len(self._lists) and rest[place] >= least * _SLACK:
            found = self._lists[place]
            self._scores[found.docs] += found.factor * found.impacts
            place += 1
            if place < len(self._lists):
                least = max(least, self._worth(found.docs, rest[place]))
        documents = np.flatnonzero(self._scores)
        if self._mask is not None:
            documents = documents[self._mask[documents]]
        for later in range(place, len(self._lists)):
            documents = documents[self._scores[documents] + rest[later] >= least * _SLACK]
            _add(self._scores, self._lists[later], documents)
            least = max(least, self._kth(documents))
        documents = documents[self._scores[documents] >= least * _SLACK]
        if self._parent is not None:
            documents = best_of_runs(self._parent[documents], self._scores[documents], documents)
        return documents, self._scores[documents]

    def _worth(self, documents: NDArray[np.int32], rest: float) -> float:
        """Return what the k-th best of *documents* has, 0 if less than *rest*: it stops nothing."""
        if documents.size < self._k or float(self._scores[documents].max()) < rest:
            return 0.0
        kept = documents if self._mask is None else documents[self._mask[documents]]
        return self._kth(kept.astype(np.intp))

    def _kth(self, documents: Documents) -> float:
        if self._parent is not None:
            scores = self._scores[documents]
            documents = best_of_runs(self._parent[documents], scores, documents)
        return _kth(self._scores[documents], self._k)


def _kth(scores: Scores, k: int) -> float:
    """Return the *k*-th largest of *scores*, 0 when there are fewer."""
    if scores.size < k or k < 1:
        return 0.0
    return float(np.partition(scores, scores.size - k)[scores.size - k])


def _add(scores: Scores, found: _List, documents: Documents) -> None:
    """Add to *scores* what *found* has for *documents*."""
    has, added = found.looked_up(documents)
    scores[documents[has]] += added


def _looked_up(lists: Sequence[_List], documents: Documents) -> Scores:
    scores = np.zeros(documents.size, dtype=np.float32)
    for found in lists:
        has, added = found.looked_up(documents)
        scores[has] += added
    return scores
