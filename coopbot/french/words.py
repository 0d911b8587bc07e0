"""Where the words are: numbers, and chunks that still hold apostrophes, hyphens or dots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from coopbot.french.elision import APOSTROPHES
from coopbot.french.inclusive import SEPARATORS

HYPHENS = "-‐‑"
SOFT_HYPHEN = "\u00ad"

_SPACES = " \u00a0\u202f\u2009"
_GROUPS = rf"\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?:[.,]\d+)?(?!\w)"
_DECIMAL = r"\d+[.,]\d+(?!\w|[.,]\d)"
_NUMBER = rf"(?<![\w.,])(?:{_GROUPS}|{_DECIMAL})"
_INNER = re.escape(HYPHENS + SOFT_HYPHEN + SEPARATORS)
# an apostrophe before a figure ends the chunk: "d'1 700" is an elision, then a number
_APOSTROPHE = rf"[{re.escape(APOSTROPHES)}](?!\d)"
_CHUNK = rf"[\w](?:(?:[\w{_INNER}]|{_APOSTROPHE})*[\w)])?"
WORDS = re.compile(f"(?P<number>{_NUMBER})|(?P<chunk>{_CHUNK})")


class Chunk(NamedTuple):
    """A stretch of text without inner blanks; but a number holds its blanks ("1 700")."""

    start: int
    text: str
    is_number: bool


def numbers_and_chunks(text: str) -> list[tuple[str, str]]:
    """Return what `chunks` yields as texts: ("1 700", "") for a number, ("", "l'an") for a chunk.

    Three times as fast, for whoever need not know where they are.
    """
    return WORDS.findall(text)


def chunks(text: str) -> Iterator[Chunk]:
    """Yield the chunks of *text* from left to right."""
    for match in WORDS.finditer(text):
        yield Chunk(match.start(), match.group(), match.lastgroup == "number")
