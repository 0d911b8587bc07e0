"""Texts of others as they may stand in an article's front matter: see the limits of its parser."""

from __future__ import annotations

import re

from coopbot.article import clean_text

LONGEST = 300  # characters of a title, a name
LONGEST_ADDRESS = 4_000
_MOST_BRACKETS = 20


def field_line(text: str | None) -> str | None:
    """Return *text* on a line that can be written and read back; None when nothing is left."""
    line = one_line(text, LONGEST)
    if line and line.count("[") + line.count("{") > _MOST_BRACKETS:
        return one_line(re.sub(r"[\[{]", " ", line), LONGEST)
    return line


def one_line(text: str | None, most: int) -> str | None:
    """Return *text* with single spaces, at most *most* characters; None when nothing is left."""
    line = re.sub(r"[ \t\n]+", " ", clean_text(text or "")[: 4 * most]).strip()
    if len(line) > most:
        line = line[:most].rsplit(" ", 1)[0] + "…"
    return line or None
