"""Is it a word at all? What tells a misspelt word from one that no article happens to have.

The words are those of pyspellchecker (https://github.com/barrust/pyspellchecker, MIT): some 140,000
French and 160,000 English ones, inflections among them, from film subtitles and newspapers.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import chain
from string import ascii_lowercase

from coopbot.messages import Language


def is_word(word: str, language: Language) -> bool:
    """Tell whether the folded *word* is one of *language*, accents aside.

    The first word asked for in a language takes a quarter of a second.
    """
    return word in _words(language)


def is_nearly_word(word: str, language: Language) -> bool:
    """Tell whether the folded *word* is one edit away from some word of *language*."""
    known = _words(language)
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    left_out = (a + b[1:] for a, b in cuts if b)
    exchanged = (a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1)
    others = (
        a + letter + rest for a, b in cuts for letter in ascii_lowercase for rest in (b, b[1:])
    )
    return any(other in known for other in chain(left_out, exchanged, others))


@cache
def _words(language: Language) -> frozenset[str]:
    from spellchecker import SpellChecker  # most questions are well spelt and need none of it

    known = "\n".join(SpellChecker(language).word_frequency.keys())
    plain = unicodedata.normalize("NFKD", known.replace("œ", "oe").replace("æ", "ae"))
    return frozenset(plain.encode("ascii", "ignore").decode("ascii").lower().split("\n"))
