"""Of the documents of each article, the best; held against looking at one article after another."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coopbot.engine.gathering import NONE, Parts, best_of


@given(st.lists(st.lists(st.sampled_from([-0.5, 0.0, 0.25, 1.0]), max_size=4), max_size=6))
def test_of_each_article_the_first_of_its_best_documents_is_found(
    articles: list[list[float]],
) -> None:
    counts = np.array([len(scores) for scores in articles], dtype=np.int64)
    ends = np.cumsum(counts)
    parts = Parts(
        documents=100 + np.arange(counts.sum()),
        articles=np.repeat(np.arange(counts.size), counts),
        starts=(ends - counts)[counts > 0],
    )
    scores = np.array([score for its in articles for score in its], dtype=np.float32)
    found = best_of(len(articles), parts, scores)
    starts = (100 + ends - counts).tolist()
    assert found.scores.tolist() == [max(its, default=0.0) for its in articles]
    assert found.documents.tolist() == [
        start + its.index(max(its)) if its else NONE
        for start, its in zip(starts, articles, strict=True)
    ]
    assert parts.firsts().documents.tolist() == [
        start for start, its in zip(starts, articles, strict=True) if its
    ]
