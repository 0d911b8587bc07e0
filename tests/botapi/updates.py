"""The queue of updates, and the long poll that empties it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from tests.botapi.errors import refusal
from tests.botapi.faults import Faults
from tests.botapi.parameters import Json
from tests.botapi.state import State

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "guest_message",
    "my_chat_member",
    "chat_member",
    "message_reaction",
    "message_reaction_count",
)
_NOT_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")
_DAY = 86_400.0
_LIFETIMES = {"inline_query": 30.0, "callback_query": 150.0, "chosen_inline_result": 600.0}
OTHER_POLL = (
    "Terminated by other getUpdates request; make sure that only one bot instance is running"
)


@dataclass(slots=True)
class Update:
    """Something the bot is to be told; *key* orders what concerns the same chat or user."""

    id: int
    kind: str
    payload: Json
    expires: float
    key: str

    def json(self) -> Json:
        """Return the Update object."""
        return {"update_id": self.id, self.kind: self.payload}


class _Poll:
    def __init__(self, connection: asyncio.BaseTransport | None) -> None:
        self.connection = connection
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self.ended_by: str | None = None
        self.closed = False

    def wake(self) -> None:
        self._loop.call_soon_threadsafe(self._news.set)

    async def wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return
        self._news.clear()


class Updates:
    """What the bot has not confirmed yet."""

    def __init__(self, state: State, faults: Faults) -> None:
        self._state = state
        self._faults = faults
        self._ids = itertools.count(100_000_001)
        self._poll: _Poll | None = None
        self._twice: set[int] = set()
        self.pending: list[Update] = []
        self.listeners: list[Callable[[], None]] = []
        self.allowed = set(KINDS) - set(_NOT_BY_DEFAULT)
        self.connection: asyncio.BaseTransport | None = None

    @property
    def is_default(self) -> bool:
        """Whether the bot takes the kinds of update it gets without asking."""
        return self.allowed == set(KINDS) - set(_NOT_BY_DEFAULT)

    def allow(self, names: object) -> None:
        """Set the kinds the bot wants; an empty list means the default ones."""
        if isinstance(names, list):
            known = {name for name in names if name in KINDS}
            self.allowed = known or set(KINDS) - set(_NOT_BY_DEFAULT)

    def add(self, kind: str, payload: Json, key: str) -> Update | None:
        """Queue an update, unless the bot does not want its kind."""
        if kind not in self.allowed:
            return None
        expires = self._state.clock.now() + _LIFETIMES.get(kind, _DAY)
        update = Update(next(self._ids), kind, payload, expires, f"{kind} {key}")
        self.pending.append(update)
        if self._faults.strikes("duplicate", kind):
            self._twice.add(update.id)
        self._wake()
        return update

    def _wake(self) -> None:
        if self._poll is not None:
            self._poll.wake()
        for listener in self.listeners:
            listener()

    def confirm(self, offset: int) -> None:
        """Forget the updates before *offset*; a negative one keeps that many of the last."""
        if offset < 0:
            del self.pending[: max(0, len(self.pending) + offset)]
        self.pending = [u for u in self.pending if u.id >= offset]
        self._state.changed.notify_all()

    def ready(self) -> list[Update]:
        """Return what is pending and not too old."""
        now = self._state.clock.now()
        self.pending = [u for u in self.pending if u.expires > now]
        return self.pending

    def discard(self, update: Update) -> None:
        """Forget a delivered update."""
        if update in self.pending:
            self.pending.remove(update)
        self._state.changed.notify_all()

    def copies(self, update: Update) -> int:
        """Return how often to deliver *update* now: twice if it was fated to be."""
        if update.id in self._twice:
            self._twice.discard(update.id)
            return 2
        return 1

    def _batch(self, limit: int) -> list[Json]:
        taken = self.ready()[:limit]
        return [u.json() for u in taken for _ in range(self.copies(u))]

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Json]:
        """Return updates from *offset* on, waiting up to *timeout* seconds for the first.

        A poll that waits ends the one that was waiting before it with 409 Conflict.
        """
        with self._state.changed:
            self.confirm(offset)
            batch = self._batch(limit)
            if batch or timeout <= 0:
                return batch
            self.end_poll(OTHER_POLL)
            poll = self._poll = _Poll(self.connection)
            self._state.changed.notify_all()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        try:
            while True:
                await poll.wait(max(0.0, deadline - loop.time()))
                with self._state.changed:
                    if poll.ended_by is not None:
                        raise refusal(409, poll.ended_by, expected=True)
                    batch = self._batch(limit)
                if batch or poll.closed or loop.time() >= deadline:
                    return batch
        finally:
            if self._poll is poll:
                self._poll = None

    @property
    def is_polled(self) -> bool:
        """Whether a long poll is waiting, and its bot still there."""
        poll = self._poll
        if poll is None:
            return False
        return poll.connection is None or not poll.connection.is_closing()

    def close(self) -> None:
        """End the waiting poll with what there is."""
        with self._state.changed:
            if self._poll is not None:
                self._poll.closed = True
                self._poll.wake()

    def end_poll(self, reason: str) -> None:
        """Make the waiting poll fail with *reason*."""
        if self._poll is not None:
            self._poll.ended_by = reason
            self._poll.wake()
            self._poll = None
