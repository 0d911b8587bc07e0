"""Of many passages, the best of each article."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def best_of_runs(
    groups: NDArray[np.int32], scores: NDArray[np.float32], documents: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the highest-scoring of *documents* in each run of equal *groups*, the first of ties.

    The three go together, element by element; the documents of a group stand side by side.
    """
    if not documents.size:
        return documents
    begins = _begins(groups)
    starts = np.flatnonzero(begins)
    if starts.size == groups.size:
        return documents
    run_of = np.cumsum(begins) - 1
    winners = np.flatnonzero(scores == np.maximum.reduceat(scores, starts)[run_of])
    run_of = run_of[winners]
    found: NDArray[np.intp] = documents[winners[_begins(run_of)]]
    return found


def best_scores(groups: NDArray[np.int32], scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the highest of *scores* in each run of equal *groups*."""
    if not scores.size:
        return scores
    best: NDArray[np.float32] = np.maximum.reduceat(scores, _begins(groups).nonzero()[0])
    return best


def _begins(groups: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Tell where in *groups* another run of equal ones begins; there is at least one."""
    begins = np.empty(groups.size, dtype=np.bool_)
    begins[0] = True
    np.not_equal(groups[1:], groups[:-1], out=begins[1:])
    return begins
