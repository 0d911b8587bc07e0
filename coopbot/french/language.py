"""In which language a question is asked, from its small words."""

from __future__ import annotations

import re

from coopbot.french.folding import fold
from coopbot.french.wordlists import words

_WORD = re.compile(r"[a-z]+")
_ACCENTED = re.compile(r"[àâçéèêëîïôùûœ]", re.IGNORECASE)


def guess_language(text: str) -> str | None:
    """Return "fr" or "en" when the small words or accents of *text* tell, else None ("scic")."""
    found = _WORD.findall(fold(text))
    french, english = words("stop_words.txt"), words("stop_words_en.txt")
    in_french = sum(w in french and w not in english for w in found)
    in_english = sum(w in english and w not in french for w in found)
    if _ACCENTED.search(text):
        in_french += 1
    if in_french == in_english:
        return None
    return "fr" if in_french > in_english else "en"
