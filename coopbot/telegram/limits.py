"""Fair shares: how many questions one person may ask in a minute."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from enum import StrEnum

QUESTIONS_PER_MINUTE = 20
INLINE_QUERIES_PER_MINUTE = 200  # each letter typed is one
_MINUTE = 60.0
_MOST_PEOPLE = 10_000  # remembered at once


class Verdict(StrEnum):
    """May a question be answered? NOTICE: no, and the person should be told, once."""

    YES = "yes"
    NOTICE = "notice"
    NO = "no"


class FairShare:
    """Lets a person ask *most* times in a minute; `monotonic` gives seconds."""

    def __init__(self, monotonic: Callable[[], float], most: int) -> None:
        self._monotonic = monotonic
        self._most = most
        self._asked: dict[int, deque[float]] = {}
        self._told: dict[int, float] = {}

    def ask(self, user_id: int) -> Verdict:
        """Count a question of *user_id* and tell whether it may be answered."""
        now = self._monotonic()
        asked = self._asked.setdefault(user_id, deque())
        while asked and now - asked[0] > _MINUTE:
            asked.popleft()
        if len(asked) < self._most:
            asked.append(now)
            self._sweep(now)
            return Verdict.YES
        if now - self._told.get(user_id, -_MINUTE) >= _MINUTE:
            self._told[user_id] = now
            return Verdict.NOTICE
        return Verdict.NO

    def _sweep(self, now: float) -> None:
        """Forget people who have been silent for a minute, when many are remembered."""
        if len(self._asked) <= _MOST_PEOPLE:
            return
        self._asked = {u: asked for u, asked in self._asked.items() if now - asked[-1] <= _MINUTE}
        self._told = {user: at for user, at in self._told.items() if now - at <= _MINUTE}
