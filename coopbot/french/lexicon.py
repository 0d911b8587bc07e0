"""Other words for those of a question: acronyms, variants of the milieu, English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from coopbot.french.analysis import Token, analyse
from coopbot.french.stemming import stem
from coopbot.french.wordlists import lines

_ENGLISH = "en:"
# Letters at the end of an entry's word in which another form of it may differ: "créé" is "créer",
# but "collectif", of the same stem, is not "collectivité".
_ENDING = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One way to say something: as written in the list, as words, and as stems."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    english: bool


@dataclass(frozen=True, slots=True)
class Expansion:
    """`found` in a question can also be said `text`, whose stems are `stems`.

    `translated` tells that `found` is English, so that its own words cannot be expected in the
    articles. `position` and `length` say which stems of the question it covers.
    """

    found: str
    text: str
    stems: tuple[str, ...]
    translated: bool
    position: int
    length: int


def expansions(tokens: Sequence[Token], *, english: bool) -> list[Expansion]:
    """Return what the lexicon has for a question of these *tokens*, in their order.

    English entries are recognised when the question is in *english*, and only French ones are
    offered. Of several entries found at one place, the longest is taken: "social economy" is not
    also "economy".
    """
    found: list[Expansion] = []
    words = [pair for token in tokens for pair in _words(token)]
    position = 0
    while position < len(words):
        entry = _longest(words, position, english=english)
        if entry is None:
            position += 1
            continue
        for group in _groups():
            if entry in group:
                found += [
                    Expansion(
                        entry.text, m.text, m.stems, entry.english, position, len(entry.stems)
                    )
                    for m in group
                    if not m.english and m.stems != entry.stems
                ]
        position += len(entry.stems)
    return found


def _longest(words: Sequence[tuple[str, str]], position: int, *, english: bool) -> Entry | None:
    candidates = [
        entry
        for entry in _by_first_stem().get(words[position][1], ())
        if (english or not entry.english) and _begins(words, position, entry)
    ]
    return max(
        candidates,
        key=lambda e: (len(e.stems), _alike(words[position][0], e.words[0]), not e.english),
        default=None,
    )


def _alike(word: str, other: str) -> int:
    """Return how many letters *word* and *other* begin with alike."""
    both = zip(word, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))


def _begins(words: Sequence[tuple[str, str]], position: int, entry: Entry) -> bool:
    """Tell whether *words* (exact, stem) from *position* on say *entry*, inflected or not."""
    here = words[position : position + len(entry.stems)]
    return len(here) == len(entry.stems) and all(
        stem == wanted and exact.startswith(word[: max(len(word) - _ENDING, 1)])
        for (exact, stem), word, wanted in zip(here, entry.words, entry.stems, strict=True)
    )


def _words(token: Token) -> list[tuple[str, str]]:
    """Return the exact words of *token* and their stems; of words with one stem, the first."""
    by_stem: dict[str, str] = {}
    for word in token.exact:
        by_stem.setdefault(stem(word), word)
    return [(word, stemmed) for stemmed, word in by_stem.items()]


@cache
def _groups() -> tuple[tuple[Entry, ...], ...]:
    return tuple(
        tuple(_entry(text.strip()) for text in line.split("=")) for line in lines("lexicon.txt")
    )


def _entry(text: str) -> Entry:
    english = text.startswith(_ENGLISH)
    text = text.removeprefix(_ENGLISH).strip()
    words = [pair for token in analyse(text) for pair in _words(token)]
    return Entry(text, tuple(w for w, _ in words), tuple(s for _, s in words), english)


@cache
def _by_first_stem() -> dict[str, list[Entry]]:
    index: dict[str, list[Entry]] = {}
    for group in _groups():
        for entry in group:
            if entry.stems:
                index.setdefault(entry.stems[0], []).append(entry)
    return index
