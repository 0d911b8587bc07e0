"""The engine over a collection in Qdrant.

The eight lists of a question are one batch of searches. What the candidates of all lists together
score in each of them is a second batch, restricted to these articles and exact; a third request
brings the vectors of their nearest passages.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from coopbot.arrays import DamagedArrays
from coopbot.engine.protocol import (
    NO_FILTER,
    Candidates,
    DenseView,
    Filter,
    Hit,
    IndexedArticle,
    LexicalView,
    StoredArticle,
    StoredPassage,
    Vector,
    Version,
    WeightedTerm,
)
from coopbot.engine.qdrant.gathering import gather
from coopbot.engine.qdrant.searching import State
from coopbot.engine.qdrant.servers import Servers
from coopbot.engine.qdrant.statistics import FILE, Statistics, read
from coopbot.engine.qdrant.writing import Layout, Writer
from coopbot.errors import IndexDamaged, IndexOutdated

_CACHED_ARTICLES = 20_000


class QdrantEngine:
    """The engine over the collection whose statistics are in *folder*.

    Without statistics, `write` makes the *fresh* one, laid out by *layout*. The state whose
    statistics were there when the first question came is what is searched; `write` shows its own
    changes at once.
    """

    def __init__(
        self, folder: Path, servers: Servers, dimensions: int, fresh: str, layout: Layout
    ) -> None:
        self._folder = folder
        self._servers = servers
        self._dimensions = dimensions
        self._fresh = fresh
        self._layout = layout
        self._state: State | None = None
        self._articles: LRUCache[str, StoredArticle] = LRUCache(_CACHED_ARTICLES)
        self._opening = threading.Lock()

    def write(self, upserts: Iterable[IndexedArticle], deletions: Iterable[str]) -> None:
        """Put *upserts* in place of the articles with their ids, and remove the *deletions*.

        All or nothing, for who opens the engine later. Raises EngineError.
        """
        base = read(self._folder)
        writer = Writer(self._servers, self._folder, base.collection if base else self._fresh)
        if base is None:
            writer.create(self._layout, self._dimensions)
        writer.write(base, upserts, deletions)
        self.close()

    def prepare(self) -> int:
        """Look whether the collection is there; return how many passages it has.

        Raises EngineError, IndexOutdated.
        """
        found = self._opened.statistics
        if found is None:
            return 0
        if not self._servers.ask(lambda client: client.collection_exists(found.collection)):
            raise IndexOutdated("qdrant_gone", url=found.collection)
        return found.documents[LexicalView.PASSAGE]

    def lexical(
        self,
        terms: Sequence[WeightedTerm],
        k: int,
        view: LexicalView,
        filter: Filter = NO_FILTER,
        *,
        collapse: bool = False,
    ) -> list[Hit]:
        """Return the *k* units with the highest BM25F score; see `Engine.lexical`."""
        state = self._opened
        (found,) = state.best([state.in_words(terms, view, collapse=collapse)], k, filter)
        return [hit.hit for hit in found]

    def nearest(
        self,
        vector: Vector,
        k: int,
        view: DenseView,
        filter: Filter = NO_FILTER,
        *,
        collapse: bool = False,
    ) -> list[Hit]:
        """Return the *k* units with the highest cosine with *vector*; see `Engine.nearest`."""
        state = self._opened
        (found,) = state.best([state.in_meaning(vector, view, collapse=collapse)], k, filter)
        return [hit.hit for hit in found]

    def gather(
        self,
        terms: Mapping[LexicalView, Sequence[WeightedTerm]],
        vector: Vector,
        k: int,
        filter: Filter = NO_FILTER,
    ) -> Candidates:
        """Return the articles that any list has among its *k* best; see `Engine.gather`."""
        return gather(self._opened, terms, vector, k, filter)

    def matching(self, articles: Sequence[str], terms: Sequence[str]) -> NDArray[np.bool_]:
        """Tell which of *articles*, a row each, have which of *terms*, by stems."""
        return self._opened.matching(articles, terms)

    def having(
        self, groups: Sequence[Collection[str]], view: LexicalView, filter: Filter = NO_FILTER
    ) -> list[tuple[str, int | None]]:
        """Return (article id, passage number) of the units with a term of each of *groups*."""
        return self._opened.having(groups, view, filter)

    def articles(self, ids: Sequence[str]) -> Mapping[str, StoredArticle]:
        """Return the articles with these ids; unknown ids are left out."""
        state = self._opened
        with self._opening:
            found = {i: self._articles[i] for i in ids if i in self._articles}
        found |= (new := state.articles([i for i in ids if i not in found]))
        with self._opening:
            if self._state is state:
                self._articles.update(new)
        return {i: found[i] for i in ids if i in found}

    def versions(self, ids: Sequence[str]) -> Mapping[str, Version]:
        """Return the articles with these ids, read for the answer together; see `Engine`."""
        return self.articles(ids)

    def passages(self, keys: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], StoredPassage]:
        """Return the passages with these (article id, number); unknown ones are left out."""
        return self._opened.passages(keys)

    def vocabulary(self, view: LexicalView) -> QdrantVocabulary:
        """Return the terms of *view*."""
        return QdrantVocabulary(self._opened.statistics, view)

    def similar(self, word: str, distance: int) -> list[tuple[str, int]]:
        """Return (word, articles with it) of the words near *word*; see `Engine.similar`."""
        found = self._opened.statistics
        if found is None:
            return []
        near = {*found.words.within(word, distance), *found.words.sounding_like(word)}
        frequency = QdrantVocabulary(found, LexicalView.EXACT).frequency
        return [(other, frequency(other)) for other in sorted(near)]

    def close(self) -> None:
        """Forget the state; the next question opens what was written by then."""
        with self._opening:
            self._state = None
            self._articles.clear()

    @property
    def _opened(self) -> State:
        with self._opening:
            if self._state is None:
                try:
                    self._state = State(self._servers, read(self._folder), self._dimensions)
                except DamagedArrays as error:
                    raise IndexDamaged("index_damaged", path=self._folder / FILE) from error
            return self._state


class QdrantVocabulary:
    """The terms of one view of a collection."""

    def __init__(self, statistics: Statistics | None, view: LexicalView) -> None:
        self._statistics = statistics
        self._view = view

    @property
    def documents(self) -> int:
        """How many units there are."""
        return self._statistics.documents[self._view] if self._statistics else 0

    def frequency(self, term: str) -> int:
        """Return in how many units *term* occurs."""
        found = self._statistics.terms[self._view].find(term) if self._statistics else None
        return found[1] if found else 0
