"""What the buttons carry: up to 64 bytes, here a verb and its arguments, set apart by colons."""

from __future__ import annotations

from typing import NamedTuple

MAX_BYTES = 64
_MAX_DIGITS = 19  # what SQLite can hold


class Callback(NamedTuple):
    """A button pressed: `more` with arguments ("token", "3")."""

    verb: str
    arguments: tuple[str, ...]

    def number(self, position: int) -> int:
        """Return the argument at *position* as a number, -1 when it is none."""
        text = self.arguments[position] if position < len(self.arguments) else ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < _MAX_DIGITS else -1

    def text(self, position: int) -> str:
        """Return the argument at *position*, "" when there is none."""
        return self.arguments[position] if position < len(self.arguments) else ""


def pack(verb: str, *arguments: object) -> str:
    """Return callback data; raises ValueError when it would be too long for Telegram."""
    data = ":".join([verb, *map(str, arguments)])
    if len(data.encode()) > MAX_BYTES:
        raise ValueError(data)
    return data


def unpack(data: str) -> Callback:
    """Return what `pack` packed; anything is accepted, buttons can be forged."""
    verb, *arguments = data.split(":")
    return Callback(verb, tuple(arguments))
