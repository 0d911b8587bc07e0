"""The targets, by name: see `tests.fuzz`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast

NAMES = (
    "article",
    "callbacks",
    "chat",
    "importers",
    "lists",
    "question",
    "rendering",
    "settings",
    "sources",
)


class Target(Protocol):
    """A module of this package."""

    def check(self, data: bytes) -> None:
        """Raise when something does not hold for *data* that must."""

    def seeds(self) -> Sequence[bytes]:
        """Return inputs to begin with."""


def load(name: str) -> Target:
    """Return the target *name*; what it tests is imported with it."""
    return cast(Target, import_module(f"tests.fuzz.targets.{name}"))
