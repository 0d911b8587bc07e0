""" "Did you mean": words of the question that no article has, and close ones that some have."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.engine.protocol import Engine, Filter, LexicalView, WeightedTerm
from coopbot.french import Token, analyse, stem
from coopbot.search.question import Correction, Question

# Letters a word must have for one edit, and for two, to leave it recognisable.
_ONE_EDIT, _TWO_EDITS = 4, 8
_ARTICLES, _PASSAGES = 3, 30  # looked at for how the articles write the word


def corrections(engine: Engine, question: Question) -> list[Correction]:
    """Return a correction for each word of *question* that no article has and one resembles.

    An English word is no misspelt French one: questions in English get none.
    """
    if question.language != "fr":
        return []
    found: list[Correction] = []
    for token in question.tokens:
        covered = any(expansion.covers(token) for expansion in question.expanded)
        if not covered and (correction := _correction(engine, token)):
            found.append(correction)
    return found


def corrected_text(question: Question, found: Sequence[Correction]) -> str | None:
    """Return the question's text with *found* put in, None when there is nothing to put in."""
    text = question.text
    for correction in sorted(found, key=lambda c: -c.start):
        text = text[: correction.start] + correction.word + text[correction.end :]
    return text if found else None


def _correction(engine: Engine, token: Token) -> Correction | None:
    if len(token.exact) != 1:
        return None
    word = token.exact[0]
    if len(word) < _ONE_EDIT or not word.isalpha():
        return None
    stems = engine.vocabulary(LexicalView.STEM)
    if any(stems.frequency(s) for s in token.stems):
        return None
    exacts = engine.vocabulary(LexicalView.EXACT)
    for distance in (1, 2) if len(word) >= _TWO_EDITS else (1,):
        similar = [(w, n) for w, n in exacts.similar(word, distance) if w.isalpha()]
        if similar:
            best = min(similar, key=lambda pair: (not _within(word, pair[0]), -pair[1], pair))[0]
            return Correction(token.start, token.end, _as_written(engine, best), best, stem(best))
    return None


def _within(word: str, other: str) -> bool:
    """Tell whether *other* is *word* with letters put in: to leave one out is the usual slip."""
    letters = iter(other)
    return all(letter in letters for letter in word)


def _as_written(engine: Engine, word: str) -> str:
    """Return the folded *word* as an article writes it, accents and all."""
    having = engine.lexical([WeightedTerm(word)], _ARTICLES, LexicalView.EXACT)
    where = Filter(articles=frozenset(hit.article for hit in having))
    term = WeightedTerm(stem(word))
    hits = engine.lexical([term], _PASSAGES, LexicalView.PASSAGE, where)
    for article in engine.articles([hit.article for hit in having]).values():
        for token in analyse(article.title):
            if token.exact == (word,):
                return article.title[token.start : token.end].lower()
    keys = [(hit.article, hit.passage or 0) for hit in hits]
    for passage in engine.passages(keys).values():
        for token in analyse(passage.text):
            if token.exact == (word,):
                return passage.text[token.start : token.end]
    return word
