"""The lists of lists.toml, read once, ready to be compared with the words of a question."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from coopbot.search.follow_up.words import Word, words_of

Phrase = tuple[str, ...]


class Label(StrEnum):
    """What a stretch of a question does in it."""

    SMALL = "small"  # a little word: article, pronoun, question word...
    NAME = "name"  # of a kind in the lists: Scop, SAS, association, Bretagne
    ASPECT = "aspect"  # of a subject: members, capital, to create
    CIRCUMSTANCE = "circumstance"  # of an action: how long, what cost, mandatory
    COMPARISON = "comparison"
    OTHER = "other"  # any other content word


@dataclass(frozen=True, slots=True)
class Entry:
    """A phrase that stands for something; *kind* is set for names, *proper* if capitalised."""

    phrase: Phrase
    label: Label
    kind: str | None = None
    proper: bool = False


@dataclass(frozen=True, slots=True)
class Lists:
    """The small words by what they do, whole phrases, and the entries by their first word."""

    small: dict[str, frozenset[Phrase]]
    entries: dict[str, tuple[Entry, ...]]

    def has(self, name: str, *words: Word) -> bool:
        """Tell whether *words*, all of them together, are in the list *name*."""
        return tuple(word.form for word in words) in self.small[name]


def phrase(text: str) -> Phrase:
    """Return *text* as it is compared: its words without case, accents, plural."""
    return tuple(word.form for word in words_of(text))


@cache
def lists() -> Lists:
    """Return the lists."""
    source = files(__package__).joinpath("lists.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    labelled = {
        Label.CIRCUMSTANCE: table.pop("circumstances"),
        Label.COMPARISON: table.pop("comparisons"),
        Label.ASPECT: table.pop("aspects"),
    }
    found = [Entry(phrase(text), label) for label, texts in labelled.items() for text in texts]
    for kind, texts in table.pop("names").items():
        found += [Entry(phrase(t), Label.NAME, kind, t[0].isupper()) for t in texts]
    by_first: dict[str, list[Entry]] = {}
    for entry in found:
        by_first.setdefault(entry.phrase[0], []).append(entry)
    small = {name: frozenset(phrase(text) for text in texts) for name, texts in table.items()}
    return Lists(small, {first: tuple(entries) for first, entries in by_first.items()})
