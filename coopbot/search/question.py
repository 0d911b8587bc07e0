"""Reading a question: its language, its terms, and other words for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache

from coopbot.article import clean_text
from coopbot.engine.protocol import WeightedTerm
from coopbot.errors import QuestionError
from coopbot.french import Token, analyse, stem
from coopbot.french.language import guess_language
from coopbot.french.lexicon import Expansion, expansions, is_english_stop_word
from coopbot.french.wordlists import words
from coopbot.messages import Language, is_language
from coopbot.search.query_language import Query, parse

MAX_CHARACTERS = 1_000
# How much a word from the lexicon counts beside one that was asked for. An English word is not in
# the articles at all, so its translation stands for it almost fully.
SYNONYM_WEIGHT = 0.3
TRANSLATION_WEIGHT = 0.8

# colours and titles, pasted along from a terminal
_TERMINAL = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?)")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing asked about: a word, and every stem that counts as having it."""

    text: str
    stems: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A misspelt word, or several, at text[start:end] of the question, and what was meant.

    `word` is as the articles write it. When what was typed is a word too ("déjeuné" for
    "déjeuner"), which makes it `bold`, it takes its place only if nothing answers otherwise.
    """

    start: int
    end: int
    typed: str
    word: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question ready to be searched for.

    `tokens` are its content words; `stems` and `exacts` what is searched for, each once with its
    weight; `expanded` what the lexicon added, `corrected` what spelling put in place of the typed.
    """

    text: str
    language: Language
    tokens: tuple[Token, ...]
    expanded: tuple[Expansion, ...]
    corrected: tuple[Correction, ...] = ()

    @property
    def stems(self) -> tuple[WeightedTerm, ...]:
        """The stems to search for, those asked first."""
        weights = {term: 1.0 for token in self.tokens for term in token.stems}
        for expansion in self.expanded:
            weight = TRANSLATION_WEIGHT if expansion.translated else SYNONYM_WEIGHT
            for term in expansion.stems:
                weights.setdefault(term, weight)
        return tuple(WeightedTerm(term, weight) for term, weight in weights.items())

    @property
    def exacts(self) -> tuple[WeightedTerm, ...]:
        """The folded words to search for; the lexicon's inflections are left to the stems."""
        words = dict.fromkeys(word for token in self.tokens for word in token.exact)
        return tuple(WeightedTerm(word) for word in words)

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """What is asked about, word by word, with what else would do for each."""
        others: dict[int, list[str]] = {}
        for expansion in self.expanded:
            for i, token in enumerate(self.tokens):
                if expansion.covers(token):
                    others.setdefault(i, []).extend(expansion.stems)
        return tuple(
            Concept(self.text[t.start : t.end], t.stems, tuple(dict.fromkeys(others.get(i, ()))))
            for i, t in enumerate(self.tokens)
        )

    @property
    def speaks_of_cooperatives(self) -> bool:
        """Whether a word of it, or its translation, is of the subject itself."""
        asked = {term for token in self.tokens for term in token.stems}
        translated = {term for e in self.expanded if e.translated for term in e.stems}
        return not _subject().isdisjoint(asked | translated)

    @property
    def meaning(self) -> str:
        """The text for the encoder, to which "SCIC" and "Scic" are not the same."""
        return self.text.lower() if self.text.isupper() else self.text

    def without(self, positions: Collection[int]) -> Question:
        """Return the question without the words at *positions* among its tokens."""
        dropped = [token for i, token in enumerate(self.tokens) if i in positions]
        text = self.text
        for token in reversed(dropped):
            text = text[: token.start] + text[token.end :]
        shorter = _analysed(" ".join(text.split()), self.language)
        return replace(shorter, corrected=self.corrected)

    def corrected_by(self, corrections: Sequence[Correction]) -> Question:
        """Return the question with what was meant in place of what was typed."""
        text = corrected_text(self.text, corrections)
        return replace(_analysed(text, self.language), corrected=tuple(corrections))


@cache
def _subject() -> frozenset[str]:
    """Return the stems of the words that name what the articles are about."""
    return frozenset(map(stem, words("domain.txt")))


def corrected_text(text: str, corrections: Sequence[Correction]) -> str:
    """Return *text* with what was meant in place of what was typed."""
    for correction in sorted(corrections, key=lambda c: -c.start):
        text = text[: correction.start] + correction.word + text[correction.end :]
    return text


def read_question(text: str, default: Language) -> Question:
    """Return the question in *text*; in a language that cannot be told, it is in *default*.

    Raises QuestionError when it is empty, has no letter or figure, or is too long.
    """
    text = " ".join(clean_text(_TERMINAL.sub(" ", text)).split())
    if not text:
        raise QuestionError("question_empty")
    if len(text) > MAX_CHARACTERS:
        raise QuestionError("question_too_long", length=len(text), limit=MAX_CHARACTERS)
    if not _WORD.search(text):
        raise QuestionError("question_without_words", question=text)
    guessed = guess_language(text)
    language = guessed if guessed is not None and is_language(guessed) else default
    return _analysed(text, language)


def read_query(text: str, default: Language) -> tuple[Query, Question]:
    """Return how *text* is read in the query language, and the question its words ask.

    Raises what `read_question` raises.
    """
    whole = read_question(text, default)
    query = parse(whole.text)
    return query, read_question(query.words, default) if query.restricts else whole


def _analysed(text: str, language: Language) -> Question:
    english = language == "en"
    tokens = analyse(text)
    asked = tuple(t for t in tokens if not (english and is_english_stop_word(t)))
    return Question(text, language, asked, tuple(expansions(tokens, english=english)))
