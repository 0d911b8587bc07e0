"""How long to wait before asking again."""

from __future__ import annotations

import datetime as dt
from email.utils import parsedate_to_datetime

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type
from tenacity.stop import stop_after_attempt
from tenacity.wait import wait_exponential

from coopbot.errors import Unavailable
from coopbot.ingest.clock import Clock

_DAY = 24 * 3600.0
_BACKOFF = wait_exponential(multiplier=1, max=60)  # 1, 2, 4, ... seconds


def retrying(clock: Clock, attempts: int, patience: float) -> AsyncRetrying:
    """Return what calls a coroutine again when it raises Unavailable, *attempts* times in all.

    It waits 1, 2, 4, ... seconds, or as long as the site asked; if that is more than *patience*
    seconds, the error is raised at once.
    """

    def stop(state: RetryCallState) -> bool:
        return stop_after_attempt(attempts)(state) or _pause(state) > patience

    return AsyncRetrying(
        sleep=clock.sleep,
        retry=retry_if_exception_type(Unavailable),
        wait=_pause,
        stop=stop,
        reraise=True,
    )


def retry_after(value: str | None, now: dt.datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for, a day at most; None if there are none.

    It holds seconds or a date (RFC 9110, 10.2.3).
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:10]), _DAY)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=dt.UTC)
    return min(max(0.0, (date - now).total_seconds()), _DAY)


def _pause(state: RetryCallState) -> float:
    failure = state.outcome.exception() if state.outcome else None
    asked = failure.retry_after if isinstance(failure, Unavailable) else None
    return max(asked or 0.0, _BACKOFF(state))
