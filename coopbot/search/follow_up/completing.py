"""Which rule of the package's page a message falls under, and the question that it makes of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from coopbot.search.follow_up.fragments import complete, is_fragment
from coopbot.search.follow_up.lists import Label
from coopbot.search.follow_up.message import PLACES, STATUSES, Message, read_message
from coopbot.search.follow_up.pieces import NUMBER
from coopbot.search.follow_up.restricting import restricted
from coopbot.search.follow_up.subject import Before, ask_of, ask_of_action, read_before
from coopbot.search.query_language import parse

LONGEST = 300  # characters of a completed question
_MOST_WORDS = 12
_MOST_CONTENT = 4  # more make a question
_MOST_UNKNOWN = 2  # content words of a question whose words no list has
_POSSESSIVE_LAST = re.compile(r"\bsa(?=\W*$)")  # "et en sa ?": nothing follows it, so it is a SA
_ASPECTS = (Label.ASPECT, Label.CIRCUMSTANCE, Label.COMPARISON)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The question that a follow-up asks; of its words, those in `doubtful` may not belong."""

    question: str
    doubtful: tuple[str, ...] = ()


def follow_up(previous: str, text: str) -> FollowUp | None:
    """Return what *text* asks after *previous*, None when it stands on its own. Never raises."""
    if max(len(text), len(previous)) > LONGEST:
        return None
    before, said = (parse(unicodedata.normalize("NFC", part).strip()) for part in (previous, text))
    message = read_message(_POSSESSIVE_LAST.sub("SA", said.words))
    if len(message.words) > _MOST_WORDS:
        return None
    if message.words:
        question = _question(message, read_before(before.words))
    else:  # "et depuis:2020 ?"
        question = before.words if message.opening and said.restricts else None
    if question is None:
        return None
    question = restricted(question, before, said)
    content = [] if message.is_bare else message.content
    doubtful = [said.words[p.start : p.end] for p in content if p.label is Label.OTHER]
    return FollowUp(question, tuple(doubtful)) if len(question) <= LONGEST else None


def _question(message: Message, before: Before) -> str | None:
    if not any(piece.is_content for piece in before.pieces):
        return None
    if message.is_bare:
        return ask_of_action(message, before)
    if len(message.content) > _MOST_CONTENT or message.has("persons"):
        return None
    if not message.content and not message.is_condition:
        return None
    if is_fragment(message, before):
        return complete(message, before)
    rules = (_is_elliptic(message), _is_comparison(message, before), _refers(message, before))
    if any(rules) or _lacks_its_subject(message):
        return ask_of(message, before)
    return None


def _is_elliptic(message: Message) -> bool:
    """Tell whether *message* is a question that says of what, but not of whom."""
    content = message.content
    if content[0].label not in _ASPECTS or all(piece.kind == NUMBER for piece in content):
        return False
    named = [p for p in content if p.label not in _ASPECTS]
    if all(piece.kind == PLACES for piece in named) and _are_governed(message):
        named = []  # "en France" says where, not of what
    if any(piece.label is Label.OTHER or piece.kind == STATUSES for piece in named):
        return False
    asks = "?" in message.text or message.has("questions", "pronouns")
    begun = bool(message.opening) or message.pieces[0].within("determiners")
    if named:
        return bool(message.opening) and _are_governed(message)
    return asks or begun


def _lacks_its_subject(message: Message) -> bool:
    """Tell whether *message* asks with words no list has, of nothing: "quels motifs ?"."""
    content = message.content
    has_thing = any(
        not piece.is_content and piece.within("determiners") and following.is_content
        for piece, following in pairwise(message.pieces)
    )
    return (
        message.has("questions")
        and len(content) <= _MOST_UNKNOWN
        and all(piece.label is Label.OTHER or piece.label in _ASPECTS for piece in content)
        and not has_thing
        and not message.has("presenting")
    )


def _is_comparison(message: Message, before: Before) -> bool:
    """Tell whether *message* compares one name to what the question before was about."""
    labels = [piece.label for piece in message.content]
    if Label.COMPARISON not in labels or labels.count(Label.NAME) != 1 or Label.OTHER in labels:
        return False
    name = next(piece for piece in message.content if piece.label is Label.NAME)
    forms = {piece.words[0].form for piece in before.pieces if piece.kind == name.kind}
    return bool(forms) and name.words[0].form not in forms


def _refers(message: Message, before: Before) -> bool:
    """Tell whether *message* is of what "ça" stands for: "c'est possible avec une mairie ?"."""
    small = [piece for piece in message.pieces if not piece.is_content]
    labels = {piece.label for piece in message.content}
    if labels != {Label.CIRCUMSTANCE, Label.NAME}:
        return False
    before_kinds = {piece.kind for piece in before.pieces}
    rivals = any(p.kind == STATUSES and p.kind in before_kinds for p in message.content)
    refers = any(piece.within("demonstratives") for piece in small)
    return refers and not rivals and _are_governed(message)


def _are_governed(message: Message) -> bool:
    """Tell whether each name in *message* has a preposition before it, or before its article."""
    pieces = [piece for piece in message.pieces if not piece.within("articles")]
    return all(
        position > 0 and pieces[position - 1].within("prepositions")
        for position, piece in enumerate(pieces)
        if piece.label is Label.NAME
    )
