"""The state database: two processes, versions, damage."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from coopbot.errors import StateError
from coopbot.state import Database
from coopbot.state.database import FILE
from coopbot.state.deliveries import Deliveries
from coopbot.state.people import MAX_ALERTS, People
from coopbot.state.share import Share
from tests.conftest import NOW, ROOT, clean_environment

_WRITER = """
import datetime as dt, sys
from pathlib import Path
from coopbot.state import Database
from coopbot.state.deliveries import Deliveries
deliveries = Deliveries(Database(Path(sys.argv[1]), lambda: dt.datetime.now(dt.UTC)))
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 200):
    deliveries.take_in(number, {"update_id": number})
    deliveries.post(number, {"text": "x"}, update_id=number)
"""


def opened(folder: Path) -> Database:
    return Database(folder, lambda: NOW)


def test_two_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path), str(first)],
            cwd=ROOT,
            env=clean_environment(tmp_path),
        )
        for first in (0, 1_000)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    database = opened(tmp_path)
    assert database.rows("PRAGMA integrity_check")[0][0] == "ok"
    assert len(Deliveries(database).not_done()) == 400
    assert len(Deliveries(database).unsent()) == 400
    database.close()


def test_an_update_is_taken_in_once_and_answered_once(tmp_path: Path) -> None:
    database = opened(tmp_path)
    deliveries = Deliveries(database)
    assert deliveries.take_in(7, {"update_id": 7})
    assert not deliveries.take_in(7, {"update_id": 7})
    assert deliveries.post(1, {"text": "a"}, update_id=7) is not None
    assert deliveries.post(1, {"text": "b"}, update_id=7) is None
    deliveries.done(7)
    assert deliveries.not_done() == []
    assert not deliveries.take_in(7, {"update_id": 7})
    database.close()


def test_what_was_committed_is_there_after_reopening(tmp_path: Path) -> None:
    database = opened(tmp_path)
    People(database).choose_language(5, "en")
    database.close()
    again = opened(tmp_path)
    assert People(again).language(5) == "en"
    again.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    database = opened(tmp_path)

    def fails() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO people VALUES (1, 'fr')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert People(database).language(1) is None
    database.close()


def test_a_person_has_so_many_alerts_and_no_more(tmp_path: Path) -> None:
    database = opened(tmp_path)
    people = People(database)
    added = [people.add_alert(1, 1, f"q{n}", "fr", []) for n in range(MAX_ALERTS + 1)]
    assert added == [True] * MAX_ALERTS + [False]
    database.close()


def test_a_state_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    database = opened(tmp_path)
    database.run("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StateError) as caught:
        opened(tmp_path)
    assert caught.value.key == "state_newer"


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """The state folder of version 1, with two people in it."""
    script = ROOT / "coopbot" / "state" / "migrations" / "001.sql"
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.executescript(script.read_text(encoding="utf-8"))
        connection.execute("PRAGMA user_version = 1")
        connection.executemany("INSERT INTO people VALUES (?, 'en')", [(5,), (6,)])
    return tmp_path


def test_a_state_of_a_former_version_is_migrated_and_a_copy_of_it_kept(former: Path) -> None:
    database = opened(former)
    assert People(database).language(5) == "en"
    assert database.rows("SELECT * FROM visits") == []
    database.close()
    copy = former / "state-v1-backup.sqlite3"
    assert copy.stat().st_mode & 0o077 == 0
    shutil.copy(copy, former / FILE)  # going back
    with closing(sqlite3.connect(former / FILE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM people").fetchone() == (2,)


def test_a_state_of_this_version_or_a_new_one_leaves_no_copy(tmp_path: Path) -> None:
    for _ in range(2):
        opened(tmp_path).close()
    assert list(tmp_path.glob("state-*")) == []


def test_a_copy_that_cannot_be_kept_stops_the_migration(former: Path) -> None:
    (former / "state-v1-backup.sqlite3").mkdir()
    with pytest.raises(StateError) as caught:
        opened(former)
    assert caught.value.key == "state_unwritable"
    with closing(sqlite3.connect(former / FILE)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_who_is_forgotten_is_erased_from_the_copy_too(former: Path) -> None:
    database = opened(former)
    People(database).forget(5)
    database.close()
    with closing(sqlite3.connect(former / "state-v1-backup.sqlite3")) as copy:
        assert copy.execute("SELECT user_id FROM people").fetchall() == [(6,)]


def test_a_copy_goes_after_a_month(former: Path) -> None:
    database = opened(former)
    copy = former / "state-v1-backup.sqlite3"
    for days, there in ((29, True), (31, False)):
        made = NOW.timestamp() - days * 86_400
        os.utime(copy, (made, made))
        database.drop_old_copies()
        assert copy.exists() is there
    database.close()


def test_a_state_only_looked_at_is_not_changed_and_not_made(former: Path, tmp_path: Path) -> None:
    looked = Database(former, lambda: NOW, read_only=True)
    assert looked.is_of_former_version()
    with pytest.raises(StateError, match="readonly"):
        looked.run("DELETE FROM people")
    looked.close()
    with pytest.raises(StateError):
        Database(tmp_path / "none", lambda: NOW, read_only=True)
    assert not (tmp_path / "none").exists()


def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database, by any means" * 100)
    with pytest.raises(StateError) as caught:
        opened(tmp_path)
    assert caught.value.key == "state_damaged"


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StateError) as caught:
        opened(tmp_path / "file" / "state")
    assert caught.value.key == "state_unwritable"


def test_a_process_takes_up_what_is_of_its_share_whoever_took_it_in(tmp_path: Path) -> None:
    database = opened(tmp_path)
    shares = [Deliveries(database, Share(number, 3)) for number in range(3)]
    for chat in range(-4, 5):
        shares[0].take_in(100 + chat, {"update_id": chat}, chat)
        shares[chat % 2].post(chat, {"text": "x"})
    taken = [[update["update_id"] for update in share.not_done()] for share in shares]
    assert taken == [[-3, 0, 3], [-2, 1, 4], [-4, -1, 2]]
    assert [[m.chat_id for m in share.unsent()] for share in shares] == [
        [-4, -2, 0, 2, 4],
        [-3, -1, 1, 3],
        [],
    ]
    assert [m.chat_id for m in Deliveries(database).unsent()] == list(range(-4, 5))
    database.close()


def test_a_share_is_held_by_one_process_at_a_time(tmp_path: Path) -> None:
    with Share(1, 2).held(tmp_path), Share(0, 2).held(tmp_path):
        with pytest.raises(StateError) as caught, Share(1, 2).held(tmp_path):
            pass
        assert caught.value.key == "state_shared"
    with Share(1, 2).held(tmp_path):
        pass
