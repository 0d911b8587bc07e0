"""One committed state of the embedded index, open for reading.

Scoring reads the arrays of its segments and the vector store; stored fields come from Whoosh.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import SegmentReader, TermNotFound

from coopbot.engine.bm25f import Bm25f, Mask, ScoredSegment
from coopbot.engine.collapse import best_of_runs
from coopbot.engine.postings import NO_NUMBER, SegmentArrays, segment_arrays
from coopbot.engine.protocol import (
    NO_FILTER,
    DenseView,
    Filter,
    Hit,
    LexicalView,
    StoredArticle,
    Vector,
    WeightedTerm,
)
from coopbot.engine.schema import (
    ALIAS,
    ARTICLE,
    FIRST_ALIAS,
    KIND_OF,
    PASSAGE,
    VIEWS,
    stored_article,
)
from coopbot.engine.vectors import VectorStore
from coopbot.french import fold

_CACHED_MASKS = 16
_NUMBERS: Mapping[str, Callable[[NDArray[np.int32]], Mask]] = {
    ARTICLE: lambda number: number == NO_NUMBER,
    PASSAGE: lambda number: number >= 0,
    ALIAS: lambda number: number <= FIRST_ALIAS,
}
_KIND_OF_DENSE = {
    DenseView.PASSAGE: PASSAGE,
    DenseView.LEAD: PASSAGE,
    DenseView.TITLE: ARTICLE,
    DenseView.ALIAS: ALIAS,
}


class Committed:
    """One committed state of the index, open for reading."""

    def __init__(self, folder: Path, index: Any, vectors: VectorStore) -> None:
        self._reader = index.reader()
        self._leaves = [
            leaf for leaf, _ in self._reader.leaf_readers() if isinstance(leaf, SegmentReader)
        ]
        self._segments: list[SegmentArrays] = [segment_arrays(folder, r) for r in self._leaves]
        self._alive: list[Mask] = [_alive(leaf) for leaf in self._leaves]
        self._vectors = vectors
        # Whoosh's readers seek in shared files
        self._reading = threading.Lock()
        # `scorer(view)`, and `masks(kind, filter)`: which documents count. One question asks for
        # the same few filters again and again.
        self.scorer = lru_cache(maxsize=None)(self._make_scorer)
        self.masks = lru_cache(maxsize=_CACHED_MASKS)(self._make_masks)

    def close(self) -> None:
        """Release the reader."""
        self._reader.close()

    def lexical(
        self,
        terms: Sequence[WeightedTerm],
        k: int,
        view: LexicalView,
        where: Filter,
        *,
        collapse: bool,
    ) -> list[Hit]:
        """See `Engine.lexical`."""
        scores = self.scorer(view).scores(terms)
        if where != NO_FILTER:
            for out, mask in zip(scores, self.masks(KIND_OF[view], where), strict=True):
                out[~mask] = 0
        chosen = [np.flatnonzero(out > 0) for out in scores]
        return self._best(scores, k, self._collapsed(scores, chosen) if collapse else chosen)

    def nearest(
        self, vector: Vector, k: int, view: DenseView, where: Filter, *, collapse: bool
    ) -> list[Hit]:
        """See `Engine.nearest`."""
        scores: list[NDArray[np.float32]] = []
        chosen: list[NDArray[np.intp]] = []
        masks = self.masks(_KIND_OF_DENSE[view], where)
        lead = view is DenseView.LEAD
        for segment, mask in zip(self._segments, masks, strict=True):
            documents_ = np.flatnonzero(mask & (segment.number == 0) if lead else mask)
            out = np.zeros(mask.size, dtype=np.float32)
            out[documents_] = self._vectors.cosines(segment.row[documents_], vector)
            scores.append(out)
            chosen.append(documents_)
        return self._best(scores, k, self._collapsed(scores, chosen) if collapse else chosen)

    def vectors(self, keys: Sequence[tuple[str, int]]) -> NDArray[np.float32]:
        """See `Engine.vectors`."""
        rows = []
        for article, number in keys:
            place, document = self._places[article]
            segment = self._segments[place]
            passage = document + 1 + number  # an article's passages follow it in order
            if passage >= segment.parent.size or segment.unit(passage) != (document, number):
                raise KeyError((article, number))
            rows.append(int(segment.row[passage]))
        return self._vectors.take(rows)

    def title_terms(self, ids: Iterable[str]) -> dict[str, int]:
        """See `Engine.title_terms`."""
        places = ((i, *self._places[i]) for i in ids if i in self._places)
        return {i: self._segments[segment].title_terms(document) for i, segment, document in places}

    def having(
        self, groups: Sequence[Collection[str]], view: LexicalView, where: Filter
    ) -> list[tuple[str, int | None]]:
        """See `Engine.having`."""
        found: list[tuple[str, int | None]] = []
        masks = self.masks(KIND_OF[view], where)
        for number, (segment, mask) in enumerate(zip(self._segments, masks, strict=True)):
            postings = segment.views[view]
            for group in groups:
                has = np.zeros(mask.size, dtype=np.bool_)
                for term in group:
                    has[postings.docs[postings.find(term)]] = True
                mask = mask & has  # a new one: the mask is remembered for the filter
            found += [self._hit(number, d, 0.0)[:2] for d in np.flatnonzero(mask).tolist()]
        return found

    def stored(self, unit: str) -> str | None:
        """Return the stored data of *unit*, or None."""
        with self._reading:
            for leaf in self._leaves:
                for document in _documents(leaf, unit):
                    return str(leaf.stored_fields(document)["data"])
        return None

    def similar(self, word: str, distance: int) -> set[str]:
        """Return the words within *distance* edits of *word*, or sounding alike, dead ones too."""
        return {
            other
            for segment in self._segments
            for found in (segment.words.within(word, distance), segment.words.sounding_like(word))
            for other in found
        }

    def _make_scorer(self, view: LexicalView) -> Bm25f:
        kind = self._kind_masks(KIND_OF[view])
        segments = [
            ScoredSegment(segment.views[view], mask)
            for segment, mask in zip(self._segments, kind, strict=True)
        ]
        return Bm25f(segments, list(VIEWS[view].values()))

    def _kind_masks(self, kind: str) -> list[Mask]:
        return [
            alive & _NUMBERS[kind](segment.number)
            for segment, alive in zip(self._segments, self._alive, strict=True)
        ]

    def _make_masks(self, kind: str, where: Filter) -> list[Mask]:
        masks = self._kind_masks(kind)
        if where == NO_FILTER:
            return masks
        # the documents of the articles that pass, then all documents that belong to those
        passing = self._passing(where)
        return [
            mask & allowed[segment.parent]
            for mask, allowed, segment in zip(masks, passing, self._segments, strict=True)
        ]

    def _passing(self, where: Filter) -> list[Mask]:
        if where == Filter(articles=where.articles) and where.articles is not None:
            return self._named(where.articles)
        passing = [np.zeros(alive.size, dtype=np.bool_) for alive in self._alive]
        for number, document, article in self._all_articles:
            passing[number][document] = _passes(article, where)
        return passing

    def _named(self, articles: frozenset[str]) -> list[Mask]:
        named = [np.zeros(alive.size, dtype=np.bool_) for alive in self._alive]
        for number, document in (self._places[a] for a in articles if a in self._places):
            named[number][document] = True
        return named

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        """Segment number and document of every live article, by id."""
        return {
            segment.article_id(document): (number, document)
            for number, (segment, mask) in enumerate(
                zip(self._segments, self._kind_masks(ARTICLE), strict=True)
            )
            for document in np.flatnonzero(mask).tolist()
        }

    @cached_property
    def _all_articles(self) -> list[tuple[int, int, StoredArticle]]:
        """Segment number, document and record of every live article; read for the first filter."""
        found: list[tuple[int, int, StoredArticle]] = []
        with self._reading:
            for number, (leaf, mask) in enumerate(
                zip(self._leaves, self._kind_masks(ARTICLE), strict=True)
            ):
                for document in np.flatnonzero(mask).tolist():
                    data = leaf.stored_fields(document)["data"]
                    found.append((number, document, stored_article(data)))
        return found

    def _collapsed(
        self, scores: Sequence[NDArray[np.float32]], chosen: Sequence[NDArray[np.intp]]
    ) -> list[NDArray[np.intp]]:
        """Return of the *chosen* documents of each segment the best of each article."""
        return [
            best_of_runs(segment.parent[documents_], out[documents_], documents_)
            for segment, out, documents_ in zip(self._segments, scores, chosen, strict=True)
        ]

    def _best(
        self,
        scores: Sequence[NDArray[np.float32]],
        k: int,
        chosen: Sequence[NDArray[np.intp]],
    ) -> list[Hit]:
        """Return the *k* best of the *chosen* documents of each segment; ties by id."""
        if k < 1:
            return []
        candidates: list[tuple[float, int, int]] = []
        for number, (out, documents_) in enumerate(zip(scores, chosen, strict=True)):
            if documents_.size > k:
                kth = np.partition(out[documents_], documents_.size - k)[documents_.size - k]
                documents_ = documents_[out[documents_] >= kth]
            candidates += [(float(out[d]), number, d) for d in documents_.tolist()]
        hits = [self._hit(number, document, score) for score, number, document in candidates]
        hits.sort(key=lambda hit: (-hit.score, hit.article, hit.passage or 0))
        return hits[:k]

    def _hit(self, number: int, document: int, score: float) -> Hit:
        segment = self._segments[number]
        passage = int(segment.number[document])
        return Hit(segment.article_id(document), None if passage < 0 else passage, score)


def _documents(leaf: SegmentReader, unit: str) -> list[int]:
    """Return the live documents with the key *unit* in *leaf*: one or none."""
    try:
        return list(leaf.postings("unit", unit).all_ids())  # Whoosh leaves out the deleted
    except TermNotFound:
        return []


def _alive(leaf: SegmentReader) -> Mask:
    alive = np.ones(leaf.doc_count_all(), dtype=np.bool_)
    alive[[d for d in range(alive.size) if leaf.is_deleted(d)]] = False
    return alive


def _passes(article: StoredArticle, where: Filter) -> bool:
    """Tell whether *article* passes; a date of reduced precision passes if it can."""
    return (
        (where.articles is None or article.id in where.articles)
        and (where.site is None or fold(article.site or "") == fold(where.site))
        and (where.tag is None or fold(where.tag) in map(fold, article.tags))
        and (where.language is None or article.language == where.language)
        and (where.since is None or _not_before(article.published, where.since))
        and (where.until is None or _not_before(where.until, article.published))
    )


def _not_before(later: str | None, earlier: str | None) -> bool:
    """Compare two dates at the precision both have; an unknown date compares with none."""
    if later is None or earlier is None:
        return False
    precision = min(len(later), len(earlier))
    return later[:precision] >= earlier[:precision]
