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
    begins = np.empty(groups.size, dtype=np.bool_)
    begins[0] = True
    np.not_equal(groups[1:], groups[:-1], out=begins[1:])
    starts = np.flatnonzero(begins)
    if starts.size == groups.size:
        return documents
    run_of = np.cumsum(begins) - 1
    winners = np.flatnonzero(scores == np.maximum.reduceat(scores, starts)[run_of])
    run_of = run_of[winners]
    first = np.empty(winners.size, dtype=np.bool_)
    first[0] = True
    np.not_equal(run_of[1:], run_of[:-1], out=first[1:])
    found: NDArray[np.intp] = documents[winners[first]]
    return found
