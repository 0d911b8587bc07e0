"""What the engines' first passages are held against: BM25 by hand."""

from __future__ import annotations

import pytest

from coopbot.bench.exhaustive import Expected, best, overlap

# "b" is rare, and the second passage with it is shorter
PASSAGES = [["a", "b", "c", "d"], ["a", "b"], ["a", "a", "c", "c"], ["c"], ["c", "d", "d"]]


@pytest.mark.parametrize(
    ("terms", "count", "passages", "wanted"),
    [
        (["b"], 1, {1}, 1),
        (["b"], 10, {0, 1}, 2),
        (["a", "b"], 1, {1}, 1),
        (["d"], 1, {4}, 1),
        (["nowhere"], 10, set(), 0),
    ],
)
def test_the_first_passages_are_those_of_bm25(
    terms: list[str], count: int, passages: set[int], wanted: int
) -> None:
    assert best(PASSAGES, [terms], count) == [Expected(frozenset(passages), wanted)]


def test_passages_of_the_same_score_stand_for_each_other() -> None:
    (expected,) = best([["a"], ["a"], ["b"]], [["a"]], 1)
    assert expected == Expected(frozenset({0, 1}), 1)
    assert overlap([[1]], [expected]) == overlap([[0]], [expected]) == 1.0
    assert overlap([[2]], [expected]) == 0.0
    assert overlap([[0], []], [expected, Expected(frozenset({5, 6}), 2)]) == 0.5
