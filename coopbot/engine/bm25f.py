"""BM25F over the arrays of all segments (Robertson and Zaragoza 2009, sections 3.5 and 3.6).

    score(q, d)  = sum over terms t of q: weight(t) idf(t) impact(t, d)
    impact(t, d) = x (k1 + 1) / (x + k1),   x = sum over fields f: w_f freq(t, f, d) / B_f(d)
    B_f(d)       = 1 - b + b length(f, d) / mean length(f)
    idf(t)       = ln(1 + (N - n(t) + 0.5) / (n(t) + 0.5)), N documents, n(t) with the term

N, n(t) and the mean lengths are of all segments together without deleted documents, so that an
index grown by small steps scores exactly like one built in one go.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.postings import Postings
from coopbot.engine.protocol import WeightedTerm

K1 = 1.2
B = 0.75
_CACHED_TERMS = 50_000  # whose frequency is remembered: one question asks for it many times

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ScoredSegment:
    """One segment of a view: its postings and which of its documents count (alive, of the kind)."""

    postings: Postings
    alive: Mask


def idf(documents: int, frequency: int) -> float:
    """Return how much a term tells that is in *frequency* of *documents*; see the formula above."""
    return math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))


class Bm25f:
    """One view of the whole index, ready to score. *weights* are those of its fields."""

    def __init__(self, segments: Sequence[ScoredSegment], weights: Sequence[float]) -> None:
        self._segments = segments
        self.documents = sum(int(s.alive.sum()) for s in segments)
        totals = sum(
            (s.postings.lengths[s.alive].sum(axis=0, dtype=np.float64) for s in segments),
            np.zeros(len(weights)),
        )
        means = np.maximum(totals / max(self.documents, 1), 1e-9)
        # w_f / B_f(d), one row per document and one column per field
        self._norms = [
            (np.asarray(weights) / (1 - B + B * s.postings.lengths / means)).astype(np.float32)
            for s in segments
        ]

        self.frequency = lru_cache(maxsize=_CACHED_TERMS)(self._frequency)

    def _frequency(self, term: str) -> int:
        """Return in how many documents *term* occurs."""
        return sum(
            int(np.count_nonzero(s.alive[s.postings.docs[s.postings.find(term)]]))
            for s in self._segments
        )

    def idf(self, frequency: int) -> float:
        """Return the inverse document frequency of a term found in *frequency* documents; >= 0."""
        return idf(self.documents, frequency)

    def scores(self, terms: Sequence[WeightedTerm]) -> list[Scores]:
        """Return the score of every document, one array per segment; 0 for the dead."""
        scores = [np.zeros(s.alive.size, dtype=np.float32) for s in self._segments]
        for term in terms:
            found = [s.postings.find(term.text) for s in self._segments]
            frequency = self.frequency(term.text)
            if not frequency:
                continue
            factor = term.weight * self.idf(frequency) * (K1 + 1)
            for segment, norms, where, out in zip(
                self._segments, self._norms, found, scores, strict=True
            ):
                docs = segment.postings.docs[where]
                x = np.einsum("ij,ij->i", segment.postings.freqs[where], norms[docs])
                out[docs] += np.float32(factor) * x / (x + np.float32(K1))
        for segment, out in zip(self._segments, scores, strict=True):
            out[~segment.alive] = 0
        return scores
