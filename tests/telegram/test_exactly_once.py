"""Every question answered exactly once, whatever the network, Telegram and the machine do."""

from __future__ import annotations

import pytest

from tests.botapi.model import Message
from tests.botapi.people import User
from tests.botapi.server import BotApiServer
from tests.telegram.conftest import BotProcess

PEOPLE = 40
QUESTIONS = (
    "comment créer une Scic ?",
    "qu'est-ce qu'une Scop",
    "how to create a Scic",
    "révision coopérative",
    "recette de la tarte aux pommes",
)


def everybody_asks(people: list[User]) -> list[Message]:
    """Let each of *people* ask one question and return the questions."""
    return [
        person.says(person.private, QUESTIONS[number % len(QUESTIONS)])
        for number, person in enumerate(people)
    ]


def answers(server: BotApiServer, question: Message) -> list[Message]:
    """Return the bot's messages in the chat of *question* after it."""
    said = [m for m in question.chat.messages if m.sender is server.bot and m.id > question.id]
    return [m for m in said if m.reply_to is question]


def unanswered(server: BotApiServer, questions: list[Message]) -> list[Message]:
    return [question for question in questions if not answers(server, question)]


def assert_once(server: BotApiServer, questions: list[Message]) -> None:
    server.wait_for(lambda: not unanswered(server, questions), 60, "all answers")
    server.settle(1.0, 60)
    for question in questions:
        assert len(answers(server, question)) == 1, (question, answers(server, question))
    assert server.violations == []


def test_a_crowd_is_answered_each_once(bot: BotProcess, server: BotApiServer) -> None:
    people = [server.user(f"P{number}") for number in range(PEOPLE)]
    bot.start()
    assert_once(server, everybody_asks(people))


def test_through_a_bad_network_each_is_answered_once(bot: BotProcess, server: BotApiServer) -> None:
    people = [server.user(f"P{number}") for number in range(PEOPLE)]
    bot.start()
    server.faults.duplicate = 0.1
    server.faults.bad_gateway = 0.05
    server.faults.drop_before = 0.02
    server.faults.drop_after = 0.05
    assert_once(server, everybody_asks(people))
    assert server.faults.fired["drop_after"]


def test_a_chat_that_must_wait_delays_no_other(bot: BotProcess, server: BotApiServer) -> None:
    people = [server.user(f"P{number}") for number in range(PEOPLE)]
    bot.start()
    server.faults.flood(people[0].private, 4)
    questions = everybody_asks(people)
    server.wait_for(lambda: not unanswered(server, questions[1:]), 30, "the others")
    assert unanswered(server, questions) == questions[:1]
    assert_once(server, questions)


@pytest.mark.parametrize("answered_before", [1, 12, 30])
def test_killed_in_the_middle_and_started_again_each_is_answered_once(
    bot: BotProcess, server: BotApiServer, answered_before: int
) -> None:
    people = [server.user(f"P{number}") for number in range(PEOPLE)]
    bot.start()
    server.faults.latency = 0.05
    questions = everybody_asks(people)
    server.wait_for(
        lambda: len(questions) - len(unanswered(server, questions)) >= answered_before, 30
    )
    bot.kill()
    bot.start()
    assert_once(server, questions)


def test_stopped_politely_it_finishes_in_time_and_loses_nothing(
    bot: BotProcess, server: BotApiServer
) -> None:
    people = [server.user(f"P{number}") for number in range(PEOPLE)]
    bot.start()
    questions = everybody_asks(people)
    server.wait_for(lambda: len(unanswered(server, questions)) < PEOPLE, 30)
    assert bot.stop(seconds=5) == 0
    bot.start()
    assert_once(server, questions)


def test_a_bot_that_cannot_reach_telegram_at_the_start_tries_again(
    bot: BotProcess, server: BotApiServer
) -> None:
    server.faults.once("bad_gateway", "getMe")
    server.faults.once("drop_before", "getMe")
    bot.start()
    assert_once(server, everybody_asks([server.user("Zoé")]))
