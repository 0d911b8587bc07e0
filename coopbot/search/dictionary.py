"""Is it a word at all? What tells a misspelt word from one that no article happens to have.

The words are those of pyspellchecker (https://github.com/barrust/pyspellchecker, MIT): some 140,000
French and 160,000 English ones, inflections among them, from film subtitles and newspapers. Reading
them takes half a second; they are written once, folded and sorted, into a cache file, and
memory-mapped from then on.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from string import ascii_lowercase

import numpy as np
from numpy.typing import NDArray

from coopbot.arrays import AnyArray, Arrays, DamagedArrays, load, save
from coopbot.messages import LANGUAGES, Language

_LONGEST = 32  # letters; longer words are left out
_REMEMBERED = 20_000  # words: the same are asked for in question after question

_log = logging.getLogger(__name__)


class Dictionary:
    """The words of French and English, accents aside. *cache* is a folder for the cache file.

    Nothing is read before the first question.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._has = lru_cache(_REMEMBERED)(lambda word, language: self._has_any([word], language))

    def has(self, word: str, language: Language) -> bool:
        """Tell whether the folded *word* is one of *language*."""
        return self._has(word, language)

    def has_nearly(self, word: str, language: Language) -> bool:
        """Tell whether the folded *word* is one edit away from some word of *language*."""
        cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
        left_out = [a + b[1:] for a, b in cuts if b]
        exchanged = [a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1]
        others = [
            a + letter + rest for a, b in cuts for letter in ascii_lowercase for rest in (b, b[1:])
        ]
        return self._has_any([*left_out, *exchanged, *others], language)

    def _has_any(self, asked: Sequence[str], language: Language) -> bool:
        known = self._words[language]
        short = [word for word in asked if word.isascii() and len(word) <= _LONGEST]
        wanted = np.array(short, dtype=known.dtype)
        places = np.minimum(np.searchsorted(known, wanted), known.size - 1)
        return bool((known[places] == wanted).any())

    @cached_property
    def _words(self) -> Arrays:
        """The sorted words of each language, from the cache file, made first if need be."""
        from importlib.metadata import version

        path = self._cache / f"pyspellchecker-{version('pyspellchecker')}.arrays"
        try:
            return load(path)
        except FileNotFoundError:
            pass
        except DamagedArrays as error:
            _log.warning("dictionary cache damaged, made anew: %s", error)
        words: dict[str, AnyArray] = {language: _read(language) for language in LANGUAGES}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save(path, words)
        except OSError as error:
            _log.warning("dictionary cache not written, reading it takes longer: %s", error)
            return Arrays(words, {})
        return load(path)


def _read(language: Language) -> NDArray[np.bytes_]:
    """Return the words of *language*, folded and sorted."""
    from spellchecker import SpellChecker

    known = "\n".join(SpellChecker(language).word_frequency.keys())
    plain = unicodedata.normalize("NFKD", known.replace("œ", "oe").replace("æ", "ae"))
    words = set(plain.encode("ascii", "ignore").lower().split(b"\n"))
    return np.array(sorted(w for w in words if 0 < len(w) <= _LONGEST), dtype=f"S{_LONGEST}")
