"""What `crawl` has looked at: addresses, and sources gone through to the end."""

from __future__ import annotations

import datetime as dt
import sqlite3
from dataclasses import dataclass

from coopbot.state.database import Database


@dataclass(frozen=True, slots=True)
class Visit:
    """An address looked at, or a source gone through.

    `etag` and `last_modified` are what the server gave to ask later whether it changed, `digest`
    is of the text that was read there; `failures` counts those in a row; `made` is when, in UTC.
    """

    outcome: str
    etag: str | None
    last_modified: str | None
    digest: str | None
    failures: int
    made: dt.datetime


class Visits:
    """The visits of `crawl`; each is written down at once, so that an interrupted one resumes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_address(self, address: str) -> Visit | None:
        """Return the last visit of *address*, None when there was none."""
        rows = self._database.rows(
            "SELECT outcome, etag, last_modified, digest, failures, made "
            "FROM visits WHERE address = ?",
            [address],
        )
        return _visit(rows[0]) if rows else None

    def visited(
        self,
        address: str,
        outcome: str,
        etag: str | None = None,
        last_modified: str | None = None,
        digest: str | None = None,
        *,
        failed: bool = False,
    ) -> None:
        """Note what became of *address*; a failure keeps what was known before of its versions."""
        self._database.run(
            "INSERT INTO visits VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET "
            "outcome = excluded.outcome, made = excluded.made, digest = excluded.digest, "
            "failures = CASE WHEN excluded.failures THEN failures + 1 ELSE 0 END, "
            "etag = CASE WHEN excluded.failures THEN etag ELSE excluded.etag END, "
            "last_modified = "
            "CASE WHEN excluded.failures THEN last_modified ELSE excluded.last_modified END",
            [address, outcome, etag, last_modified, digest, int(failed), self._database.now()],
        )

    def of_source(self, source: str) -> Visit | None:
        """Return when the source at the address *source* was last gone through."""
        rows = self._database.rows(
            "SELECT 'done' AS outcome, etag, last_modified, NULL AS digest, 0 AS failures, made "
            "FROM rounds WHERE source = ?",
            [source],
        )
        return _visit(rows[0]) if rows else None

    def counts(self) -> dict[str, int]:
        """Return how many addresses were last found to be what: added, refused, failed ..."""
        rows = self._database.rows("SELECT outcome, count(*) FROM visits GROUP BY outcome")
        return {str(row[0]): int(row[1]) for row in rows}

    def went_through(
        self, source: str, etag: str | None = None, last_modified: str | None = None
    ) -> None:
        """Note that the source at the address *source* was gone through to its end."""
        self._database.run(
            "INSERT OR REPLACE INTO rounds VALUES (?, ?, ?, ?)",
            [source, etag, last_modified, self._database.now()],
        )


def _visit(row: sqlite3.Row) -> Visit:
    return Visit(
        row["outcome"],
        row["etag"],
        row["last_modified"],
        row["digest"],
        row["failures"],
        dt.datetime.fromisoformat(row["made"]),
    )
