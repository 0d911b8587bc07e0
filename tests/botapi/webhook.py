"""The webhook: updates posted to the bot, again and again until it takes them."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import aiohttp

from tests.botapi import links
from tests.botapi.errors import bad
from tests.botapi.parameters import Json, Parameters
from tests.botapi.state import State
from tests.botapi.updates import Update, Updates

HEADER = "X-Telegram-Bot-Api-Secret-Token"
_SECRET = re.compile(r"[A-Za-z0-9_-]*")


@dataclass(slots=True)
class _Target:
    url: str
    secret: str
    max_connections: int
    ip_address: str


class Webhook:
    """Delivers updates to the address the bot has set; those of one chat in their order."""

    def __init__(self, state: State, updates: Updates) -> None:
        self._state = state
        self._updates = updates
        self._target: _Target | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: set[str] = set()
        self._error: tuple[int, str] | None = None
        self.retry_delay = 0.05
        self.max_retry_delay = 1.0
        self.deliveries: list[tuple[int, int]] = []
        updates.listeners.append(self._wake)

    @property
    def is_set(self) -> bool:
        """Whether updates go to a webhook."""
        return self._target is not None

    def set(self, parameters: Parameters) -> str:
        """Take the address of setWebhook and return what the server says about it."""
        url = parameters.text("url")
        if parameters.flag("drop_pending_updates"):
            self._updates.pending.clear()
        if not url:
            return self.delete()
        target = _Target(
            _checked_url(url),
            parameters.text("secret_token"),
            parameters.integer("max_connections", 40, 1, 100),
            parameters.text("ip_address"),
        )
        if len(target.secret) > 256:
            raise bad("secret token is too long")
        if not _SECRET.fullmatch(target.secret):
            raise bad("secret token contains unallowed characters")
        if target == self._target:
            return "Webhook is already set"
        self._updates.end_poll("Terminated by setWebhook request")
        self._target = target
        self._error = None
        self._loop = asyncio.get_running_loop()
        self._wake()
        return "Webhook was set"

    def delete(self) -> str:
        """Go back to getUpdates and return what the server says about it."""
        was_set, self._target = self._target is not None, None
        return "Webhook was deleted" if was_set else "Webhook is already deleted"

    def info(self) -> Json:
        """Return the WebhookInfo object."""
        target = self._target
        fields: Json = {
            "url": target.url if target else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._updates.ready()),
        }
        if target and self._error:
            fields["last_error_date"], fields["last_error_message"] = self._error
        if target:
            fields["max_connections"] = target.max_connections
            fields["ip_address"] = target.ip_address or "127.0.0.1"
        if not self._updates.is_default:
            fields["allowed_updates"] = sorted(self._updates.allowed)
        return fields

    async def close(self) -> None:
        """Stop delivering."""
        self._target = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _wake(self) -> None:
        if self._target is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._dispatch)

    def _dispatch(self) -> None:
        with self._state.changed:
            for update in list(self._updates.ready()):
                room = self._target and len(self._busy) < self._target.max_connections
                if room and update.key not in self._busy:
                    self._busy.add(update.key)
                    task = asyncio.get_running_loop().create_task(self._deliver(update))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)

    async def _deliver(self, update: Update) -> None:
        delay = self.retry_delay
        try:
            while (target := self._target) is not None:
                with self._state.changed:
                    copies = self._updates.copies(update)
                statuses = [await self._post(target, update) for _ in range(copies)]
                if all(200 <= status <= 299 for status in statuses):
                    with self._state.changed:
                        self._updates.discard(update)
                    return
                await asyncio.sleep(delay)
                delay = min(self.max_retry_delay, 2 * delay)
        finally:
            self._busy.discard(update.key)
            self._wake()

    async def _post(self, target: _Target, update: Update) -> int:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {HEADER: target.secret} if target.secret else {}
        try:
            async with self._session.post(
                target.url,
                json=update.json(),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=10),
            ) as response:
                await response.read()
                status, reason = response.status, response.reason
                problem = f"Wrong response from the webhook: {status} {reason}"
        except (aiohttp.ClientError, TimeoutError, OSError):
            status, problem = 0, "Webhook connection closed"
        with self._state.changed:
            self.deliveries.append((update.id, status))
            if not 200 <= status <= 299:
                self._error = (self._state.now(), problem)
            self._state.changed.notify_all()
        return status


def _checked_url(url: str) -> str:
    # the real server wants HTTPS on ports 80, 88, 443 or 8443; on loopback HTTP must do
    host = re.sub(r"^https?://(localhost)(?=[:/]|$)", "http://127.0.0.1", url)
    try:
        links.checked(host)
    except links.LinkError:
        raise bad("invalid webhook URL specified") from None
    return url
