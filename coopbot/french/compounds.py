"""Hyphens: "télé-centre" is "télécentre", "Saint-Vallier" is also "Saint Vallier"."""

from __future__ import annotations

from coopbot.french.elision import elided
from coopbot.french.folding import fold_term
from coopbot.french.wordlists import words


def split_compound(word: str) -> tuple[str, ...]:
    """Return the folded terms of *word*, whose hyphens are `-`; stop words are left in.

    A pronoun after a verb is dropped ("peut-on"); a prefix is joined ("co-working" gives
    "coworking"); any other compound gives the whole, then its parts.
    """
    written = word.split("-")
    parts = [folded for part in written if (folded := fold_term(part[elided(part) :]))]
    if "-".join(parts) not in words("compounds.txt"):
        parts = _without_clitics(parts)
    parts = _with_prefixes_joined(parts)
    if len(parts) < 2 or all(part in words("stop_words.txt") for part in parts):
        return tuple(parts)
    return ("".join(parts), *parts)


def _without_clitics(parts: list[str]) -> list[str]:
    end = len(parts)
    while end > 1 and parts[end - 1] in words("clitics.txt"):
        end -= 1
    return parts[:end]


def _with_prefixes_joined(parts: list[str]) -> list[str]:
    """Join the prefixes that *parts* begins with to what follows; elsewhere they are words."""
    while len(parts) > 1 and parts[0] in words("prefixes.txt"):
        parts = [parts[0] + parts[1], *parts[2:]]
    return parts
