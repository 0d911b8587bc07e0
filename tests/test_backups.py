"""Copies of the state: whole while it is used, put back, and taken when it is damaged."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path

import pytest

from coopbot.cli import main
from coopbot.errors import StateError
from coopbot.state import Database
from coopbot.state.backups import (
    FOLDER,
    KEPT,
    Mended,
    back_up,
    back_up_daily,
    daily_copies,
    held,
    open_state,
    restore,
)
from coopbot.state.database import FILE
from coopbot.state.deliveries import Deliveries
from coopbot.state.people import People
from tests.conftest import NOW


def now() -> dt.datetime:
    return NOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A state in which one person chose English."""
    database = Database(tmp_path / "state", now)
    People(database).choose_language(5, "en")
    database.close()
    return tmp_path / "state"


@pytest.fixture
def mended() -> list[Mended]:
    return []


def language(folder: Path) -> str | None:
    database = Database(folder, now)
    try:
        return People(database).language(5)
    finally:
        database.close()


def refused(key: str, action: object, *arguments: object) -> None:
    assert callable(action)
    with pytest.raises(StateError) as caught:
        action(*arguments)
    assert caught.value.key == key


def test_a_copy_is_whole_while_another_thread_writes(folder: Path, tmp_path: Path) -> None:
    database = Database(folder, now)
    deliveries = Deliveries(database)
    stop = threading.Event()

    def write() -> None:
        for number in range(10_000):
            if stop.is_set():
                return
            with database.transaction() as connection:  # both or neither
                connection.execute("INSERT INTO inbox VALUES (?, NULL, '', 0)", [number])
                connection.execute("INSERT INTO people VALUES (?, 'fr')", [1_000 + number])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(5):
            back_up(folder, tmp_path / "copy")
            restore(tmp_path / "other", tmp_path / "copy", now)
            copy = Database(tmp_path / "other", now)
            updates = copy.rows("SELECT count(*) FROM inbox")[0][0]
            persons = copy.rows("SELECT count(*) FROM people")[0][0]
            copy.close()
            assert persons == updates + 1
    finally:
        stop.set()
        writer.join()
    assert deliveries.not_done() == []
    database.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy", "other", "state"]


def test_restored_the_state_is_that_of_the_copy_and_the_former_is_kept(
    folder: Path, tmp_path: Path
) -> None:
    back_up(folder, tmp_path / "copy")
    database = Database(folder, now)
    People(database).choose_language(5, "fr")
    database.close()
    former = restore(folder, tmp_path / "copy", now)
    assert language(folder) == "en"
    assert former is not None
    restore(folder, former, now)
    assert language(folder) == "fr"


def test_restored_nothing_is_answered_or_told_a_second_time(folder: Path, tmp_path: Path) -> None:
    database = Database(folder, now)
    deliveries = Deliveries(database)
    deliveries.take_in(7, {"update_id": 7})
    deliveries.post(5, {"text": "x"}, update_id=7)
    database.close()
    back_up(folder, tmp_path / "copy")
    restore(folder, tmp_path / "copy", now)
    again = Database(folder, now)
    assert Deliveries(again).unsent() == []
    assert Deliveries(again).not_done() == []
    assert not Deliveries(again).take_in(7, {"update_id": 7})
    assert People(again).is_restored()
    again.close()


def test_a_state_that_is_held_is_not_replaced_nor_held_twice(folder: Path, tmp_path: Path) -> None:
    back_up(folder, tmp_path / "copy")
    with held(folder):
        refused("state_held", restore, folder, tmp_path / "copy", now)
        back_up(folder, tmp_path / "copy")
    with held(folder):
        pass


@pytest.fixture(params=["absent", "foreign", "cut", "later", "another database"])
def bad_copy(request: pytest.FixtureRequest, folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "copy"
    if request.param == "foreign":
        path.write_bytes(b"not a database, by any means" * 100)
    elif request.param != "absent":
        back_up(folder, path)
    if request.param == "cut":
        path.write_bytes(path.read_bytes()[:20_000])
    elif request.param in ("later", "another database"):
        copy = Database(tmp_path / "made", now)
        later = request.param == "later"
        copy.run("PRAGMA user_version = 99" if later else "DROP TABLE outbox")
        copy.close()
        (tmp_path / "made" / FILE).replace(path)
    return path


def test_what_is_no_copy_for_this_version_is_refused_and_the_state_left_alone(
    folder: Path, bad_copy: Path
) -> None:
    with pytest.raises(StateError):
        restore(folder, bad_copy, now)
    assert language(folder) == "en"
    assert [p.name for p in folder.glob("coopbot-*")] == []


@pytest.mark.parametrize("share", [0.0, 0.4, 0.9])
def test_a_damaged_state_is_kept_aside_and_the_newest_daily_copy_takes_its_place(
    folder: Path, share: float, mended: list[Mended]
) -> None:
    back_up_daily(folder, now)
    content = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(content[: int(len(content) * share)])
    open_state(folder, now, mended.append).close()
    assert language(folder) == "en"
    assert [m.backup for m in mended] == daily_copies(folder, now)
    assert mended[0].aside.read_bytes() == content[: int(len(content) * share)]


def test_a_damaged_state_without_a_copy_is_refused_and_left_alone(
    folder: Path, mended: list[Mended]
) -> None:
    (folder / FILE).write_bytes(b"not a database, by any means" * 100)
    refused("state_damaged", open_state, folder, now, mended.append)
    assert (folder / FILE).read_bytes().startswith(b"not a database")
    assert mended == []


def test_the_last_daily_copies_are_kept_even_when_the_clock_was_wrong(folder: Path) -> None:
    back_up_daily(folder, lambda: NOW + dt.timedelta(days=900))
    for day in range(KEPT + 3):
        back_up_daily(folder, lambda day=day: NOW + dt.timedelta(days=day))  # type: ignore[misc]
    last = NOW + dt.timedelta(days=KEPT + 2)
    kept = daily_copies(folder, lambda: last)
    assert len(kept) == KEPT
    assert kept[0].name == f"coopbot-{last.date()}.sqlite3"
    assert sorted(kept, reverse=True) == kept
    assert len([*(folder / FOLDER).iterdir()]) == KEPT


def test_the_commands_say_what_they_did(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, copy = ["--state", str(folder)], str(tmp_path / "copie.sqlite3")
    assert main(["backup", *state, copy], {}) == 0
    assert copy in capsys.readouterr().out
    assert main(["restore", *state, copy], {}) == 0
    assert "coopbot-before-" in capsys.readouterr().out
    with held(folder):
        assert main(["restore", *state, copy], {}) == 2
    assert "Un bot utilise déjà" in capsys.readouterr().err
    assert main(["backup", "--state", str(tmp_path / "nowhere"), copy], {}) == 2
    assert "Rien à copier" in capsys.readouterr().err


def test_a_command_beside_the_bot_mends_a_damaged_state_and_says_so(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back_up_daily(folder, now)
    (folder / FILE).write_bytes(b"not a database, by any means" * 100)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "sources.toml").write_text(
        '[[source]]\nname = "Essai"\nkind = "feed"\nurl = "http://127.0.0.1:9/"\n', encoding="utf-8"
    )
    crawl = ["crawl", "--json", "--corpus", str(tmp_path / "corpus"), "--state", str(folder)]
    assert main(crawl, {}) == 1  # no source may be on this machine
    said = capsys.readouterr()
    assert "coopbot-damaged-" in said.err
    assert json.loads(said.out.splitlines()[-1])["action"] == "done"
    assert language(folder) == "en"
