"""A language model of letters: which text a question is worded like."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.wordings import MU, RUNS, folded, learn, likelihood, runs_of, side

WORDS = st.lists(st.text("abc", min_size=1, max_size=6), max_size=6).map(" ".join)


def plain_runs(text: str) -> list[str]:
    return [text[i : i + n] for n in RUNS for i in range(len(text) - n + 1)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Créer une Scic ?", " creer une scic "),
        ("l'AG,  en « visio »", " l ag en visio "),
        ("SCIC-2024", " scic 2024 "),
        ("…", "  "),
    ],
)
def test_only_letters_and_figures_of_a_question_tell_how_it_is_worded(
    written: str, expected: str
) -> None:
    assert folded(written) == expected


@given(st.lists(WORDS, max_size=4))
def test_runs_are_those_of_each_text_and_never_of_two(texts: list[str]) -> None:
    found = Counter(runs_of(map(folded, texts)).tolist())
    expected = Counter(
        int.from_bytes(run.encode(), "big") for text in texts for run in plain_runs(folded(text))
    )
    assert found == expected


@given(texts=st.lists(WORDS, min_size=1, max_size=4), question=WORDS, others=WORDS)
def test_likelihood_and_side_are_those_of_the_formulas(
    texts: list[str], question: str, others: str
) -> None:
    ours = [runs_of([folded(text)]) for text in texts]
    model = learn(ours, np.concatenate(ours), runs_of([folded(others)]))
    asked = np.unique(runs_of([folded(question)]))
    counts = [Counter(plain_runs(folded(text))) for text in texts]
    every, foreign = sum(counts, Counter[str]()), Counter(plain_runs(folded(others)))
    root = math.sqrt(max(len(set(plain_runs(folded(question)))), 1))

    def smoothed(run: str, count: Counter[str], share: float) -> float:
        return math.log((count[run] + MU * share) / (count.total() + MU))

    def summed(runs: Sequence[float]) -> float:
        return math.fsum(runs) / root

    wanted = sorted(set(plain_runs(folded(question))))
    share = {run: every[run] / every.total() for run in wanted if every[run]}
    expected = [
        summed([smoothed(run, count, p) - math.log(p) for run, p in share.items()])
        for count in counts
    ]
    assert likelihood(model, asked) == pytest.approx(expected, abs=1e-4)
    both = every + foreign
    ratio = [
        smoothed(run, every, both[run] / both.total())
        - smoothed(run, foreign, both[run] / both.total())
        for run in wanted
        if both[run]
    ]
    assert side(model, asked) == pytest.approx(summed(ratio), abs=1e-4)


def test_a_question_with_slips_is_still_likeliest_where_it_is_asked() -> None:
    texts = ["comment organiser le télétravail", "où trouver un espace de coworking"]
    runs = [runs_of([folded(text)]) for text in texts]
    model = learn(runs, np.concatenate(runs), runs_of([]))
    for question, place in [("teletravaille", 0), ("le co-working, ou ?", 1)]:
        assert np.argmax(likelihood(model, np.unique(runs_of([folded(question)])))) == place
