"""Text to sentences, with their places."""

from __future__ import annotations

import re

from coopbot.french.folding import fold
from coopbot.french.wordlists import words

# A sentence ends with . ! ? … (and closing quotes) before a blank and a capital, figure or opening.
_END = re.compile(r"[.!?…]+[\"»”’)\]\u00a0\u202f]*(?=\s+[\"«“(\[]*\s*[\wÀ-ÝŒ])|\n+")
_LAST_WORD = re.compile(r"([^\W\d_]+|\d+)\.$")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of the sentences of *text*, without surrounding blanks.

    A line break ends a sentence: list items and paragraphs stand on lines of their own. An
    abbreviation ("art. 16", "M. Nicaise") and the number of a list item ("1. Écrivez") do not.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if "\n" not in match.group() and _is_abbreviation(text, start, match.end()):
            continue
        _append(spans, text, start, match.end())
        start = match.end()
    _append(spans, text, start, len(text))
    return spans


def _is_abbreviation(text: str, start: int, end: int) -> bool:
    following = text[end:].lstrip()[:1]
    if text[end - 1] == "." and following.islower():
        return True
    sentence = text[start:end].rstrip('"»”’)] \u00a0')
    # behind the last blank, where it is: searching the whole sentence takes 20 times as long
    word = _LAST_WORD.search(sentence, sentence.rfind(" ") + 1)
    if word is None:
        return False
    last = word[1]
    if last.isdigit():
        return text[start:end].strip() == f"{last}."
    return (len(last) == 1 and last.isupper()) or fold(last) in words("abbreviations.txt")


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    stretch = text[start:end]
    left = len(stretch) - len(stretch.lstrip())
    if stretch.strip():
        spans.append((start + left, start + left + len(stretch.strip())))
