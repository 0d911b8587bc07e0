"""Every passage scored, none skipped: what the engines' first passages are held against.

    score(q, d) = sum over terms t: ln(1 + (N - n + 0.5) / (n + 0.5)) tf (k1 + 1) / (tf + k1 B(d))
    B(d)        = 1 - b + b length(d) / mean length,   k1 = 1.2, b = 0.75

with n of the N passages having the term (Robertson and Zaragoza 2009; idf as Lucene has it). The
engines' formulas differ from it a little, in the idf, in how exactly they keep a length, and
Coopbot weighs headings less.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

_K1, _B = 1.2, 0.75
_SAME = 1e-5  # scores that differ by less, relatively, are equal: any of them may come first


class Expected(NamedTuple):
    """The passages that may be among the first, which are `wanted`, fewer if fewer match.

    Those that score as much as the last of them are included.
    """

    passages: frozenset[int]
    wanted: int


def best(
    passages: Iterable[Sequence[str]], questions: Sequence[Sequence[str]], count: int
) -> list[Expected]:
    """Return, for the terms of each question, the passages expected among the first *count*."""
    asked = {term for terms in questions for term in terms}
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    frequencies: defaultdict[str, list[int]] = defaultdict(list)
    lengths: list[int] = []
    for number, stems in enumerate(passages):
        lengths.append(len(stems))
        for term, frequency in Counter(stem for stem in stems if stem in asked).items():
            numbers[term].append(number)
            frequencies[term].append(frequency)
    length = np.array(lengths, dtype=np.float64)
    normal = 1 - _B + _B * length / length.mean()
    found = []
    for terms in questions:
        scores = np.zeros(length.size)
        for term in terms:
            if term not in numbers:
                continue
            rows, often = np.array(numbers[term]), np.array(frequencies[term])
            idf = math.log1p((length.size - rows.size + 0.5) / (rows.size + 0.5))
            scores[rows] += idf * often * (_K1 + 1) / (often + _K1 * normal[rows])
        wanted = min(count, int((scores > 0).sum()))
        least = np.partition(scores, -wanted)[-wanted] if wanted else np.inf
        good = np.flatnonzero(scores >= least * (1 - _SAME)).tolist()
        found.append(Expected(frozenset(good), wanted))
    return found


def overlap(found: Sequence[Sequence[int]], expected: Sequence[Expected]) -> float:
    """Return the mean share of *expected* that is *found*, over questions with any."""
    shares = [
        len(first.passages & set(numbers)) / first.wanted
        for numbers, first in zip(found, expected, strict=True)
        if first.wanted
    ]
    return float(np.mean(shares)) if shares else 1.0
