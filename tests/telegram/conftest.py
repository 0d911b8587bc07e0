"""The real bot process, driven through a loopback Bot API server."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from coopbot.corpus import Corpus
from coopbot.messages import texts
from coopbot.state.database import FILE
from tests.botapi import groups
from tests.botapi.errors import NOT_MODIFIED
from tests.botapi.model import Chat, Message, Topic
from tests.botapi.pending import Pending
from tests.botapi.people import User
from tests.botapi.server import BotApiServer
from tests.conftest import CORPUS, clean_environment, copied
from tests.forks import Forked, Forks

READY_SECONDS = 30.0
REST_SECONDS = 20.0

# What the conversations are about: what the bot says, and questions with the article that answers.
FR, EN = texts("fr"), texts("en")
FOREIGN = "recette de la tarte aux pommes"
QUESTION = "comment créer une Scic ?"
STEPS = Corpus(CORPUS).read("creer/creer-une-scic.md").article.title
ENGLISH_STEPS = Corpus(CORPUS).read("en/how-to-create-a-scic.md").article.title
OTHER_QUESTION = "réserves impartageables"
RESERVES = Corpus(CORPUS).read("gouverner/les-reserves-impartageables.md").article.title


class BotProcess:
    """`coopbot bot` on a private copy of corpus and index; its log is in `log`."""

    def __init__(
        self, folder: Path, index: Path, server: BotApiServer, forks: Forks | None = None
    ) -> None:
        """*forks* start it, else it is started anew."""
        self.folder = folder
        self._forks = forks
        self.server = server
        self.corpus = folder / "corpus"
        self.state = folder / "state"
        self.log = folder / "bot.log"
        self._index = index
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self.environment: dict[str, str] = {}
        self.options: list[str] = []

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start the process and wait until it listens."""
        self.environment |= environment or {}
        polls = len(self.server.called("getUpdates"))
        self._launch()
        self.server.wait_for(
            lambda: len(self.server.called("getUpdates")) > polls or self.server.webhook.is_set,
            READY_SECONDS,
        )

    def run(self) -> int:
        """Start a process that ends on its own, and return its exit code."""
        self._launch()
        assert self._process is not None
        return self._process.wait(READY_SECONDS)

    def _launch(self) -> None:
        arguments, variables = ["bot", *self.options], self._variables()
        with self.log.open("ab") as log, Path(os.devnull).open("rb") as nothing:
            if self._forks:
                streams = (nothing.fileno(), log.fileno(), log.fileno())
                self._process = self._forks.start(arguments, self.folder, variables, streams)
                return
            self._process = subprocess.Popen(
                [sys.executable, "-m", "coopbot", *arguments],
                cwd=self.folder,
                env=variables,
                stdin=nothing,
                stdout=log,
                stderr=log,
            )

    def index(self) -> None:
        """Run `coopbot index` on the bot's corpus and index, as a process beside the bot."""
        assert self._forks is not None
        done = self._forks.run(["index"], self.folder, self._variables(), REST_SECONDS)
        assert done.returncode == 0, done

    def _variables(self) -> dict[str, str]:
        return (
            clean_environment(self.folder)
            | {
                "COOPBOT_CORPUS": str(self.corpus),
                "COOPBOT_INDEX": str(self._index),
                "COOPBOT_STATE": str(self.state),
                "COOPBOT_TELEGRAM_TOKEN": self.server.token,
                "COOPBOT_TELEGRAM_BASE_URL": self.server.base_url,
            }
            | self.environment
        )

    @property
    def pid(self) -> int:
        """The number of the running process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End the process as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def stop(self, seconds: float = 10.0) -> int:
        """End the process politely and return its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGTERM)
        return self._process.wait(seconds)

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Return what *query* finds in the bot's state, committed so far."""
        connection = sqlite3.connect(f"{(self.state / FILE).as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def end(self) -> None:
        """End the process if it runs, show its log, and see that the token is not in there."""
        if self._process is not None and self._process.poll() is None:
            self.stop()
        text = self.log.read_text(encoding="utf-8") if self.log.exists() else ""
        assert self.server.token not in text
        print(text)  # noqa: T201 - pytest shows it for a test that failed


class World:
    """One server and one bot for many conversations, with an administrator."""

    def __init__(self, server: BotApiServer, bot: BotProcess, admin: User) -> None:
        self.server = server
        self.bot = bot
        self.admin = admin
        self.unanswerable: set[str] = set()  # queries the bot was kept from answering in time
        self._read = 0  # of the log

    @property
    def mention(self) -> str:
        """The bot's name, as people write it in a group."""
        return f"@{self.server.bot.username}"

    def ask(
        self,
        person: User,
        text: str,
        chat: Chat | None = None,
        *,
        reply_to: Message | None = None,
        thread: Topic | None = None,
    ) -> Message:
        """Let *person* write *text*, in private if no *chat* is given; return the bot's reply."""
        said = person.says(chat or person.private, text, reply_to=reply_to, thread=thread)
        return self.server.reply_to(said, REST_SECONDS)

    def sends(self, person: User, **content: object) -> Message:
        """Let *person* send the bot something that is no text, given as the API shows it."""
        api = self.server.api
        with api.state.changed:
            message = api.state.post(person.private, person)
            message.service = dict(content)
            groups.tell(api, "message", message)
            return message

    def of_bot(self, chat: Chat, after: Message | None = None) -> list[Message]:
        """Return what the bot has written into *chat* (*after* a message), once it is at rest."""
        self.rest()
        first = after.id if after else 0
        return [m for m in chat.messages if m.sender is self.server.bot and m.id > first]

    def rest(self) -> None:
        """Wait until the bot has dealt with all that it was told, and sent what it had to say."""
        deadline = time.monotonic() + REST_SECONDS
        while not self._is_at_rest():
            if time.monotonic() > deadline:
                raise TimeoutError(f"the bot did not come to rest\n{self.server.report()}")
            time.sleep(0.01)

    def _is_at_rest(self) -> bool:
        unfinished = (
            "SELECT 1 FROM inbox WHERE payload IS NOT NULL "
            "UNION ALL SELECT 1 FROM outbox WHERE state IN ('waiting', 'sending')"
        )
        if self.server.pending_updates or self.bot.rows(unfinished):
            return False
        calls = [call for call in list(self.server.calls) if call.method != "getUpdates"]
        return all(call.outcome != "pending" for call in calls)

    def check(self) -> None:
        """Check that the bot did nothing it may not, answered every query, logged no error."""
        self.rest()
        violations = list(self.server.violations)
        self.server.violations.clear()
        unanswered = self._unanswered()
        self.unanswerable |= {query.id for query in unanswered}
        log = self.bot.log.read_text(encoding="utf-8")
        news, self._read = log[self._read :], len(log)
        assert violations == []
        assert unanswered == []
        assert "ERROR" not in news, news

    def _unanswered(self) -> list[Pending[object]]:
        open_queries = list(self.server.queries.unanswered)
        return [query for query in open_queries if query.id not in self.unanswerable]

    @contextmanager
    def slow(self, seconds: float = 0.4) -> Iterator[None]:
        """Let every call of the bot take so long; what people do meanwhile reaches it at once."""
        self.server.faults.latency = seconds
        try:
            with self.server.api.state.changed:
                yield
            self.rest()
        finally:
            self.server.faults.latency = 0.0

    def not_modified(self, chat: Chat) -> int:
        """Return how many edits in *chat* would have changed nothing."""
        refused = [r for r in self.server.refusals if NOT_MODIFIED in r.error]
        return sum(r.parameters["chat_id"] == chat.id for r in refused)


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer.running() as running:
        yield running


@pytest.fixture
def bot(
    tmp_path: Path, index_copy: Path, server: BotApiServer, forks: Forks
) -> Iterator[BotProcess]:
    """The bot, not yet started."""
    shutil.copytree(CORPUS, tmp_path / "corpus")
    process = BotProcess(tmp_path, index_copy, server, forks)
    yield process
    process.end()


@pytest.fixture(scope="module")
def articles(built_index: Path) -> tuple[Path, Path]:
    """The corpus that conversations are about, and its index."""
    return CORPUS, built_index


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, articles: tuple[Path, Path], forks: Forks
) -> Iterator[World]:
    """A server and a running bot that all conversations of a module share."""
    folder = tmp_path_factory.mktemp("world")
    corpus, index = articles
    shutil.copytree(corpus, folder / "corpus")
    copied(index, folder / "index")
    with BotApiServer.running() as server:
        admin = server.user("Admin")
        process = BotProcess(folder, folder / "index", server, forks)
        process.start(
            {
                "COOPBOT_TELEGRAM_ADMINS": str(admin.id),
                "COOPBOT_PRIVATE_NETWORKS": "127.0.0.0/8, ::1",  # web sites of tests
                "COOPBOT_REQUEST_INTERVAL": "0",
            }
        )
        yield World(server, process, admin)
        process.end()


@pytest.fixture(autouse=True)
def _lawful(request: pytest.FixtureRequest) -> Iterator[None]:
    """See after each conversation that the bot did nothing it may not."""
    shared = request.getfixturevalue("world") if "world" in request.fixturenames else None
    yield
    if shared is not None:
        shared.check()


@pytest.fixture
def alice(world: World) -> User:
    """A person who speaks French and has started the bot."""
    return world.server.user("Alice")


@pytest.fixture
def bob(world: World) -> User:
    """Another one."""
    return world.server.user("Bob")
