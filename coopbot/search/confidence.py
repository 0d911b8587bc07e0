"""Does an article answer, or is it merely the least bad? The measure behind "I don't know".

    confidence = cosine of the best passage + cosine of the title + coverage + subject

coverage is the share of the question, by idf, that the article has words for. Rare words weigh most
in it, and in a corpus about cooperatives "cooperative" is no rare word; subject makes up for that:
a question that names them is at home here, whatever its other words.

Measured on the 120 answerable and 101 foreign questions of corpus/questions.toml: see ANSWERS.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coopbot.engine.bm25f import idf
from coopbot.engine.protocol import Engine, Filter, LexicalView, Vocabulary, WeightedTerm
from coopbot.search.question import Concept, Question
from coopbot.search.ranking import Ranked

# At this threshold 110 of the 120 are answered and 99 of the 101 recognised as foreign. A wrong
# answer costs more trust than an "I don't know" that names the closest articles.
ANSWERS = 0.9
SUBJECT = 0.35
# A word that the lexicon or the spelling had to supply covers less than the word itself.
_INDIRECT = 0.8


def confidences(
    engine: Engine, question: Question, ranked: Sequence[Ranked]
) -> Mapping[str, float]:
    """Return the confidence, 0 to 3 + SUBJECT, of each of *ranked*, by article id."""
    articles = frozenset(r.article for r in ranked)
    covered = coverages(engine, question, articles)
    subject = SUBJECT if question.speaks_of_cooperatives else 0.0
    return {
        r.article: max(r.cosine, 0.0) + max(r.cosine_title, 0.0) + covered[r.article] + subject
        for r in ranked
    }


def coverages(engine: Engine, question: Question, articles: frozenset[str]) -> dict[str, float]:
    """Return the share of *question*, 0 to 1, that each of *articles* has words for."""
    vocabulary = engine.vocabulary(LexicalView.STEM)
    concepts = question.concepts
    weights = [concept_idf(vocabulary, concept) for concept in concepts]
    total = sum(weights)
    share = dict.fromkeys(articles, 0.0)
    if not total:
        return share
    for concept, weight in zip(concepts, weights, strict=True):
        direct = _having(engine, concept.stems, articles)
        indirect = _having(engine, concept.others, articles)
        for article in articles:
            degree = 1.0 if article in direct else _INDIRECT if article in indirect else 0.0
            share[article] += degree * weight / total
    return share


def concept_idf(vocabulary: Vocabulary, concept: Concept) -> float:
    """Return how much *concept* tells: the idf of its most frequent stem, as in BM25."""
    stems = [*concept.stems, *concept.others]
    frequency = max((vocabulary.frequency(stem) for stem in stems), default=0)
    return idf(vocabulary.documents, frequency)


def _having(engine: Engine, stems: Sequence[str], articles: frozenset[str]) -> set[str]:
    """Return those of *articles* that have any of *stems*."""
    if not stems:
        return set()
    terms = [WeightedTerm(stem) for stem in stems]
    hits = engine.lexical(terms, len(articles), LexicalView.STEM, Filter(articles=articles))
    return {hit.article for hit in hits}
