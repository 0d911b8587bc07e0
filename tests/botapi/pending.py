"""Queries that wait for the bot's answer: pressed buttons, inline queries, guest messages."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from tests.botapi.errors import TOO_OLD, bad
from tests.botapi.faults import Faults
from tests.botapi.markup import Button, rows
from tests.botapi.model import Account, Message
from tests.botapi.parameters import Json
from tests.botapi.state import State
from tests.botapi.text import FormattedText

Kind = Literal["callback", "inline", "guest"]
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What a person sees after pressing a button."""

    text: str
    show_alert: bool
    url: str
    cache_time: int


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One of the results a person may choose from."""

    id: str
    type: str
    title: str
    description: str
    content: FormattedText | None
    markup: Json | None
    raw: Json = field(repr=False)
    link_preview: Json | None = None

    @property
    def text(self) -> str:
        """The text of the message that choosing it sends."""
        return self.content.text if self.content else ""

    @property
    def buttons(self) -> list[Button]:
        """The buttons of that message."""
        return [button for row in rows(self.markup) for button in row]


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """What the bot answered to an inline query."""

    query: str
    results: tuple[InlineResult, ...]
    next_offset: str
    cache_time: int
    is_personal: bool
    button: Json | None


@dataclass(frozen=True, slots=True)
class GuestAnswer:
    """The message a guest bot sent into a chat."""

    message: Message
    result: InlineResult


class NoAnswer(TimeoutError):
    """The bot did not answer a query in time."""


@dataclass(eq=False)
class Pending(Generic[A]):
    """A query on its way; `wait` returns the bot's answer to it."""

    state: State
    id: str
    kind: Kind
    user: Account
    born: float
    message: Message | None = None
    query: str = ""
    answer: A | None = None
    answers: int = 0

    @property
    def is_answered(self) -> bool:
        """Whether the bot has answered."""
        return self.answer is not None

    def wait(self, timeout: float = 10.0) -> A:
        """Return the answer, waiting up to *timeout* seconds. Raises NoAnswer."""
        try:
            answer = self.state.wait(lambda: self.answer, timeout, f"an answer to {self.kind}")
        except TimeoutError as error:
            raise NoAnswer(str(error)) from None
        assert answer is not None
        return answer


class Queries:
    """All queries there were, with how long the bot may take over them."""

    def __init__(self, state: State, faults: Faults) -> None:
        self._state = state
        self._faults = faults
        self._random = random.Random(20_260_507)
        self._all: dict[str, Pending[Any]] = {}
        self.lifetimes: dict[Kind, float] = {"callback": 15.0, "inline": 10.0, "guest": 60.0}

    def add(self, kind: Kind, user: Account, message: Message | None, query: str) -> Pending[Any]:
        """Return a new query with an id like Telegram's."""
        number = str(self._random.randrange(1 << 60, 1 << 63))
        born = self._state.clock.now()
        pending: Pending[Any] = Pending(self._state, number, kind, user, born, message, query)
        self._all[number] = pending
        return pending

    def open(self, kind: Kind, given: str) -> Pending[Any]:
        """Return the query to be answered. Raises ApiError if it is unknown, old or answered."""
        found = self._all.get(given)
        if found is None or found.kind != kind:
            raise bad(TOO_OLD)
        if self._state.clock.now() - found.born > self.lifetimes[kind]:
            raise bad(TOO_OLD, expected=True)
        if found.answers:
            repeated = self._faults.fired["duplicate"] + self._faults.fired["drop_after"]
            raise bad(TOO_OLD, expected=bool(repeated))
        return found

    def answer(self, pending: Pending[Any], answer: object) -> None:
        """Give the person the answer."""
        pending.answer = answer
        pending.answers += 1
        self._state.changed.notify_all()

    @property
    def unanswered(self) -> list[Pending[Any]]:
        """The queries the bot has not answered."""
        return [pending for pending in self._all.values() if not pending.is_answered]
