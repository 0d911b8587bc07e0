"""Copies of the state: made while it is in use, put back, and taken when it is damaged.

    state/coopbot.sqlite3               the state, see database.py
    state/coopbot.lock                  held by the bot, and by whoever puts a copy back
    state/backups/coopbot-DATE.sqlite3  one a day while the bot runs, the last KEPT of them

A copy is made by SQLite's backup interface (https://sqlite.org/backup.html), in one read
transaction: it is what was committed at one moment, and nobody waits for it.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from coopbot.errors import StateError
from coopbot.files import sync_folder
from coopbot.state.database import FILE, Clock, Database, is_sound, known_versions
from coopbot.state.lock import locked

LOCK = "coopbot.lock"
FOLDER = "backups"
KEPT = 7
_STEM = "coopbot-"
_RESTORING = ".restoring"


@dataclass(frozen=True, slots=True)
class Mended:
    """A damaged state `path` was kept as `aside`, and the copy `backup` took its place."""

    path: Path
    aside: Path
    backup: Path


@contextmanager
def held(folder: Path, seconds: float = 0.0, *, alone: bool = True) -> Iterator[None]:
    """Hold the state in *folder*: one bot *alone*, or several that share it; none during a restore.

    Waits *seconds* for another holder to leave. Raises StateError.
    """
    taken = StateError("state_held", path=folder)
    with locked(folder / LOCK, taken, seconds=seconds, alone=alone):
        yield


def open_state(folder: Path, clock: Clock, tell: Callable[[Mended], None]) -> Database:
    """Return the state in *folder*; the newest daily copy takes the place of a damaged one.

    *tell* hears of it. To be called while the state is `held`. Raises StateError.
    """
    try:
        return _opened(folder, clock)
    except StateError as error:
        copies = [copy for copy in daily_copies(folder, clock) if _is_copy(copy)]
        if error.key != "state_damaged" or not copies:
            raise
    aside = _keep_former(folder, "damaged", clock)
    _replace(folder, copies[0], clock)
    tell(Mended(folder / FILE, aside, copies[0]))
    return Database(folder, clock)


def _opened(folder: Path, clock: Clock) -> Database:
    path = folder / FILE
    emptied = path.is_file() and not path.stat().st_size
    if emptied and daily_copies(folder, clock):  # to SQLite a sound database without tables
        raise StateError("state_damaged", path=path, reason="0")
    return Database(folder, clock)


def back_up(folder: Path, target: Path) -> None:
    """Write a copy of the state in *folder* to *target*, whole or not at all.

    The state may be in use. Raises StateError when there is none or it is damaged, or when *target*
    cannot be written.
    """
    source = folder / FILE
    if not source.is_file():
        raise StateError("backup_nothing", path=source)
    if target.exists() and target.samefile(source):
        raise StateError("backup_unwritable", path=target, reason=FILE)
    half = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        _copy(source, half, alone=True)
        if not is_sound(half):
            raise StateError("state_damaged", path=source, reason="integrity_check")
        half.chmod(0o600)  # it names persons, as the state does
        half.replace(target)
        sync_folder(target.parent)
    except sqlite3.OperationalError as error:
        raise StateError("backup_unwritable", path=target, reason=error) from error
    except sqlite3.DatabaseError as error:
        raise StateError("state_damaged", path=source, reason=error) from error
    except OSError as error:
        raise StateError("backup_unwritable", path=target, reason=error.strerror) from error
    finally:
        with suppress(OSError):
            half.unlink(missing_ok=True)


def back_up_daily(folder: Path, clock: Clock) -> None:
    """Make today's copy if there is none, and remove all but the last KEPT. Raises StateError."""
    today = folder / FOLDER / f"{_STEM}{clock().date().isoformat()}.sqlite3"
    if not today.exists():
        try:
            today.parent.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise StateError("backup_unwritable", path=today, reason=error.strerror) from error
        back_up(folder, today)
    for old in daily_copies(folder, clock)[KEPT:]:
        old.unlink(missing_ok=True)


def daily_copies(folder: Path, clock: Clock) -> list[Path]:
    """Return the daily copies, newest first; those of days to come, by a clock then wrong, last."""
    today = f"{_STEM}{clock().date().isoformat()}.sqlite3"
    copies = sorted((folder / FOLDER).glob(f"{_STEM}*.sqlite3"), reverse=True)
    return sorted(copies, key=lambda copy: copy.name > today)


def restore(folder: Path, backup: Path, clock: Clock) -> Path | None:
    """Put the copy *backup* in the place of the state in *folder*; return where the former is kept.

    None when there was no former one. What the copy has to send, or was still to answer, is not
    sent: that was done since, or is too old. Raises StateError when a bot holds the state, or
    *backup* is no sound copy of this version or an earlier one; the state is then as it was.
    """
    with held(folder):
        _check_copy(backup)
        former = _keep_former(folder, "before", clock) if (folder / FILE).exists() else None
        _replace(folder, backup, clock)
    return former


def _check_copy(backup: Path) -> None:
    if not backup.is_file():
        raise StateError("backup_missing", path=backup)
    try:
        with closing(_reading(backup)) as connection:
            found = int(connection.execute("PRAGMA user_version").fetchone()[0])
            sound = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
            names = {r[0] for r in connection.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error as error:
        raise StateError("backup_damaged", path=backup) from error
    if not sound or not {"people", "alerts", "inbox", "outbox"} <= names:
        raise StateError("backup_damaged", path=backup)
    if found > known_versions():
        raise StateError("state_newer", path=backup, found=found, known=known_versions())


def _is_copy(backup: Path) -> bool:
    try:
        _check_copy(backup)
    except StateError:
        return False
    return True


def _keep_former(folder: Path, why: str, clock: Clock) -> Path:
    """Copy the state in *folder* beside itself and return where; a damaged one byte by byte."""
    source = folder / FILE
    stem = f"coopbot-{why}-{clock().astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    names = (f"{stem}{f'-{n}' if n else ''}.sqlite3" for n in count())
    former = next(folder / name for name in names if not (folder / name).exists())
    try:
        if source.stat().st_size and is_sound(source):
            back_up(folder, former)
        else:
            shutil.copy2(source, former)
            wal = source.with_name(f"{FILE}-wal")
            if wal.exists():
                shutil.copy2(wal, former.with_name(f"{former.name}-wal"))
    except OSError as error:
        raise StateError("backup_unwritable", path=former, reason=error.strerror) from error
    return former


def _replace(folder: Path, backup: Path, clock: Clock) -> None:
    """Put what *backup* holds in the place of the state, in one step."""
    making = folder / _RESTORING
    target = folder / FILE
    try:
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        _copy(backup, making / FILE)
        copy = Database(making, clock)  # brought to this version
        copy.run("DELETE FROM outbox WHERE state IN ('waiting', 'sending')")
        copy.run("UPDATE inbox SET payload = NULL")
        copy.run("INSERT INTO restored VALUES (?)", [copy.now()])
        copy.close()
        if target.exists() and is_sound(target):
            _copy(making / FILE, target)  # a transaction: other processes may have it open
        else:
            for rest in ("-wal", "-shm"):  # of the damaged file: they would be taken for the copy's
                target.with_name(f"{FILE}{rest}").unlink(missing_ok=True)
            (making / FILE).replace(target)
            sync_folder(folder)
    except sqlite3.Error as error:
        raise StateError("state_unwritable", path=target, reason=error) from error
    except OSError as error:
        raise StateError("state_unwritable", path=target, reason=error.strerror) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _copy(source: Path, target: Path, *, alone: bool = False) -> None:
    """Copy a database; *alone*, the target is one file and not one with a log beside it."""
    with closing(_reading(source)) as read, closing(sqlite3.connect(target, timeout=10)) as write:
        read.backup(write)
        if alone:
            write.execute("PRAGMA journal_mode = DELETE")


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
