"""What each article is asked, and what all of them are: learned from curators' questions.

Curators write questions into the front matter of articles (`asked`), and into `off_topic.txt`
those that no article answers. An index learns from both, in closed form:

Questions that one article answers differ in wording, detail and language, those of two articles
in subject. Within-class covariance normalisation (Hatch, Kajarekar, Stolcke 2006, "Within-class
covariance normalization for SVM-based speaker recognition") takes from the first which directions
of the encoder's space to make little of:

    closeness(question, article) = cosine of z(question) and z(profile of the article)
    z(x) = (x - centre) @ metric
    metric @ metric.T = inverse of the covariance within articles, shrunk

The profile of an article is the mean of its questions; a translation without any has those of its
original. Any other is described by its title, its beginning and its English summary. These are
farther from what people type, by `UNASKED` on average, which is made up for: an article is not
worse for being described less.

    side(question) = how far it is to the side of the questions that are answered, rather than to
                     that of the others: 1 at the mean of the one, -1 at that of the other

on Fisher's linear discriminant (1936, https://doi.org/10.1111/j.1469-1809.1936.tb02137.x).

Closeness and side are of meanings. What the same questions tell by their letters, likelihood and
worded side, is in `wordings.py`: there, too, an article without questions is described by its title
and its beginning, and `UNWORDED` made up for.

Where too few questions are known, there is nothing to learn from: closeness and likelihood are 0,
the sides None.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coopbot.arrays import AnyArray, Arrays, load, save
from coopbot.engine.protocol import IndexedArticle, Vector
from coopbot.wordings import END, Runs, folded, learn, likelihood, runs_of
from coopbot.wordings import side as worded_side

FILE = "profiles"  # in the folder of a generation, sealed in its manifest
UNASKED, UNWORDED = 0.1, 1.0
SHRINKAGE = 0.4
SIDE_SHRINKAGE = 0.3
# Of either kind, for what words and sides tell. And half of the articles must have some: a few
# described ones among many would make the questions of all others foreign.
LEAST_QUESTIONS = 100
# An only article is its own centre: what is left of it then has no direction.
_ROUNDING = 1e-6

Matrix = NDArray[np.float32]
Stored = NDArray[np.float16]  # what the vector store keeps of a vector


@dataclass(frozen=True, slots=True)
class Described:
    """What describes an article: its questions when `asked`, else itself.

    `vectors` are those of the questions, or one of the article; `text` all that in words, folded.
    """

    article: str
    path: str
    translation_of: str | None
    vectors: Stored
    text: str
    asked: bool


def described(article: IndexedArticle, questions: int) -> Described:
    """Return what describes *article*, the last of whose aliases are its *questions*."""
    stored = article.stored
    aliases = [alias.vector for alias in article.aliases]
    texts = [alias.text for alias in article.aliases]
    if questions:
        vectors, texts = np.stack(aliases[-questions:]), texts[-questions:]
    else:
        lead = article.passages[:1]
        own = [article.title_vector, *(passage.vector for passage in lead), *aliases]
        vectors = _unit(np.sum(own, axis=0)[None])
        texts = [stored.title, *(passage.text for passage in lead), *texts]
    return Described(
        stored.id,
        stored.path,
        stored.translation_of,
        vectors.astype(np.float16),
        END.join(map(folded, texts)),
        bool(questions),
    )


class Profiles:
    """The profiles of a generation. The articles are known by their ids."""

    def __init__(self, arrays: Arrays | None = None) -> None:
        self._rows: Mapping[str, int] = {}
        self._arrays = arrays if arrays is not None and "metric" in arrays.arrays else None
        self._sides = arrays if arrays is not None and "direction" in arrays.arrays else None
        self._words = arrays if arrays is not None and "runs" in arrays.arrays else None
        if self._arrays is not None:
            profiled = self._arrays["profiled"].tolist()
            articles = [article for article, _, _ in _names(self._arrays)]
            self._rows = dict(zip(articles, profiled, strict=True))

    def closeness(self, question: Vector, articles: Sequence[str]) -> Matrix:
        """Return how close the vector of a *question* is to the profile of each of *articles*."""
        if self._arrays is None:
            return np.zeros(len(articles), dtype=np.float32)
        known = self._arrays
        row = (question - known["centre"]) @ known["metric"]
        row /= np.linalg.norm(row) or 1.0
        rows = [self._rows[article] for article in articles]
        return np.asarray(known["profiles"][rows] @ row + known["handicap"][rows], dtype=np.float32)

    def likelihood(self, question: str, articles: Sequence[str]) -> Matrix:
        """Return how likely each of *articles* is asked for in the words of *question*."""
        if self._words is None:
            return np.zeros(len(articles), dtype=np.float32)
        rows = [self._rows[article] for article in articles]
        found = likelihood(self._words.arrays, _runs(question)) + self._words["unworded"]
        return np.asarray(found[rows], dtype=np.float32)

    def worded_side(self, question: str) -> float | None:
        """Return how much more the words of *question* are those of what is answered."""
        if self._words is None or self._sides is None:
            return None
        return worded_side(self._words.arrays, _runs(question))

    def side(self, question: Vector) -> float | None:
        """Return how much the vector of a *question* is like those that are answered, about ±1."""
        if self._sides is None:
            return None
        return float(question @ self._sides["direction"]) - float(self._sides.meta["middle"])

    def off_topic(self, question: Vector) -> Matrix:
        """Return the cosines of a *question* with those that none answers, where `side` is told."""
        assert self._sides is not None  # noqa: S101
        return np.asarray(self._sides["off_topic"] @ question, dtype=np.float32)


def load_profiles(folder: Path) -> Profiles:
    """Return the profiles of the generation in *folder*; without any in an older one."""
    try:
        return Profiles(load(folder / FILE, verify=0))
    except FileNotFoundError:
        return Profiles()


def save_profiles(
    folder: Path,
    changed: Sequence[Described],
    kept: Collection[str],
    off_topic: Matrix,
    off_topic_texts: Sequence[str],
) -> None:
    """Write the profiles of the generation in the making in *folder*.

    It holds the file of the generation before, if any: of that, the articles in *kept* stay.
    *off_topic* are the vectors of the questions that none answers. Raises OSError.
    """
    before = [d for d in _described(folder) if d.article in kept]
    all_of_them = sorted([*before, *changed], key=lambda d: d.article)
    names = [[d.article, d.path, d.translation_of] for d in all_of_them]
    dimensions = off_topic.shape[1]
    arrays: dict[str, AnyArray] = {
        # not in the header, which is read by every process that opens the index
        "names": np.frombuffer(json.dumps(names).encode(), dtype=np.uint8),
        "vectors": np.concatenate(
            [np.empty((0, dimensions), np.float16), *(d.vectors for d in all_of_them)]
        ),
        "counts": np.array([len(d.vectors) for d in all_of_them], dtype=np.int32),
        "asked": np.array([d.asked for d in all_of_them], dtype=np.bool_),
        "texts": np.frombuffer("\n".join(d.text for d in all_of_them).encode(), dtype=np.uint8),
    }
    learned = _profiles(all_of_them)
    middle = 0.0
    if learned and _is_enough(all_of_them):
        learned |= _words(all_of_them, off_topic_texts)
        if len(off_topic) >= LEAST_QUESTIONS:
            sides, middle = _sides(all_of_them, off_topic)
            learned |= sides
    save(folder / FILE, arrays | learned, {"middle": middle})


def _described(folder: Path) -> list[Described]:
    try:
        stored = load(folder / FILE, verify=0)
    except FileNotFoundError:
        return []
    vectors, counts = stored["vectors"], stored["counts"]
    rows = [
        vectors[end - count : end] for end, count in zip(np.cumsum(counts), counts, strict=True)
    ]
    names = _names(stored)
    texts = stored["texts"].tobytes().decode().split("\n") if names else []
    columns = zip(names, rows, texts, stored["asked"].tolist(), strict=True)
    return [Described(*name, vectors, text, asked) for name, vectors, text, asked in columns]


def _names(stored: Arrays) -> list[tuple[str, str, str | None]]:
    """Return id, path and original of each article."""
    return [tuple(names) for names in json.loads(stored["names"].tobytes())]


def _profiles(articles: Sequence[Described]) -> dict[str, AnyArray]:
    """Return metric and profiles, nothing where no article has two different questions."""
    asked = [d.vectors.astype(np.float64) for d in articles if d.asked]
    apart = [vectors - vectors.mean(axis=0) for vectors in asked if len(vectors) > 1]
    within = np.concatenate(apart) if apart else np.empty(0)
    if not within.any():
        return {}
    covariance = _shrunk(within.T @ within / len(within), SHRINKAGE)
    metric = np.linalg.cholesky(np.linalg.inv(covariance))
    centre = np.mean([vectors.mean(axis=0) for vectors in asked], axis=0)
    means = np.array([d.vectors.mean(axis=0, dtype=np.float64) for d in articles])
    return {
        "centre": centre.astype(np.float32),
        "metric": metric.astype(np.float32),
        "profiles": _unit((means - centre) @ metric).astype(np.float32),
        "handicap": np.array([0.0 if d.asked else UNASKED for d in articles], dtype=np.float32),
        "profiled": np.array(_rows(articles), dtype=np.int32),
    }


def _rows(articles: Sequence[Described]) -> list[int]:
    """Return whose profile each article has: its own, or that of its original."""
    row_of = {name: row for row, d in enumerate(articles) for name in (d.article, d.path)}
    rows = []
    for row, one in enumerate(articles):
        original = row_of.get(one.translation_of or "")
        is_asked_there = original is not None and articles[original].asked and not one.asked
        rows.append(original if original is not None and is_asked_there else row)
    return rows


def _is_enough(articles: Sequence[Described]) -> bool:
    """Tell whether enough is known of what *articles* are asked."""
    asked = [len(d.vectors) for d in articles if d.asked]
    originals = sum(d.translation_of is None for d in articles)
    return sum(asked) >= LEAST_QUESTIONS and 2 * len(asked) >= originals


def _words(articles: Sequence[Described], off_topic: Sequence[str]) -> dict[str, AnyArray]:
    """Return the model of the words in which each article is asked for, and none."""
    used = set(_rows(articles))
    texts = [runs_of([d.text] if row in used else []) for row, d in enumerate(articles)]
    ours = [runs for runs, d in zip(texts, articles, strict=True) if d.asked]
    others = runs_of(map(folded, off_topic))
    unworded = np.array([0.0 if d.asked else UNWORDED for d in articles], dtype=np.float32)
    return {**learn(texts, np.concatenate(ours), others), "unworded": unworded}


def _runs(question: str) -> Runs:
    return np.unique(runs_of([folded(question)]))


def _sides(articles: Sequence[Described], off_topic: Matrix) -> tuple[dict[str, AnyArray], float]:
    """Return Fisher's discriminant, and what is to be taken off."""
    asked = [d.vectors for d in articles if d.asked]
    sides = (np.concatenate(asked).astype(np.float64), off_topic.astype(np.float64))
    ours, others = (side.mean(axis=0) for side in sides)
    covariance = _shrunk(np.mean([np.cov(side.T) for side in sides], axis=0), SIDE_SHRINKAGE)
    direction = np.linalg.solve(covariance, ours - others)
    direction /= direction @ (ours - others) / 2
    arrays = {"direction": direction.astype(np.float32), "off_topic": off_topic}
    return arrays, float(direction @ (ours + others) / 2)


def _shrunk(covariance: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Return *covariance* with a *share* of it replaced by its mean variance in every direction.

    Ledoit and Wolf 2004, https://doi.org/10.1016/S0047-259X(03)00096-4, with a fixed share: there
    are a few thousand questions for 512 dimensions.
    """
    size = len(covariance)
    variance = float(np.trace(covariance)) / size
    return (1 - share) * covariance + share * variance * np.eye(size)


def _unit(rows: NDArray[np.floating]) -> NDArray[np.floating]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.where(lengths > _ROUNDING, rows / np.maximum(lengths, _ROUNDING), 0.0)
