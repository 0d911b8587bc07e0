"""Learn the weights of the ranking from test collections: `python -m benchmarks.learn_weights DIR…`

Each folder is indexed by the ordinary path (see coopbot/evaluation.py), the evidence of each of its
questions is gathered as `coopbot search` gathers it, and the weights are moved one at a time, up
and down by ever smaller steps, as long as the mean nDCG@10 over the collections rises (coordinate
ascent: Metzler and Croft 2007, "Linear feature-based models for information retrieval"). Each
collection counts the same, whatever its number of questions. Printed are the weights, what they
reach, and what each collection loses when one kind of evidence is left out.

The index of a folder is kept under --work, so that a second run starts at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coopbot.evaluation import Collection, read_collection, write_corpus
from coopbot.library import Library
from coopbot.search.evidence import Evidence, feedback
from coopbot.search.ranking import FEEDBACK, weights
from coopbot.settings import Settings

STEPS = (0.25, 0.12, 0.06)  # shares of a weight
_DISCOUNT = 1 / np.log2(np.arange(2, 12))

Weights = dict[str, float]
Column = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """A question's evidence, the grade of each candidate, and the best DCG@10 there could be."""

    evidence: Evidence
    grades: NDArray[np.float64]
    ideal: float


def gathered(collection: Collection, work: Path) -> list[Judged]:
    """Return the evidence of every question of *collection*, indexed under *work*."""
    home = work / collection.name
    library = Library(Settings(corpus=home / "corpus", index=home / "index", state=home / "state"))
    id_of = write_corpus(collection, library.corpus)
    library.refresh()
    library.open()
    judged = []
    for query in collection.queries:
        evidence = library.evidence(query.text)
        grades = [query.judgements.get(id_of[article], 0) for article in evidence.found.articles]
        best = sorted(query.judgements.values(), reverse=True)[:10]
        judged.append(
            Judged(evidence, np.array(grades, float), float(np.dot(best, _DISCOUNT[: len(best)])))
        )
    library.close()
    return judged


def ndcg(judged: Sequence[Judged], by: Mapping[str, float]) -> float:
    """Return the mean nDCG@10 of the questions when the evidence is weighed *by* these weights."""
    return float(np.mean([_ndcg(question, by) for question in judged]))


def _ndcg(question: Judged, by: Mapping[str, float]) -> float:
    features = question.evidence.features
    scores: Column = np.zeros(len(question.evidence.found.articles), dtype=np.float32)
    for name, column in features.items():
        scores = scores + np.float32(by[name]) * column
    if by[FEEDBACK]:
        scores = scores + np.float32(by[FEEDBACK]) * feedback(
            scores, question.evidence.found.vectors
        )
    top = np.argsort(-scores, kind="stable")[:10]
    return float(question.grades[top] @ _DISCOUNT[: top.size]) / question.ideal


def learn(collections: Mapping[str, Sequence[Judged]], start: Mapping[str, float]) -> Weights:
    """Return weights that a step up or down of none of them improves."""
    best = dict(start)
    reached = _mean(collections, best)
    for step in STEPS:
        for name in list(best):
            for factor in (1 + step, 1 - step):
                while True:
                    tried = best | {name: best[name] * factor}
                    result = _mean(collections, tried)
                    if result <= reached + 1e-5:
                        break
                    best, reached = tried, result
                    print(f"{name} {best[name]:.3f}: {reached:.4f}", file=sys.stderr)
    return best


def _mean(collections: Mapping[str, Sequence[Judged]], by: Mapping[str, float]) -> float:
    return float(np.mean([ndcg(judged, by) for judged in collections.values()]))


def main() -> None:
    """Learn, and print the weights and the table of what each is worth."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--work", type=Path, required=True, help="where indexes are kept")
    parser.add_argument("--keep", action="store_true", help="only measure the weights in place")
    arguments = parser.parse_args()
    collections = {
        folder.resolve().name: gathered(read_collection(folder), arguments.work)
        for folder in arguments.folders
    }
    found = dict(weights()) if arguments.keep else learn(collections, weights())
    print("\n".join(f"{name} = {weight:.2f}" for name, weight in found.items()))
    print(f"\n| without | {' | '.join(collections)} |\n|---|{'---|' * len(collections)}")
    for left_out in ("", *found):
        by = found | ({left_out: 0.0} if left_out else {})
        row = (f"{ndcg(judged, by):.4f}" for judged in collections.values())
        print(f"| {left_out or '(nothing)'} | {' | '.join(row)} |")


if __name__ == "__main__":
    main()
