"""One committed state of the embedded index, open for reading.

Scoring reads the arrays of its segments and the vector store; stored fields come from Whoosh.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import SegmentReader

from coopbot.engine.bm25f import Bm25f, ScoredSegment, Search
from coopbot.engine.filtering import Masks
from coopbot.engine.gathering import Gathering
from coopbot.engine.impacts import segment_impacts
from coopbot.engine.nearness import Nearness, Part
from coopbot.engine.postings import segment_arrays
from coopbot.engine.protocol import (
    NO_FILTER,
    Candidates,
    DenseView,
    Filter,
    Hit,
    LexicalView,
    StoredArticle,
    StoredPassage,
    Vector,
    Version,
    WeightedTerm,
)
from coopbot.engine.schema import (
    KIND_OF,
    KIND_OF_DENSE,
    stored_article,
    stored_passage,
)
from coopbot.engine.units import Documents, Mask, Scores, Units
from coopbot.engine.vectors import VectorStore

_CACHED_ARTICLES = 20_000


class Committed:
    """One committed state of the index, open for reading."""

    def __init__(self, folder: Path, index: Any, vectors: VectorStore) -> None:
        self._reader = index.reader()
        self._leaves = [
            leaf for leaf, _ in self._reader.leaf_readers() if isinstance(leaf, SegmentReader)
        ]
        self._vectors = vectors
        self._segments = [segment_arrays(folder, leaf, vectors) for leaf in self._leaves]
        self._units = Units(self._segments, [_alive(leaf) for leaf in self._leaves])
        self._masks = Masks(self._units)
        self._scorers = self._made_scorers(folder)
        # Whoosh's readers seek in shared files
        self._reading = threading.Lock()
        self.article = lru_cache(_CACHED_ARTICLES)(self._article)
        self.version = lru_cache(_CACHED_ARTICLES)(self._version)
        self._documents = lru_cache(maxsize=None)(lambda view: self._passing(view, NO_FILTER))
        lengths = [segment.views[LexicalView.TITLE].lengths[:, 0] for segment in self._segments]
        self._title_terms = np.concatenate([np.zeros(0, dtype=np.uint32), *lengths])

    def close(self) -> None:
        """Release the reader."""
        self._reader.close()

    def scorer(self, view: LexicalView) -> Bm25f:
        """Return the scorer of *view*."""
        return self._scorers[view]

    def _made_scorers(self, folder: Path) -> dict[LexicalView, Bm25f]:
        ends = self._units.bases[1:-1]
        masks = {v: np.split(self._units.of_kind(KIND_OF[v]), ends) for v in LexicalView}
        means = {view: self._mean_lengths(view, masks[view]) for view in LexicalView}
        impacts = [segment_impacts(folder, segment, means) for segment in self._segments]
        return {
            view: Bm25f(
                [
                    ScoredSegment(segment.views[view], impact[view], mask, segment.parent)
                    for segment, impact, mask in zip(
                        self._segments, impacts, masks[view], strict=False
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
            for s, mask in zip(self._segments, masks, strict=False)
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
        search = self._search(terms, view, where)
        documents, scores = search.best(k, collapse=collapse)
        search.close()
        return self._hits(documents, scores, k)

    def nearest(
        self, vector: Vector, k: int, view: DenseView, where: Filter, *, collapse: bool
    ) -> list[Hit]:
        """See `Engine.nearest`."""
        near = self._nearness(vector)
        return self._hits(*near.nearest(self._left(view, where), k, collapse=collapse), k)

    def gather(
        self,
        terms: Mapping[LexicalView, Sequence[WeightedTerm]],
        vector: Vector,
        k: int,
        where: Filter,
    ) -> Candidates:
        """See `Engine.gather`."""
        return Gathering(
            units=self._units,
            store=self._vectors,
            title_terms=self._title_terms,
            searches={view: self._search(terms[view], view, where) for view in LexicalView},
            near=self._nearness(vector),
            left={view: self._left(view, where) for view in DenseView},
        ).candidates(k)

    def _search(self, terms: Sequence[WeightedTerm], view: LexicalView, where: Filter) -> Search:
        mask = self._masks.passing(KIND_OF[view], where) if where != NO_FILTER else None
        return self.scorer(view).search(terms, mask)

    def _nearness(self, vector: Vector) -> Nearness:
        planes = [segment.planes for segment in self._segments]
        return Nearness(vector, self._units, planes, self._vectors)

    def _left(self, view: DenseView, where: Filter) -> Part:
        """Return the documents of *view* that *where* leaves."""
        return self._documents(view) if where == NO_FILTER else self._passing(view, where)

    def _passing(self, view: DenseView, where: Filter) -> Part:
        mask = self._masks.passing(KIND_OF_DENSE[view], where)
        if view is DenseView.LEAD:
            mask = mask & (self._units.number == 0)
        return Part(np.flatnonzero(mask), mask)

    def matching(self, articles: Sequence[str], terms: Sequence[str]) -> NDArray[np.bool_]:
        """See `Engine.matching`."""
        known = ((row, self._units.article(name)) for row, name in enumerate(articles))
        here = [(row, document) for row, document in known if document is not None]
        found = np.zeros((len(articles), len(terms)), dtype=np.bool_)
        if not here:
            return found
        # of the type of the postings: those would be converted to another one, all of them
        rows, documents = np.array(here, dtype=np.int32).T
        there = [documents - np.int32(base) for base in self._units.bases.tolist()]
        has = np.zeros((len(terms), rows.size), dtype=np.bool_)
        scorer = self.scorer(LexicalView.STEM)
        for its, term in zip(has, terms, strict=True):
            for having, wanted in zip(scorer.having(term), there, strict=False):
                if having.size:
                    places = having.searchsorted(wanted)
                    places[places == having.size] = 0
                    its |= having[places] == wanted
        found[rows] = has.T
        return found

    def having(
        self, groups: Sequence[Collection[str]], view: LexicalView, where: Filter
    ) -> list[tuple[str, int | None]]:
        """See `Engine.having`."""
        mask = self._masks.passing(KIND_OF[view], where)
        for group in groups:
            has = np.zeros(mask.size, dtype=np.bool_)
            for segment, base in zip(self._segments, self._units.bases.tolist(), strict=False):
                for term in group:
                    has[base + segment.views[view].documents(term)] = True
            mask = mask & has  # a new one: the mask is remembered for the filter
        return self._keys(np.flatnonzero(mask))

    def passages(self, keys: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], StoredPassage]:
        """See `Engine.passages`."""
        found = {}
        for key in keys:
            try:
                document = self._units.passage(*key)
            except KeyError:
                continue
            found[key] = stored_passage(*key, self._stored(document))
        return found

    def _article(self, article: str) -> StoredArticle | None:
        """Return the record of the article with the id *article*, or None."""
        document = self._units.article(article)
        return None if document is None else stored_article(self._stored(document))

    def _version(self, article: str) -> Version | None:
        """Return what of the article with the id *article* tells its order, or None."""
        document = self._units.article(article)
        return None if document is None else self._units.traits(document)

    def _stored(self, document: int) -> str:
        segment, there = self._units.place(document)
        with self._reading:
            return str(self._leaves[segment].stored_fields(there)["data"])

    def similar(self, word: str, distance: int) -> set[str]:
        """Return the words within *distance* edits of *word*, or sounding alike, dead ones too."""
        return {
            other
            for segment in self._segments
            for found in (segment.words.within(word, distance), segment.words.sounding_like(word))
            for other in found
        }

    def _hits(self, documents: Documents, scores: Scores, k: int) -> list[Hit]:
        """Return the *k* best of *documents*, best first, ties by id."""
        best = self._units.first(documents, scores, k)
        documents, scores = documents[best], scores[best]
        order = self._units.ordered(documents, scores)
        found = zip(self._keys(documents[order]), scores[order].tolist(), strict=True)
        return [Hit(article, passage, score) for (article, passage), score in found]

    def _keys(self, documents: Documents) -> list[tuple[str, int | None]]:
        """Return the id of the article and the passage number of each of *documents*."""
        numbers = self._units.number[documents].tolist()
        return [
            (self._units.id(document), None if number < 0 else number)
            for document, number in zip(documents.tolist(), numbers, strict=True)
        ]


def _alive(leaf: SegmentReader) -> Mask:
    alive = np.ones(leaf.doc_count_all(), dtype=np.bool_)
    alive[list(leaf.deleted_docs_set)] = False
    return alive
