"""What the server's own tests share: a server, and PTB's Bot to call it with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest
from telegram import Bot, Message, Update
from telegram.request import HTTPXRequest

from tests.botapi import BotApiServer

T = TypeVar("T")
Action = Callable[[Bot], Awaitable[T]]


def drive(server: BotApiServer, action: Action[T]) -> T:
    """Return what *action* returns with a real `telegram.Bot` that talks to *server*."""

    async def act() -> T:
        # nothing here speaks TLS, and reading the certificates takes longer than a test
        requests = [HTTPXRequest(httpx_kwargs={"verify": False}) for _ in range(2)]
        async with Bot(
            server.token,
            base_url=f"{server.base_url}/bot",
            base_file_url=server.file_url,
            request=requests[0],
            get_updates_request=requests[1],
        ) as bot:
            return await action(bot)

    return asyncio.run(act())


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BotApiServer]:
    """A running server."""
    # without this each RetryAfter warns that its pause will be a timedelta one day
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    with BotApiServer.running() as running:
        yield running


def heard(server: BotApiServer) -> tuple[Update, ...]:
    """Return, and confirm, what the bot is told."""

    async def script(bot: Bot) -> tuple[Update, ...]:
        updates = await bot.get_updates()
        await bot.get_updates(offset=2**31 - 1)
        return updates

    return drive(server, script)


def texts(server: BotApiServer) -> list[str | None]:
    messages = [update.effective_message for update in heard(server)]
    return [message.text if message else None for message in messages]


def sent(server: BotApiServer, chat: int, text: str = "x", **more: Any) -> Message:
    async def script(bot: Bot) -> Message:
        return await bot.send_message(chat, text, **more)

    return drive(server, script)
