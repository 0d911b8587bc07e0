"""The bot, killed while it answers and while it tells alerts; restarted, it does each once."""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from coopbot.library import utc_now
from coopbot.state import Database
from coopbot.state.database import FILE, is_sound
from coopbot.state.people import People
from tests.botapi.model import Message
from tests.botapi.people import User
from tests.botapi.server import BotApiServer
from tests.torture.kills import ANEW
from tests.torture.place import Stage
from tests.torture.programs import Run
from tests.torture.violations import expect

QUESTIONS = (
    "mot de passe du coffre",
    "coopérative d'habitat et atelier",
    "verger et moulin",
    "recette de la tarte aux pommes",
)
PEOPLE = 12
_QUIET = 0.6  # seconds without a call, after which nothing more is to come
_PATIENCE = 60.0


class Bots:
    """Runs of the bot on one place, against a Bot API server on loopback."""

    def __init__(self, stage: Stage, server: BotApiServer) -> None:
        self.stage = stage
        self.server = server
        self.place = stage.copy("bot")
        # how long it takes from the start until all is said, forked and started anew
        self.spans: dict[bool, float] = {}

    @classmethod
    @contextmanager
    def ready(cls, stage: Stage) -> Iterator[Bots]:
        """Serve while the block runs."""
        with BotApiServer.running() as server:
            server.faults.latency = 0.03
            yield cls(stage, server)

    @property
    def environment(self) -> dict[str, str]:
        """What tells the bot where its server is."""
        return {
            "COOPBOT_TELEGRAM_TOKEN": self.server.token,
            "COOPBOT_TELEGRAM_BASE_URL": self.server.base_url,
        }

    def start(self, *, anew: bool = False, clock: float = 0.0) -> Run:
        """Start the bot; it listens some time later."""
        return self.place.start("bot", environment=self.environment, anew=anew, clock=clock)

    def started(self, *, clock: float = 0.0) -> Run:
        """Start the bot and wait until it listens: this one, and not the one before it."""
        polls = len(self.server.called("getUpdates"))
        run = self.start(clock=clock)
        self.wait_until(lambda: len(self.server.called("getUpdates")) > polls, "the bot to listen")
        return run

    def kill_and_finish(
        self,
        people: Sequence[User],
        chance: random.Random,
        notes: Counter[str],
        *,
        clock: float = 0.0,
    ) -> int:
        """Start and kill the bot a few times, then let it finish; return the number of kills."""
        kills = 0
        for _ in range(chance.randint(2, 4)):
            anew = chance.random() < ANEW
            if anew not in self.spans and not any(map(self.said_to, people)):
                self._measure(people, anew=anew)
                continue
            run = self.start(anew=anew)
            time.sleep(chance.uniform(0.0, self.spans.get(anew, 3.0)))
            run.signal(signal.SIGKILL)
            kills += run.wait().must(-signal.SIGKILL).killed
            heard = sum(bool(self.said_to(person)) for person in people)
            which = {0: "before any message", len(people): "after all of them"}
            notes[which.get(heard, "with some messages sent")] += 1
        run = self.started(clock=clock)
        self.wait_until(lambda: all(self.said_to(person) for person in people), "all of it")
        self.server.settle(_QUIET, _PATIENCE)
        run.signal(signal.SIGTERM)
        run.wait().must(0)
        return kills

    def _measure(self, people: Sequence[User], *, anew: bool) -> None:
        """Let the bot speak to all *people*, to know how long that takes from its start."""
        started = time.monotonic()
        run = self.start(anew=anew)
        self.wait_until(lambda: all(self.said_to(person) for person in people), "all of it")
        self.spans[anew] = time.monotonic() - started
        self.server.settle(_QUIET, _PATIENCE)
        run.signal(signal.SIGTERM)
        run.wait().must(0)

    def must_be_lawful(self) -> None:
        """Check that the server saw nothing it may not see, and that the state is whole."""
        expect(not self.server.violations, "other", self.server.violations)
        expect(is_sound(self.place.state / FILE), "lost", "the state is damaged")

    def said_to(self, person: User) -> list[Message]:
        """Return what the bot wrote to *person*."""
        return [m for m in person.private.messages if m.sender is self.server.bot]

    def wait_until(self, done: Callable[[], bool], what: str) -> None:
        """Wait until *done*; what does not come is lost."""
        try:
            self.server.wait_for(done, _PATIENCE, what)
        except TimeoutError as error:
            expect(False, "lost", error)


class KillsOfAnswers:
    """Every question is answered, and once."""

    def __init__(self, bots: Bots) -> None:
        self._bots = bots
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random) -> int:
        """Let people ask, kill the bot a few times, check; return how many kills there were."""
        people = [self._bots.server.user(f"P{number}") for number in range(PEOPLE)]
        asked = [p.says(p.private, chance.choice(QUESTIONS)) for p in people]
        kills = self._bots.kill_and_finish(people, chance, self.notes)
        for person, question in zip(people, asked, strict=True):
            answers = [m for m in self._bots.said_to(person) if m.reply_to is question]
            expect(answers, "lost", f"not answered: {question}")
            expect(len(answers) == 1, "duplicated", f"{len(answers)} answers to {question}")
        self._bots.must_be_lawful()
        return kills


class KillsOfAlerts:
    """Every alert is told of the articles that are new to it, and once."""

    def __init__(self, bots: Bots) -> None:
        self._bots = bots
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random, clock: float = 0.0) -> int:
        """Let alerts be due, kill the bot a few times, check; return how many kills there were."""
        place = self._bots.place
        people = [self._bots.server.user(f"A{number}") for number in range(PEOPLE)]
        add_alerts(place.state, people)
        kills = self._bots.kill_and_finish(people, chance, self.notes, clock=clock)
        for person in people:
            told = self._bots.said_to(person)
            expect(told, "lost", f"{person} was not told")
            expect(len(told) == 1, "duplicated", f"{person} was told {len(told)} times")
        self._bots.must_be_lawful()
        return kills


def add_alerts(state: Path, people: list[User]) -> None:
    """Let each of *people* wait for articles on the password, none of which they know."""
    database = Database(state, utc_now)
    try:
        for alert in People(database).alerts():  # of earlier rounds
            People(database).remove_alert(alert.user_id, alert.id)
        for person in people:
            People(database).add_alert(person.id, person.id, QUESTIONS[0], "fr", [])
    finally:
        database.close()
