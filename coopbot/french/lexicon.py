"""Other words for those of a question: acronyms, variants of the milieu, English."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from coopbot.french.analysis import Token, analyse
from coopbot.french.folding import fold
from coopbot.french.stemming import stem
from coopbot.french.wordlists import lines
from coopbot.french.wordlists import words as wordlist

_ENGLISH = "en:"
# Letters at the end of an entry's word in which another form of it may differ: "créé" is "créer",
# but "collectif", of the same stem, is not "collectivité".
_ENDING = 2
_KEY = 3
_PIECES = re.compile(r"[a-z0-9]+")
_JOINTS = re.compile(r"[-.'’·]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One way to say something: as written in the list, as words, and as stems."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    english: bool


@dataclass(frozen=True, slots=True)
class Expansion:
    """`found`, at text[start:end] of a question, can also be said `text`, with the stems `stems`.

    `translated` tells that `found` is English, so that its own words cannot be expected in the
    articles.
    """

    found: str
    text: str
    stems: tuple[str, ...]
    translated: bool
    start: int
    end: int

    def covers(self, token: Token) -> bool:
        """Tell whether *token*, of the same text, is among the words found."""
        return self.start <= token.start and token.end <= self.end


_Group = tuple[Entry, ...]


class _Word(NamedTuple):
    """A word of a question: its exact form, its stem, where it stands, and whether it is empty."""

    exact: str
    stem: str
    start: int
    end: int
    empty: bool


def expansions(tokens: Sequence[Token], *, english: bool) -> list[Expansion]:
    """Return what the lexicon has for a question of these *tokens*, in their order.

    English entries are recognised when the question is in *english*, and only French ones are
    offered; English stop words that an entry does not have may stand between its words. Of several
    entries found at one place, the longest is taken: "social economy" is not also "economy".
    """
    found: list[Expansion] = []
    words = [
        _Word(exact, stemmed, token.start, token.end, english and is_english_stop_word(token))
        for token in tokens
        for exact, stemmed in _pairs(token)
    ]
    position = 0
    while position < len(words):
        entry, after = _longest(words, position, english=english)
        if entry is None:
            position += 1
            continue
        start, end = words[position].start, words[after - 1].end
        found += [
            Expansion(entry.text, other.text, other.stems, entry.english, start, end)
            for group in _groups_of(entry)
            for other in group
            if not other.english and other.stems != entry.stems
        ]
        position = after
    return found


def is_english_stop_word(token: Token) -> bool:
    """Tell whether an English question is asked no differently without *token*."""
    return all(word in wordlist("stop_words_en.txt") for word in token.exact)


def written_words(*, english: bool) -> Mapping[str, str]:
    """Return the words of the English or of the French entries: folded, and as they are written."""
    entries = (entry for group in _groups() for entry in group if entry.english == english)
    return {
        token.exact[0]: entry.text[token.start : token.end]
        for entry in entries
        for token in analyse(entry.text)
        if len(token.exact) == 1
    }


def _longest(words: Sequence[_Word], position: int, *, english: bool) -> tuple[Entry | None, int]:
    """Return the longest entry that begins at *position*, and where the words after it begin."""
    candidates = [
        (entry, after)
        for entry in _beginning_with(words[position])
        if english or not entry.english
        if (after := _after(words, position, entry)) is not None
    ]
    return max(
        candidates,
        key=lambda c: (
            len(c[0].stems),
            _alike(words[position].exact, c[0].words[0]),
            not c[0].english,
        ),
        default=(None, position),
    )


def _alike(word: str, other: str) -> int:
    """Return how many letters *word* and *other* begin with alike."""
    both = zip(word, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))


def _after(words: Sequence[_Word], position: int, entry: Entry) -> int | None:
    """Return where *words* go on if they say *entry* from *position* on, inflected or not."""
    for number, (wanted, stemmed) in enumerate(zip(entry.words, entry.stems, strict=True)):
        while number and position < len(words) and words[position].empty:
            if _says(words[position], wanted, stemmed):
                break
            position += 1
        if position == len(words) or not _says(words[position], wanted, stemmed):
            return None
        position += 1
    return position


def _says(word: _Word, wanted: str, stemmed: str) -> bool:
    return word.stem == stemmed and word.exact.startswith(wanted[: max(len(wanted) - _ENDING, 1)])


def _pairs(token: Token) -> list[tuple[str, str]]:
    """Return the exact words of *token* and their stems; of words with one stem, the first."""
    by_stem: dict[str, str] = {}
    for word in token.exact:
        by_stem.setdefault(stem(word), word)
    return [(word, stemmed) for stemmed, word in by_stem.items()]


def _groups() -> Iterator[_Group]:
    return (_group(number) for number in range(len(_lines())))


def _groups_of(entry: Entry) -> Sequence[_Group]:
    return _entries(_key(entry.words[0]))[entry.stems[0]][entry]


def _beginning_with(word: _Word) -> Iterable[Entry]:
    """Return the entries whose first word has the stem of *word*."""
    return _entries(_key(word.exact)).get(word.stem, ())


# Analysing all 6,000 entries takes a fifth of a second, the few that a question may have none: a
# line is analysed when a word of the question begins like one of its own.


@cache
def _entries(key: str) -> Mapping[str, Mapping[Entry, Sequence[_Group]]]:
    """Return, by the stem of its first word, each entry near *key* with the groups it is in."""
    found: dict[str, dict[Entry, list[_Group]]] = {}
    for group in _groups_near(key):
        for entry in dict.fromkeys(group):
            if entry.stems:
                found.setdefault(entry.stems[0], {}).setdefault(entry, []).append(group)
    return found


@cache
def _groups_near(key: str) -> tuple[_Group, ...]:
    """Return the groups in which a word begins with *key*, and some others."""
    return tuple(_group(number) for number in _lines_by_key().get(key, ()))


@cache
def _lines() -> tuple[str, ...]:
    return (*lines("lexicon.txt"), *lines("lexicon_en.txt"))


@cache
def _group(number: int) -> _Group:
    return tuple(_entry(text.strip()) for text in _lines()[number].split("="))


@cache
def _lines_by_key() -> Mapping[str, list[int]]:
    by_key: dict[str, list[int]] = {}
    for number, line in enumerate(_lines()):
        plain = fold(line)
        # "co-op" and "S.C.I.C." are one word each, or several
        written = (*_PIECES.findall(plain), *_PIECES.findall(_JOINTS.sub("", plain)))
        for key in {_key(word) for word in written}:
            by_key.setdefault(key, []).append(number)
    return by_key


def _key(word: str) -> str:
    """Return by what words of one stem are found: their first letters are the same."""
    return word[:_KEY]


def _entry(text: str) -> Entry:
    english = text.startswith(_ENGLISH)
    text = text.removeprefix(_ENGLISH).strip()
    words = [pair for token in analyse(text) for pair in _pairs(token)]
    return Entry(text, tuple(w for w, _ in words), tuple(s for _, s in words), english)
