"""Time that passes only when someone sleeps."""

from __future__ import annotations

import asyncio
import datetime as dt

from coopbot.ingest.clock import Clock

START = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


class FakeClock:
    """Starts at noon of 23 November 2026; `slept` lists how long was slept."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    @property
    def clock(self) -> Clock:
        """This time, as the code under test takes it."""
        return Clock(lambda: self.seconds, self.now, self.sleep)

    def now(self) -> dt.datetime:
        """Return the date and time."""
        return START + dt.timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        """Let *seconds* pass at once."""
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)
