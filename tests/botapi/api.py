"""One call from its parameters to its answer, with what is remembered of it."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.botapi import files, messages, profile, queries
from tests.botapi.clock import Clock
from tests.botapi.errors import ApiError, bad, refusal
from tests.botapi.faults import Faults
from tests.botapi.limits import Limits
from tests.botapi.model import Bot
from tests.botapi.parameters import FieldError, Json, Parameters
from tests.botapi.pending import Queries
from tests.botapi.registry import HANDLERS, Context
from tests.botapi.state import State
from tests.botapi.updates import Updates
from tests.botapi.webhook import Webhook

LOADED = (files, messages, profile, queries)
_POLLING = "getUpdates"
_WEBHOOK_IS_ON = (
    "Can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
    "first"
)
_PROBES = ("Bad Request: message to edit not found", "Bad Request: message can't be edited")
Outcome = Literal["pending", "ok", "refused", "lost", "bad_gateway", "dropped"]


@dataclass(eq=False)
class Call:
    """A call of the bot: lost if it was carried out but the bot never heard of it."""

    number: int
    method: str
    parameters: Json
    time: float
    outcome: Outcome = "pending"
    result: Any = field(default=None, repr=False)
    error: str | None = None
    duration: float = 0.0


@dataclass(frozen=True, slots=True)
class Violation:
    """What a bot may not do, and did."""

    method: str
    parameters: Json
    error: str


class Api:
    """Answers calls, and remembers each."""

    def __init__(self, bot: Bot, clock: Clock, faults: Faults) -> None:
        self.state = State(bot, clock)
        self.faults = faults
        self.updates = Updates(self.state, faults)
        self.webhook = Webhook(self.state, self.updates)
        self.queries = Queries(self.state, faults)
        self.context = Context(self.state, self.updates, faults, Limits(clock), self.queries)
        self.calls: list[Call] = []
        self.violations: list[Violation] = []
        self.refusals: list[Violation] = []
        self.warnings: list[Violation] = []
        self._numbers = itertools.count(1)
        self._starts = 0

    def begin(self, method: str, parameters: Parameters) -> Call:
        """Remember that the bot called."""
        name = HANDLERS[method.lower()][0] if method.lower() in HANDLERS else _own_name(method)
        self._starts += name == "getMe"
        time = self.state.clock.now()
        call = Call(next(self._numbers), name, parameters.readable(), time)
        with self.state.changed:
            self.calls.append(call)
            self.state.changed.notify_all()
        return call

    def end(self, call: Call, outcome: Outcome, result: Any = None, error: str = "") -> None:
        """Remember how the call ended."""
        with self.state.changed:
            call.outcome, call.result, call.error = outcome, result, error or None
            call.duration = self.state.clock.now() - call.time
            self.state.changed.notify_all()

    async def answer(self, call: Call, parameters: Parameters) -> tuple[Any, str]:
        """Carry the call out; return its result and what the server says about it."""
        handler = _OWN.get(call.method)
        try:
            if handler is not None:
                return await handler(self, parameters)
            with self.state.changed:
                return self._carry_out(call, parameters), ""
        except FieldError as error:
            raise self._refused(call, bad(str(error))) from None
        except ApiError as error:
            raise self._refused(call, error) from None

    def _carry_out(self, call: Call, parameters: Parameters) -> Any:
        if call.method.lower() not in HANDLERS:
            raise refusal(404, "method not found")
        try:
            return HANDLERS[call.method.lower()][1](self.context, parameters)
        finally:
            for note in self.context.notes:
                found = Violation(call.method, call.parameters, note.text)
                (self.violations if note.is_violation else self.warnings).append(found)
            self.context.notes.clear()
            self.state.changed.notify_all()

    def _refused(self, call: Call, error: ApiError) -> ApiError:
        found = Violation(call.method, call.parameters, error.description)
        with self.state.changed:
            expected = error.expected or self._may_probe(error)
            (self.refusals if expected else self.violations).append(found)
        return error

    def _may_probe(self, error: ApiError) -> bool:
        # a bot that lost an answer may edit what it might have sent, to see whether it did
        fired = self.faults.fired
        lost = fired["bad_gateway"] + fired["drop_before"] + fired["drop_after"]
        return error.description in _PROBES and (lost > 0 or self._starts > 1)

    async def get_updates(self, p: Parameters) -> tuple[Any, str]:
        """Return what is new, waiting for it if asked to."""
        if self.webhook.is_set:
            await asyncio.sleep(0)
            raise refusal(409, _WEBHOOK_IS_ON)
        with self.state.changed:
            self._allow(p)
        limit = p.integer("limit", 100, 1, 100)
        timeout = p.integer("timeout", 0, 0, 50)
        offset = p.integer("offset", 0, -(1 << 31), (1 << 31) - 1)
        return await self.updates.poll(offset, limit, timeout), ""

    async def set_webhook(self, p: Parameters) -> tuple[Any, str]:
        """Have updates posted to an address."""
        with self.state.changed:
            self._allow(p)
            return True, self.webhook.set(p)

    async def delete_webhook(self, p: Parameters) -> tuple[Any, str]:
        """Go back to getUpdates."""
        with self.state.changed:
            if p.flag("drop_pending_updates"):
                self.updates.pending.clear()
            return True, self.webhook.delete()

    async def get_webhook_info(self, _p: Parameters) -> tuple[Any, str]:
        """Say how the webhook is doing."""
        with self.state.changed:
            return self.webhook.info(), ""

    def _allow(self, p: Parameters) -> None:
        try:
            self.updates.allow(p.parsed("allowed_updates", ""))
        except ApiError:
            return


_OWN = {
    _POLLING: Api.get_updates,
    "setWebhook": Api.set_webhook,
    "deleteWebhook": Api.delete_webhook,
    "getWebhookInfo": Api.get_webhook_info,
}


def _own_name(method: str) -> str:
    return next((name for name in _OWN if name.lower() == method.lower()), method)
