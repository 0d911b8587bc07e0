"""Folders that may not be written to."""

from __future__ import annotations

import random
from collections import Counter

from coopbot.library import utc_now
from coopbot.state import Database
from tests.cli.test_killed import NEW, OLD
from tests.torture.disks import read_only
from tests.torture.kills_of_add import KillsOfAdd
from tests.torture.place import QUESTION, Stage
from tests.torture.violations import expect

# What is read-only, the command, and how it may end.
CASES: tuple[tuple[str, tuple[str, ...], tuple[int, ...]], ...] = (
    ("index", ("search", QUESTION), (0,)),
    ("index", ("status",), (1,)),
    ("index", ("index",), (2,)),
    ("index", ("index", "--rebuild"), (2,)),
    ("corpus", ("search", QUESTION), (0,)),
    ("corpus", ("index",), (0,)),
    ("corpus", ("add",), (1, 2)),
    ("state", ("search", QUESTION), (0,)),
    ("state", ("crawl",), (1, 2)),  # of a source that cannot be asked, nothing is noted
    ("state", ("restore", "copy"), (2,)),
)


class ReadOnly:
    """What needs no writing works, anything else is refused in a sentence; nothing is lost."""

    def __init__(self, stage: Stage, offered: KillsOfAdd) -> None:
        self._stage = stage
        self._offered = offered.offered
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random) -> int:
        """Try one command where it may not write, check."""
        folder, command, codes = chance.choice(CASES)
        place = self._stage.copy("read_only", NEW)
        Database(place.state, utc_now).close()
        copy = place.folder / "copy"
        place.run("backup", str(copy)).must(0)
        (place.corpus / "sources.toml").write_text(
            '[[source]]\nname = "Rien"\nkind = "feed"\nurl = "http://localhost:1/"\n', "utf-8"
        )
        given = [str(copy) if word == "copy" else word for word in command]
        given += self._offered if command == ("add",) else []
        before, live = place.files(), place.live
        with read_only(place.folder / folder):
            result = place.run(*given).must(*codes)
            expect(result.code != 2 or str(place.folder) in result.err, "exit code", result)
        self.notes[f"{folder}: {' '.join(command)}"] += 1
        expect(place.files() == before, "lost", "the corpus changed")
        place.must_answer({OLD} if place.live == live else {NEW})
        place.must_be_whole()
        return 1
