"""Other words for those of a question: acronyms, variants of the milieu, English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from coopbot.french.analysis import stem_terms
from coopbot.french.wordlists import lines

_ENGLISH = "en:"


@dataclass(frozen=True, slots=True)
class Entry:
    """One way to say something: as written in the list, and as stems."""

    text: str
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


def expansions(stems: Sequence[str], *, english: bool) -> list[Expansion]:
    """Return what the lexicon has for a question of these *stems*, in their order.

    English entries are recognised when the question is in *english*, and only French ones are
    offered. Of several entries found at one place, the longest is taken: "social economy" is not
    also "economy".
    """
    found: list[Expansion] = []
    position = 0
    while position < len(stems):
        entry = _longest(stems, position, english=english)
        if entry is None:
            position += 1
            continue
        for group in _groups():
            if any(member.stems == entry.stems for member in group):
                found += [
                    Expansion(
                        entry.text, m.text, m.stems, entry.english, position, len(entry.stems)
                    )
                    for m in group
                    if not m.english and m.stems != entry.stems
                ]
        position += len(entry.stems)
    return found


def _longest(stems: Sequence[str], position: int, *, english: bool) -> Entry | None:
    candidates = [
        entry
        for entry in _by_first_stem().get(stems[position], ())
        if tuple(stems[position : position + len(entry.stems)]) == entry.stems
        and (english or not entry.english)
    ]
    return max(candidates, key=lambda e: (len(e.stems), not e.english), default=None)


@cache
def _groups() -> tuple[tuple[Entry, ...], ...]:
    return tuple(
        tuple(_entry(text.strip()) for text in line.split("=")) for line in lines("lexicon.txt")
    )


def _entry(text: str) -> Entry:
    english = text.startswith(_ENGLISH)
    text = text.removeprefix(_ENGLISH).strip()
    return Entry(text, tuple(stem_terms(text)), english)


@cache
def _by_first_stem() -> dict[str, list[Entry]]:
    index: dict[str, list[Entry]] = {}
    for group in _groups():
        for entry in group:
            if entry.stems:
                index.setdefault(entry.stems[0], []).append(entry)
    return index
