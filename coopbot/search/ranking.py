"""Which articles, in which order: a weighted sum of lexical and dense evidence.

Each feature is computed for every candidate (the union of the best of each), lexical ones divided
by their largest value over the candidates; an article counts by its best passage. Weighted sums of
normalised scores did better than reciprocal rank fusion on every collection they were tried on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from coopbot.engine.protocol import DenseView, Engine, Filter, Hit, LexicalView, Vector
from coopbot.search.question import Question

# Found by a search over the weights of a prototype on French collections; shares of the score.
WEIGHTS: Mapping[str, float] = {
    "stem": 0.5,
    "exact": 0.3,
    "title": 0.3,
    "passage": 0.3,
    "cosine": 0.6,
    "cosine_relative": 0.5,
    "cosine_title": 0.45,
}
CANDIDATES = 100  # articles of each list
_PASSAGES_PER_ARTICLE = 10  # looked at for an article's best, on the average


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article in its place: what each feature added, and where its best passages are.

    `cosine` and `cosine_title` are those of its best passage and of its title with the question.
    `passages` are numbers, best first.
    """

    article: str
    score: float
    shares: Mapping[str, float]
    cosine: float
    cosine_title: float
    passages: tuple[int, ...]


def rank(engine: Engine, question: Question, vector: Vector, where: Filter) -> list[Ranked]:
    """Return the candidate articles for *question*, whose vector is *vector*, best first."""
    found = _evidence(engine, question, vector, CANDIDATES, where)
    # Of a small corpus every article is a candidate, and these lists hold all of them.
    if engine.vocabulary(LexicalView.STEM).documents > CANDIDATES:
        among = replace(where, articles=found.articles())
        found = _evidence(engine, question, vector, len(found.articles()), among)
    return _fuse(found)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The hits of each view, best first."""

    lexical: Mapping[LexicalView, Sequence[Hit]]
    dense: Mapping[DenseView, Sequence[Hit]]

    def articles(self) -> frozenset[str]:
        lists = (*self.lexical.values(), *self.dense.values())
        return frozenset(hit.article for hits in lists for hit in hits)


def _evidence(
    engine: Engine, question: Question, vector: Vector, articles: int, where: Filter
) -> _Evidence:
    """Return the best of each view: that many articles, and passages enough for as many."""
    passages = articles * _PASSAGES_PER_ARTICLE
    lexical: dict[LexicalView, Sequence[Hit]] = {}
    for view in LexicalView:
        terms = question.exacts if view is LexicalView.EXACT else question.stems
        k = passages if view is LexicalView.PASSAGE else articles
        lexical[view] = engine.lexical(terms, k, view, where)
    dense = {
        DenseView.PASSAGE: engine.nearest(vector, passages, DenseView.PASSAGE, where),
        DenseView.TITLE: engine.nearest(vector, articles, DenseView.TITLE, where),
    }
    return _Evidence(lexical, dense)


def _fuse(found: _Evidence) -> list[Ranked]:
    lexical, dense = found.lexical, found.dense
    relative = {view: _relative(_best(hits)) for view, hits in lexical.items()}
    cosine = _best(dense[DenseView.PASSAGE])
    cosine_relative = _relative(cosine)
    cosine_title = _best(dense[DenseView.TITLE])
    passages = _passages(lexical[LexicalView.PASSAGE], dense[DenseView.PASSAGE])
    candidates = found.articles()
    ranked = []
    for article in candidates:
        features = {
            **{str(view): by_article.get(article, 0.0) for view, by_article in relative.items()},
            "cosine": cosine.get(article, 0.0),
            "cosine_relative": cosine_relative.get(article, 0.0),
            "cosine_title": cosine_title.get(article, 0.0),
        }
        shares = {name: WEIGHTS[name] * value for name, value in features.items()}
        ranked.append(
            Ranked(
                article=article,
                score=sum(shares.values()),
                shares=shares,
                cosine=features["cosine"],
                cosine_title=features["cosine_title"],
                passages=passages.get(article, ()),
            )
        )
    ranked.sort(key=lambda r: (-r.score, r.article))
    return ranked


def _best(hits: Sequence[Hit]) -> dict[str, float]:
    """Return each article's best score; *hits* come best first."""
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(hit.article, hit.score)
    return best


def _relative(scores: Mapping[str, float]) -> dict[str, float]:
    largest = max(scores.values(), default=0.0)
    return {a: max(s, 0.0) / largest for a, s in scores.items()} if largest > 0 else {}


def _passages(lexical: Sequence[Hit], dense: Sequence[Hit]) -> dict[str, tuple[int, ...]]:
    """Return each article's passages, best first by BM25F and cosine together."""
    largest = max((hit.score for hit in lexical), default=1.0)
    scores: dict[tuple[str, int], float] = {}
    for hits, unit in ((lexical, largest), (dense, 1.0)):
        for hit in hits:
            key = (hit.article, hit.passage or 0)
            scores[key] = scores.get(key, 0.0) + hit.score / unit
    ordered: dict[str, list[int]] = {}
    for article, number in sorted(scores, key=lambda key: (-scores[key], key)):
        ordered.setdefault(article, []).append(number)
    return {article: tuple(numbers) for article, numbers in ordered.items()}
