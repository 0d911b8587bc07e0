"""What the question before was about: its subject ("une Scic"), its action ("créer une Scic")."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from coopbot.french.language import guess_language
from coopbot.search.follow_up.lists import Label
from coopbot.search.follow_up.message import Message
from coopbot.search.follow_up.pieces import Piece, pieces_of

END = re.compile(r"[\s?!.…]*$")
_INFINITIVE = re.compile(r"(er|ir|re)$")
_ASPECTS = (Label.ASPECT, Label.CIRCUMSTANCE, Label.COMPARISON)


@dataclass(frozen=True, slots=True)
class Before:
    """The question before."""

    text: str
    pieces: tuple[Piece, ...]

    def action(self) -> str:
        """Return what it said without question words and circumstances."""
        return self._what(lambda p: p.label not in (Label.CIRCUMSTANCE, Label.COMPARISON))

    def subject(self, without: Collection[str | None] = ()) -> str:
        """Return what it was about, without names of the kinds in *without*."""
        return self._what(
            lambda piece: piece.label not in _ASPECTS and piece.kind not in without,
        )

    def _what(self, is_kept: Callable[[Piece], bool]) -> str:
        """Return the text of the content that *is_kept*, else of all content there is."""
        wanted = _kept(self.pieces, is_kept) or _kept(self.pieces, lambda _: True)
        text = ""
        for position in wanted:
            piece = self.pieces[position]
            if text:
                adjacent = position - 1 in wanted
                previous = self.pieces[position - 1]
                text += self.text[previous.end : piece.start] if adjacent else " "
            text += self.text[piece.start : piece.end]
        return text


def read_before(text: str) -> Before:
    """Return the question before, read."""
    return Before(text, tuple(pieces_of(text)))


def ask_of(message: Message, before: Before) -> str:
    """Return the question of *message* about the subject before; of circumstances, the action."""
    content = message.content
    names = {piece.kind for piece in content if piece.label is Label.NAME}
    compared = any(piece.label is Label.COMPARISON for piece in content)
    of_action = {Label.CIRCUMSTANCE, Label.NAME}
    if message.has("questions"):
        of_action.add(Label.OTHER)
    if {piece.label for piece in content} <= of_action:
        about = before.action()
    else:
        about = before.subject(() if compared else names)
    pieces = message.pieces
    if message.opening and pieces[0].within("announcing"):
        pieces = pieces[1:]
    # "ou la trouver ?" may well be "où la trouver ?"
    start = message.opening[0].start if message.is_choice else pieces[0].start
    said = message.text[start : pieces[-1].end]
    return f"{said}{_linked(about, preposition(message, before))}{_ending(message.text)}"


def ask_of_action(message: Message, before: Before) -> str:
    """Return the question word that *message* is, asked of the action before."""
    said = message.text[message.pieces[0].start : message.pieces[-1].end]
    link = "" if len(message.words) == 1 else None
    return f"{said}{_linked(before.action(), link)}{_ending(message.text)}"


def _linked(about: str, link: str | None) -> str:
    """Return *about* as it reads after a question: behind a comma if it is only key words."""
    first = pieces_of(about)[0]
    form = first.words[0].form
    if form == "to":
        return f" {about}"
    verb = first.label is Label.ASPECT and bool(_INFINITIVE.search(form)) and link != "for"
    named = first.within("articles") or first.label is Label.NAME or about[0].isupper()
    if link is None or not (verb or named):
        return f", {about}"
    return f" {link} {about}" if link else f" {about}"


def preposition(message: Message, before: Before) -> str:
    """Return the word that joins *message* and what was before, in the language of *message*."""
    language = guess_language(message.text) or guess_language(before.text)
    return "for" if language == "en" else "pour"


def _ending(text: str) -> str:
    return text[END.search(text).start() :] if "?" in text else ""  # type: ignore[union-attr]


def _kept(pieces: Sequence[Piece], is_kept: Callable[[Piece], bool]) -> list[int]:
    """Return the positions of the content that *is_kept*, and of small words that lead to it."""
    kept: list[int] = []
    for position in range(len(pieces) - 1, -1, -1):
        piece = pieces[position]
        leads = bool(kept) and kept[-1] == position + 1
        if (piece.is_content and is_kept(piece)) or (
            leads and piece.within("determiners", "prepositions", "connectors")
        ):
            kept.append(position)
    kept.reverse()
    # at its beginning, a subject needs no more than its article
    while not _begins(pieces, kept):
        kept.pop(0)
    return kept


def _begins(pieces: Sequence[Piece], kept: Sequence[int]) -> bool:
    if len(kept) < 2 or pieces[kept[0]].is_content:
        return True
    first, second = (pieces[position] for position in kept[:2])
    article = first.within("determiners") and not first.within("connectors")
    leads = article or first.within("articles") or first.words[0].form == "to"
    return second.is_content and leads
