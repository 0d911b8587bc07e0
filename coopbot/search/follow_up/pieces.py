"""A question cut into pieces, each with what it does in the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coopbot.french.language import guess_language
from coopbot.search.follow_up.lists import Entry, Label, lists
from coopbot.search.follow_up.words import Word, words_of

PROPER = "proper"  # the kind of capitalised words that no list has: Ceralep
NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Piece:
    """One or more words with one task; *kind* for what can take another's place."""

    words: tuple[Word, ...]
    label: Label
    kind: str | None = None

    @property
    def start(self) -> int:
        """Where it starts in the text."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.words[-1].end

    @property
    def is_content(self) -> bool:
        """Whether it says something of its own."""
        return self.label is not Label.SMALL

    def within(self, *names: str) -> bool:
        """Tell whether it is a small word of one of the lists *names*."""
        known = lists()
        return not self.is_content and any(known.has(name, *self.words) for name in names)


def pieces_of(text: str, words: Sequence[Word] | None = None) -> list[Piece]:
    """Return the pieces of *text*, or of those *words* of it. Never raises."""
    words = words_of(text) if words is None else words
    english = guess_language(text) == "en"
    found: list[Piece] = []
    position = 0
    while position < len(words):
        entries = _entries(words, position)
        # an adjective follows its noun in French, and precedes it in English
        noun = position + len(entries[0].phrase) if english and entries else position - 1
        if 0 <= noun < len(words) and words[noun].content:
            entries = [entry for entry in entries if not _is_adjective(entry)]
        found.append(_piece(text, words, position, entries))
        position += len(found[-1].words)
    return found


def _is_adjective(entry: Entry) -> bool:
    """Tell whether *entry*, beside a content word, is its adjective: "révision coopérative"."""
    return entry.label is Label.NAME and not entry.proper and len(entry.phrase) == 1


def _entries(words: Sequence[Word], position: int) -> list[Entry]:
    """Return the longest entries that begin at *position*."""
    known = lists().entries
    matching = [
        entry
        for form in words[position].forms
        for entry in known.get(form, ())
        if _matches(words[position : position + len(entry.phrase)], entry)
        # "SA" is a form of company, "sa" is not
        and (words[position].content or entry.label is not Label.NAME or len(entry.phrase) > 1)
    ]
    longest = max((len(entry.phrase) for entry in matching), default=0)
    return [entry for entry in matching if len(entry.phrase) == longest]


def _matches(words: Sequence[Word], entry: Entry) -> bool:
    return len(words) == len(entry.phrase) and all(
        form in word.forms for word, form in zip(words, entry.phrase, strict=True)
    )


def _piece(text: str, words: Sequence[Word], position: int, entries: Sequence[Entry]) -> Piece:
    """Return the piece at *position*; an aspect may have a kind too: salarié."""
    word = words[position]
    if entries:
        labels = [entry.label for entry in entries if entry.label is not Label.NAME]
        kinds = [entry.kind for entry in entries if entry.kind]
        covered = tuple(words[position : position + len(entries[0].phrase)])
        label = labels[0] if labels else Label.NAME
        return Piece(covered, label, kinds[0] if kinds else None)
    if word.form.isdigit():
        return Piece((word,), Label.CIRCUMSTANCE, NUMBER)
    if word.content:
        proper = text[word.start].isupper() and bool(text[: word.start].strip())
        return Piece((word,), Label.OTHER, PROPER if proper else None)
    return Piece((word,), Label.SMALL)
