"""Bytes to texts and records, so that a change of a byte changes a little of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

# What has broken programs that show the texts of others.
HOSTILE = (
    *(
        "<b>",
        "</b>",
        "<a href='javascript:alert(1)'>",
        "<script>",
        "&",
        "&amp;lt;b&amp;gt;",
        "&#x3c;",
    ),
    *(
        "]]>",
        "<!--",
        '"',
        "'",
        "`",
        "[red]",
        "[/]",
        "{x}",
        "%s",
        "\\",
        "*",
        "_",
        "|",
        "\0",
        "\x1b[31m",
    ),
    *(
        "\u202e",
        "\u2066",
        "\u200f",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\u00ad",
        "\u2028",
        "\ud83d",
        "\udc00",
    ),
    *(
        "e\u0301",
        "\u0301" * 30,
        "👩\u200d🌾",
        "𝒮",
        "ﷺ",
        "İ",
        "ß",
        "œ",
        "\u00a0",
        "\r\n",
        "\n",
        "\t",
    ),
    *(
        "a" * 300,
        "mot " * 100,
        "javascript:alert(1)",
        "data:text/html,x",
        "https://x.example/?a=1&b=2",
    ),
)


def text_of(data: bytes) -> str:
    """Return *data* as text; what is no UTF-8 becomes halves of characters."""
    return data.decode("utf-8", "surrogateescape")


class Draw:
    """Takes what it is asked for from the front of *data*; when that is used up, zeros follow."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def number(self, most: int) -> int:
        """Return a number from 0 to *most*."""
        taken, self._data = self._data[:2], self._data[2:]
        return int.from_bytes(taken, "little") % (most + 1)

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of *choices*."""
        return choices[self.number(len(choices) - 1)]

    def text(self, most: int = 60) -> str:
        """Return a text: letters as they are in the data, and hostile pieces."""
        parts = []
        for _ in range(self.number(4)):
            if self.number(1):
                parts.append(self.one_of(HOSTILE))
            else:
                length = self.number(most)
                taken, self._data = self._data[:length], self._data[length:]
                parts.append(text_of(taken))
        return "".join(parts)

    def texts(self, most: int) -> tuple[str, ...]:
        """Return at most *most* texts."""
        return tuple(self.text() for _ in range(self.number(most)))


def calls_of(function: Callable[[], T]) -> tuple[T, int]:
    """Return what *function* gives, and how many calls of Python functions it took.

    That is its work, the same on any machine.
    """
    count = 0

    def note(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(note)
    try:
        return function(), count
    finally:
        sys.setprofile(None)
