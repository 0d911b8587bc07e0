"""Misspelt words of a question, and what was most probably meant.

A word is misspelt when no article has it, neither the lexicon nor a dictionary knows it, and
another one is close. Of several close ones, the nearest is taken, but a word that many articles
have, or one that goes with the rest of the question, may be a little farther.

A word that is one in another language is no slip; the name of something is one only when very close
to another word, or one edit from a name that articles have.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from coopbot.engine.protocol import Engine, Filter, LexicalView, WeightedTerm
from coopbot.french import Token, analyse, stem
from coopbot.french.folding import fold_term
from coopbot.french.wordlists import words
from coopbot.search.candidates import SHORTEST, Candidate, WordStock, other_words
from coopbot.search.dictionary import Dictionary
from coopbot.search.question import Correction, Question
from coopbot.search.slips import ADDED, ALIKE, MIDDLING, edits, is_one_slip

_MOST = 12  # words no article has: with more of them, a question is in another language, or noise
_FREQUENCY = 0.15  # what ten times as many articles are worth, in edits
_AGREEMENT = 0.4  # what going with the rest of the question, wherever it occurs, is worth
# Cost up to which a candidate is one: for a word that may be right, for short ones, for others.
_MAYBE, _SHORT, _LONG = 1.0, 1.2, 1.6
_CERTAIN = ALIKE + ADDED
_CLOSE = 0.6  # of the best, candidates whose agreement is looked at
_FEW = 5  # passages; of a word in fewer, agreement may be chance
_COMMON = 1_000  # passages; a word in more goes with everything
_FAR_RARER = 20  # times as many articles have the word that was meant
_INFINITIVE = "er"
_ENDINGS = (_INFINITIVE, "e", "ee", "es", "ees")  # folded: -er, -é, -ée, -és, -ées
_VERB = re.compile(f"(?:{'|'.join(_ENDINGS)})$")
_ARTICLES, _PASSAGES = 3, 30  # looked at for how the articles write the word


def corrections(engine: Engine, dictionary: Dictionary, question: Question) -> list[Correction]:
    """Return what was probably meant by the misspelt words of *question*, in their order."""
    stock = WordStock(engine, dictionary, question.language)
    if sum(not stock.has(word) for word in map(_only_word, question.tokens) if word) > _MOST:
        return []
    speller = _Speller(engine, question, stock)
    found: list[Correction] = []
    done = 0
    for at, token in enumerate(question.tokens):
        if token.start < done:
            continue
        correction = speller.joined(at) or speller.corrected(token)
        if correction:
            found.append(correction)
            done = correction.end
    return found


@dataclass(frozen=True, slots=True)
class _Speller:
    engine: Engine
    question: Question
    stock: WordStock

    def corrected(self, token: Token) -> Correction | None:
        word = _only_word(token)
        typed = self._typed(token)
        if len(word) < SHORTEST or not typed.isalpha():
            return None  # "we've" is no word, but no slip either
        if self.stock.has(word):
            return self._slip_of_articles(word, token)
        if self.stock.is_right(word):
            return self._inflected(word, token)
        if self.stock.is_known(word):
            return None
        rough = _SHORT if len(word) < MIDDLING else _LONG
        best = self._best(word, token, _MAYBE if self.stock.may_be_right(word) else rough)
        if best is None or (len(best.words) > 1 and self._is_name(token)):
            return None
        far = best.cost > 1 and edits(word, "".join(best.words)) > 1
        if far and self.stock.dictionary.has_nearly(word, self.question.language):
            return None  # a slip for a word that no article has
        if best.cost > _CERTAIN and self._is_name(token) and not self._is_name_for(word, best):
            return None
        return Correction(token.start, token.end, typed, self._written(best))

    def _slip_of_articles(self, word: str, token: Token) -> Correction | None:
        """Return the correction of a word that articles have, where it is a slip of theirs.

        That is when no dictionary has it, and a very close word is far more frequent. Names, which
        articles write with a capital, are left alone.
        """
        most = self.stock.exacts.documents / _FAR_RARER
        if self.stock.exacts.frequency(word) > most or self._is_name(token):
            return None
        if self.stock.is_known(word):
            return None
        best = self._best(word, token, _SHORT)
        if best is None or len(best.words) > 1 or stem(best.words[0]) == stem(word):
            return None
        other = best.words[0]
        close = best.cost <= _CERTAIN or (len(word) > MIDDLING and is_one_slip(word, other))
        if not close or self.stock.frequency(other) < _FAR_RARER * self.stock.frequency(word):
            return None
        if not all(map(str.islower, _in_articles(self.engine, word))):
            return None
        return Correction(token.start, token.end, self._typed(token), self._written(best))

    def _inflected(self, word: str, token: Token) -> Correction | None:
        """Return "déjeuner" for "déjeuné", or the other way round, where articles have only that.

        No confusion of French verbs is more frequent.
        """
        if self.question.language != "fr" or not self.stock.is_found(word):
            return None
        root = _VERB.sub("", word)
        forms = [form for e in _ENDINGS if _VERB.split(form := root + e) == [root, ""]]
        infinitive = word.endswith(_INFINITIVE)
        others = [form for form in forms if form.endswith(_INFINITIVE) != infinitive]
        frequency = self.stock.exacts.frequency
        count, other = max(((frequency(form), form) for form in others), default=(0, ""))
        if root == word or not count:
            return None
        written = self._as_written(other)
        return Correction(token.start, token.end, self._typed(token), written, bold=True)

    def _typed(self, token: Token) -> str:
        return self.question.text[token.start : token.end]

    def joined(self, at: int) -> Correction | None:
        """Return the correction of a word written as two ("co operative"), the first at *at*."""
        first, second = (*self.question.tokens[at : at + 2], None, None)[:2]
        if first is None or second is None or self.question.text[first.end : second.start].strip():
            return None
        parts = _only_word(first), _only_word(second)
        if not all(parts) or not self.stock.exacts.frequency("".join(parts)):
            return None
        if parts[0] not in words("prefixes.txt") and all(map(self.stock.is_right, parts)):
            return None
        typed = self.question.text[first.start : second.end]
        word = self._written(Candidate(("".join(parts),), 0.0))
        return Correction(first.start, second.end, typed, word)

    def _is_name(self, token: Token) -> bool:
        """Tell whether *token* is written like a name: with a capital inside the question."""
        text = self.question.text
        return token.start > 0 and text[token.start].isupper() and not text.isupper()

    def _is_name_for(self, word: str, candidate: Candidate) -> bool:
        """Tell whether the name *word* is one slip from a name in the articles: "Gesulado"."""
        other = candidate.words[0]
        return (
            len(word) > MIDDLING
            and edits(word, other) == 1
            and not any(map(str.islower, _in_articles(self.engine, other)))
        )

    def _best(self, word: str, token: Token, most: float) -> Candidate | None:
        """Return what *word* most probably stands for, at a cost of *most*."""
        near = self.stock.near(word, name=self._is_name(token))
        found = [c for c in near if c.cost <= most]
        # of two as near, "statuts" is likelier than "statut" for "statust"
        found = sorted(found, key=lambda c: (not is_one_slip(word, "".join(c.words)), c.words))
        found = sorted(found, key=self._distance)
        close = [c for c in found if self._distance(c) <= self._distance(found[0]) + _CLOSE]
        if len(close) < 2:
            return close[0] if close else None
        rest = {s for other in self.question.tokens if other is not token for s in other.stems}
        return min(close, key=lambda c: self._distance(c) - self._agreement(c, rest))

    def _distance(self, candidate: Candidate) -> float:
        """Return the cost of *candidate*, lower for frequent words; of two, the rarer counts."""
        frequency = min(self.stock.frequency(word) for word in _terms(candidate))
        return candidate.cost - _FREQUENCY * math.log10(1 + frequency)

    def _agreement(self, candidate: Candidate, rest: set[str]) -> float:
        """Return what it is worth that passages with *candidate* also have a word of *rest*."""
        terms = [[stem(word)] for word in _terms(candidate)]
        frequency = self.engine.vocabulary(LexicalView.PASSAGE).frequency(terms[-1][0])
        if not rest or not 0 < frequency <= _COMMON:
            return 0.0
        together = len(self.engine.having([*terms, sorted(rest)], LexicalView.PASSAGE))
        return _AGREEMENT * together / (frequency + _FEW)

    def _written(self, candidate: Candidate) -> str:
        """Return *candidate* as the articles write it, accents and all."""
        return candidate.joint.join(self._as_written(word) for word in candidate.words)

    def _as_written(self, word: str) -> str:
        if not self.stock.exacts.frequency(word):
            return other_words(self.question.language).get(word, word)
        if self.question.language == "en" and self.stock.dictionary.has(word, "en"):
            return word
        written = _as_written(self.engine, word)
        return (
            written.lower() if self.stock.dictionary.has(word, self.question.language) else written
        )


def _terms(candidate: Candidate) -> tuple[str, ...]:
    """Return the words of *candidate* that are searched for: an elided article is not."""
    return candidate.words[-1:] if candidate.joint == "'" else candidate.words


def _only_word(token: Token) -> str:
    """Return the folded word of *token*, "" when it has several or none of letters."""
    return token.exact[0] if len(token.exact) == 1 and token.exact[0].isalpha() else ""


def _as_written(engine: Engine, word: str) -> str:
    """Return the folded *word* as an article writes it, accents and all."""
    articles = _articles_with(engine, word)
    titles = (written.lower() for written in _in_titles(engine, articles, word))
    return next(chain(_in_passages(engine, articles, word), titles), word)


def _in_articles(engine: Engine, word: str) -> Iterator[str]:
    """Yield the folded *word* each time an article writes it, titles too."""
    articles = _articles_with(engine, word)
    return chain(_in_titles(engine, articles, word), _in_passages(engine, articles, word))


def _articles_with(engine: Engine, word: str) -> list[str]:
    hits = engine.lexical([WeightedTerm(word)], _ARTICLES, LexicalView.EXACT)
    return [hit.article for hit in hits]


def _in_titles(engine: Engine, articles: list[str], word: str) -> Iterator[str]:
    for article in engine.articles(articles).values():
        yield from _in_text(article.title, word)


def _in_passages(engine: Engine, articles: list[str], word: str) -> Iterator[str]:
    where = Filter(articles=frozenset(articles))
    hits = engine.lexical([WeightedTerm(stem(word))], _PASSAGES, LexicalView.PASSAGE, where)
    for passage in engine.passages([(hit.article, hit.passage or 0) for hit in hits]).values():
        yield from _in_text(passage.text, word)


def _in_text(text: str, word: str) -> Iterator[str]:
    for token in analyse(text):
        if fold_term(written := text[token.start : token.end]) == word:
            yield written
