"""How often and how many at once: what one host is asked to bear."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from coopbot.ingest.clock import Clock


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0  # by the monotonic clock


class Pace:
    """Lets requests to one host start at least *interval* seconds apart, *concurrency* at once.

    Hosts do not wait for each other.
    """

    def __init__(self, clock: Clock, interval: float, concurrency: int) -> None:
        self._clock = clock
        self._interval = interval
        self._concurrency = concurrency
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, interval: float = 0.0) -> AsyncIterator[None]:
        """Wait for the turn of a request to *host*, which lasts as long as the block.

        *interval*, if longer than the usual one, is what this host asks for.
        """
        state = self._host(host)
        async with state.slots:
            async with state.turn:
                while (wait := state.free_at - self._clock.monotonic()) > 0:
                    await self._clock.sleep(wait)
                state.free_at = self._clock.monotonic() + max(self._interval, interval)
            yield

    def hold(self, host: str, seconds: float) -> None:
        """Let no request to *host* start for *seconds*, not even those already waiting."""
        state = self._host(host)
        state.free_at = max(state.free_at, self._clock.monotonic() + seconds)

    def wait(self, host: str) -> float:
        """Return for how many seconds no request to *host* may start."""
        return max(0.0, self._host(host).free_at - self._clock.monotonic())

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host(asyncio.Semaphore(self._concurrency)))
