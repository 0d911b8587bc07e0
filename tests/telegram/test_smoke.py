"""One question through everything."""

from __future__ import annotations

from tests.botapi.server import BotApiServer
from tests.telegram.conftest import BotProcess


def test_a_private_question_is_answered(bot: BotProcess, server: BotApiServer) -> None:
    alice = server.user()
    bot.start()
    question = alice.says(alice.private, "comment créer une Scic ?")
    answer = server.reply_to(question, timeout=20)
    assert "Créer une Scic" in answer.text
    assert server.violations == []
    assert bot.stop() == 0
