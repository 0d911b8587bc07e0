"""Apostrophes: "l'association" is "association", "aujourd'hui" is one word."""

from __future__ import annotations

import re

from coopbot.french.folding import fold
from coopbot.french.wordlists import words

APOSTROPHES = "'’ʼ′`‘"

_ELISION = re.compile(rf"([^\W\d_]{{1,6}})[{re.escape(APOSTROPHES)}]+(?=\w)")


def elided(word: str) -> int:
    """Return how many characters of elision *word* begins with: 2 for "l'association".

    Several in a row count together ("qu'aujourd'hui": 3); other apostrophes do not.
    """
    position = 0
    while (match := _ELISION.match(word, position)) and fold(match[1]) in words("elisions.txt"):
        position = match.end()
    return position
