"""The server's clock: real time, or a frozen moment, plus what a test has skipped."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Tells the server's time, which a test can move forward."""

    def __init__(self) -> None:
        self._skipped = 0.0
        self._frozen: float | None = None
        self._watchers: list[Callable[[], None]] = []

    def now(self) -> float:
        """Return the seconds since the epoch, by this clock."""
        return (time.time() if self._frozen is None else self._frozen) + self._skipped

    def freeze(self) -> None:
        """Stand still from now on, but for what `advance` skips."""
        self._frozen = time.time()

    def advance(self, seconds: float) -> None:
        """Skip *seconds*: queries grow old, pauses end, nothing is slept."""
        self._skipped += seconds
        for watcher in self._watchers:
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call *watcher* whenever time was skipped."""
        self._watchers.append(watcher)
