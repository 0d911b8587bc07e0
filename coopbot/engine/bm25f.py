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
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.collapse import best_of_runs, best_scores
from coopbot.engine.impacts import Impacts
from coopbot.engine.postings import Postings
from coopbot.engine.protocol import WeightedTerm
from coopbot.engine.units import Documents, Mask, Scores

_CACHED_TERMS = 10_000  # whose postings are remembered
# Sums of float32 in another order differ by less than this share.
_SLACK = 1 - 1e-5
# So many times k documents are looked at for the k-th best article.
_DOCUMENTS_PER_ARTICLE = 4
# To look up a document in a list takes as long as to add up so many of the list.
_LOOK_UP = 6
# To clear an accumulator takes as long as to clear one in so many of its places.
_CLEAR = 16


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
    factor: float
    bound: float

    def added(self, documents: NDArray[np.int32]) -> Scores:
        """Return what the term adds to each of *documents*, 0 to one without it."""
        places = self.docs.searchsorted(documents)
        found: Scores = self.impacts.take(places, mode="clip")
        found *= self.factor
        found *= self.docs.take(places, mode="clip") == documents
        return found


# A term's documents in a segment, its impact on each, and the largest.
_TermPostings = tuple[NDArray[np.int32], Scores, float]


class _Term(NamedTuple):
    """In how many documents a term is, what it tells, and its postings in each segment."""

    frequency: int
    idf: float
    postings: Sequence[_TermPostings | None]


class _Accumulators:
    """Arrays of zeros to add up scores in, a number for each of *size* documents.

    Searches take them and give them back: new ones would have to be cleared in full each time.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._free: list[Scores] = []

    def take(self) -> Scores:
        """Return one that no other search has."""
        try:
            return self._free.pop()
        except IndexError:
            return np.zeros(self._size, dtype=np.float32)

    def give_back(self, sums: Scores, used: Sequence[Documents]) -> None:
        """Take back *sums*, of which only the places *used* are not 0."""
        if sum(documents.size for documents in used) > self._size // _CLEAR:
            sums.fill(0)
        else:
            for documents in used:
                sums[documents] = 0
        self._free.append(sums)


def idf(documents: int, frequency: int) -> float:
    """Return how much a term tells that is in *frequency* of *documents*; see the formula above."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


class Bm25f:
    """One view of the whole index, ready to score."""

    def __init__(self, segments: Sequence[ScoredSegment]) -> None:
        self._segments = segments
        self._bases = [0, *accumulate(s.size for s in segments)]
        self._accumulators = [_Accumulators(s.size) for s in segments]
        self.documents = sum(int(s.alive.sum()) for s in segments)
        self._whole = [bool(s.alive[s.postings.docs].all()) for s in segments]
        self._find = lru_cache(maxsize=_CACHED_TERMS)(self._found)

    def frequency(self, term: str) -> int:
        """Return in how many documents *term* occurs."""
        return self._find(term).frequency

    def having(self, term: str) -> list[NDArray[np.int32]]:
        """Return the documents of each segment with *term*, ascending, deleted ones too."""
        return [
            np.zeros(0, dtype=np.int32) if postings is None else postings[0]
            for postings in self._find(term).postings
        ]

    def search(self, terms: Sequence[WeightedTerm], mask: Mask | None = None) -> Search:
        """Return the search for *terms* among the live documents, of those in *mask* only."""
        searches: list[_SegmentSearch] = []
        per_segment = zip(
            self._segments,
            self._whole,
            self._accumulators,
            pairwise(self._bases),
            self._lists(terms),
            strict=True,
        )
        for segment, whole, accumulators, (first, last), lists in per_segment:
            left = mask[first:last] if mask is not None else None
            if left is None and not whole:
                left = segment.alive
            searches.append(_SegmentSearch(segment, lists, left, accumulators))
        return Search(searches, self._bases)

    def _lists(self, terms: Sequence[WeightedTerm]) -> list[list[_List]]:
        """Return the lists of *terms* in each segment, the rarest term first."""
        known = [(self._find(term), weight) for term, weight in terms]
        known.sort(key=lambda entry: entry[0].frequency)
        per_segment: list[list[_List]] = [[] for _ in self._segments]
        for term, weight in known:
            factor = weight * term.idf
            if not factor:
                continue
            for postings, lists in zip(term.postings, per_segment, strict=True):
                if postings is not None:
                    docs, impacts, largest = postings
                    lists.append(_List(docs, impacts, factor, factor * largest))
        return per_segment

    def _found(self, term: str) -> _Term:
        found: list[_TermPostings | None] = []
        frequency = 0
        for segment, whole in zip(self._segments, self._whole, strict=True):
            position = segment.postings.position(term)
            if position is None:
                found.append(None)
                continue
            where = segment.postings.of(position)
            docs = segment.postings.docs[where]
            largest = float(segment.impacts.largest[position])
            found.append((docs, segment.impacts.values[where], largest))
            frequency += docs.size if whole else int(np.count_nonzero(segment.alive[docs]))
        return _Term(frequency, idf(self.documents, frequency) if frequency else 0.0, found)


class Search:
    """The search for one set of terms in all segments; its documents are numbered through.

    `best` comes first, once, then `scores`; `close` ends it.
    """

    def __init__(self, segments: Sequence[_SegmentSearch], bases: Sequence[int]) -> None:
        self._segments = segments
        self._bases = bases

    def best(self, k: int, *, collapse: bool = False) -> tuple[Documents, Scores]:
        """Return the documents that may be among the *k* best, ascending, and their scores.

        With *collapse*, the best of each article. All of the *k* best are among them, with those
        that tie with the last.
        """
        least = 0.0
        found: list[tuple[Documents, Scores]] = []
        for segment, base in zip(self._segments, self._bases, strict=False):
            if found:
                least = max(least, _kth(found[-1][1], k))
            documents, scores = segment.best(k, least, collapse=collapse)
            found.append((documents + base, scores))
        if len(found) == 1:
            return found[0]
        every = [np.concatenate(parts) for parts in zip(*found, strict=True)] if found else []
        return (every[0], every[1]) if every else (np.zeros(0, np.intp), np.zeros(0, np.float32))

    def scores(self, documents: Documents) -> Scores:
        """Return the scores of *documents*, which ascend: 0 for one without any of the terms.

        What `best` has added up is not looked up again.
        """
        if len(self._segments) == 1:
            return self._segments[0].scores(documents)
        scores = np.zeros(documents.size, dtype=np.float32)
        places = documents.searchsorted(self._bases).tolist()
        for segment, base, (first, last) in zip(
            self._segments, self._bases, pairwise(places), strict=False
        ):
            scores[first:last] = segment.scores(documents[first:last] - base)
        return scores

    def close(self) -> None:
        """Leave the memory in which `best` added up to the next search."""
        for segment in self._segments:
            segment.close()
        self._segments = ()  # no memory is given back twice


class _SegmentSearch:
    """The search for one set of terms in one segment; its documents are numbered from 0.

    `_sums` holds for every document what the first lists add up to; `_met` the documents of each of
    those lists, and what they had come to with it.
    """

    def __init__(
        self,
        segment: ScoredSegment,
        lists: Sequence[_List],
        mask: Mask | None,
        accumulators: _Accumulators,
    ) -> None:
        self._lists = lists
        self._mask = mask
        self._parent = segment.parent
        self._accumulators = accumulators
        self._sums = accumulators.take()
        self._met: list[tuple[Documents, Scores]] = []

    def best(self, k: int, least: float, *, collapse: bool) -> tuple[Documents, Scores]:
        """Return the documents that may be among the best, all over *least*, and their scores."""
        rest = [0.0]  # what all lists from a place on can add at most
        for found in reversed(self._lists):
            rest.append(rest[-1] + found.bound)
        rest.reverse()
        least = max(least, self._add_up(rest, least, k, collapse=collapse))
        done = len(self._met)
        documents = self._over(least * _SLACK - rest[done])
        scores = self._sums.take(documents)
        for found, left in zip(self._lists[done:], rest[done + 1 :], strict=True):
            if len(self._met) == done and found.docs.size < _LOOK_UP * documents.size:
                self._add(found)
                scores = self._sums.take(documents)
            else:
                scores += found.added(documents)
            done += 1
            least = max(least, self._kth(documents, scores, k, collapse=collapse))
            kept = scores >= least * _SLACK - left
            documents, scores = documents[kept], scores[kept]
        if collapse:
            first = best_of_runs(self._parent.take(documents), scores, np.arange(documents.size))
            documents, scores = documents[first], scores[first]
        return documents.astype(np.intp), scores

    def scores(self, documents: Documents) -> Scores:
        """Return the scores of *documents*."""
        scores = self._sums.take(documents)
        left = self._lists[len(self._met) :]
        if left:
            narrow = documents.astype(np.int32)
            for later in left:
                scores += later.added(narrow)
        return scores

    def close(self) -> None:
        """Give back what scores were added up in."""
        self._accumulators.give_back(self._sums, [documents for documents, _ in self._met])

    def _add_up(self, rest: Sequence[float], least: float, k: int, *, collapse: bool) -> float:
        """Add up the first lists, until those left cannot lift a document over *least* alone.

        Return what the k-th best is known to have by then.
        """
        lists = self._lists
        for done, found in enumerate(lists, 1):
            if rest[done - 1] < least * _SLACK:
                break
            self._add(found)
            # what is done cannot stop anything while it adds up to less than the rest may, and
            # what comes next may be added up before it is known that it need not be
            if done == len(lists) or (
                rest[0] >= 2 * rest[done] and lists[done].docs.size > _LOOK_UP * k
            ):
                least = max(least, self._worth(rest[done], k, collapse=collapse))
        return least

    def _add(self, found: _List) -> None:
        documents = found.docs.astype(np.intp)
        scores = found.impacts * found.factor
        if self._met:
            scores += self._sums.take(documents)
        self._sums[documents] = scores
        self._met.append((documents, scores))

    def _over(self, least: float) -> NDArray[np.int32]:
        """Return the documents met so far that have at least *least*, of those that count."""
        parts = [
            found.docs[scores >= least] if least > 0 else found.docs
            for found, (_, scores) in zip(self._lists, self._met, strict=False)
        ]
        documents = _union(parts)
        return documents if self._mask is None else documents[self._mask[documents]]

    def _worth(self, rest: float, k: int, *, collapse: bool) -> float:
        """Return what the k-th best document of the list just added has.

        0 if none has *rest*: it stops nothing.
        """
        documents, scores = self._met[-1]
        if documents.size < k or float(scores.max()) < rest:
            return 0.0
        if self._mask is not None:
            left = self._mask[documents]
            documents, scores = documents[left], scores[left]
        return self._kth(documents, scores, k, collapse=collapse)

    def _kth(
        self, documents: Documents | NDArray[np.int32], scores: Scores, k: int, *, collapse: bool
    ) -> float:
        """Return the *k*-th best of *scores*; with *collapse*, at most that of articles."""
        if collapse and scores.size >= k:
            enough = _kth(scores, _DOCUMENTS_PER_ARTICLE * k)
            high = (scores >= enough).nonzero()[0]
            scores = best_scores(self._parent.take(documents[high]), scores[high])
        return _kth(scores, k)


def _kth(scores: Scores, k: int) -> float:
    """Return the *k*-th largest of *scores*, 0 when there are fewer."""
    if scores.size < k or k < 1:
        return 0.0
    ordered = scores.copy()
    ordered.partition(scores.size - k)
    return float(ordered[scores.size - k])


def _union(parts: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    """Return what is in any of *parts*, each ascending and without repetition, as they are."""
    filled = [part for part in parts if part.size]
    if len(filled) < 2:
        return filled[0] if filled else np.zeros(0, dtype=np.int32)
    every = np.concatenate(filled)
    every.sort()
    new = np.empty(every.size, dtype=np.bool_)
    new[0] = True
    np.not_equal(every[1:], every[:-1], out=new[1:])
    return every[new]
