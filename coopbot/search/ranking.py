"""Which articles, in which order: a weighted sum of lexical and dense evidence.

The kinds of evidence are in `evidence.py`, their weights in `weights.toml`. Weighted sums of
normalised scores did better than reciprocal rank fusion on every collection they were tried on, and
as well as trees learned by LambdaMART, which nobody can read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.protocol import DenseView, Engine, Filter, LexicalView, Vector
from coopbot.profiles import Profiles
from coopbot.search.evidence import Column, Evidence, feedback, gather
from coopbot.search.learned import learned
from coopbot.search.question import Question
from coopbot.search.scope import scope

FEEDBACK = "feedback"


class Ranked(NamedTuple):
    """An article in its place: its score, and which `passage` of it is the best.

    `cosine`, `cosine_lead` and `cosine_title` are those of its best passage, of its first one and
    of its title with the question; `candidate` is its row among the candidates.
    """

    article: str
    score: float
    cosine: float = 0.0
    cosine_lead: float = 0.0
    cosine_title: float = 0.0
    passage: int = 0
    candidate: int = 0


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best articles for a question, best first, and the question's own scope.

    `columns` are what each feature added to the score of each candidate.
    """

    best: Sequence[Ranked]
    scope: float | None
    columns: Mapping[str, Column]

    def shares(self, ranked: Ranked) -> Mapping[str, float]:
        """Return what each feature added to the score of *ranked*."""
        return {name: float(column[ranked.candidate]) for name, column in self.columns.items()}


def weights() -> Mapping[str, float]:
    """Return the weight of each feature."""
    return learned("weights")


def rank(
    engine: Engine,
    profiles: Profiles,
    question: Question,
    vector: Vector,
    where: Filter,
    most: int,
) -> Ranking:
    """Return the *most* best articles for *question*, whose vector is *vector*, best first."""
    evidence = gather(engine, profiles, question, vector, where)
    shares = {name: weights()[name] * column for name, column in evidence.features.items()}
    scores = _sum(shares)
    shares[FEEDBACK] = weights()[FEEDBACK] * feedback(scores, evidence.found.vectors)
    scores = scores + shares[FEEDBACK]
    belongs = scope(engine, profiles, question.text, vector, where, evidence.found)
    order = np.argsort(-scores, kind="stable")[:most]
    leads, titles = evidence.features["cosine_lead"], evidence.features["cosine_title"]
    columns = (scores, evidence.cosine, leads, titles, _best_passages(evidence))
    rows = order.tolist()
    names = map(evidence.found.articles.__getitem__, rows)
    values = (column[order].tolist() for column in columns)
    best = list(map(Ranked, names, *values, rows))
    return Ranking(best, belongs, shares)


def _sum(columns: Mapping[str, Column]) -> Column:
    return np.asarray(np.stack(list(columns.values())).sum(axis=0), dtype=np.float32)


def _best_passages(evidence: Evidence) -> NDArray[np.int32]:
    """Return each candidate's passage to show: that with the best words, or that close in meaning.

    The one with the best words is taken unless it is farther in meaning by more than half of what
    its words count for.
    """
    found = evidence.found
    close = np.maximum(found.dense[DenseView.PASSAGE].passages, 0)
    matching = found.lexical[LexicalView.PASSAGE].passages
    far = evidence.cosine - found.matching > evidence.features["passage"] / 2
    return np.where(far | (matching < 0), close, matching)
