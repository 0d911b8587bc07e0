"""A bot that was upgraded, watched from outside: one process, from its start to its end."""

from __future__ import annotations

import json
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from whoosh.util.filelock import FileLock

from coopbot.cli.condition import look
from coopbot.generations import Manifest
from coopbot.library import Library
from coopbot.settings import Settings
from tests.botapi.server import BotApiServer
from tests.cli.processes import live_generation, overwrite, unbuilt_index, wait_until
from tests.conftest import NOW, ROOT
from tests.small_corpus import ARTICLES
from tests.telegram.conftest import FR, BotProcess

OPERATIONS = ROOT / "docs" / "operations.md"


@dataclass
class Watched:
    """The bot on a small corpus, its index made by other code, and its monitoring address."""

    bot: BotProcess
    index: Path
    where: str

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://{self.where}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode("utf-8")

    def metric(self, name: str) -> float | None:
        """Return the metric *name*, its labels included, None when there is none such."""
        lines = self.get("/metrics")[1].splitlines()
        values = [line.rpartition(" ")[2] for line in lines if line.startswith(f"{name} ")]
        return float(values[0]) if values else None


@pytest.fixture
def watched(tmp_path: Path, built_index: Path, server: BotApiServer) -> Iterator[Watched]:
    (tmp_path / "corpus").mkdir()
    for name, text in ARTICLES.items():
        (tmp_path / "corpus" / name).write_text(text, encoding="utf-8")
    index = unbuilt_index(tmp_path / "index", built_index)
    Library(Settings(tmp_path / "corpus", index, tmp_path / "state")).refresh()
    manifest = live_generation(index) / "manifest.json"
    former = replace(Manifest.parse(manifest.read_bytes()), fingerprint="other")
    overwrite(manifest, former.dump())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        where = f"127.0.0.1:{probe.getsockname()[1]}"
    token = tmp_path / "token"
    token.write_text(f"{server.token}\n", encoding="utf-8")
    token.chmod(0o600)
    bot = BotProcess(tmp_path, index, server)
    bot.environment = {
        "COOPBOT_TELEGRAM_TOKEN": "",
        "COOPBOT_TELEGRAM_TOKEN_FILE": str(token),
        "COOPBOT_MONITORING_LISTEN": where,
    }
    bot.options = ["--log-json"]
    yield Watched(bot, index, where)
    bot.end()


def test_the_old_index_answers_while_the_new_is_made_and_all_of_it_can_be_watched(
    watched: Watched, server: BotApiServer
) -> None:
    bot, alice = watched.bot, server.user("Aliénor")
    other = FileLock(str(watched.index / "LOCK"))  # who is busy with the index, as it is with more
    assert other.acquire()
    bot.start()
    asked = "qui partage un tracteur ?"
    assert "La Cuma" in server.reply_to(alice.says(alice.private, asked), timeout=20).text
    assert watched.metric("coopbot_index_current") == 0
    assert watched.get("/healthz") == (200, "ok\n")
    other.release()
    wait_until(lambda: watched.metric("coopbot_index_current") == 1)
    assert "La Cuma" in server.reply_to(alice.says(alice.private, asked), timeout=20).text
    server.reply_to(alice.says(alice.private, "recette de la tarte aux pommes"), timeout=20)

    question = 'coopbot_questions_total{channel="message",outcome="%s"}'
    assert watched.metric(question % "answered") == 2
    assert watched.metric(question % "declined") == 1
    assert watched.metric('coopbot_question_seconds_count{channel="message"}') == 3
    assert watched.metric('coopbot_telegram_calls_total{method="sendMessage"}') == 3
    assert watched.metric("coopbot_articles") == len(ARTICLES)
    assert watched.metric("coopbot_outbox_messages") == 0
    assert watched.metric("coopbot_healthy") == 1
    metrics = watched.get("/metrics")[1]
    documented = re.findall(r"`(coopbot_\w+)", OPERATIONS.read_text(encoding="utf-8"))
    assert len(documented) >= 12
    assert [name for name in documented if name not in metrics] == []
    assert [text for text in ("tracteur", "Aliénor", str(alice.id)) if text in metrics] == []

    settings = Settings(bot.corpus, watched.index, bot.state, monitoring_listen=watched.where)
    assert look(settings, FR, NOW).problems == ()
    (watched.index / "CURRENT").rename(watched.index / "CURRENT.away")
    code, reason = watched.get("/healthz")
    assert code == 503
    assert reason == FR("errors.index_missing", path=watched.index) + "\n"
    found = look(settings, FR, NOW)
    assert [problem.text + "\n" for problem in found.problems] == [reason]

    assert bot.stop() == 0
    silent = look(settings, FR, NOW)
    assert [problem.kind for problem in silent.problems] == ["bot_silent"]
    events = [json.loads(line) for line in bot.log.read_text(encoding="utf-8").splitlines()]
    assert [e for e in events if e["level"] == "error"] == []
    assert "the index was made anew" in [event["event"] for event in events]
