"""What speaks for each candidate article: the features that ranking weighs.

    stem, exact    BM25F of the whole article, by stems and by folded words
    title, passage BM25 of the title, and of the best passage with its headings, by stems
    cosine         how close in meaning the best passage is to the question
    cosine_lead    the same of the article's first passage: what the whole article is about
    cosine_title   the same of its title
    cosine_alias   the same of its nearest alias: an English summary, a question it answers
    feedback       how close its best passage is to those of the articles that come first so far
    profile        how close the question is to those that the article is asked: coopbot/profiles.py
    wording        how likely the article is asked for in these words: coopbot/wordings.py
    brevity        minus ln(1 + stems of the title): short titles are those of pages on a subject

The nearest alias also stands for the passage, the beginning or the title that is farther than it:
an article is not worse for being described well. Nor is one for having no alias: the nearer of its
beginning and its title stands for that. Where no candidate has one, `cosine_alias` is 0.

BM25 scores and `cosine` are divided by the largest among the candidates. A candidate is what any of
the lists puts among its first `FEW`, or `MANY` where more articles are wanted than that: the ten
best are hardly ever others (docs/quality.md).

Feedback is Rocchio's relevance feedback without anybody judging (Manning, Raghavan, Schütze 2008,
"Introduction to Information Retrieval", section 9.1.6), in the space of meanings. The articles that
come first are weighted by exp(score / TEMPERATURE): where one is clearly ahead, it is close to
itself and stays there; where many are level, those that resemble each other come forward.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.protocol import Candidates, DenseView, Engine, Filter, LexicalView, Vector
from coopbot.profiles import Profiles
from coopbot.search.question import Question

FEW, MANY = 50, 100  # articles of each list
FEEDBACK_ARTICLES = 8
TEMPERATURE = 0.2
LANGUAGE = "fr"  # of the corpus
# What a word in another language counts: it is only in the few articles of that language, where it
# tells less of the subject than of the language.
OTHER_WORDS = np.float32(0.6)

Column = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidates of a question: what was `found`, and a column per feature, in that order.

    `cosine` is that of the best passage or alias, as it is.
    """

    found: Candidates
    features: Mapping[str, Column]
    cosine: Column


def gather(
    engine: Engine,
    profiles: Profiles,
    question: Question,
    vector: Vector,
    where: Filter,
    depth: int,
) -> Evidence:
    """Return the evidence for *question*, whose vector is *vector*, among articles in *where*.

    *depth* is how many articles are wanted.
    """
    terms = {
        view: question.exacts if view is LexicalView.EXACT else question.stems
        for view in LexicalView
    }
    found = engine.gather(terms, vector, FEW if depth <= FEW else MANY, where)
    words = 1.0 if question.language == LANGUAGE else OTHER_WORDS
    features = {str(view): words * _relative(best.scores) for view, best in found.lexical.items()}
    alias, lead, title = (
        found.dense[view].scores for view in (DenseView.ALIAS, DenseView.LEAD, DenseView.TITLE)
    )
    cosine = np.maximum(found.dense[DenseView.PASSAGE].scores, alias)
    features["cosine"] = _relative(cosine)
    features["cosine_lead"] = np.maximum(lead, alias)
    features["cosine_title"] = np.maximum(title, alias)
    features["cosine_alias"] = (
        np.where(alias, alias, np.maximum(lead, title)) if alias.any() else alias
    )
    features["profile"] = profiles.closeness(vector, found.articles)
    features["wording"] = profiles.likelihood(question.text, found.articles)
    features["brevity"] = -np.log1p(found.title_terms.astype(np.float32))
    return Evidence(found, features, cosine)


def feedback(scores: Column, vectors: NDArray[np.float32]) -> Column:
    """Return the cosine of each row of *vectors* with what the highest of *scores* have in common.

    Rows and scores are those of the candidates, in one order; rows have length 1.
    """
    if not scores.size:
        return scores
    first = np.argsort(-scores, kind="stable")[:FEEDBACK_ARTICLES]
    weights = np.exp((scores[first] - scores[first[0]]) / TEMPERATURE)
    common = weights @ vectors[first]
    length = float(np.linalg.norm(common))
    return np.asarray(vectors @ (common / length if length else common), dtype=np.float32)


def _relative(column: Column) -> Column:
    largest = float(column.max(initial=0.0))
    if largest <= 0:
        return np.zeros_like(column)
    return np.asarray(np.maximum(column, 0) / largest, dtype=np.float32)
