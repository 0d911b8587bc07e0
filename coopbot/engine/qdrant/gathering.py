"""The candidates for a question from Qdrant, and what every list says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.protocol import (
    Best,
    Candidates,
    DenseView,
    Filter,
    LexicalView,
    Vector,
    WeightedTerm,
)
from coopbot.engine.qdrant.searching import Scored, Search, State
from coopbot.engine.schema import ALIAS, ARTICLE, KIND_OF, KIND_OF_DENSE, PASSAGE

_SEVERAL = (DenseView.PASSAGE, DenseView.ALIAS)  # of which an article may have more than one


@dataclass(frozen=True, slots=True)
class _List:
    """A list: the kind of its units, and the search that makes it."""

    kind: str
    search: Search


def gather(
    state: State,
    terms: Mapping[LexicalView, Sequence[WeightedTerm]],
    vector: Vector,
    k: int,
    where: Filter,
) -> Candidates:
    """Return the articles that any list has among its *k* best in *where*; see `Engine.gather`."""
    words = {
        view: _List(
            KIND_OF[view],
            state.in_words(terms[view], view, collapse=KIND_OF[view] != ARTICLE),
        )
        for view in LexicalView
    }
    meanings = {
        view: _List(
            KIND_OF_DENSE[view] if view in _SEVERAL else ARTICLE,
            state.in_meaning(vector, view, collapse=view in _SEVERAL),
        )
        for view in DenseView
    }
    lists = [*words.values(), *meanings.values()]
    best = state.best([found.search for found in lists], k, where)
    firsts = [hit for hits in best for hit in hits]
    articles = sorted({hit.article for hit in firsts})
    row_of = {article: row for row, article in enumerate(articles)}
    every = _all_scores(state, lists, firsts)
    lexical = {v: _bests(row_of, found) for v, found in zip(words, every, strict=False)}
    of_meanings = dict(zip(meanings, every[len(words) :], strict=True))
    dense = {view: _bests(row_of, found) for view, found in of_meanings.items()}
    cosines = {hit.id: hit.score for hit in of_meanings[DenseView.PASSAGE]}
    title_terms = np.zeros(len(articles), dtype=np.int32)
    for hit in of_meanings[DenseView.TITLE]:
        title_terms[row_of[hit.article]] = hit.title_terms
    matching = [cosines.get(h.id, 0.0) if h else 0.0 for h in lexical[LexicalView.PASSAGE]]
    return Candidates(
        articles=articles,
        lexical={view: _column(bests) for view, bests in lexical.items()},
        dense={view: _column(bests) for view, bests in dense.items()},
        title_terms=title_terms,
        vectors=_vectors(state, dense[DenseView.PASSAGE]),
        matching=np.array(matching, dtype=np.float32),
    )


def _all_scores(
    state: State, lists: Sequence[_List], firsts: Sequence[Scored]
) -> list[list[Scored]]:
    """Return what the units of the articles of *firsts* score in each of *lists*."""
    articles = {hit.article: hit for hit in firsts}
    units = {
        ARTICLE: len(articles),
        PASSAGE: sum(hit.passages for hit in articles.values()),
        ALIAS: sum(hit.aliases for hit in articles.values()),
    }
    # they passed *where*: their names are enough
    named = Filter(articles=frozenset(articles))
    searches = [(found.search, units[found.kind]) for found in lists]
    return state.search(searches, named, exact=True)


def _bests(row_of: Mapping[str, int], scored: Sequence[Scored]) -> list[Scored | None]:
    """Return the first, which is the best, of *scored* of each article."""
    found: list[Scored | None] = [None] * len(row_of)
    for hit in scored:
        row = row_of[hit.article]
        found[row] = found[row] or hit
    return found


def _column(bests: Sequence[Scored | None]) -> Best:
    numbers = [-1 if hit is None or hit.number is None else max(hit.number, -1) for hit in bests]
    return Best(
        np.array([hit.score if hit else 0.0 for hit in bests], dtype=np.float32),
        np.array(numbers, dtype=np.int32),
    )


def _vectors(state: State, nearest: Sequence[Scored | None]) -> NDArray[np.float32]:
    """Return the vectors of the *nearest* passages, zeros where there is none."""
    found = state.vectors([hit.id for hit in nearest if hit])
    vectors = np.zeros((len(nearest), state.dimensions), dtype=np.float32)
    for row, hit in enumerate(nearest):
        if hit is not None:
            vectors[row] = found[hit.id]
    return vectors
