"""In which language a text is written, from its small words (`languages.toml`)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from coopbot.french import fold

_LETTERS = re.compile(r"[^\W\d_]+")
_CHARACTERS = 5_000  # enough to tell
_SHARE = 0.15  # of the words; running text has a third to a half


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of the language of *text*, None when it is none of those known.

    A text of some thirty words is enough; of less, do not ask.
    """
    beginning = text[:_CHARACTERS]
    words = _LETTERS.findall(beginning)
    if not words:
        return None
    # transliterated, other scripts would have small words too
    latin = sum(word[0] < "\u0250" for word in words)
    if latin < len(words) / 2:
        return None
    folded = _LETTERS.findall(fold(beginning))
    share = {
        language: sum(word in small for word in folded) / len(folded)
        for language, small in _small_words().items()
    }
    best = max(share, key=lambda language: share[language])
    return best if share[best] >= _SHARE else None


@cache
def _small_words() -> dict[str, frozenset[str]]:
    source = files(__package__).joinpath("languages.toml").read_text(encoding="utf-8")
    return {name: frozenset(words.split()) for name, words in tomllib.loads(source).items()}
