"""Files of the index and of the state, cut, zeroed, removed, or with a bit flipped."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from coopbot.library import utc_now
from coopbot.state import Database
from coopbot.state.backups import back_up_daily
from coopbot.state.database import FILE
from coopbot.state.people import People
from tests.cli.test_killed import OLD
from tests.torture.place import QUESTION, Place, Stage
from tests.torture.violations import Violation, expect

_ENCODER_SHARE = 0.04  # its file is large, and takes a second to make
_PEOPLE = 300


def damage(file: Path, chance: random.Random) -> str:
    """Damage *file*, which is not linked to from elsewhere, and return how."""
    content = bytearray(file.read_bytes())
    how = chance.choice(("a bit flipped", "a bit flipped", "cut short", "zeroed", "removed"))
    if how == "removed" or not content:
        file.unlink()
        return "removed"
    at = chance.randrange(len(content))
    if how == "a bit flipped":
        content[at] ^= 1 << chance.randrange(8)
    elif how == "cut short":
        del content[at:]
    else:
        end = min(len(content), at + chance.randrange(1, 5_000))
        if not any(content[at:end]):
            return damage(file, chance)  # it was zero: no damage
        content[at:end] = bytes(end - at)
    file.unlink()  # a copy of its own: other places share the file
    file.write_bytes(content)
    return how


class DamageOfIndex:
    """A search answers as before, or says which file is damaged; `coopbot index` mends it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        place = stage.copy("damage_of_index")
        self._right = _hits(place.run("search", "--json", QUESTION).must(0).out)
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random) -> int:
        """Damage a file, search or index, check."""
        place = self._stage.copy("damage_of_index")
        files = [f for f in sorted(place.index.rglob("*")) if f.is_file() and "LOCK" not in f.name]
        file = chance.choice(files)
        if chance.random() < _ENCODER_SHARE:
            file = _own_encoder(place)
        articles, live = place.files(), place.live
        how = damage(file, chance)
        self.notes[f"{file.suffix or file.name} {how}"] += 1
        try:
            if chance.random() < 0.5:
                result = place.run("search", "--json", QUESTION).must(0)
                expect(_hits(result.out) == self._right, "lost", f"answers otherwise: {result}")
                expect(result.err.count("\n") <= 1, "exit code", result)
            else:
                result = place.run("index").must(0)
            idle = file.parent.name.startswith("g") and file.parent.name != live
            said = "in a generation not in use" if idle else "made again without its name"
            self.notes["named" if "abîmé" in result.err else said] += 1
            expect(place.files() == articles, "lost", "the corpus changed")
            place.must_answer({OLD})
            place.must_be_whole()
            found = _hits(place.run("search", "--json", QUESTION).must(0).out)
            expect(found == self._right, "lost", "answers otherwise when mended")
        except Violation as violation:
            raise Violation(violation.kind, f"{file} {how}: {violation}") from violation
        return 1


def _hits(out: str) -> list[Any]:
    return [(hit["title"], hit["score"]) for hit in json.loads(out)["hits"]]


def _own_encoder(place: Place) -> Path:
    """Give the place an encoder's cache of its own and return its file."""
    folder = place.index / "encoder"
    shared = folder.resolve()
    folder.unlink()
    return next(Path(shutil.copytree(shared, folder)).glob("*.arrays"))


class DamageOfState:
    """What SQLite finds damaged is kept aside, and the newest copy takes its place."""

    def __init__(self, stage: Stage) -> None:
        self._place = stage.copy("damage_of_state")
        self._template = stage.folder / "state"
        database = Database(self._template, utc_now)
        for number in range(_PEOPLE):
            People(database).choose_language(number, "en" if number % 2 else "fr")
            People(database).add_alert(number, number, f"question {number}", "fr", [f"a{number}"])
        database.close()
        back_up_daily(self._template, utc_now)
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random) -> int:
        """Damage the state, open it, check."""
        state = self._place.state
        shutil.rmtree(state, ignore_errors=True)
        shutil.copytree(self._template, state)
        with_copy = chance.random() < 0.8
        if not with_copy:
            shutil.rmtree(state / "backups")
        how = damage(state / FILE, chance)
        gone = how == "removed"
        result = self._place.run("chat").must(0, 2)
        if not with_copy and result.code == 2:
            expect(str(state / FILE) in result.err, "exit code", result)
            self.notes[f"{how}: refused, there is no copy"] += 1
            return 1
        expect(result.code == 0, "exit code", result)
        kept = [p.name for p in state.glob("coopbot-damaged-*.sqlite3")]
        if kept:
            expect(kept[0] in result.err, "other", f"the copy kept aside is not told: {result}")
            self.notes[f"{how}: the copy took its place"] += 1
        elif gone:
            self.notes["removed: begun anew"] += 1
            return 1
        else:
            self.notes[f"{how}: where SQLite keeps nothing, or no checksum"] += 1
        database = Database(state, utc_now)
        alerts = len(People(database).alerts())
        database.close()
        expect(alerts == _PEOPLE, "lost", f"{alerts} alerts of {_PEOPLE} ({how})")
        return 1
