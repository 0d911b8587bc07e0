"""In which words each article is asked for: a language model of letters, learned from questions.

What people type is short and full of slips, and words as wholes tell little of it: "télétravail",
"teletravaille" and "télé-travail" share most of their runs of three to five letters. Runs across a
blank tell what words stand together. So tokenised, questions are ranked by query likelihood with
Dirichlet smoothing (Zhai, Lafferty 2004, https://doi.org/10.1145/984321.984322; runs of letters
for French: McNamee, Mayfield 2004, https://doi.org/10.1023/B:INRT.0000009441.78971.be):

    likelihood(question, text) = sum over runs of log(P(run | text) / P(run)) / sqrt(runs)
    P(run | text) = (count + MU * P(run)) / (length + MU)

where P(run) is that in all texts, and runs in none are left out of the sum. Divided by the root of
their number, what a long question adds up to by chance is what a short one does.

    side(question) = sum over runs of log(P(run | ours) / P(run | others)) / sqrt(runs)

the same for two sets of questions as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from coopbot.arrays import AnyArray
from coopbot.french import fold

RUNS = (3, 4, 5)  # letters; of eight or less, so that a run is a number of 64 bits
MU = 2000.0
_WORD = re.compile(r"[a-z0-9]+")
END = "\0"  # of a text: no run goes on beyond

Runs = NDArray[np.uint64]
Scores = NDArray[np.float32]


def folded(text: str) -> str:
    """Return the words of *text* without case, accents and punctuation, with blanks around."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def runs_of(texts: Iterable[str]) -> Runs:
    """Return the runs of letters of *texts*, which are `folded`, as often as they occur."""
    letters = np.frombuffer(END.join(texts).encode("ascii"), dtype=np.uint8)
    found = [np.empty(0, np.uint64)]
    for length in RUNS:
        if letters.size < length:
            continue
        windows = np.lib.stride_tricks.sliding_window_view(letters, length)
        whole = windows[windows.all(axis=1)].astype(np.uint64)
        places = np.arange(length - 1, -1, -1, dtype=np.uint64) * np.uint64(8)
        found.append(np.bitwise_or.reduce(whole << places, axis=1))
    return np.concatenate(found)


def learn(texts: Sequence[Runs], ours: Runs, others: Runs) -> dict[str, AnyArray]:
    """Return the arrays of a model of *texts*, and of *ours* as against *others*.

    They are postings: run to the rows of texts that have it, with what it adds to their score.
    """
    counted = [np.unique(runs, return_counts=True) for runs in texts]
    sizes = [len(runs) for runs, _ in counted]
    known = np.unique(np.concatenate([*texts, ours, others]))
    columns = np.searchsorted(
        known, np.concatenate([np.empty(0, np.uint64), *(r for r, _ in counted)])
    )
    counts = np.concatenate([np.empty(0, np.intp), *(c for _, c in counted)])
    everywhere = np.bincount(columns, weights=counts, minlength=len(known))
    share = everywhere / max(everywhere.sum(), 1.0)
    order = np.argsort(columns, kind="stable")
    columns, counts = columns[order], counts[order]
    rows = np.repeat(np.arange(len(texts), dtype=np.int32), sizes)[order]
    return {
        "runs": known,
        "run_ends": np.searchsorted(columns, np.arange(len(known)), side="right"),
        "run_rows": rows,
        "run_gains": np.log1p(counts / (MU * share[columns])).astype(np.float32),
        "run_losses": np.log1p(np.array([len(runs) for runs in texts]) / MU).astype(np.float32),
        "run_sides": _sides(known, ours, others),
    }


def likelihood(model: Mapping[str, AnyArray], question: Runs) -> Scores:
    """Return the likelihood of *question*, none of whose runs is there twice, for each text."""
    places = _places(model, question)
    ends = model["run_ends"]
    starts = np.where(places, ends[places - 1], 0)
    counts = ends[places] - starts
    spread = np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    losses = model["run_losses"]
    gains = np.bincount(
        model["run_rows"][spread], weights=model["run_gains"][spread], minlength=len(losses)
    )
    known = np.count_nonzero(counts)
    return np.asarray((gains - known * losses) / np.sqrt(max(len(question), 1)), dtype=np.float32)


def side(model: Mapping[str, AnyArray], question: Runs) -> float:
    """Return how much more likely *question* is among our questions than among the others."""
    gains = model["run_sides"][_places(model, question)]
    return float(gains.sum() / np.sqrt(max(len(question), 1)))


def _places(model: Mapping[str, AnyArray], question: Runs) -> NDArray[np.intp]:
    """Return where the runs of *question* are in the model; those it does not have are left out."""
    known = model["runs"]
    places = np.minimum(np.searchsorted(known, question), len(known) - 1)
    return np.asarray(places[known[places] == question])


def _sides(known: Runs, ours: Runs, others: Runs) -> Scores:
    counts = [
        np.bincount(np.searchsorted(known, runs), minlength=len(known)) for runs in (ours, others)
    ]
    share = sum(counts) / max(sum(c.sum() for c in counts), 1)
    share = np.where(share > 0, share, 1.0)  # a run of neither tells nothing of them
    mine, theirs = (np.log((c + MU * share) / (c.sum() + MU)) for c in counts)
    told = (counts[0] + counts[1]) > 0
    return np.where(told, mine - theirs, 0.0).astype(np.float32)
