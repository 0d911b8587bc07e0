"""What speaks for each candidate article: the features that ranking weighs.

    stem, exact    BM25F of the whole article, by stems and by folded words
    title, passage BM25 of the title, and of the best passage with its headings, by stems
    cosine         how close in meaning the best passage is to the question
    cosine_lead    the same of the article's first passage: what the whole article is about
    cosine_title   the same of its title
    cosine_alias   the same of its nearest alias: an English summary, a question it answers
    feedback       how close its best passage is to those of the articles that come first so far
    brevity        minus ln(1 + stems of the title): short titles are those of pages on a subject

The nearest alias also stands for the passage, the beginning or the title that is farther than it:
an article is not worse for being described well. Nor is one for having no alias: the nearer of its
beginning and its title stands for that. Where no candidate has one, `cosine_alias` is 0.

BM25 scores and `cosine` are divided by the largest among the candidates. A candidate is what any of
the lists puts among its first `CANDIDATES`.

Feedback is Rocchio's relevance feedback without anybody judging (Manning, Raghavan, Schütze 2008,
"Introduction to Information Retrieval", section 9.1.6), in the space of meanings. The articles that
come first are weighted by exp(score / TEMPERATURE): where one is clearly ahead, it is close to
itself and stays there; where many are level, those that resemble each other come forward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.protocol import DenseView, Engine, Filter, Hit, LexicalView, Vector
from coopbot.search.question import Question

CANDIDATES = 100  # articles of each list
FEEDBACK_ARTICLES = 8
TEMPERATURE = 0.2
LANGUAGE = "fr"  # of the corpus
# What a word in another language counts: it is only in the few articles of that language, where it
# tells less of the subject than of the language.
OTHER_WORDS = np.float32(0.6)
_MANY = (DenseView.PASSAGE, DenseView.ALIAS)  # of which an article has several

Column = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidates of a question.

    `articles` are ids, sorted; `features` holds a column per feature, in their order; `cosine` is
    that of the best passage, as it is. `close` and `matching` are the passages nearest in meaning
    and with the best words, by article; `vectors` those of `close`, a row per article.
    """

    articles: tuple[str, ...]
    features: Mapping[str, Column]
    cosine: Column
    close: Mapping[str, int]
    matching: Mapping[str, int]
    vectors: NDArray[np.float32]


def gather(engine: Engine, question: Question, vector: Vector, where: Filter) -> Evidence:
    """Return the evidence for *question*, whose vector is *vector*, among articles in *where*."""
    found = _lists(engine, question, vector, CANDIDATES, where)
    articles = _articles(found)
    # Of a small corpus every article is a candidate, and these lists hold all of them.
    if engine.vocabulary(LexicalView.STEM).documents > CANDIDATES:
        among = replace(where, articles=frozenset(articles))
        found = _lists(engine, question, vector, len(articles), among)
    lexical, dense = found
    words = 1.0 if question.language == LANGUAGE else OTHER_WORDS
    features = {
        str(view): words * _relative(_column(hits, articles)) for view, hits in lexical.items()
    }
    alias = _column(dense[DenseView.ALIAS], articles)
    lead = _column(dense[DenseView.LEAD], articles)
    title = _column(dense[DenseView.TITLE], articles)
    cosine = np.maximum(_column(dense[DenseView.PASSAGE], articles), alias)
    features["cosine"] = _relative(cosine)
    features["cosine_lead"] = np.maximum(lead, alias)
    features["cosine_title"] = np.maximum(title, alias)
    features["cosine_alias"] = (
        np.where(alias, alias, np.maximum(lead, title)) if alias.any() else alias
    )
    terms = engine.title_terms(articles)
    features["brevity"] = -np.log1p(np.array([terms[a] for a in articles], dtype=np.float32))
    close = _passages(dense[DenseView.PASSAGE])
    vectors = engine.vectors([(a, close.get(a, 0)) for a in articles])
    matching = _passages(lexical[LexicalView.PASSAGE])
    return Evidence(articles, features, cosine, close, matching, vectors)


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


_Lists = tuple[Mapping[LexicalView, Sequence[Hit]], Mapping[DenseView, Sequence[Hit]]]


def _lists(
    engine: Engine, question: Question, vector: Vector, articles: int, where: Filter
) -> _Lists:
    """Return that many articles of each view, best first, each by its best unit."""
    lexical = {
        view: engine.lexical(
            question.exacts if view is LexicalView.EXACT else question.stems,
            articles,
            view,
            where,
            collapse=view is LexicalView.PASSAGE,
        )
        for view in LexicalView
    }
    dense = {
        view: engine.nearest(vector, articles, view, where, collapse=view in _MANY)
        for view in DenseView
    }
    return lexical, dense


def _articles(found: _Lists) -> tuple[str, ...]:
    lists = (*found[0].values(), *found[1].values())
    return tuple(sorted({hit.article for hits in lists for hit in hits}))


def _column(hits: Sequence[Hit], articles: Sequence[str]) -> Column:
    scores = {hit.article: hit.score for hit in hits}
    return np.array([scores.get(article, 0.0) for article in articles], dtype=np.float32)


def _relative(column: Column) -> Column:
    largest = float(column.max(initial=0.0))
    if largest <= 0:
        return np.zeros_like(column)
    return np.asarray(np.maximum(column, 0) / largest, dtype=np.float32)


def _passages(hits: Sequence[Hit]) -> dict[str, int]:
    return {hit.article: hit.passage or 0 for hit in hits}
