"""Flood control: how fast a bot may send. Off unless a test asks for it."""

from __future__ import annotations

import math
from collections import deque

from tests.botapi.clock import Clock
from tests.botapi.errors import flood
from tests.botapi.model import Chat


class Limits:
    """The rates Telegram's FAQ names: overall, in one chat, in one group a minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.enabled = False
        self.overall = 30
        self.burst = 3
        self.in_chat = 1.0
        self.in_group = 20
        self._sent: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        self._buckets: dict[int, tuple[float, float]] = {}

    def check(self, chat: Chat) -> None:
        """Count a message to *chat*. Raises ApiError with 429 if it comes too soon."""
        if not self.enabled:
            return
        now = self._clock.now()
        group = self._groups.setdefault(chat.id, deque())
        pause = _pause(self._sent, now, 1.0, self.overall)
        if chat.is_group:
            pause = max(pause, _pause(group, now, 60.0, self.in_group))
        tokens, last = self._buckets.get(chat.id, (float(self.burst), now))
        tokens = min(self.burst, tokens + (now - last) * self.in_chat)
        if tokens < 1:
            pause = max(pause, (1 - tokens) / self.in_chat)
        if pause > 0:
            self._buckets[chat.id] = (tokens, now)
            raise flood(math.ceil(pause))
        self._buckets[chat.id] = (tokens - 1, now)
        self._sent.append(now)
        group.append(now)


def _pause(sent: deque[float], now: float, window: float, most: int) -> float:
    while sent and sent[0] <= now - window:
        sent.popleft()
    return sent[0] + window - now if len(sent) >= most else 0.0
