"""What is counted while the bot runs: questions, calls of Telegram, when it was last heard.

Labels say what kind of thing happened, never to whom: no name, no number, no text.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from coopbot.search.answer import Answer

_UPDATES = "getUpdates"
_DOWNLOAD = "download"
_FINE = range(200, 300)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_log = logging.getLogger(__name__)


class Measures:
    """Counters of one run of the bot, in `registry`; *monotonic* gives seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.registry = CollectorRegistry()
        self._monotonic = monotonic
        self._heard = self._arrived = monotonic()
        self._questions = Counter(
            "coopbot_questions",
            "Questions by where they were asked, and what came of them.",
            ("channel", "outcome"),
            registry=self.registry,
        )
        self._latency = Histogram(
            "coopbot_question_seconds",
            "From the arrival of a question to its answer being written down.",
            ("channel",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._calls = Counter(
            "coopbot_telegram_calls",
            "Calls that Telegram did what was asked by.",
            ("method",),
            registry=self.registry,
        )
        self._errors = Counter(
            "coopbot_telegram_errors",
            "Calls of Telegram that failed, by kind of error.",
            ("method", "kind"),
            registry=self.registry,
        )

    def question(self, channel: str, answer: Answer | None, since: float) -> None:
        """Count a question asked at *since*; without *answer* it was no question."""
        outcome = _outcome(answer)
        seconds = self._monotonic() - since
        self._questions.labels(channel, outcome).inc()
        self._latency.labels(channel).observe(seconds)
        language = answer.language if answer else None
        values = {"channel": channel, "outcome": outcome, "language": language}
        _log.info("question", extra=values | {"took_ms": round(seconds * 1_000)})

    def now(self) -> float:
        """Return the time that `question` counts from, in seconds."""
        return self._monotonic()

    def called(self, method: str, since: float, error: str | None) -> None:
        """Count a call of Telegram's *method* made at *since*; *error* is a status, or a kind."""
        if error is None:
            self._calls.labels(method).inc()
            if method == _UPDATES:
                self._heard = self._monotonic()
        else:
            self._errors.labels(method, error).inc()
        took = round((self._monotonic() - since) * 1_000)
        result = error or "done"
        _log.debug("call", extra={"method": method, "result": result, "took_ms": took})

    def arrived(self) -> None:
        """Note that a message arrived."""
        self._arrived = self._monotonic()

    def silence(self) -> float:
        """Return the seconds since Telegram last told whether there are updates."""
        return self._monotonic() - self._heard

    def since_arrival(self) -> float:
        """Return the seconds since a message last arrived, or since the start."""
        return self._monotonic() - self._arrived


class MeasuredRequest(HTTPXRequest):
    """The Telegram library's way to the network, each call counted in *measures*."""

    def __init__(self, measures: Measures, **values: Any) -> None:
        super().__init__(**values)
        self._measures = measures

    async def do_request(
        self, url: str, method: str, *arguments: Any, **values: Any
    ) -> tuple[int, bytes]:
        """Return the status and body that Telegram answers with; raises NetworkError."""
        # files are fetched by GET, from addresses that are as many as files
        called = url.rpartition("/")[2] if method == "POST" else _DOWNLOAD
        since = self._measures.now()
        try:
            status, body = await super().do_request(url, method, *arguments, **values)
        except TelegramError as error:
            self._measures.called(called, since, type(error).__name__)
            raise
        self._measures.called(called, since, None if status in _FINE else str(status))
        return status, body


def _outcome(answer: Answer | None) -> str:
    if answer is None:
        return "refused"
    if not answer.answered:
        return "declined"
    return "answered" if answer.sure else "unsure"
