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
    starts = np.flatnonzero(np.concatenate(([True], groups[1:] != groups[:-1])))
    lengths = np.diff(np.append(starts, groups.size))
    best = np.repeat(np.maximum.reduceat(scores, starts), lengths)
    winners = np.flatnonzero(scores == best)
    run_of = np.repeat(np.arange(starts.size), lengths)[winners]
    first = np.concatenate(([True], run_of[1:] != run_of[:-1]))
    found: NDArray[np.intp] = documents[winners[first]]
    return found
