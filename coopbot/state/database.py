"""The SQLite file: opening, migrating, transactions."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from coopbot.errors import StateError

FILE = "coopbot.sqlite3"
_BUSY_SECONDS = 10.0

Clock = Callable[[], dt.datetime]


def is_sound(path: Path) -> bool:
    """Tell whether SQLite finds the database *path* whole, index by index."""
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)) as connection:
            return bool(connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def known_versions() -> int:
    """Return the version that this program's migrations lead to."""
    return len(_scripts())


def _scripts() -> list[Traversable]:
    folder = files("coopbot.state").joinpath("migrations")
    return sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=str)


class Database:
    """The state in *folder*, made and migrated as needed; safe for several threads and processes.

    Raises StateError when the folder cannot be written, or the file is damaged or is that of a
    later version; its methods do when the disk is full.
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
            found = self._connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise StateError("state_damaged", path=self.path, reason=found)
            # what is erased is overwritten, not only left out: /oubliermoi means it
            self._connection.execute("PRAGMA secure_delete = ON")
            self._migrate()
        except (OSError, sqlite3.DatabaseError) as error:
            raise self._state_error(error) from error

    def now(self) -> str:
        """Return the time as it is stored: ISO 8601, UTC, to the second."""
        return self.before(dt.timedelta())

    def before(self, span: dt.timedelta) -> str:
        """Return the time *span* ago, as it is stored."""
        return (self._clock() - span).astimezone(dt.UTC).isoformat(timespec="seconds")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection in a transaction: all of what is done with it, or nothing."""
        with self._lock, self._saying():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite ends it itself when the disk is full
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return the rows that *query*, with its `?` filled by *values*, gives."""
        with self._lock, self._saying():
            return self._connection.execute(query, values).fetchall()

    def run(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run one statement and return how many rows it touched."""
        with self._lock, self._saying():
            return self._connection.execute(statement, values).rowcount

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _saying(self) -> Iterator[None]:
        """Say what the system or the file does to us in a sentence."""
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            raise self._state_error(error) from error

    def _state_error(self, error: Exception) -> StateError:
        outside = isinstance(error, OSError | sqlite3.OperationalError)
        key = "state_unwritable" if outside else "state_damaged"
        return StateError(key, path=self.path, reason=error)

    def _migrate(self) -> None:
        """Run the migrations that the file has not seen; each raises its user_version by one."""
        scripts = _scripts()
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
