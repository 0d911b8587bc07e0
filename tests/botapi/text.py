"""Text as Telegram counts it: in UTF-16 code units, with entities over ranges of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

_CONTROL = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f]")
_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_BLANK = re.compile(
    "[\\s\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufffc\ufeff\xa0"
    "\U000e0000-\U000e007f]*"
)


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of formatted or special text."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    user_id: int | None = None
    unix_time: int | None = None
    date_time_format: str | None = None

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.offset + self.length

    def json(self) -> dict[str, Any]:
        """Return the MessageEntity object."""
        fields: dict[str, Any] = {"type": self.type, "offset": self.offset, "length": self.length}
        for name in ("url", "language", "custom_emoji_id", "unix_time", "date_time_format"):
            if getattr(self, name) is not None:
                fields[name] = getattr(self, name)
        if self.user_id is not None:
            fields["user"] = {"id": self.user_id, "is_bot": False, "first_name": "?"}
        return fields


@dataclass(frozen=True, slots=True)
class FormattedText:
    """Plain text with its entities."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    def part(self, entity: Entity) -> str:
        """Return the text that *entity* covers."""
        return cut(self.text, entity.offset, entity.end)


def units(text: str) -> int:
    """Return the length of *text* in UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text)


def cut(text: str, start: int, end: int) -> str:
    """Return the code units from *start* to *end*."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


def is_blank(text: str) -> bool:
    """Say whether *text* has nothing to be seen in it."""
    return _BLANK.fullmatch(text) is not None


def cleaned(formatted: FormattedText) -> FormattedText:
    """Return the text without control characters, its entities moved accordingly."""
    text = _CONTROL.sub(" ", formatted.text)
    gone = [units(text[: found.start()]) for found in _REMOVED.finditer(text)]

    def moved(offset: int) -> int:
        return offset - sum(place < offset for place in gone)

    entities = tuple(
        replace(e, offset=moved(e.offset), length=moved(e.end) - moved(e.offset))
        for e in formatted.entities
    )
    return FormattedText(_REMOVED.sub("", text), entities)


def trimmed(formatted: FormattedText) -> FormattedText:
    """Return the text without space around it; space in front stays if an entity covers it."""
    text = formatted.text.rstrip(" \n")
    end = units(text)
    kept = [replace(e, length=min(e.end, end) - e.offset) for e in formatted.entities]
    kept = [e for e in kept if e.length > 0]
    leading = len(text) - len(text.lstrip(" \n"))
    leading = min([leading, *(e.offset for e in kept)])
    moved = tuple(replace(e, offset=e.offset - leading) for e in kept)
    return FormattedText(text[leading:], moved)
