"""The candidates for a question: what several lists put first, and what each says of all those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.bm25f import Search
from coopbot.engine.nearness import Nearness, Part
from coopbot.engine.protocol import Best, Candidates, DenseView, LexicalView
from coopbot.engine.schema import ALIAS, ARTICLE, KIND_OF, PASSAGE
from coopbot.engine.units import Documents, Mask, Scores, Units
from coopbot.engine.vectors import VectorStore

NONE = -1  # in place of a document
_SEVERAL = (DenseView.PASSAGE, DenseView.ALIAS)  # of which an article may have more than one


class Parts(NamedTuple):
    """The documents of one kind of some articles, one article's after the other's.

    `articles` are the places of theirs, one for each document; `starts` tell where those of each
    article begin that has any.
    """

    documents: Documents
    articles: Documents
    starts: Documents

    @classmethod
    def of(cls, units: Units, articles: Documents, kind: str) -> Parts:
        """Return the documents of *kind* of *articles*."""
        documents, counts = units.of_articles(articles, kind)
        starts = (np.cumsum(counts) - counts)[counts > 0]
        return cls(documents, np.repeat(np.arange(articles.size), counts), starts)

    def only(self, left: Mask) -> Parts:
        """Return the documents that are *left*."""
        articles = self.articles[left]
        starts = np.flatnonzero(np.diff(articles, prepend=NONE))
        return Parts(self.documents[left], articles, starts)

    def firsts(self) -> Parts:
        """Return the first document of each article."""
        return Parts(
            self.documents[self.starts], self.articles[self.starts], np.arange(self.starts.size)
        )


class Found(NamedTuple):
    """The best document of each article in one list, `NONE` for none, and its score."""

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
        """Return the articles that any list has among its first *k*; this ends the searches."""
        articles = self._first(k)
        passages = Parts.of(self.units, articles, PASSAGE)
        lexical = {view: self._in_words(articles, passages, view) for view in LexicalView}
        for search in self.searches.values():
            search.close()
        dense = {view: self._in_meaning(articles, passages, view) for view in DenseView}
        order = np.argsort(self.units.order[articles])
        close = dense[DenseView.PASSAGE].documents[order]
        vectors = self.store.take(self.units.row[np.maximum(close, 0)])
        vectors[close == NONE] = 0
        matching = lexical[LexicalView.PASSAGE].documents[order]
        cosines = self.near.cosines(np.maximum(matching, 0))
        return Candidates(
            articles=self.units.ids(articles[order]),
            lexical={view: self._ordered(found, order) for view, found in lexical.items()},
            dense={view: self._ordered(found, order) for view, found in dense.items()},
            title_terms=self.title_terms[articles[order]].astype(np.int32),
            vectors=vectors,
            matching=np.where(matching == NONE, np.float32(0), cosines),
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
        parents = np.sort(self.units.parent[np.concatenate(chosen)])
        new = np.ones(parents.size, dtype=np.bool_)
        np.not_equal(parents[1:], parents[:-1], out=new[1:])
        return parents[new].astype(np.intp)

    def _in_words(self, articles: Documents, passages: Parts, view: LexicalView) -> Found:
        search = self.searches[view]
        if KIND_OF[view] == ARTICLE:
            return Found(articles, search.scores(articles))
        found = best_of(articles.size, passages, search.scores(passages.documents))
        found.documents[found.scores == 0] = NONE  # the best of no passage with a word of these
        return found

    def _in_meaning(self, articles: Documents, passages: Parts, view: DenseView) -> Found:
        if view is DenseView.TITLE:
            return Found(articles, self.near.cosines(articles))
        if view is DenseView.ALIAS:
            parts = Parts.of(self.units, articles, ALIAS)
        elif view is DenseView.LEAD:
            parts = passages.firsts()
        else:
            near = self.near.may_be_nearest(passages.documents, passages.starts)
            parts = passages.only(near)
        return best_of(articles.size, parts, self.near.cosines(parts.documents))

    def _ordered(self, found: Found, order: Documents) -> Best:
        documents = found.documents[order]
        numbers = self.units.number[documents]
        numbers[documents == NONE] = NONE
        return Best(found.scores[order], np.maximum(numbers, NONE))


def best_of(articles: int, parts: Parts, scores: Scores) -> Found:
    """Return the best of *parts* by *scores*, and the first of ties, for each of so many articles.

    An article without any has 0.
    """
    found = Found(np.full(articles, NONE, dtype=np.intp), np.zeros(articles, dtype=np.float32))
    if parts.documents.size:
        found.scores[parts.articles[parts.starts]] = np.maximum.reduceat(scores, parts.starts)
        best = np.flatnonzero(scores == found.scores[parts.articles])[::-1]
        found.documents[parts.articles[best]] = parts.documents[best]  # the last one stays
    return found
