"""Two programs that write at once."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter

from tests.cli.test_killed import ARTICLES, NEW
from tests.torture.bot import Bots
from tests.torture.kills_of_add import ADDED, KillsOfAdd
from tests.torture.place import Stage
from tests.torture.violations import expect

COMMANDS = (("index",), ("index", "--rebuild"), ("add",))


class TwoWriters:
    """Each succeeds or is sent away with a sentence; nothing is lost, and nothing there twice."""

    def __init__(self, stage: Stage, offered: KillsOfAdd) -> None:
        self._stage = stage
        self._offered = offered.offered
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random) -> int:
        """Run two commands at once, check."""
        place = self._stage.copy("two_writers", NEW)
        commands = [chance.choice(COMMANDS) for _ in range(2)]
        runs = []
        for command in commands:
            given = self._offered if command == ("add",) else []
            runs.append(place.start(*command, *given))
            time.sleep(chance.uniform(0, 0.4))
        for run in runs:
            result = run.wait().must(0, 2)
            self.notes["sent away" if result.code else "done"] += 1
            if result.code:
                result.must(2, says="Un autre programme met déjà à jour l'index")
        place.must_be_whole(ARTICLES + ADDED * (("add",) in commands))
        place.must_answer({NEW})
        return 1


class TwoBots:
    """A second bot, or a restoring of the state, is sent away while a bot runs."""

    def __init__(self, bots: Bots) -> None:
        self._bots = bots
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random) -> int:
        """Try it while a bot runs, which goes on."""
        place, server = self._bots.place, self._bots.server
        first = self._bots.started()
        copy = place.folder / "copy"
        place.run("backup", str(copy)).must(0)
        if chance.random() < 0.5:
            self._bots.start().wait().must(2, says="Un bot utilise déjà les données durables")
        else:
            place.run("restore", str(copy)).must(2, says="Un bot utilise déjà")
        person = server.user("Zoé")
        question = person.says(person.private, "mot de passe du coffre")
        self._bots.wait_until(lambda: bool(self._bots.said_to(person)), "an answer")
        first.signal(signal.SIGTERM)
        first.wait().must(0)
        answers = [m for m in self._bots.said_to(person) if m.reply_to is question]
        expect(len(answers) == 1, "duplicated", answers)
        self._bots.must_be_lawful()
        return 1
