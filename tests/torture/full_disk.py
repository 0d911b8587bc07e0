"""A disk that fills up in the middle of a command."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

from coopbot.library import utc_now
from coopbot.state import Database
from coopbot.state.backups import back_up
from coopbot.state.database import is_sound
from coopbot.state.people import People
from tests.cli.test_killed import ARTICLES, NEW, OLD
from tests.torture.disks import can_mount, enlarge, small_disk
from tests.torture.kills_of_add import ADDED, KillsOfAdd
from tests.torture.place import Place, Stage
from tests.torture.violations import expect

COMMANDS = (("index",), ("index", "--rebuild"), ("add",), ("backup",))
_MOST_LEFT = 1_500_000  # about what a rebuild needs


class FullDisk:
    """It is said in a sentence, what was there stays, and goes on once there is room."""

    def __init__(self, stage: Stage, offered: KillsOfAdd) -> None:
        self._stage = stage
        self._offered = offered
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random) -> int:
        """Let one command run out of room, check, give it room, check again."""
        command = chance.choice(COMMANDS)
        left = int(chance.uniform(0, 1) ** 3 * _MOST_LEFT)
        place = self._stage.copy("full_disk", OLD if command[0] in ("add", "backup") else NEW)
        _note_persons(place)
        if not can_mount() or chance.random() < 0.2:
            self.notes["by RLIMIT_FSIZE"] += 1
            self._try(place, command, {"file_size": max(left // 4, 4_096)})
            self._again(place, command)
            return 1
        self.notes["by a small tmpfs"] += 1
        source = place.folder.rename(place.folder.with_name("full_disk.source"))
        place.folder.mkdir()
        try:
            with small_disk(place.folder, source, left):
                self._try(place, command, {})
                enlarge(place.folder)
                self._again(place, command)
        finally:
            shutil.rmtree(source)
        return 1

    def _try(self, place: Place, command: tuple[str, ...], how: dict[str, int]) -> None:
        articles, live = place.files(), place.live
        result = place.run(*command, *self._arguments(place, command), **how).must(0, 1, 2)
        self.notes["refused" if result.code else "had room enough"] += 1
        expect(result.code == 0 or result.err, "exit code", f"nothing is said: {result}")
        if command == ("add",):
            expect(articles.items() <= place.files().items(), "lost", "an article changed")
        else:
            expect(place.files() == articles, "lost", "the corpus changed")
        if command == ("backup",):
            copy = place.folder / "copy.sqlite3"
            expect(is_sound(copy), "lost", "the former copy is gone")
        before = {OLD} if command[0] in ("add", "backup") or place.live == live else {NEW}
        place.must_answer(before)

    def _again(self, place: Place, command: tuple[str, ...]) -> None:
        place.run(*command, *self._arguments(place, command)).must(0)
        place.must_be_whole(ARTICLES + ADDED * (command == ("add",)))

    def _arguments(self, place: Place, command: tuple[str, ...]) -> list[str]:
        if command == ("add",):
            return self._offered.offered
        return [str(place.folder / "copy.sqlite3")] if command == ("backup",) else []


def _note_persons(place: Place) -> None:
    database = Database(Path(place.state), utc_now)
    for number in range(200):
        People(database).choose_language(number, "fr")
    database.close()
    back_up(place.state, place.folder / "copy.sqlite3")
