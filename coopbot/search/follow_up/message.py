"""A message, read as one that may follow a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coopbot.search.follow_up.lists import lists
from coopbot.search.follow_up.pieces import Piece, pieces_of
from coopbot.search.follow_up.words import Word, words_of

STATUSES, FORMS, PLACES = "statuts", "formes", "lieux"
_LONGEST_PHRASE = 6  # words


@dataclass(frozen=True, slots=True)
class Message:
    """What was said: its opening, and the pieces after it."""

    text: str
    opening: tuple[Word, ...]
    words: tuple[Word, ...]
    pieces: tuple[Piece, ...]

    @property
    def content(self) -> list[Piece]:
        """The pieces that say something."""
        return [piece for piece in self.pieces if piece.is_content]

    @property
    def is_bare(self) -> bool:
        """Whether it is a question word and nothing else."""
        return lists().has("bare", *self.words)

    @property
    def is_choice(self) -> bool:
        """Whether it offers an alternative ("ou en SAS ?")."""
        return bool(self.opening) and lists().has("choices", *self.opening)

    @property
    def is_condition(self) -> bool:
        """Whether it adds a condition ("et si je suis salarié ?")."""
        return bool(self.opening) and self.pieces[0].within("conditions")

    @property
    def begins_with_preposition(self) -> bool:
        """Whether it begins with a preposition, or a question word and one: "combien pour"."""
        left = [piece for piece in self.pieces if not piece.within("questions")]
        asking = len(self.pieces) - len(left)
        return bool(left) and left[0] is self.pieces[asking] and left[0].within("prepositions")

    def has(self, *names: str) -> bool:
        """Tell whether any of its words is in one of the lists *names*."""
        return any(lists().has(name, word) for name in names for word in self.words)


def read_message(text: str) -> Message:
    """Return *text* without politeness, cut at its opening."""
    words = _without_politeness(words_of(text))
    opening = _leading(words, "openings")
    if opening and lists().has("conditions", words[opening - 1]):
        opening -= 1  # "what if": the condition begins with "if"
    rest = words[opening:]
    return Message(text, tuple(words[:opening]), tuple(rest), tuple(pieces_of(text, rest)))


def is_continuation(text: str) -> bool:
    """Tell whether *text* asks for nothing but more of the answer before. Never raises."""
    words = _without_politeness(words_of(text))
    return len(words) <= _LONGEST_PHRASE and lists().has("continuations", *words)


def says_nothing(text: str) -> bool:
    """Tell whether *text* has no content but politeness: "merci !", "et toi ?". Never raises."""
    words = _without_politeness(words_of(text))
    return not any(piece.is_content for piece in pieces_of(text, words))


def names_a_cooperative(text: str) -> bool:
    """Tell whether *text* names a kind of cooperative or of company. Never raises."""
    return any(piece.kind in (STATUSES, FORMS) for piece in pieces_of(text))


def _without_politeness(words: Sequence[Word]) -> Sequence[Word]:
    while length := _leading(words, "polite"):
        words = words[length:]
    while length := _trailing(words, "polite") or _trailing(words[1:], "closings"):
        words = words[: len(words) - length]
    return words


def _leading(words: Sequence[Word], name: str) -> int:
    """Return how many of *words*, from the first on, are the longest phrase of the list *name*."""
    longest = min(len(words), _LONGEST_PHRASE)
    return next((n for n in range(longest, 0, -1) if lists().has(name, *words[:n])), 0)


def _trailing(words: Sequence[Word], name: str) -> int:
    longest = min(len(words), _LONGEST_PHRASE)
    return next((n for n in range(longest, 0, -1) if lists().has(name, *words[-n:])), 0)
