"""The SQLite file: opening, migrating, transactions."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from coopbot.errors import StateError

FILE = "coopbot.sqlite3"
_BUSY_SECONDS = 10.0

Clock = Callable[[], dt.datetime]


class Database:
    """The state in *folder*, made and migrated as needed; safe for several threads and processes.

    Raises StateError when the folder cannot be written, or the file is no database or is that of a
    later version.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.path = folder / FILE
        self._clock = clock
        self._lock = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = sqlite3.connect(
                self.path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            # A reader never waits for the writer; what was committed survives the process, and a
            # power cut loses at most the last moments, never the file.
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            # what is erased is overwritten, not only left out: /oubliermoi means it
            self._connection.execute("PRAGMA secure_delete = ON")
            self._migrate()
        except (OSError, sqlite3.OperationalError) as error:
            raise StateError("state_unwritable", path=self.path, reason=error) from error
        except sqlite3.DatabaseError as error:
            raise StateError("state_damaged", path=self.path, reason=error) from error

    def now(self) -> str:
        """Return the time as it is stored: ISO 8601, UTC, to the second."""
        return self.before(dt.timedelta())

    def before(self, span: dt.timedelta) -> str:
        """Return the time *span* ago, as it is stored."""
        return (self._clock() - span).astimezone(dt.UTC).isoformat(timespec="seconds")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection in a transaction: all of what is done with it, or nothing."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return the rows that *query*, with its `?` filled by *values*, gives."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def run(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run one statement and return how many rows it touched."""
        with self._lock:
            return self._connection.execute(statement, values).rowcount

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _migrate(self) -> None:
        """Run the migrations that the file has not seen; each raises its user_version by one."""
        folder = files("coopbot.state").joinpath("migrations")
        scripts = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=str)
        if self._version() > len(scripts):
            raise StateError(
                "state_newer", path=self.path, found=self._version(), known=len(scripts)
            )
        for number, script in enumerate(scripts, 1):
            if number <= self._version():
                continue
            with self.transaction() as connection:
                if self._version() >= number:  # another process was quicker
                    continue
                for statement in _statements(script.read_text(encoding="utf-8")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of *script* (executescript would commit the transaction around them)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
