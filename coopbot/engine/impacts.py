"""BM25F's impacts: what a term is worth to a document before idf, computed once per index state.

    impact(t, d) = x (k1 + 1) / (x + k1),   x = sum over fields f: w_f freq(t, f, d) / B_f(d)
    B_f(d)       = 1 - b + b length(f, d) / mean length(f)

The mean lengths are those of the whole index, so impacts hold for one committed state. They are
kept beside the segment with the means they were made for, and made again when those have changed:
a second for five million postings, by the writer, before the state goes live.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coopbot.arrays import Arrays, DamagedArrays, load, save
from coopbot.engine.postings import Postings, SegmentArrays
from coopbot.engine.protocol import LexicalView
from coopbot.engine.schema import VIEWS

K1 = 1.2
B = 0.75
FORMAT = 1
_BLOCK = 500_000  # postings at a time: 10 MB for a view of five fields

_log = logging.getLogger(__name__)
Means = Mapping[LexicalView, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Impacts:
    """Of one view of a segment: `values` per posting, `largest` per term; float32."""

    values: NDArray[np.float32]
    largest: NDArray[np.float32]


def segment_impacts(
    folder: Path, segment: SegmentArrays, means: Means
) -> dict[LexicalView, Impacts]:
    """Return the impacts of every view of *segment*, made and saved in *folder* if need be."""
    path = folder / f"{segment.name}.impacts"
    meta = {"format": FORMAT, "k1": K1, "b": B, "means": {v: list(means[v]) for v in LexicalView}}
    try:
        arrays = load(path)
        if arrays.meta == meta:
            return _opened(arrays)
    except FileNotFoundError:
        pass
    except (DamagedArrays, KeyError) as error:
        _log.warning("impacts made anew: %s", error)
    made = _made(segment.views, means)
    try:
        save(path, made.arrays, meta)
        return _opened(load(path))
    except OSError as error:  # a read-only index answers all the same, only slower to open
        _log.warning("%s not written: %s", path, error)
        return _opened(made)


def _opened(arrays: Arrays) -> dict[LexicalView, Impacts]:
    return {v: Impacts(arrays[f"{v}.values"], arrays[f"{v}.largest"]) for v in LexicalView}


def _made(postings: Mapping[LexicalView, Postings], means: Means) -> Arrays:
    made: dict[str, NDArray[np.float32]] = {}
    for view, found in postings.items():
        values = _impacts(found, list(VIEWS[view].values()), means[view])
        made[f"{view}.values"] = values
        made[f"{view}.largest"] = _largest(values, found.indptr)
    return Arrays(made, {})


def _largest(values: NDArray[np.float32], indptr: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the largest of *values* of each term; 0 for one only deleted documents have."""
    largest = np.zeros(indptr.size - 1, dtype=np.float32)
    some = np.flatnonzero(np.diff(indptr))
    if some.size:
        largest[some] = np.maximum.reduceat(values, indptr[some])
    return largest


def _impacts(
    postings: Postings, weights: Sequence[float], means: Sequence[float]
) -> NDArray[np.float32]:
    normed = norms(postings.lengths, weights, means)
    values = np.empty(postings.docs.size, dtype=np.float32)
    for start in range(0, values.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        values[block] = impacts(postings.freqs[block], normed[postings.docs[block]])
    return values


def norms(
    lengths: NDArray[np.uint32], weights: Sequence[float], means: Sequence[float]
) -> NDArray[np.float32]:
    """Return w_f / B_f(d) of documents with *lengths*: a row per document, a column per field."""
    found = np.asarray(weights) / (1 - B + B * lengths / np.maximum(means, 1e-9))
    return found.astype(np.float32)


def impacts(frequencies: NDArray[np.uint16], normed: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the impacts of terms: a row each of their *frequencies* and of their norms."""
    x = np.einsum("ij,ij->i", frequencies, normed)
    found: NDArray[np.float32] = x * np.float32(K1 + 1) / (x + np.float32(K1))
    return found
