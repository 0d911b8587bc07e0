"""What may have been meant by a misspelt word: other words, or two run together.

Two words run together lack an apostrophe ("dactivité") or a blank ("assembleegenerale").
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from coopbot.engine.nearby import NearbyWords, nearby_arrays
from coopbot.engine.protocol import Engine, LexicalView, Vocabulary
from coopbot.french import stem
from coopbot.french.lexicon import written_words
from coopbot.french.wordlists import words
from coopbot.messages import LANGUAGES, Language
from coopbot.search.dictionary import Dictionary
from coopbot.search.slips import MIDDLING, cost, is_one_slip, sound_alike

SHORTEST = 3  # letters of a word that is looked at; of so few, all must sound right
_EDITS = ((4, 1), (MIDDLING, 2))  # letters, and the edits looked for in so many
_COMMON = 0.05  # share of the articles that a short word must be in, unless it sounds the same
_APOSTROPHE, _BLANK = 0.4, 0.8
_PART = 4  # letters of a word run together with another
_TOGETHER = 0.1  # share of the passages of the rarer of two such words that have both
_ELIDED = ("l", "d", "j", "m", "t", "s", "c", "n", "qu")
_ARTICLES = ("le", "la", "les", "un", "une", "des", "du", "de", "au", "aux")
_ENDINGS = ("es", "s", "x", "e")  # an inflection that a dictionary may lack
_ROOT = 4  # letters of a word behind a prefix, and of a stem that tells something
_ENGLISH = ("un", "dis", "mis", "over", "under")  # prefixes
_VOWELS = tuple("aeiouyh")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may have been meant: folded `words`, with `joint` between them, at a `cost`."""

    words: tuple[str, ...]
    cost: float
    joint: str = " "


@dataclass(frozen=True, slots=True)
class WordStock:
    """The words that a question in `language` can be made of: those of the articles, and others.

    The others are those the lexicon knows, acronyms and stop words.
    """

    engine: Engine
    dictionary: Dictionary
    language: Language

    @property
    def exacts(self) -> Vocabulary:
        """The words of the articles."""
        return self.engine.vocabulary(LexicalView.EXACT)

    @property
    def stems(self) -> Vocabulary:
        """The stems of the articles."""
        return self.engine.vocabulary(LexicalView.STEM)

    def has(self, word: str) -> bool:
        """Tell whether an article has *word*, or questions use it whatever the articles."""
        return bool(self.exacts.frequency(word)) or word in other_words(self.language)

    def is_right(self, word: str) -> bool:
        """Tell whether *word* needs no correction: known, or an inflection of what is known."""
        if self.has(word) or self._is_in_dictionary(word):
            return True
        if self.language == "en" and self._is_derived(word, _ENGLISH):
            return True
        return self.is_found(word) and any(self._is_inflected(word, e) for e in _ENDINGS)

    def is_known(self, word: str) -> bool:
        """Tell whether *word* is one in any language, or questions use it."""
        if word in other_words(self.language):
            return True
        return any(self.dictionary.has(word, language) for language in LANGUAGES)

    def may_be_right(self, word: str) -> bool:
        """Tell whether *word* is found as it is, or made of a prefix and a word."""
        return self._is_derived(word, words("prefixes.txt")) or self.is_found(word)

    def _is_derived(self, word: str, prefixes: Collection[str]) -> bool:
        rests = (word.removeprefix(p) for p in prefixes if word.startswith(p))
        return any(len(rest) >= _ROOT and self._is_in_dictionary(rest) for rest in rests)

    def is_found(self, word: str) -> bool:
        """Tell whether articles have another inflection of *word*."""
        root = stem(word)
        return len(root) >= _ROOT and bool(self.stems.frequency(root))

    def _is_in_dictionary(self, word: str) -> bool:
        # English questions are full of French terms
        languages = LANGUAGES if self.language == "en" else ("fr",)
        return any(self.dictionary.has(word, language) for language in languages)

    def _is_inflected(self, word: str, ending: str) -> bool:
        root = word.removesuffix(ending)
        return root != word and (self.has(root) or self._is_in_dictionary(root))

    def frequency(self, word: str) -> int:
        """Return in how many articles *word* is, inflected or not; stop words are in all."""
        if word in words("stop_words.txt") | words("stop_words_en.txt"):
            return self.stems.documents
        return self.stems.frequency(stem(word))

    def near(self, word: str, *, name: bool = False) -> Iterator[Candidate]:
        """Yield what *word* may stand for; a *name* may stand for words of other languages."""
        yield from self._single(word, name=name)
        if self.language == "fr":
            yield from self._elided(word)
            yield from self._run_together(word)

    def _single(self, word: str, *, name: bool) -> Iterator[Candidate]:
        most = max((edits for letters, edits in _EDITS if len(word) >= letters), default=0)
        others = _nearby(self.language)
        found = {other for other, _ in self.engine.similar(word, most)}
        found |= {*others.within(word, most), *others.sounding_like(word)}
        for other in found - {word}:
            ours = name or self._is_of_language(other)
            if other.isalpha() and ours and self._can_stand_for(word, other):
                yield Candidate((other,), cost(word, other))

    def _can_stand_for(self, word: str, other: str) -> bool:
        """Tell whether *other* may be meant by *word*: of short words there are too many near."""
        if len(word) <= SHORTEST:
            return other in _small_words(self.language) and sound_alike(word, other)
        if len(word) >= MIDDLING or sound_alike(word, other):
            return True
        common = self.frequency(other) >= _COMMON * self.exacts.documents
        return common and is_one_slip(word, other)

    def _elided(self, word: str) -> Iterator[Candidate]:
        for elided in _ELIDED:
            rest = word.removeprefix(elided)
            if rest != word and rest.startswith(_VOWELS) and self._is_part(rest):
                yield Candidate((elided, rest), _APOSTROPHE, "'")

    def _is_part(self, word: str) -> bool:
        if word in words("stop_words.txt"):
            return len(word) > 1
        known = self.has(word) and self._is_of_language(word)
        return len(word) >= _PART and (known or self.dictionary.has(word, self.language))

    def _run_together(self, word: str) -> Iterator[Candidate]:
        for article in _ARTICLES:
            rest = word.removeprefix(article)
            common = self.frequency(rest) >= _COMMON * self.exacts.documents
            if rest != word and len(rest) >= _PART and self.has(rest) and common:
                yield Candidate((article, rest), _BLANK)
        for at in range(_PART, len(word) - _PART + 1):
            parts = word[:at], word[at:]
            if all(map(self.exacts.frequency, parts)) and self._go_together(parts):
                yield Candidate(parts, _BLANK)

    def _go_together(self, parts: tuple[str, str]) -> bool:
        passages = self.engine.vocabulary(LexicalView.PASSAGE)
        stems = [stem(part) for part in parts]
        rarer = min(map(passages.frequency, stems))
        both = self.engine.having([[term] for term in stems], LexicalView.PASSAGE)
        return bool(both) and len(both) >= _TOGETHER * rarer

    def _is_of_language(self, word: str) -> bool:
        if word in _own_words(self.language) or self.dictionary.has(word, self.language):
            return True
        return self.language == "fr" and not self.dictionary.has(word, "en")


@cache
def other_words(language: Language) -> Mapping[str, str]:
    """Return words that questions in *language* use, whatever the articles: folded, and written."""
    plain = {word: word for word in _small_words(language)}
    french = written_words(english=False)
    return {**plain, **french, **(written_words(english=True) if language == "en" else {})}


@cache
def _own_words(language: Language) -> Collection[str]:
    """Return those of `other_words` that may be meant: no French word by an English one."""
    return {*_small_words(language), *written_words(english=language == "en")}


@cache
def _small_words(language: Language) -> frozenset[str]:
    """Return the stop words of *language*, the acronyms, and the words of the milieu."""
    stop = words("stop_words.txt" if language == "fr" else "stop_words_en.txt")
    long = {word for word in stop if len(word) > SHORTEST}  # nobody means "ces" by "céer"
    known = long | words("protected.txt") | words("domain.txt")
    return frozenset(word for word in known if word.isalpha())


@cache
def _nearby(language: Language) -> NearbyWords:
    return NearbyWords(nearby_arrays(sorted(other_words(language))))
