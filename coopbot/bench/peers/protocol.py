"""What the measuring knows of an engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from coopbot.bench.home import Asked, Home

TOP = 10  # passages, or articles, that every engine is asked for


class Opened(Protocol):
    """An index opened for questions."""

    def top(self, asked: Asked) -> Sequence[int]:
        """Return the numbers of the best TOP passages, best first, fewer if fewer match.

        The terms of the question are alternatives: one is enough to match.
        """
        ...

    def close(self) -> None:
        """Release files and memory."""
        ...


class Peer(Protocol):
    """An engine: how its index is made and opened."""

    def build(self, home: Home) -> dict[str, float]:
        """Make its index of the passages of *home*; return the "seconds" and figures of its own."""
        ...

    def open(self, home: Home) -> Opened:
        """Return the index of *home*, opened for questions."""
        ...

    def size(self, home: Home) -> int:
        """Return the bytes on disk of the index of *home*."""
        ...
