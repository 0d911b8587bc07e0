"""The plain text lists of this folder, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def lines(name: str) -> tuple[str, ...]:
    """Return the lines of the list *name*, without comments (`# …`) and blank lines."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    stripped = (line.strip() for line in text.splitlines() if not line.startswith("#"))
    return tuple(line for line in stripped if line)


@cache
def words(name: str) -> frozenset[str]:
    """Return the words of the list *name*; a line may hold several, separated by spaces."""
    return frozenset(word for line in lines(name) for word in line.split())
