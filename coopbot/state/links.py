"""Which addresses failed when they were last looked at, and since when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from coopbot.state.database import Database


@dataclass(frozen=True, slots=True)
class Look:
    """The last look at an address: how often in a row it failed, since when, and when that was."""

    failures: int
    failing_since: dt.datetime | None
    made: dt.datetime


class Links:
    """The looks of `links`; each is written down at once, so that an interrupted run resumes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last(self, address: str) -> Look | None:
        """Return the last look at *address*, None when there was none."""
        rows = self._database.rows(
            "SELECT failures, failing_since, made FROM links WHERE address = ?", [address]
        )
        if not rows:
            return None
        since = rows[0]["failing_since"]
        return Look(
            rows[0]["failures"],
            dt.datetime.fromisoformat(since) if since else None,
            dt.datetime.fromisoformat(rows[0]["made"]),
        )

    def answered(self, address: str) -> None:
        """Note that *address* answered."""
        self._database.run(
            "INSERT OR REPLACE INTO links VALUES (?, 0, NULL, ?)", [address, self._database.now()]
        )

    def failed(self, address: str) -> None:
        """Note that *address* did not answer."""
        now = self._database.now()
        self._database.run(
            "INSERT INTO links VALUES (?, 1, ?, ?) ON CONFLICT (address) DO UPDATE SET "
            "failures = failures + 1, failing_since = coalesce(failing_since, excluded.made), "
            "made = excluded.made",
            [address, now, now],
        )
