"""Of many passages, the best of each article."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coopbot.engine.collapse import best_of_runs, best_scores


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=4), max_size=6))
def test_the_first_of_the_highest_of_each_group_is_kept(groups: list[list[int]]) -> None:
    members = [(g, score) for g, scores in enumerate(groups) for score in scores]
    documents = np.arange(10, 10 + len(members))
    of = np.array([g for g, _ in members], dtype=np.int32)
    having = np.array([score for _, score in members], dtype=np.float32)
    found = best_of_runs(of, having, documents)
    assert best_scores(of, having).tolist() == [max(scores) for scores in groups]
    expected, start = [], 10
    for scores in groups:
        expected.append(start + scores.index(max(scores)))
        start += len(scores)
    assert found.tolist() == expected
