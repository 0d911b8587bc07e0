"""Copies of the state kept before a migration, for whoever must go back to the version before.

    state/state-v1-backup.sqlite3    as it was before it became version 2

They go after a month; whoever asks to be forgotten is erased from them as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

KEPT_SECONDS = 30 * 86_400.0
_ALL = "state-v*-backup.sqlite3"


def keep_copy(connection: sqlite3.Connection, folder: Path, version: int) -> None:
    """Keep a copy of the database of *connection*, which has *version*, in *folder*.

    Whole or not at all. Raises OSError, sqlite3.Error.
    """
    path = folder / f"state-v{version}-backup.sqlite3"
    half = path.with_suffix(".tmp")
    half.unlink(missing_ok=True)
    try:
        half.touch(0o600)
        with closing(sqlite3.connect(half)) as copy:
            connection.backup(copy)
            copied = int(copy.execute("PRAGMA user_version").fetchone()[0])
        if copied == version:  # else another process has migrated meanwhile, after its own copy
            half.replace(path)
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        with connection:
            yield connection


def opened_copies(folder: Path) -> Iterator[sqlite3.Connection]:
    """Yield the copies in *folder*, each in a transaction that ends when the next one comes."""
    for path in sorted(folder.glob(_ALL)):
        with _opened(path) as connection:
            yield connection


def drop_old_copies(folder: Path, now: float) -> None:
    """Remove the copies in *folder* that are too old at *now*, in seconds since the epoch."""
    for path in folder.glob(_ALL):
        if now - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)
