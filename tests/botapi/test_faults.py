"""Misbehaviour on command, and flood control."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest
from telegram import Bot, Update
from telegram.error import (
    NetworkError,
    RetryAfter,
    TimedOut,
)

from tests.botapi import BotApiServer
from tests.botapi.conftest import drive


def ids(updates: tuple[Update, ...]) -> list[int]:
    return [update.update_id for update in updates]


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [u.effective_message.text if u.effective_message else None for u in updates]


def test_delivers_an_update_twice(server: BotApiServer) -> None:
    alice = server.user()
    server.faults.duplicate = 1.0
    alice.says(alice.private, "un")
    server.faults.clear()
    alice.says(alice.private, "deux")

    async def script(bot: Bot) -> None:
        updates = await bot.get_updates()
        assert texts(updates) == ["un", "un", "deux"]
        assert ids(updates)[0] == ids(updates)[1]
        assert texts(await bot.get_updates()) == ["un", "deux"]

    drive(server, script)
    assert server.faults.fired["duplicate"] == 1


@pytest.mark.parametrize("html", [False, True])
def test_is_a_bad_gateway_on_command(server: BotApiServer, html: bool) -> None:
    alice = server.user()

    async def script(bot: Bot) -> None:
        server.faults.html_errors = html
        server.faults.once("bad_gateway", "sendMessage")
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await bot.send_message(alice.id, "un")
        await bot.send_message(alice.id, "deux")

    drive(server, script)
    assert [m.text for m in server.messages(alice)] == ["deux"]
    assert [c.outcome for c in server.called("sendMessage")] == ["bad_gateway", "ok"]


def test_drops_the_connection_before_the_work(server: BotApiServer) -> None:
    alice = server.user()

    async def script(bot: Bot) -> None:
        server.faults.once("drop_before", "sendMessage")
        with pytest.raises(NetworkError):
            await bot.send_message(alice.id, "un")

    drive(server, script)
    assert server.messages(alice) == []
    assert server.called("sendMessage")[0].outcome == "dropped"


def test_drops_the_connection_after_the_work(server: BotApiServer) -> None:
    alice = server.user()

    async def script(bot: Bot) -> None:
        server.faults.once("drop_after", "sendMessage")
        with pytest.raises(NetworkError):
            await bot.send_message(alice.id, "un")

    drive(server, script)
    assert [m.text for m in server.messages(alice)] == ["un"]
    assert server.called("sendMessage")[0].outcome == "lost"


def test_is_slow_on_command(server: BotApiServer) -> None:
    alice = server.user()

    async def script(bot: Bot) -> None:
        server.faults.latency = 0.3
        with pytest.raises(TimedOut):
            await bot.send_message(alice.id, "un", read_timeout=0.05)
        server.faults.latency = 0

    drive(server, script)
    server.wait_for(lambda: [m.text for m in server.messages(alice)] == ["un"])


def pause(error: RetryAfter) -> float:
    assert isinstance(error.retry_after, dt.timedelta)
    return error.retry_after.total_seconds()


def test_floods_one_chat_for_a_while(server: BotApiServer) -> None:
    alice, bob = server.user(), server.user("Bob")

    async def script(bot: Bot) -> None:
        server.faults.flood(alice.private, 7)
        with pytest.raises(RetryAfter) as caught:
            await bot.send_message(alice.id, "un")
        assert pause(caught.value) == 7
        await bot.send_message(bob.id, "un")
        server.clock.advance(7)
        await bot.send_message(alice.id, "deux")

    drive(server, script)
    assert [r.error for r in server.refusals] == ["Too Many Requests: retry after 7"]
    assert not server.violations


def fates(seed: int) -> list[bool]:
    with BotApiServer.running(seed=seed) as server:
        server.faults.bad_gateway = 0.5
        server.faults.only = {"sendChatAction"}
        alice = server.user()

        async def script(bot: Bot) -> list[bool]:
            results = []
            for _ in range(12):
                try:
                    results.append(await bot.send_chat_action(alice.id, "typing"))
                except NetworkError:
                    results.append(False)
            return results

        return drive(server, script)


def test_misbehaves_alike_for_the_same_seed() -> None:
    first = fates(1)
    assert first == fates(1)
    assert first != fates(2)
    assert 0 < sum(first) < 12


def burst(server: BotApiServer, chats: list[int]) -> tuple[int, int]:
    """Send to *chats* and return how many went through, and the first pause asked for."""

    async def script(bot: Bot) -> tuple[int, int]:
        for sent, chat in enumerate(chats):
            try:
                await bot.send_message(chat, "x")
            except RetryAfter as error:
                return sent, round(pause(error))
        return len(chats), 0

    server.limits.enabled = True
    server.clock.freeze()
    return drive(server, script)


def test_limits_one_chat(server: BotApiServer) -> None:
    alice = server.user()
    assert burst(server, [alice.id] * 5) == (3, 1)
    server.clock.advance(3)
    assert burst(server, [alice.id] * 5) == (3, 1)


def test_limits_a_group(server: BotApiServer) -> None:
    group = server.group("Asso", server.user())
    server.limits.burst = 100
    sent, seconds = burst(server, [group.id] * 25)
    assert sent == 20
    assert seconds == 60


def test_limits_everything_together(server: BotApiServer) -> None:
    people = [server.user(f"P{n}").id for n in range(40)]
    server.limits.overall = 5
    assert burst(server, people) == (5, 1)


def test_does_not_limit_unless_asked(server: BotApiServer) -> None:
    alice = server.user()

    async def script(bot: Bot) -> None:
        await asyncio.gather(*(bot.send_message(alice.id, str(n)) for n in range(50)))

    drive(server, script)
    numbers = [m.id for m in server.messages(alice)]
    assert numbers == list(range(numbers[0], numbers[0] + 50))
