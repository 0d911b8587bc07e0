"""From what a bot or a person wrote to the text and entities of a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tests.botapi import html, links
from tests.botapi.errors import Note, bad, bad_payload
from tests.botapi.parameters import FieldError, Fields
from tests.botapi.text import Entity, FormattedText, cleaned, is_blank, trimmed, units

MAX_TEXT = 4_096
MAX_CAPTION = 1_024
_MAX_INPUT_BYTES = 1 << 15
_MAX_ENTITIES = 100

_PRIORITIES = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "date_time": 30,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}
_SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
_QUOTES = ("blockquote", "expandable_blockquote")
_VERBATIM = ("pre", "code")
_FOUND = ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number")

_URL = re.compile(
    r"""(?<![\w/@#])(?:(?:https?|ftp|tonsite)://(?:[^\s/@<>"'«»]+@)?[\w.~-]+\.[\w~-]{2,}"""
    r"""|(?:[\w~-]+\.)+(?:com|org|net|info|coop|fr|eu|be|ch|ca|de|uk|io|me|app|dev))\b"""
    r"""(?::\d{1,5})?(?:[/?#][^\s<>"«»{}|\\^`]*)?"""
)
_PATTERNS = (
    ("email", re.compile(r"(?<![\w.@])[\w.+-]{1,64}@(?:[\w-]+\.)+[A-Za-z]{2,}\b")),
    ("url", _URL),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z0-9_]{3,32}(?!\w)")),
    (
        "bot_command",
        re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])"),
    ),
    ("hashtag", re.compile(r"(?<!\w)#(?=\w*[^\W\d_])\w{1,256}(?![\w#])")),
)


def find(text: str) -> list[Entity]:
    """Return the mentions, commands, links and the like that clients see in plain *text*."""
    found: list[Entity] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            shown = match.group()
            if kind == "url" and re.search(r"[/?#]", shown.partition("://")[2] or shown):
                shown = shown.rstrip(".:;,('?!`")
            entity = Entity(kind, units(text[: match.start()]), units(shown))
            if not any(_intersect(entity, other) for other in found):
                found.append(entity)
    return sorted(found, key=lambda e: e.offset)


def typed(text: str) -> FormattedText:
    """Return what a person's client makes of *text*."""
    plain = trimmed(cleaned(FormattedText(text)))
    return FormattedText(plain.text, tuple(find(plain.text)))


def written(
    text: str,
    parse_mode: str,
    entities: object,
    *,
    may_be_empty: bool = False,
    commands: bool = True,
) -> tuple[FormattedText, list[Note]]:
    """Return what the server makes of a bot's *text*, with notes on what it changed silently.

    Raises ApiError for markup, entities or emptiness that it refuses.
    """
    if len(text.encode("utf-8", "surrogatepass")) > _MAX_INPUT_BYTES:
        raise bad("Text is too long")
    mode = parse_mode.lower()
    notes: list[Note] = []
    if text and mode and mode != "none":
        if mode in ("markdown", "markdownv2"):
            raise bad("Loopback server does not read Markdown; use HTML")
        if mode != "html":
            raise bad("Unsupported parse_mode")
        given, notes = html.parse(text)
    else:
        given = FormattedText(text, tuple(_explicit(entities)))
    given = _checked(given)
    given = cleaned(given)
    given = FormattedText(given.text, tuple(normalised(given.entities)))
    given = trimmed(given)
    if is_blank(given.text):
        if not may_be_empty:
            raise bad("Text must be non-empty")
        return FormattedText(), notes
    kept = _limited(given.entities)
    if len(kept) < len(given.entities):
        ignored = len(given.entities) - len(kept)
        notes.append(Note(f"{ignored} entities over {_MAX_ENTITIES} ignored"))
    extra = [
        e
        for e in find(given.text)
        if (commands or e.type != "bot_command")
        and not any(_intersect(e, o) and o.type not in (*_SPLITTABLE, *_QUOTES) for o in kept)
    ]
    result = FormattedText(given.text, tuple(_ordered([*kept, *extra])))
    targets = [e.url or result.part(e) for e in result.entities if e.url or e.type == "url"]
    deep = [link for link in map(links.deep, targets) if link]
    notes += [bad_payload(payload) for _, payload in deep if not links.is_payload(payload)]
    return result, notes


def normalised(entities: Iterable[Entity]) -> list[Entity]:
    """Return the entities as the server keeps them: nothing inside code, equal ones merged."""
    kept: list[Entity] = []
    for entity in _ordered(e for e in entities if e.length):
        around = [o for o in kept if _intersect(entity, o)]
        if any(
            o.type in _VERBATIM or (o.type in _QUOTES and entity.type in _QUOTES) for o in around
        ):
            continue
        if entity.type not in (*_SPLITTABLE, *_QUOTES) and any(
            o.type not in (*_SPLITTABLE, *_QUOTES) for o in around
        ):
            continue
        _merge(kept, entity)
    for code in [e for e in kept if e.type in _VERBATIM]:
        kept = [piece for e in kept for piece in _around(e, code)]
    return _ordered(kept)


def _around(entity: Entity, code: Entity) -> list[Entity]:
    if entity.type not in _SPLITTABLE or not _intersect(entity, code):
        return [entity]
    pieces = (
        replace(entity, length=code.offset - entity.offset),
        replace(entity, offset=code.end, length=entity.end - code.end),
    )
    return [piece for piece in pieces if piece.length > 0]


def _merge(kept: list[Entity], entity: Entity) -> None:
    if entity.type in _SPLITTABLE:
        for place, other in enumerate(kept):
            if other.type == entity.type and other.offset <= entity.offset <= other.end:
                end = max(other.end, entity.end)
                kept[place] = Entity(other.type, other.offset, end - other.offset)
                return
    kept.append(entity)


def _limited(entities: Sequence[Entity]) -> list[Entity]:
    counted = [e for e in entities if e.type not in (*_SPLITTABLE, "custom_emoji")]
    counted += [e for e in entities if e.type in _SPLITTABLE]
    ignored = counted[_MAX_ENTITIES:]
    return [e for e in entities if not any(e is gone for gone in ignored)]


def _ordered(entities: Iterable[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda e: (e.offset, -e.length, _PRIORITIES.get(e.type, 50)))


def _intersect(one: Entity, other: Entity) -> bool:
    return one.offset < other.end and other.offset < one.end


def _checked(given: FormattedText) -> FormattedText:
    for entity in given.entities:
        if not 0 <= entity.offset <= 1_000_000:
            raise bad(f"Receive an entity with incorrect offset {entity.offset}")
        if not 0 <= entity.length <= 1_000_000:
            raise bad(f"Receive an entity with incorrect length {entity.length}")
    places = _places(given.text)
    for entity in given.entities:
        if entity.length and entity.offset not in places:
            if entity.offset > max(places):
                raise bad(
                    f"Entity begins after the end of the text at UTF-16 offset {entity.offset}"
                )
            raise bad(
                "Entity begins in a middle of a UTF-16 symbol at byte offset "
                f"{places[entity.offset + 1]}"
            )
        if entity.length and entity.end not in places:
            start = f"Entity beginning at UTF-16 offset {entity.offset}"
            if entity.end > max(places):
                raise bad(f"{start} ends after the end of the text at UTF-16 offset {entity.end}")
            raise bad(
                f"{start} ends in a middle of a UTF-16 symbol at byte offset "
                f"{places[entity.end + 1]}"
            )
    return given


def _places(text: str) -> dict[int, int]:
    """Return the byte offset of each code unit of *text* that begins a character."""
    places = {0: 0}
    offset = size = 0
    for char in text:
        offset += 2 if char > "\uffff" else 1
        size += len(char.encode("utf-8", "surrogatepass"))
        places[offset] = size
    return places


def _explicit(entities: object) -> list[Entity]:
    if not isinstance(entities, list):
        return []
    read = []
    for entity in entities:
        try:
            read.append(_entity(Fields(entity, "Can't parse MessageEntity: expected an Object")))
        except FieldError as error:
            raise bad(f"Can't parse MessageEntity: {error}") from None
    return [e for e in read if e is not None]


def _entity(fields: Fields) -> Entity | None:
    offset, length, kind = fields.integer("offset"), fields.integer("length"), fields.text("type")
    if kind in _FOUND or kind == "bank_card_number":
        return None
    if kind not in _PRIORITIES:
        raise FieldError("Unsupported type specified" if kind else "Type is not specified")
    if kind == "text_link":
        target = fields.text("url")
        user = links.user_id(target)
        if user is not None:
            return Entity("text_mention", offset, length, user_id=user)
        try:
            return Entity(kind, offset, length, url=links.checked(target))
        except links.LinkError as error:
            raise FieldError(f"URL '{target}' is invalid: {error}") from None
    if kind == "text_mention":
        user = Fields(fields.child("user"), "Can't parse MessageEntity: no user").integer("id")
        return Entity(kind, offset, length, user_id=user)
    if kind == "custom_emoji":
        return Entity(kind, offset, length, custom_emoji_id=str(fields.integer("custom_emoji_id")))
    if kind == "date_time":
        return Entity(kind, offset, length, unix_time=fields.integer("unix_time"))
    language = fields.text("language", "") if kind == "pre" else ""
    return Entity(kind, offset, length, language=language or None)
