"""How easily a text is read: the Flesch score, from 100, very easy, down to 30, for scholars.

    French   207     - 1.015 x words per sentence - 73.6 x syllables per word (Kandel, Moles 1958)
    English  206.835 - 1.015 x words per sentence - 84.6 x syllables per word (Flesch 1948)

Syllables are those between which pyphen, the hyphenation of LibreOffice, would break a word: a few
less than are spoken, alike for all texts.
"""

from __future__ import annotations

import re
from functools import cache

import pyphen

_MARKUP = re.compile(r"^#+ .*$|^\s*(?:[-*]|\d+\.)\s+|\*\*|\[([^\]]*)\]\([^)]*\)", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_SENTENCE_END = re.compile(r"[.?!…;:]+(?=\s|$)|\n+")
_FORMULA = {"fr": (207.0, 1.015, 73.6), "en": (206.835, 1.015, 84.6)}


def prose(markdown: str) -> str:
    """Return *markdown* without its headings, and with the words of its links only."""
    return _MARKUP.sub(lambda match: match[1] or "", markdown)


def reading_ease(markdown: str, language: str) -> float:
    """Return the Flesch score of *markdown* for *language*, "fr" or "en"."""
    sentences = [_WORD.findall(part) for part in _SENTENCE_END.split(prose(markdown))]
    sentences = [words for words in sentences if words]
    words = [word.lower() for sentence in sentences for word in sentence]
    syllables = sum(len(_hyphenation(language).positions(word)) + 1 for word in words)
    base, per_word, per_syllable = _FORMULA[language]
    return base - per_word * len(words) / len(sentences) - per_syllable * syllables / len(words)


@cache
def _hyphenation(language: str) -> pyphen.Pyphen:
    return pyphen.Pyphen(lang=language)
