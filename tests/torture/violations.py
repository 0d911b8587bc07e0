"""What must hold, and how to say that it does not."""

from __future__ import annotations

from typing import Literal

Kind = Literal["lost", "duplicated", "exit code", "other"]


class Violation(AssertionError):
    """Something that must hold did not: what was lost, came twice, ended with another exit code."""

    def __init__(self, kind: Kind, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind


def expect(holds: object, kind: Kind, text: object) -> None:
    """Raise a Violation of *kind* unless it *holds*."""
    if not holds:
        raise Violation(kind, str(text))
