"""Learn when to say "I don't know": `python -m benchmarks.learn_confidence`

On the half "tune" of the golden questions of the corpus in place, a logistic regression (maximum
likelihood with a small ridge, by Newton's method: Hastie, Tibshirani, Friedman 2009, "The Elements
of Statistical Learning", section 4.4) tells questions that must be answered from those that must
be declined by the signs of their first article: without the sign "scope", which not every library
has, then with it. The weights are scaled so that the thresholds in place fall where they should:
below `unsure` 87 % of the foreign questions and below `sure` 95 %; with scope 96 % and 99 %.
Printed are the weights, and the curve on the other half: what each threshold declines, wrongly or
not.
"""

from __future__ import annotations

import math
import os

import numpy as np
from numpy.typing import NDArray

from coopbot.evaluation import GOLDEN, read_golden
from coopbot.library import Library
from coopbot.search.confidence import SCOPE, SIGNS, parameters
from coopbot.settings import Settings

RIDGE = 0.3
# Signs, and the shares of the foreign questions below the two thresholds.
KINDS = ((SIGNS, 0.87, 0.95), ((*SIGNS, SCOPE), 0.96, 0.99))
Matrix = NDArray[np.float64]


def fit(signs: Matrix, answerable: Matrix) -> Matrix:
    """Return the bias and the weights of *signs*, a row per question."""
    x = np.column_stack([np.ones(len(signs)), signs])
    weights = np.zeros(x.shape[1])
    penalty = RIDGE * np.eye(x.shape[1])
    penalty[0, 0] = 0
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (answerable - p) - penalty @ weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + penalty
        weights = weights + np.linalg.solve(hessian, gradient)
    return np.asarray(weights)


def main() -> None:
    """Learn from the corpus in place and print weights, thresholds and curve."""
    settings = Settings.load({}, os.environ)
    library = Library(settings)
    library.refresh()
    library.open()
    questions = read_golden(settings.corpus / GOLDEN)
    values = [library.signs(q.text, q.language) for q in questions]
    library.close()
    answerable = np.array([bool(q.articles) for q in questions])
    tune = np.array([q.half == "tune" for q in questions])
    wanted = [_logit(parameters()[name]) for name in ("unsure", "sure")]
    for names, *shares in KINDS:
        signs = np.array([[v.get(name, 0.0) for name in names] for v in values])
        found = fit(signs[tune], answerable[tune].astype(float))
        logits = found[0] + signs @ found[1:]
        unsure, sure = np.quantile(logits[tune & ~answerable], shares)
        scale = (wanted[1] - wanted[0]) / (sure - unsure)
        shift = wanted[0] - scale * unsure
        for name, value in zip(("bias", *names), scale * found, strict=True):
            print(f"{name} = {value + shift if name == 'bias' else value:.3f}")
        confidence = 1 / (1 + np.exp(-(scale * logits + shift)))
        _print_curve(confidence[~tune], answerable[~tune])


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _print_curve(confidence: Matrix, answerable: NDArray[np.bool_]) -> None:
    print("\n| threshold | answerable declined | foreign declined |\n|---|---|---|")
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        declined = confidence < threshold
        wrong, right = declined[answerable].mean(), declined[~answerable].mean()
        print(f"| {threshold:.1f} | {wrong:.1%} | {right:.1%} |")
    print()


if __name__ == "__main__":
    main()
