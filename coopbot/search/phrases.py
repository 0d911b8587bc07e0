"""Words in sequence, as they are written: case, accents, hyphens and apostrophes aside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from coopbot.french import Token, analyse, stem
from coopbot.french.analysis import MARKS
from coopbot.french.folding import fold_term
from coopbot.french.inclusive import SEPARATORS
from coopbot.french.sentences import sentences
from coopbot.french.words import HYPHENS

_WORD = re.compile(rf"(?:[^\W_][{MARKS}]*)+")
# What may stand for words that are not in it letter by letter: inclusive writing, compounds.
_SEVERAL_FORMS = re.compile(rf"\w[{re.escape(SEPARATORS + HYPHENS)}]+\w|[^\W\d_A-Z]E")
_PIECE = re.compile(f"[^{re.escape(HYPHENS)}]+")
_folded = lru_cache(maxsize=50_000)(fold_term)


class Place(NamedTuple):
    """A word of a text at [start:end], and the folded forms it counts as.

    Two of them for inclusive writing. `indexed` tells whether the index knows them: not stop words.
    """

    start: int
    end: int
    forms: frozenset[str]
    indexed: bool


def places(text: str) -> list[Place]:
    """Return all words of *text* in order, stop words too; "Saint-Vallier" is two."""
    found: list[Place] = []
    done = 0
    for token in analyse(text):
        found += _between(text, done, token.start)
        found += _of_token(text, token)
        done = token.end
    found += _between(text, done, len(text))
    return found


def _between(text: str, start: int, end: int) -> Iterator[Place]:
    """Yield the words that the French chain leaves out: stop words, elided ones."""
    for match in _WORD.finditer(text, start, end):
        if form := _folded(match.group()):
            yield Place(match.start(), match.end(), frozenset((form,)), indexed=False)


def _of_token(text: str, token: Token) -> Iterator[Place]:
    word = text[token.start : token.end]
    pieces = [(m.start(), m.end(), _folded(m.group())) for m in _PIECE.finditer(word)]
    # a compound has the whole among its terms, then its parts
    if len(token.exact) < 2 or "".join(form for _, _, form in pieces) != token.exact[0]:
        yield Place(token.start, token.end, frozenset(token.exact), indexed=True)
        return
    for start, end, form in pieces:
        if form:
            known = form in token.exact
            yield Place(token.start + start, token.start + end, frozenset((form,)), known)


@dataclass(frozen=True)
class Phrase:
    """The words of `text`, one after the other, as they are written."""

    text: str

    @cached_property
    def forms(self) -> tuple[frozenset[str], ...]:
        """Of each word, the folded forms that will do."""
        return tuple(place.forms for place in places(self.text))

    @cached_property
    def indexed(self) -> tuple[frozenset[str], ...]:
        """Of each word that the index knows, the folded forms that will do."""
        return tuple(place.forms for place in places(self.text) if place.indexed)

    @cached_property
    def stems(self) -> tuple[frozenset[str], ...]:
        """The stems of `indexed`."""
        return tuple(frozenset(map(stem, forms)) for forms in self.indexed)

    def span(self, text: str) -> tuple[int, int] | None:
        """Return (start, end) of the first place where *text* has the phrase."""
        there = places(text)
        length = len(self.forms)
        for first in range(len(there) - length + 1 if length else 0):
            here = there[first : first + length]
            if all(p.forms & forms for p, forms in zip(here, self.forms, strict=True)):
                return here[0].start, here[-1].end
        return None

    def is_said_in(self, text: str) -> bool:
        """Tell whether a sentence of *text* has the phrase."""
        stretches = (text[start:end] for start, end in sentences(text))
        return any(self._may_be_in(stretch) and self.span(stretch) for stretch in stretches)

    def _may_be_in(self, text: str) -> bool:
        """Tell at a third of the cost of `span` that *text* lacks a word, as most sentences do."""
        if _SEVERAL_FORMS.search(text):
            return True
        letters = fold_term(text)
        return all(any(form.replace(".", "") in letters for form in f) for f in self.forms)
