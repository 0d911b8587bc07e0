"""Which articles, in which order: a weighted sum of lexical and dense evidence.

The kinds of evidence are in `evidence.py`, their weights in `weights.toml`. Weighted sums of
normalised scores did better than reciprocal rank fusion on every collection they were tried on, and
as well as trees learned by LambdaMART, which nobody can read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
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
    """All candidates of a question, and the question's own scope.

    `scores` are theirs, `columns` what each feature added to them, `order` their rows, best first.
    """

    evidence: Evidence
    scores: Column
    columns: Mapping[str, Column]
    order: NDArray[np.intp]
    scope: float | None

    def best(self, count: int) -> list[Ranked]:
        """Return the first *count* articles, best first."""
        rows = self.order[:count]
        features = self.evidence.features
        columns = (
            self.scores,
            self.evidence.cosine,
            features["cosine_lead"],
            features["cosine_title"],
            _best_passages(self.evidence),
        )
        names = map(self.evidence.found.articles.__getitem__, rows.tolist())
        return list(map(Ranked, names, *(c[rows].tolist() for c in columns), rows.tolist()))

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
    depth: int,
) -> Ranking:
    """Return the ranking for *question*, whose vector is *vector*, of the articles in *where*.

    *depth* is how many of them are wanted.
    """
    evidence = gather(engine, profiles, question, vector, where, depth)
    shares = {name: weights()[name] * column for name, column in evidence.features.items()}
    scores = reduce(np.add, shares.values())
    shares[FEEDBACK] = weights()[FEEDBACK] * feedback(scores, evidence.found.vectors)
    scores = scores + shares[FEEDBACK]
    belongs = scope(engine, profiles, question.text, vector, where, evidence.found)
    order = np.argsort(-scores, kind="stable")
    return Ranking(evidence, scores, shares, order, belongs)


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
