"""Which function answers which method, and what such functions work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.botapi.errors import Note
from tests.botapi.faults import Faults
from tests.botapi.limits import Limits
from tests.botapi.parameters import Parameters
from tests.botapi.state import State
from tests.botapi.updates import Updates

if TYPE_CHECKING:
    from tests.botapi.pending import Queries


@dataclass
class Context:
    """The parts of the server that answering a call may need."""

    state: State
    updates: Updates
    faults: Faults
    limits: Limits
    queries: Queries
    profile: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    actions: list[tuple[int, int | None, str]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


Handler = Callable[[Context, Parameters], Any]
HANDLERS: dict[str, tuple[str, Handler]] = {}


def method(name: str) -> Callable[[Handler], Handler]:
    """Register the function as the one that answers *name*."""

    def register(handler: Handler) -> Handler:
        HANDLERS[name.lower()] = (name, handler)
        return handler

    return register
