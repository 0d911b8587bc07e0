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
from coopbot.engine.units import Documents, Mask, Scores

_CACHED_TERMS = 50_000  # whose place in the lists is remembered
# Sums of float32 in another order differ by less than this share.
_SLACK = 1 - 1e-5


@dataclass(frozen=True, slots=True)
class ScoredSegment:
    """One segment of a view; `alive` tells which of its documents count."""

    postings: Postings
    impacts: Impacts
    alive: Mask
    parent: NDArray[np.int32]

    @property
    def size(self) -> int:
        """How many documents it has, of whatever kind."""
        return int(self.alive.size)


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

    def having(self, term: str) -> list[NDArray[np.int32]]:
        """Return the documents of each segment with *term*, ascending, deleted ones too."""
        places = self._find(term)[1]
        return [
            segment.postings.docs[place[0] if place else slice(0)]
            for segment, place in zip(self._segments, places, strict=True)
        ]

    def search(self, terms: Sequence[WeightedTerm], mask: Mask | None = None) -> Search:
        """Return the search for *terms* among the live documents, of those in *mask* only."""
        searches: list[_SegmentSearch] = []
        base = 0
        per_segment = zip(self._segments, self._whole, self._lists(terms), strict=True)
        for segment, whole, lists in per_segment:
            left = mask[base : base + segment.size] if mask is not None else None
            if left is None and not whole:
                left = segment.alive
            searches.append(_SegmentSearch(segment, base, lists, left))
            base += segment.size
        return Search(searches)

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


class Search:
    """The search for one set of terms in all segments; its documents are numbered through."""

    def __init__(self, segments: Sequence[_SegmentSearch]) -> None:
        self._segments = segments

    def best(self, k: int, *, collapse: bool = False) -> tuple[Documents, Scores]:
        """Return the documents that may be among the *k* best, ascending, and their scores.

        With *collapse*, the best of each article. All of the *k* best are among them, with those
        that tie with the last.
        """
        least = 0.0
        found = []
        for segment in self._segments:
            documents, scores = segment.best(k, least, collapse=collapse)
            least = max(least, _kth(scores, k))
            found.append((documents + segment.base, scores))
        if len(found) == 1:
            return found[0]
        every = [np.concatenate(parts) for parts in zip(*found, strict=True)] if found else []
        return (every[0], every[1]) if every else (np.zeros(0, np.intp), np.zeros(0, np.float32))

    def scores(self, documents: Documents) -> Scores:
        """Return the scores of *documents*, which ascend: 0 for one without any of the terms.

        What `best` has added up is not looked up again.
        """
        scores = np.zeros(documents.size, dtype=np.float32)
        for segment in self._segments:
            first, last = np.searchsorted(documents, (segment.base, segment.base + segment.size))
            scores[first:last] = segment.scores(documents[first:last] - segment.base)
        return scores


class _SegmentSearch:
    """The search for one set of terms in one segment, whose first document has the number *base*.

    `_sums` holds for every document what the first `_done` lists add up to.
    """

    def __init__(
        self, segment: ScoredSegment, base: int, lists: Sequence[_List], mask: Mask | None
    ) -> None:
        self.base = base
        self.size = segment.size
        self._lists = lists
        self._mask = mask
        self._parent = segment.parent
        self._sums: Scores | None = None
        self._done = 0

    def best(self, k: int, least: float, *, collapse: bool) -> tuple[Documents, Scores]:
        """Return the documents that may be among the best, all over *least*, and their scores."""
        self._sums = sums = np.zeros(self.size, dtype=np.float32)
        self._done = 0
        rest = [0.0] * (len(self._lists) + 1)  # what all lists from a place on can add at most
        for place in range(len(self._lists) - 1, -1, -1):
            rest[place] = rest[place + 1] + self._lists[place].bound
        while self._done < len(self._lists) and rest[self._done] >= least * _SLACK:
            found = self._lists[self._done]
            sums[found.docs] += found.factor * found.impacts
            self._done += 1
            # what is done cannot stop anything while it adds up to less than the rest may
            if self._done < len(self._lists) and rest[0] >= 2 * rest[self._done]:
                worth = self._worth(found.docs, rest[self._done], least, k, collapse=collapse)
                least = max(least, worth)
        documents = self._over(least * _SLACK - rest[self._done])
        scores = sums[documents]
        for later in range(self._done, len(self._lists)):
            kept = scores + np.float32(rest[later]) >= least * _SLACK
            documents, scores = documents[kept], scores[kept]
            has, added = self._lists[later].looked_up(documents)
            scores[has] += added
            least = max(least, self._kth(documents, scores, k, collapse=collapse))
        kept = scores >= least * _SLACK
        documents, scores = documents[kept], scores[kept]
        if collapse:
            first = best_of_runs(self._parent[documents], scores, np.arange(documents.size))
            documents, scores = documents[first], scores[first]
        return documents, scores

    def scores(self, documents: Documents) -> Scores:
        """Return the scores of *documents*."""
        if self._sums is None:
            scores = np.zeros(documents.size, dtype=np.float32)
        else:
            scores = self._sums[documents]
        for later in range(self._done, len(self._lists)):
            has, added = self._lists[later].looked_up(documents)
            scores[has] += added
        return scores

    def _over(self, least: float) -> Documents:
        """Return the documents met so far that have at least *least*, of those that count."""
        assert self._sums is not None  # noqa: S101 - `best` has just made them
        documents = np.flatnonzero(self._sums >= least if least > 0 else self._sums > 0)
        return documents if self._mask is None else documents[self._mask[documents]]

    def _worth(
        self, documents: NDArray[np.int32], rest: float, least: float, k: int, *, collapse: bool
    ) -> float:
        """Return what the k-th best of *documents* has, if over *least*.

        0 if none has *rest*: it stops nothing.
        """
        assert self._sums is not None  # noqa: S101 - `best` has just made them
        if documents.size < k:
            return 0.0
        scores = self._sums[documents]
        if float(scores.max()) < rest:
            return 0.0
        better = scores > least
        if self._mask is not None:
            better &= self._mask[documents]
        return self._kth(documents[better], scores[better], k, collapse=collapse)

    def _kth(
        self, documents: Documents | NDArray[np.int32], scores: Scores, k: int, *, collapse: bool
    ) -> float:
        if collapse and scores.size >= k:
            first = best_of_runs(self._parent[documents], scores, np.arange(documents.size))
            scores = scores[first]
        return _kth(scores, k)


def _kth(scores: Scores, k: int) -> float:
    """Return the *k*-th largest of *scores*, 0 when there are fewer."""
    if scores.size < k or k < 1:
        return 0.0
    return float(np.partition(scores, scores.size - k)[scores.size - k])
