"""One question through everything: by polling, and by webhook."""

from __future__ import annotations

import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.botapi.server import BotApiServer
from tests.conftest import CORPUS
from tests.telegram.conftest import BotProcess


@pytest.fixture
def bot(tmp_path: Path, index_copy: Path, server: BotApiServer) -> Iterator[BotProcess]:
    """The bot, not yet started, and then as people start it: anew."""
    process = BotProcess(tmp_path, index_copy, server)
    shutil.copytree(CORPUS, process.corpus)
    yield process
    process.end()


def test_a_private_question_is_answered(bot: BotProcess, server: BotApiServer) -> None:
    alice = server.user()
    bot.start()
    question = alice.says(alice.private, "comment créer une Scic ?")
    answer = server.reply_to(question, timeout=20)
    assert "Créer une Scic" in answer.text
    assert server.violations == []
    assert bot.stop() == 0


def test_by_webhook_a_question_is_answered(bot: BotProcess, server: BotApiServer) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    alice = server.user()
    bot.start(
        {
            "COOPBOT_TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
            "COOPBOT_TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
            "COOPBOT_TELEGRAM_WEBHOOK_SECRET": "only-telegram-knows",
        }
    )
    question = alice.says(alice.private, "comment créer une Scic ?")
    assert "Créer une Scic" in server.reply_to(question, timeout=20).text
    forged = urllib.request.Request(f"http://127.0.0.1:{port}/telegram", b"{}", method="POST")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(forged, timeout=5)  # noqa: S310 - our own port
    refused.value.close()
    assert refused.value.code == 403
    assert server.violations == []
    assert bot.stop() == 0
