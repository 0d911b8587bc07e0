"""One committed state of the embedded index, open for reading.

Scoring reads the arrays of its segments and the vector store; stored fields come from Whoosh.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import SegmentReader

from coopbot.engine import sieve
from coopbot.engine.bm25f import Bm25f, Documents, ScoredSegment, Scores
from coopbot.engine.collapse import best_of_runs
from coopbot.engine.filtering import Mask, Masks
from coopbot.engine.impacts import segment_impacts
from coopbot.engine.postings import segment_arrays
from coopbot.engine.protocol import (
    NO_FILTER,
    Best,
    DenseView,
    Filter,
    Hit,
    LexicalView,
    StoredArticle,
    StoredPassage,
    Vector,
    WeightedTerm,
)
from coopbot.engine.schema import (
    ALIAS,
    ARTICLE,
    KIND_OF,
    PASSAGE,
    stored_article,
    stored_passage,
)
from coopbot.engine.vectors import VectorStore

# Up to so many vectors, comparing all of them exactly takes less time than sifting.
_EXHAUSTIVE = 2_000
# How many pass the sieve for each one wanted.
_SIFTED = 6
_CACHED_ARTICLES = 20_000
_KIND_OF_DENSE = {
    DenseView.PASSAGE: PASSAGE,
    DenseView.LEAD: PASSAGE,
    DenseView.TITLE: ARTICLE,
    DenseView.ALIAS: ALIAS,
}


class _Places(NamedTuple):
    """Where some articles are: per segment, their documents, and which of the articles each is."""

    documents: list[Documents]
    which: list[Documents]


class Committed:
    """One committed state of the index, open for reading."""

    def __init__(self, folder: Path, index: Any, vectors: VectorStore) -> None:
        self._reader = index.reader()
        self._leaves = [
            leaf for leaf, _ in self._reader.leaf_readers() if isinstance(leaf, SegmentReader)
        ]
        self._vectors = vectors
        self._segments = [segment_arrays(folder, leaf, vectors) for leaf in self._leaves]
        self._masks = Masks(self._segments, [_alive(leaf) for leaf in self._leaves])
        self._scorers = self._made_scorers(folder)
        # Whoosh's readers seek in shared files
        self._reading = threading.Lock()
        self.article = lru_cache(_CACHED_ARTICLES)(self._article)
        self._documents = lru_cache(maxsize=None)(self._all_documents)
        self._distances = lru_cache(maxsize=4)(self._all_distances)  # a question asks four times
        self._places = lru_cache(maxsize=8)(self._found_places)  # and eight times for its articles

    def close(self) -> None:
        """Release the reader."""
        self._reader.close()

    def scorer(self, view: LexicalView) -> Bm25f:
        """Return the scorer of *view*."""
        return self._scorers[view]

    def _made_scorers(self, folder: Path) -> dict[LexicalView, Bm25f]:
        masks = {view: self._masks.of_kind(KIND_OF[view]) for view in LexicalView}
        means = {view: self._mean_lengths(view, masks[view]) for view in LexicalView}
        impacts = [segment_impacts(folder, segment, means) for segment in self._segments]
        return {
            view: Bm25f(
                [
                    ScoredSegment(segment.views[view], impact[view], mask, segment.parent)
                    for segment, impact, mask in zip(
                        self._segments, impacts, masks[view], strict=True
                    )
                ]
            )
            for view in LexicalView
        }

    def _mean_lengths(self, view: LexicalView, masks: Sequence[Mask]) -> list[float]:
        """Return the mean number of terms of each field of *view*, over live documents."""
        documents = sum(int(mask.sum()) for mask in masks)
        totals = sum(
            s.views[view].lengths[mask].sum(axis=0, dtype=np.float64)
            for s, mask in zip(self._segments, masks, strict=True)
        )
        return [float(total) / max(documents, 1) for total in np.atleast_1d(totals)]

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
        masks = self._masks.passing(KIND_OF[view], where) if where != NO_FILTER else None
        return self._first(self.scorer(view).best(terms, k, masks, collapse=collapse), k)

    def lexical_of(
        self, articles: Sequence[str], terms: Sequence[WeightedTerm], view: LexicalView
    ) -> Best:
        """See `Engine.lexical_of`."""
        documents, which = self._units_of(articles, KIND_OF[view])
        scores = self.scorer(view).scores(terms, documents)
        return self._best_of(len(articles), documents, which, scores, least=0.0)

    def nearest(
        self, vector: Vector, k: int, view: DenseView, where: Filter, *, collapse: bool
    ) -> list[Hit]:
        """See `Engine.nearest`."""
        every = self._documents(view) if where == NO_FILTER else self._left(view, where)
        documents = self._sifted(every, vector, _SIFTED * k)
        found = []
        for segment, those in zip(self._segments, documents, strict=True):
            scores = self._vectors.cosines(segment.row[those], vector)
            if collapse:
                best = best_of_runs(segment.parent[those], scores, np.arange(those.size))
                those, scores = those[best], scores[best]
            found.append((those, scores))
        return self._first(found, k)

    def nearest_of(self, articles: Sequence[str], vector: Vector, view: DenseView) -> Best:
        """See `Engine.nearest_of`."""
        documents, which = self._units_of(articles, _KIND_OF_DENSE[view])
        if view is DenseView.LEAD:
            first = [s.number[d] == 0 for s, d in zip(self._segments, documents, strict=True)]
            documents = [d[f] for d, f in zip(documents, first, strict=True)]
            which = [w[f] for w, f in zip(which, first, strict=True)]
        scores = [
            self._vectors.cosines(segment.row[those], vector)
            for segment, those in zip(self._segments, documents, strict=True)
        ]
        return self._best_of(len(articles), documents, which, scores, least=-np.inf)

    def _sifted(
        self, documents: Sequence[Documents], vector: Vector, count: int
    ) -> Sequence[Documents]:
        """Return of *documents* about *count* whose vectors may be nearest to *vector*."""
        if sum(those.size for those in documents) <= max(_EXHAUSTIVE, count):
            return documents
        distances = self._distances(vector.tobytes())
        found = [d[those] for d, those in zip(distances, documents, strict=True)]
        within = sieve.nearest(found, count)
        return [those[f <= within] for those, f in zip(documents, found, strict=True)]

    def _all_distances(self, vector: bytes) -> list[sieve.Distances]:
        asked = np.frombuffer(vector, dtype=np.float32)
        return [sieve.distances(segment.planes, asked) for segment in self._segments]

    def _all_documents(self, view: DenseView) -> list[Documents]:
        return self._left(view, NO_FILTER)

    def _left(self, view: DenseView, where: Filter) -> list[Documents]:
        masks = self._masks.passing(_KIND_OF_DENSE[view], where)
        if view is DenseView.LEAD:
            masks = [m & (s.number == 0) for m, s in zip(masks, self._segments, strict=True)]
        return [np.flatnonzero(mask) for mask in masks]

    def vectors(self, keys: Sequence[tuple[str, int]]) -> NDArray[np.float32]:
        """See `Engine.vectors`."""
        rows = []
        for key in keys:
            place, document = self._unit(*key)
            rows.append(int(self._segments[place].row[document]))
        return self._vectors.take(rows)

    def _unit(self, article: str, number: int) -> tuple[int, int]:
        """Return segment number and document of a passage; raises KeyError."""
        place, document = self._masks.places[article]
        segment = self._segments[place]
        passage = document + 1 + number  # an article's passages follow it in order
        if not 0 <= number < segment.passage_counts[document]:
            raise KeyError((article, number))
        return place, passage

    def title_terms(self, articles: Sequence[str]) -> NDArray[np.int32]:
        """See `Engine.title_terms`."""
        terms = np.zeros(len(articles), dtype=np.int32)
        places = self._places(tuple(articles))
        for segment, documents, which in zip(
            self._segments, places.documents, places.which, strict=True
        ):
            terms[which] = segment.views[LexicalView.TITLE].lengths[documents, 0]
        return terms

    def having(
        self, groups: Sequence[Collection[str]], view: LexicalView, where: Filter
    ) -> list[tuple[str, int | None]]:
        """See `Engine.having`."""
        found: list[tuple[str, int | None]] = []
        masks = self._masks.passing(KIND_OF[view], where)
        for number, (segment, mask) in enumerate(zip(self._segments, masks, strict=True)):
            for group in groups:
                has = np.zeros(mask.size, dtype=np.bool_)
                for term in group:
                    has[segment.views[view].documents(term)] = True
                mask = mask & has  # a new one: the mask is remembered for the filter
            found += [self._hit(number, d, 0.0)[:2] for d in np.flatnonzero(mask).tolist()]
        return found

    def passages(self, keys: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], StoredPassage]:
        """See `Engine.passages`."""
        found = {}
        for key in keys:
            try:
                place, document = self._unit(*key)
            except KeyError:
                continue
            found[key] = stored_passage(*key, self._stored(place, document))
        return found

    def _article(self, article: str) -> StoredArticle | None:
        """Return the record of the article with the id *article*, or None."""
        place = self._masks.places.get(article)
        return None if place is None else stored_article(self._stored(*place))

    def _stored(self, place: int, document: int) -> str:
        with self._reading:
            return str(self._leaves[place].stored_fields(document)["data"])

    def similar(self, word: str, distance: int) -> set[str]:
        """Return the words within *distance* edits of *word*, or sounding alike, dead ones too."""
        return {
            other
            for segment in self._segments
            for found in (segment.words.within(word, distance), segment.words.sounding_like(word))
            for other in found
        }

    def _found_places(self, articles: tuple[str, ...]) -> _Places:
        documents: list[list[int]] = [[] for _ in self._segments]
        which: list[list[int]] = [[] for _ in self._segments]
        for position, article in enumerate(articles):
            place = self._masks.places.get(article)
            if place is not None:
                documents[place[0]].append(place[1])
                which[place[0]].append(position)
        return _Places(
            [np.array(d, dtype=np.intp) for d in documents],
            [np.array(w, dtype=np.intp) for w in which],
        )

    def _units_of(
        self, articles: Sequence[str], kind: str
    ) -> tuple[list[Documents], list[Documents]]:
        """Return the documents of *kind* of *articles* per segment, and whose each one is."""
        places = self._places(tuple(articles))
        if kind == ARTICLE:
            return places.documents, places.which
        documents, which = [], []
        for segment, own, whose in zip(self._segments, places.documents, places.which, strict=True):
            passages = segment.passage_counts[own]
            counts = passages if kind == PASSAGE else segment.alias_counts[own]
            first = own + 1 if kind == PASSAGE else own + 1 + passages
            ends = np.cumsum(counts)
            within = np.arange(int(ends[-1]) if ends.size else 0) - np.repeat(ends - counts, counts)
            documents.append(np.repeat(first, counts) + within)
            which.append(np.repeat(whose, counts))
        return documents, which

    def _best_of(
        self,
        count: int,
        documents: Sequence[Documents],
        which: Sequence[Documents],
        scores: Sequence[Scores],
        *,
        least: float,
    ) -> Best:
        """Return the best of *documents* for each of *count* articles; only scores over *least*."""
        best = Best(np.zeros(count, dtype=np.float32), np.full(count, -1, dtype=np.int32))
        for segment, those, whose, found in zip(
            self._segments, documents, which, scores, strict=True
        ):
            order = np.lexsort((those, -found, whose))
            first = order[np.flatnonzero(np.diff(whose[order], prepend=-1))]
            first = first[found[first] > least]
            best.scores[whose[first]] = found[first]
            best.passages[whose[first]] = np.maximum(segment.number[those[first]], -1)
        return best

    def _first(self, found: Sequence[tuple[Documents, Scores]], k: int) -> list[Hit]:
        """Return the *k* best of the documents *found* in each segment; ties by id."""
        if k < 1:
            return []
        every = np.concatenate([scores for _, scores in found]) if found else np.zeros(0)
        least = np.partition(every, every.size - k)[every.size - k] if every.size > k else -np.inf
        hits = [
            self._hit(number, document, score)
            for number, (documents, scores) in enumerate(found)
            for document, score in zip(
                documents[scores >= least].tolist(), scores[scores >= least].tolist(), strict=True
            )
        ]
        hits.sort(key=lambda hit: (-hit.score, hit.article, hit.passage or 0))
        return hits[:k]

    def _hit(self, number: int, document: int, score: float) -> Hit:
        segment = self._segments[number]
        passage = int(segment.number[document])
        return Hit(segment.article_id(document), None if passage < 0 else passage, score)


def _alive(leaf: SegmentReader) -> Mask:
    alive = np.ones(leaf.doc_count_all(), dtype=np.bool_)
    if leaf.has_deletions():
        alive[[d for d in range(alive.size) if leaf.is_deleted(d)]] = False
    return alive
