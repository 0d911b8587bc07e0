"""Follow-ups: "et pour une Scop ?" after "comment créer une Scic ?" asks how to create a Scop."""

from __future__ import annotations

import re

from coopbot.french import Token, analyse, stem
from coopbot.french.wordlists import words

# What a follow-up begins with, and at most how many content words it has: more make a question.
_OPENING = re.compile(r"\s*(et|ou|and|or|what about|how about|même chose)\b", re.IGNORECASE)
_MOST_WORDS = 4


def follow_up(previous: str, text: str) -> str | None:
    """Return the question that *text* asks after *previous*, None when it stands on its own.

    Names of the subject (Scic, Scop...) in the follow-up take the place of those in the previous
    question; anything else is added to it.
    """
    if not _OPENING.match(text):
        return None
    new = analyse(text)
    if not new or len(new) > _MOST_WORDS:
        return None
    addition = " ".join(text[token.start : token.end] for token in new)
    kept = previous
    if any(_is_subject(token) for token in new):
        for token in reversed(analyse(previous)):
            if _is_subject(token):
                kept = kept[: token.start] + addition + kept[token.end :]
                return kept if kept.count(addition) == 1 else previous + " " + addition
    return f"{kept.rstrip(' ?.!')} {addition}"


def _is_subject(token: Token) -> bool:
    subject = {stem(word) for word in words("domain.txt")}
    return any(s in subject for s in token.stems)
