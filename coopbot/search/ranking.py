"""Which articles, in which order: a weighted sum of lexical and dense evidence.

The kinds of evidence are in `evidence.py`, their weights in `weights.toml`. Weighted sums of
normalised scores did better than reciprocal rank fusion on every collection they were tried on, and
as well as trees learned by LambdaMART, which nobody can read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coopbot.engine.protocol import Engine, Filter, Vector
from coopbot.search.evidence import Column, Evidence, feedback, gather
from coopbot.search.learned import learned
from coopbot.search.question import Question

FEEDBACK = "feedback"


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article in its place: what each feature added, and where its best passage is.

    `cosine`, `cosine_lead` and `cosine_title` are those of its best passage, of its first one and
    of its title with the question.
    """

    article: str
    score: float
    shares: Mapping[str, float]
    cosine: float
    cosine_lead: float
    cosine_title: float
    passage: int


def weights() -> Mapping[str, float]:
    """Return the weight of each feature."""
    return learned("weights")


def rank(
    engine: Engine, question: Question, vector: Vector, where: Filter, most: int
) -> list[Ranked]:
    """Return the *most* best articles for *question*, whose vector is *vector*, best first."""
    found = gather(engine, question, vector, where)
    shares = {name: weights()[name] * column for name, column in found.features.items()}
    scores = _sum(shares)
    shares[FEEDBACK] = weights()[FEEDBACK] * feedback(scores, found.vectors)
    scores = scores + shares[FEEDBACK]
    passages = _best_passages(engine, found, vector)
    order = np.lexsort((np.arange(scores.size), -scores))[:most]
    return [
        Ranked(
            article=found.articles[i],
            score=float(scores[i]),
            shares={name: float(column[i]) for name, column in shares.items()},
            cosine=float(found.cosine[i]),
            cosine_lead=float(found.features["cosine_lead"][i]),
            cosine_title=float(found.features["cosine_title"][i]),
            passage=passages[i],
        )
        for i in order.tolist()
    ]


def _sum(columns: Mapping[str, Column]) -> Column:
    return np.asarray(np.stack(list(columns.values())).sum(axis=0), dtype=np.float32)


def _best_passages(engine: Engine, found: Evidence, vector: Vector) -> list[int]:
    """Return each candidate's passage to show: that with the best words, or that close in meaning.

    The one with the best words is taken unless it is farther in meaning by more than half of what
    its words count for.
    """
    close = np.maximum(found.close, 0)
    matching = np.where(found.matching < 0, close, found.matching)
    if not found.articles:
        return []
    vectors = engine.vectors(list(zip(found.articles, matching.tolist(), strict=True)))
    far = found.cosine - vectors @ vector > found.features["passage"] / 2
    chosen: list[int] = np.where(far, close, matching).tolist()
    return chosen
