"""Does an article answer, or is it merely the least bad? The measure behind "I don't know".

    confidence = 1 / (1 + exp(-(bias + sum of weight x sign)))

The signs: the cosines of the best passage, of the beginning and of the title with the question;
coverage, the share of the question, by idf, that the article has words for; subject; and scope.
Rare words weigh most in coverage, and in a corpus about cooperatives "cooperative" is no rare word;
subject makes up for that: a question that names them is at home here, whatever its other words.
Scope tells what the question resembles, those that are answered here or others
(`scope.py`), where the library knows enough of both; where it does not, the other signs
have weights of their own.

Weights and thresholds are in `weights.toml`, learned by logistic regression on the half "tune" of
the golden questions (benchmarks/learn_confidence.py); what they do to the other half is in
docs/quality.md. Both sets of weights are scaled so that they share the thresholds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.bm25f import idf
from coopbot.engine.protocol import Engine, LexicalView, Vocabulary
from coopbot.french import stem_terms
from coopbot.search.learned import learned
from coopbot.search.question import Concept, Question
from coopbot.search.ranking import Ranked

SIGNS = ("cosine", "cosine_lead", "cosine_title", "coverage", "subject")
SCOPE = "scope"
# A word that the lexicon or the spelling had to supply covers less than the word itself.
_INDIRECT = 0.8

Column = NDArray[np.float64]


def parameters() -> Mapping[str, float]:
    """Return the thresholds `unsure` and `sure`, `bias`, and the weights of the signs but scope.

    Below `unsure` an article does not answer; from `sure` on it does without a word of caution.
    """
    return learned("confidence")


def confidences(
    engine: Engine, question: Question, ranked: Sequence[Ranked], scope: float | None
) -> Mapping[str, float]:
    """Return the confidence, 0 to 1, of each of *ranked*, best first, by article id.

    Where *scope* is known, it decides with the first article whether the question is answered at
    all, unless that one's title has its words: a bare name resembles no question. It says nothing
    of one article rather than another: the others must also answer without it.
    """
    if not question.concepts:  # "de la le" is close to much, and asks for nothing
        return {r.article: 0.0 for r in ranked}
    found = signs(engine, question, ranked, scope)
    names = [r.article for r in ranked]
    alone = dict(zip(names, _confidences(found, "confidence"), strict=True))
    if not ranked or scope is None:
        return alone
    first = names[0]
    answered = _confidences(found, "confidence_by_scope")[0]
    if answered < alone[first] and _is_of_title(engine, question, first):
        answered = alone[first]
    return {article: min(answered, value) for article, value in alone.items()} | {first: answered}


def _is_of_title(engine: Engine, question: Question, article: str) -> bool:
    """Tell whether the words of *question* are in the title of *article*.

    All of them; or all but one, of three or more about cooperatives: whoever asks how to create a
    Scic of bakers asks how to create a Scic.
    """
    title = set(stem_terms(engine.articles([article])[article].title))
    there = [bool(title & set(concept.stems)) for concept in question.concepts]
    nearly = len(there) > 2 and question.speaks_of_cooperatives and there.count(False) == 1
    return all(there) or nearly


def _confidences(signs: Mapping[str, Column], table: str) -> list[float]:
    known = learned(table)
    told = reduce(np.add, (known[name] * signs[name] for name in signs if name in known))
    return [1 / (1 + math.exp(-known["bias"] - one)) for one in told.tolist()]


def signs(
    engine: Engine, question: Question, ranked: Sequence[Ranked], scope: float | None
) -> dict[str, Column]:
    """Return the signs, each of all *ranked* in their order; *scope* only where it is known."""
    size = len(ranked)
    found = {
        "cosine": np.maximum([r.cosine for r in ranked], 0.0),
        "cosine_lead": np.maximum([r.cosine_lead for r in ranked], 0.0),
        "cosine_title": np.maximum([r.cosine_title for r in ranked], 0.0),
        "coverage": coverages(engine, question, [r.article for r in ranked]),
        "subject": np.full(size, 1.0 if question.speaks_of_cooperatives else 0.0),
    }
    return found if scope is None else {**found, SCOPE: np.full(size, scope)}


def coverages(engine: Engine, question: Question, articles: Sequence[str]) -> Column:
    """Return the share of *question*, 0 to 1, that each of *articles* has words for."""
    vocabulary = engine.vocabulary(LexicalView.STEM)
    concepts = question.concepts
    weights = [concept_idf(vocabulary, concept) for concept in concepts]
    total = sum(weights)
    share = np.zeros(len(articles))
    if not total:
        return share
    stems = sorted({stem for concept in concepts for stem in (*concept.stems, *concept.others)})
    having = dict(zip(stems, engine.matching(articles, stems).T, strict=True))
    nothing = np.zeros(len(articles), dtype=np.bool_)
    for concept, weight in zip(concepts, weights, strict=True):
        direct, indirect = (
            reduce(np.logical_or, (having[stem] for stem in those), nothing)
            for those in (concept.stems, concept.others)
        )
        share += np.maximum(direct, _INDIRECT * indirect) * weight / total
    return share


def concept_idf(vocabulary: Vocabulary, concept: Concept) -> float:
    """Return how much *concept* tells: the idf of its most frequent stem, as in BM25."""
    stems = [*concept.stems, *concept.others]
    frequency = max((vocabulary.frequency(stem) for stem in stems), default=0)
    return idf(vocabulary.documents, frequency)
