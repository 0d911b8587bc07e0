"""A lock on a file that the system ends with the process, however that ends, on every system.

It is a transaction on an empty SQLite database: to write in, which nobody shares, or to read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from coopbot.errors import StateError


@contextmanager
def locked(
    path: Path, taken: StateError, *, seconds: float = 0.0, alone: bool = True
) -> Iterator[None]:
    """Hold the lock *path*, *alone* or with others that share it; its folder is made if need be.

    Waits *seconds* for another holder to leave, then raises *taken*. Raises StateError when the
    folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = sqlite3.connect(path, timeout=seconds, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StateError("state_unwritable", path=path.parent, reason=error) from error
    with closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE" if alone else "BEGIN")
            lock.execute("SELECT * FROM sqlite_master")  # "BEGIN" alone locks nothing yet
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise taken from error
            raise StateError("state_unwritable", path=path.parent, reason=error) from error
        yield
