"""Case and accents away: the form in which words are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from unidecode import unidecode

_SURROGATES = re.compile(r"[\ud800-\udfff]")  # halves of characters, in broken input only
_NOT_TERM = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Return *text* in lower case ASCII: "Œuvre" and "œuvre" give "oeuvre", "Été" gives "ete".

    Idempotent. Never raises. Transliteration is Unidecode's, after Unicode NFC.
    """
    return without_accents(text).lower()


def without_accents(text: str) -> str:
    """Return *text* in ASCII, its case kept: "Œuvre" gives "OEuvre". Never raises."""
    if text.isascii():
        return text
    plain = text.translate(_latin())
    if plain.isascii():
        return plain
    return unidecode(unicodedata.normalize("NFC", _SURROGATES.sub("", text)))


@cache
def _latin() -> dict[int, str]:
    """Return what Unidecode makes of Latin letters, which NFC leaves alone: looked up at once."""
    return {code: unidecode(chr(code)) for code in range(0x80, 0x250)}


def fold_term(word: str) -> str:
    """Return *word* folded and reduced to letters and digits: the form of an exact term."""
    return _NOT_TERM.sub("", fold(word))
