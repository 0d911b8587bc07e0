"""All words of a question, small ones too, in a form that can be compared with the lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from coopbot.french import Token, analyse, fold
from coopbot.french.wordlists import words

_PIECE = re.compile(r"[^\W_]+")
_PLURAL = re.compile(r"(?<=...)[sx]$")
_CONTRACTED = frozenset(("s", "re", "ll", "ve", "d", "t", "m"))  # of "what's", "they're"


@dataclass(frozen=True, slots=True)
class Word:
    """`text[start:end]` and its forms to compare: several for inclusive and compound words."""

    start: int
    end: int
    forms: tuple[str, ...]
    content: bool

    @property
    def form(self) -> str:
        """The first of the forms, that of the whole word."""
        return self.forms[0]


def words_of(text: str) -> list[Word]:
    """Return the words of *text* in order. Never raises."""
    found: list[Word] = []
    position = 0
    for token in analyse(text):
        found += _small(text, position, token.start)
        if _is_small(text, token):
            found += _small(text, token.start, token.end)
        else:
            forms = tuple(dict.fromkeys(singular(form) for form in token.exact))
            end = _without_clitics(text, token)
            found.append(Word(token.start, end, forms, content=True))
            found += _small(text, end, token.end)
        position = token.end
    found += _small(text, position, len(text))
    return found


def singular(form: str) -> str:
    """Return the folded *form* without its plural; applied to both sides of a comparison."""
    return _PLURAL.sub("", form)


def _small(text: str, start: int, end: int) -> Iterator[Word]:
    for match in _PIECE.finditer(text, start, end):
        form = "où" if match.group().lower() == "où" else singular(fold(match.group()))
        if form:
            yield Word(match.start(), match.end(), (form,), content=False)


def _without_clitics(text: str, token: Token) -> int:
    """Return where the word of *token* ends: "dirige" in "dirige-t-elle"."""
    first = _PIECE.search(text, token.start, token.end)
    alone = first is not None and fold(first.group()) == token.exact[0]
    return first.end() if first is not None and alone else token.end


def _is_small(text: str, token: Token) -> bool:
    """Tell whether only English small words are in *token*: "what's" too."""
    pieces = [fold(m.group()) for m in _PIECE.finditer(text, token.start, token.end)]
    return all(piece in _english() for piece in pieces[:1]) and all(
        piece in _english() or piece in _CONTRACTED for piece in pieces[1:]
    )


@cache
def _english() -> frozenset[str]:
    return words("stop_words_en.txt")
