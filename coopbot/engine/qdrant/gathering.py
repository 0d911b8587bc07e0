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
    lists: dict[LexicalView | DenseView, _List] = {
        view: _List(
            KIND_OF[view],
            state.in_words(terms[view], view, collapse=KIND_OF[view] != ARTICLE),
        )
        for view in LexicalView
    }
    lists |= {
        view: _List(
            KIND_OF_DENSE[view] if view in _SEVERAL else ARTICLE,
            state.in_meaning(vector, view, collapse=view in _SEVERAL),
        )
        for view in DenseView
    }
    best = state.best([found.search for found in lists.values()], k, where)
    firsts = [hit for hits in best for hit in hits]
    articles = sorted({hit.article for hit in firsts})
    row_of = {article: row for row, article in enumerate(articles)}
    scored = dict(zip(lists, _all_scores(state, lists, firsts), strict=True))
    nearest = _bests(row_of, scored[DenseView.PASSAGE])
    matching = _bests(row_of, scored[LexicalView.PASSAGE])
    cosines = {hit.id: hit.score for hit in scored[DenseView.PASSAGE]}
    title_terms = np.zeros(len(articles), dtype=np.int32)
    for hit in scored[DenseView.TITLE]:
        title_terms[row_of[hit.article]] = hit.title_terms
    return Candidates(
        articles=articles,
        lexical={view: _column(_bests(row_of, scored[view])) for view in LexicalView},
        dense={view: _column(_bests(row_of, scored[view])) for view in DenseView},
        title_terms=title_terms,
        vectors=_vectors(state, nearest),
        matching=np.array(
            [cosines.get(hit.id, 0.0) if hit else 0.0 for hit in matching], dtype=np.float32
        ),
    )


def _all_scores(
    state: State,
    lists: Mapping[LexicalView | DenseView, _List],
    firsts: Sequence[Scored],
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
    searches = [(found.search, units[found.kind]) for found in lists.values()]
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
