"""The candidates for a question: what several lists put first, and what each says of all those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.bm25f import Search
from coopbot.engine.collapse import best_of_runs
from coopbot.engine.nearness import Nearness, Part
from coopbot.engine.protocol import Best, Candidates, DenseView, LexicalView
from coopbot.engine.schema import ALIAS, ARTICLE, KIND_OF, PASSAGE
from coopbot.engine.units import Documents, Scores, Units
from coopbot.engine.vectors import VectorStore

_NONE = -1  # in place of a document
_SEVERAL = (DenseView.PASSAGE, DenseView.ALIAS)  # of which an article may have more than one


class _Found(NamedTuple):
    """The best document of each article in one list, `_NONE` for none, and its score."""

    documents: Documents
    scores: Scores


@dataclass(frozen=True, slots=True)
class Gathering:
    """The lists of one question: `searches` in words, `near` in meaning among the documents `left`.

    `title_terms` are, per document, how many stems its title has.
    """

    units: Units
    store: VectorStore
    title_terms: NDArray[np.uint32]
    searches: Mapping[LexicalView, Search]
    near: Nearness
    left: Mapping[DenseView, Part]

    def candidates(self, k: int) -> Candidates:
        """Return the articles that any list has among its first *k*."""
        articles = self._first(k)
        passages = self.units.of_articles(articles, PASSAGE)
        lexical = {view: self._in_words(articles, passages, view) for view in LexicalView}
        dense = {view: self._in_meaning(articles, passages, view) for view in DenseView}
        order = np.argsort(self.units.order[articles])
        close = dense[DenseView.PASSAGE].documents[order]
        vectors = self.store.take(self.units.row[np.maximum(close, 0)])
        vectors[close == _NONE] = 0
        matching = lexical[LexicalView.PASSAGE].documents[order]
        cosines = self.near.cosines(np.maximum(matching, 0))
        return Candidates(
            articles=self.units.ids(articles[order]),
            lexical={view: self._ordered(found, order) for view, found in lexical.items()},
            dense={view: self._ordered(found, order) for view, found in dense.items()},
            title_terms=self.title_terms[articles[order]].astype(np.int32),
            vectors=vectors,
            matching=np.where(matching == _NONE, np.float32(0), cosines),
        )

    def _first(self, k: int) -> Documents:
        """Return the articles that any list has among its first *k*, ascending."""
        lists = [
            search.best(k, collapse=KIND_OF[view] != ARTICLE)
            for view, search in self.searches.items()
        ]
        lists += [
            self.near.nearest(left, k, collapse=view in _SEVERAL)
            for view, left in self.left.items()
        ]
        chosen = [found[self.units.first(found, scores, k)] for found, scores in lists]
        return np.unique(self.units.parent[np.concatenate(chosen)]).astype(np.intp)

    def _in_words(self, articles: Documents, passages: Documents, view: LexicalView) -> _Found:
        if KIND_OF[view] == ARTICLE:
            return _Found(articles, self.searches[view].scores(articles))
        return self._best(articles, passages, self.searches[view].scores(passages), least=0.0)

    def _in_meaning(self, articles: Documents, passages: Documents, view: DenseView) -> _Found:
        if view is DenseView.TITLE:
            return _Found(articles, self.near.cosines(articles))
        if view is DenseView.ALIAS:
            documents = self.units.of_articles(articles, ALIAS)
        elif view is DenseView.LEAD:
            documents = passages[self.units.number[passages] == 0]
        else:
            documents = self.near.nearest_of_articles(passages)
        return self._best(articles, documents, self.near.cosines(documents), least=-np.inf)

    def _best(
        self, articles: Documents, documents: Documents, scores: Scores, *, least: float
    ) -> _Found:
        """Return the best of *documents*, ascending as *articles* do; only scores over *least*."""
        found = _Found(
            np.full(articles.size, _NONE, dtype=np.intp), np.zeros(articles.size, dtype=np.float32)
        )
        parents = self.units.parent[documents]
        best = best_of_runs(parents, scores, np.arange(documents.size))
        best = best[scores[best] > least]
        places = np.searchsorted(articles, parents[best])
        found.documents[places] = documents[best]
        found.scores[places] = scores[best]
        return found

    def _ordered(self, found: _Found, order: Documents) -> Best:
        documents = found.documents[order]
        numbers = np.where(documents == _NONE, _NONE, self.units.number[documents])
        return Best(found.scores[order], np.maximum(numbers, _NONE).astype(np.int32))
