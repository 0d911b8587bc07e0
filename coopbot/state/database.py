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
from coopbot.state.copies import drop_old_copies, keep_copy, opened_copies

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


class Database:
    """The state in *folder*, made and migrated as needed; safe for several threads and processes.

    *read_only*, it must be there and is only looked at. Raises StateError when the folder cannot be
    written, or the file is damaged or is that of a later version; its methods do when the disk is
    full.
    """

    def __init__(self, folder: Path, clock: Clock, *, read_only: bool = False) -> None:
        self.path = folder / FILE
        self._clock = clock
        self._lock = threading.RLock()
        try:
            if not read_only:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = sqlite3.connect(
                f"{self.path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
            self._connection.row_factory = sqlite3.Row
            if read_only:
                self._refuse_later_version()
            else:
                self._prepare()
        except (OSError, sqlite3.DatabaseError) as error:
            raise self._state_error(error) from error

    def _prepare(self) -> None:
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

    def copies(self) -> Iterator[sqlite3.Connection]:
        """Yield the copies kept before migrations, each in a transaction of its own."""
        return opened_copies(self.path.parent)

    def drop_old_copies(self) -> None:
        """Remove the copies that nobody will go back to any more."""
        drop_old_copies(self.path.parent, self._clock().timestamp())

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
        """Run the migrations that the file has not seen; each raises its user_version by one.

        A copy of the file as it was is kept.
        """
        self._refuse_later_version()
        scripts = _scripts()
        if 0 < self._version() < len(scripts):
            keep_copy(self._connection, self.path.parent, self._version())
        for number, script in enumerate(scripts, 1):
            if number <= self._version():
                continue
            with self.transaction() as connection:
                if self._version() >= number:  # another process was quicker
                    continue
                for statement in _statements(script.read_text(encoding="utf-8")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")

    def is_of_former_version(self) -> bool:
        """Tell whether the file, only looked at, is one that the next start will migrate."""
        return self._version() < len(_scripts())

    def _refuse_later_version(self) -> None:
        known = len(_scripts())
        if self._version() > known:
            raise StateError("state_newer", path=self.path, found=self._version(), known=known)

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])


def _scripts() -> list[Traversable]:
    """Return the migrations in order: the first makes version 1."""
    folder = files("coopbot.state").joinpath("migrations")
    return sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=str)


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of *script* (executescript would commit the transaction around them)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
