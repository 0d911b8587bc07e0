"""Fragments: "et pour une Scop ?", "en SAS ?", put where they belong in the question before."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from coopbot.french.language import guess_language
from coopbot.search.follow_up.lists import Label
from coopbot.search.follow_up.message import FORMS, STATUSES, Message
from coopbot.search.follow_up.pieces import Piece
from coopbot.search.follow_up.subject import END, Before, ask_of, preposition

# what an article makes of the preposition before it
_CONTRACTIONS = (
    (re.compile(r"\bd['’](la|les?)\b", re.IGNORECASE), r"de \1"),
    (re.compile(r"\bde (une?)\b", re.IGNORECASE), r"d'\1"),
    (re.compile(r"\bde le\b", re.IGNORECASE), "du"),
    (re.compile(r"\bde les\b", re.IGNORECASE), "des"),
    (re.compile(r"\bà le\b", re.IGNORECASE), "au"),
    (re.compile(r"\bà les\b", re.IGNORECASE), "aux"),
)


@dataclass(frozen=True, slots=True)
class _Edit:
    """Put *text* in place of what is between *start* and *end* of the question before."""

    start: int
    end: int
    text: str


def is_fragment(message: Message, before: Before) -> bool:
    """Tell whether *message* is a piece of a question that lacks the rest."""
    content = message.content
    if message.is_condition:
        return True
    if message.has("verbs") or (message.has("questions") and not _repeats(message, before)):
        return False
    if not message.opening or message.has("questions"):
        return message.begins_with_preposition and all(piece.kind for piece in content)
    if message.is_choice and any(piece.label is Label.OTHER for piece in content):
        return False
    if content[0].kind is None and any(piece.kind == STATUSES for piece in content):
        return False  # "et la révision d'une Scop ?" names its subject
    if content[0].kind is None and content[0].label is not Label.OTHER:
        return message.begins_with_preposition and not message.pieces[0].within("announcing")
    if all(piece.label is not Label.NAME and piece.label is not Label.OTHER for piece in content):
        likes = {piece.kind for piece in before.pieces if piece.is_content}
        return message.begins_with_preposition or any(piece.kind in likes for piece in content)
    return True


def _repeats(message: Message, before: Before) -> bool:
    """Tell whether *message* has the question word of before: "combien pour une Scop ?"."""
    forms = {word.form for piece in before.pieces for word in piece.words}
    return all(p.words[0].form in forms for p in message.pieces if p.within("questions"))


def complete(message: Message, before: Before) -> str | None:
    """Return the question before with *message* put into it; None when it has that already."""
    pieces = [piece for piece in message.pieces if not piece.within("questions")]
    if message.is_condition:
        return _put(before, [], message.text[pieces[0].start : pieces[-1].end])
    edits: list[_Edit] = []
    added: list[Sequence[Piece]] = []
    replaced: list[int] = []
    for part in _parts(pieces):
        name = next((piece for piece in part if piece.is_content and piece.kind), None)
        alike = _alike(before, name, part, replaced) if name else None
        if name and alike is None and _named(before, name) and name.kind == STATUSES:
            return None
        if alike is None:
            added.append(part)
        else:
            replaced.append(alike)
            edits.append(_edit(before, alike, message.text, part))
    addition = " ".join(message.text[part[0].start : part[-1].end] for part in added)
    if added and not edits and not message.begins_with_preposition:
        if not any(piece.kind in (STATUSES, FORMS) for piece in pieces):
            return ask_of(message, before)
        addition = f"{preposition(message, before)} {addition}"
    return _put(before, edits, addition)


def _parts(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Return *pieces* cut before each small word that follows a content word."""
    parts: list[list[Piece]] = []
    for piece in pieces:
        if not parts or (parts[-1][-1].is_content and not piece.is_content):
            parts.append([])
        parts[-1].append(piece)
    if len(parts) > 1 and not parts[-1][-1].is_content:
        parts.pop()
    return parts


def _named(before: Before, name: Piece) -> bool:
    """Tell whether *before* has the very name."""
    return any(p.kind == name.kind and p.words[0].form == name.words[0].form for p in before.pieces)


def _alike(
    before: Before, name: Piece, part: Sequence[Piece], replaced: Collection[int]
) -> int | None:
    """Return the position of the name in *before* that *name* takes the place of."""
    alike = [
        position
        for position, piece in enumerate(before.pieces)
        if piece.kind == name.kind and piece.is_content and position not in replaced
    ]
    if len(alike) > 1 and _named(before, name):
        return None
    alike = [i for i in alike if before.pieces[i].label is Label.NAME] or alike
    leading = _small_before(part, part.index(name))
    same = [i for i in alike if leading and _small_before(before.pieces, i) == leading]
    return (same or alike)[-1] if alike else None


def _small_before(pieces: Sequence[Piece], position: int) -> str:
    piece = pieces[position - 1] if position else None
    return piece.words[0].form if piece is not None and not piece.is_content else ""


def _edit(before: Before, position: int, text: str, part: Sequence[Piece]) -> _Edit:
    """Return the edit that puts the content of *part*, with its article, at *position*."""
    first = next(i for i, piece in enumerate(part) if piece.is_content)
    new = part[first - 1] if first and part[first - 1].within("articles") else None
    old = before.pieces[position - 1] if position else None
    start = before.pieces[position].start
    if old is not None and old.within("articles"):
        if new is not None and new.within("english_articles") == old.within("english_articles"):
            start, first = old.start, first - 1
        elif before.text[start - 1] != " ":  # "l'" suits not every name
            start = old.start
    return _Edit(start, before.pieces[position].end, text[part[first].start : part[-1].end])


def _put(before: Before, edits: Sequence[_Edit], addition: str) -> str:
    text = before.text
    for edit in sorted(edits, key=lambda e: -e.start):
        text = text[: edit.start] + edit.text + text[edit.end :]
    if edits and guess_language(text) != "en":
        for contraction, contracted in _CONTRACTIONS:
            text = contraction.sub(contracted, text)
    body = END.sub("", text)
    return f"{body} {addition}{text[len(body) :]}" if addition else text
