"""Time, as fetching uses it: passed in, so that tests need not wait."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """`monotonic` gives seconds that never go back, `now` the date, `sleep` waits in seconds."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], dt.datetime] = _now
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
