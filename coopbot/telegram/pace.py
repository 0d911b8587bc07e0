"""How fast messages may leave: Telegram takes about 30 a second from a bot, all chats together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

MESSAGES_PER_SECOND = 28.0
# A rush of this many leaves at once: short rushes are let pass, and where one is not, Telegram says
# for how long that chat must wait.
_BURST = 60.0


class Pace:
    """A token bucket; `monotonic` gives seconds."""

    def __init__(self, monotonic: Callable[[], float], rate: float = MESSAGES_PER_SECOND) -> None:
        self._monotonic = monotonic
        self._rate = rate
        self._tokens = _BURST
        self._at = monotonic()

    async def wait(self) -> None:
        """Return when the next message may leave."""
        now = self._monotonic()
        self._tokens = min(_BURST, self._tokens + (now - self._at) * self._rate) - 1
        self._at = now
        if self._tokens < 0:  # taken in advance: those who come later wait longer
            await asyncio.sleep(-self._tokens / self._rate)
