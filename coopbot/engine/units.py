"""The documents of all segments of a committed state, under one number each.

A document is a unit of the index: an article, a passage, or an alias. Those of an article stand
together: itself, its passages, its aliases. Numbers run on from one segment to the next.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.postings import NO_NUMBER, SegmentArrays, Traits
from coopbot.engine.schema import ARTICLE, FIRST_ALIAS, PASSAGE

Documents = NDArray[np.intp]
Mask = NDArray[np.bool_]
Scores = NDArray[np.float32]


class Units:
    """The documents of *segments*, of which those in the masks *alive* are not deleted.

    `bases` are the numbers of the first document of each segment; per document, `parent` is that of
    the article it belongs to (itself for an article), `number` its passage number (-1 for an
    article, less for an alias), `row` that of its vector in the store.
    """

    def __init__(self, segments: Sequence[SegmentArrays], alive: Sequence[Mask]) -> None:
        self._segments = segments
        self.bases = np.cumsum([0, *(s.parent.size for s in segments)]).astype(np.intp)
        self._starts: list[int] = self.bases.tolist()
        self.alive = _joined(alive, np.bool_)
        self.parent = _joined(
            [s.parent + base for s, base in zip(segments, self.bases.tolist(), strict=False)],
            np.int32,
        )
        self.number = _joined([s.number for s in segments], np.int32)
        self.row = _joined([s.row for s in segments], np.int32)
        self._passages = _joined([s.passage_counts for s in segments], np.int64)
        self._aliases = _joined([s.alias_counts for s in segments], np.int64)
        self._id_of: dict[int, str] = {}
        self._known: dict[str, int] = {}
        self._kinds: dict[str, Mask] = {}

    def of_kind(self, kind: str) -> Mask:
        """Return the live documents of *kind*."""
        if kind not in self._kinds:
            masks = {ARTICLE: self.number == NO_NUMBER, PASSAGE: self.number >= 0}
            self._kinds[kind] = masks.get(kind, self.number <= FIRST_ALIAS) & self.alive
        return self._kinds[kind]

    def place(self, document: int) -> tuple[int, int]:
        """Return the segment of *document*, and its number there."""
        segment = bisect_right(self._starts, document) - 1
        return segment, document - self._starts[segment]

    def id(self, document: int) -> str:
        """Return the id of the article that *document* is or belongs to."""
        return self._name(int(self.parent[document]))

    def _name(self, article: int) -> str:
        known = self._id_of.get(article)
        if known is None:
            segment, there = self.place(article)
            known = self._id_of[article] = self._segments[segment].article_id(there)
            if self.alive[article]:
                self._known[known] = article
        return known

    def traits(self, article: int) -> Traits:
        """Return the traits of *article*."""
        segment, there = self.place(article)
        return self._segments[segment].traits(there)

    def ids(self, articles: Documents) -> Sequence[str]:
        """Return the ids of *articles*, each read when it is asked for."""
        return _Ids(self._name, articles.tolist())

    @cached_property
    def order(self) -> NDArray[np.int32]:
        """Where each live article comes in the order of their ids."""
        articles = np.flatnonzero(self.of_kind(ARTICLE))
        names = [name for segment in self._segments for name in segment.article_ids()]
        order = np.zeros(self.parent.size, dtype=np.int32)
        by_name = sorted(articles.tolist(), key=names.__getitem__)
        order[by_name] = np.arange(articles.size)
        return order

    def article(self, name: str) -> int | None:
        """Return the document of the live article with the id *name*; None when there is none."""
        # mostly one whose id was given out before: no need to read all of them
        return self._known[name] if name in self._known else self._every.get(name)

    @cached_property
    def _every(self) -> dict[str, int]:
        return {self.id(d): d for d in np.flatnonzero(self.of_kind(ARTICLE)).tolist()}

    def passage(self, name: str, number: int) -> int:
        """Return the document of a passage; raises KeyError."""
        article = self.article(name)
        if article is None or not 0 <= number < self._passages[article]:
            raise KeyError((name, number))
        return article + 1 + number

    def of_articles(self, articles: Documents, kind: str) -> tuple[Documents, Documents]:
        """Return the documents of *kind* of *articles*, one article's after the other's.

        And how many each has.
        """
        passages = self._passages[articles]
        counts = passages if kind == PASSAGE else self._aliases[articles]
        first = articles + 1 if kind == PASSAGE else articles + 1 + passages
        ends = np.cumsum(counts)
        within = np.arange(int(ends[-1]) if ends.size else 0) - np.repeat(ends - counts, counts)
        return np.asarray(np.repeat(first, counts) + within, dtype=np.intp), counts

    def first(self, documents: Documents, scores: Scores, k: int) -> Documents:
        """Return where in *documents* the *k* with the highest *scores* are, ties by id."""
        if k < 1 or documents.size <= k:
            return np.arange(documents.size if k > 0 else 0)
        least = np.partition(scores, scores.size - k)[scores.size - k]
        above, level = np.flatnonzero(scores > least), np.flatnonzero(scores == least)
        wanted = k - above.size
        if level.size > wanted:
            level = level[np.argsort(self._ordinal(documents[level]), kind="stable")[:wanted]]
        return np.concatenate([above, level])

    def ordered(self, documents: Documents, scores: Scores) -> Documents:
        """Return the places of *documents* by *scores*, the highest first, ties by id."""
        return np.lexsort((documents, self._ordinal(documents), -scores))

    def _ordinal(self, documents: Documents) -> NDArray[np.int32]:
        found: NDArray[np.int32] = self.order[self.parent[documents]]
        return found


class _Ids(Sequence[str]):
    def __init__(self, name: Callable[[int], str], articles: Sequence[int]) -> None:
        self._name = name
        self._articles = articles

    def __len__(self) -> int:
        return len(self._articles)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            return _Ids(self._name, self._articles[place])
        return self._name(self._articles[place])


def _joined(parts: Sequence[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    """Return the arrays one after the other; a single one is not copied."""
    if len(parts) == 1:
        return np.asarray(parts[0], dtype=kind)
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.zeros(0, dtype=kind)
