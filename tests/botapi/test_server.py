"""The server under PTB's Bot: addresses, updates, webhook, who may write where."""

from __future__ import annotations

import asyncio
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from telegram import Bot, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
)
from telegram.request import HTTPXRequest

from tests.botapi import BotApiServer
from tests.botapi.conftest import drive

PASSED_ALONG = "s3cret-_"


def ids(updates: tuple[Update, ...]) -> list[int]:
    return [update.update_id for update in updates]


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [u.effective_message.text if u.effective_message else None for u in updates]


def test_says_who_the_bot_is(server: BotApiServer) -> None:
    async def script(bot: Bot) -> None:
        me = await bot.get_me()
        assert (me.id, me.username, me.is_bot) == (123_456, "coopbot_test_bot", True)
        assert me.supports_inline_queries
        assert me.supports_guest_queries
        assert me.can_read_all_group_messages is False

    drive(server, script)
    assert {call.method for call in server.calls} == {"getMe"}


def test_can_run_in_the_loop_of_a_test() -> None:
    async def script() -> None:
        async with (
            BotApiServer() as server,
            Bot(server.token, base_url=f"{server.base_url}/bot") as bot,
        ):
            assert bot.username == server.bot.username

    asyncio.run(script())


@pytest.mark.parametrize("token", ["123456:another", "99:x", "0:x"])
def test_turns_a_wrong_token_away(server: BotApiServer, token: str) -> None:
    async def script() -> None:
        request = HTTPXRequest()
        with pytest.raises(InvalidToken):
            await Bot(token, base_url=f"{server.base_url}/bot", request=request).get_me()
        await request.shutdown()

    asyncio.run(script())
    assert [v.error for v in server.violations] == ["Unauthorized"]


def status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_answers_other_addresses_as_the_real_server(server: BotApiServer) -> None:
    own = f"{server.base_url}/bot{server.token}"
    assert status_of(f"{own}/GETME") == 200
    assert status_of(f"{own}/getWeather") == 404
    assert status_of(f"{server.base_url}/bot123456:other/getMe") == 401
    assert status_of(f"{server.base_url}/robots.txt") == 404
    assert status_of(f"{server.base_url}/file/bot{server.token}/documents/none.bin") == 404
    assert server.calls[-1].method == "getWeather"
    assert server.calls[-1].error == "Not Found: method not found"


def test_listens_on_loopback_only(server: BotApiServer) -> None:
    assert server.base_url.startswith("http://127.0.0.1:")
    with pytest.raises(OSError, match=r"refused|unreachable|timed out"):
        socket.create_connection(("127.0.0.2", server.port), timeout=1)


def test_drops_updates_once_confirmed(server: BotApiServer) -> None:
    alice = server.user()
    for text in ("un", "deux", "trois"):
        alice.says(alice.private, text)

    async def script(bot: Bot) -> None:
        first = await bot.get_updates(limit=2)
        assert texts(first) == ["un", "deux"]
        assert ids(await bot.get_updates()) == [n + ids(first)[0] for n in range(3)]
        assert texts(await bot.get_updates(offset=ids(first)[-1] + 1)) == ["trois"]
        assert texts(await bot.get_updates(offset=-1)) == ["trois"]
        assert await bot.get_updates(offset=ids(first)[0] + 3) == ()

    drive(server, script)
    assert server.pending_updates == 0


def test_waits_for_an_update(server: BotApiServer) -> None:
    alice = server.user()

    async def script(bot: Bot) -> None:
        poll = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.to_thread(server.wait_until_listening)
        started = time.monotonic()
        alice.says(alice.private, "bonjour")
        assert texts(await poll) == ["bonjour"]
        assert time.monotonic() - started < 2
        assert await bot.get_updates(offset=2**31 - 1, timeout=1) == ()

    drive(server, script)


def test_lets_one_poll_only(server: BotApiServer) -> None:
    alice = server.user()

    async def script(bot: Bot) -> None:
        first = asyncio.create_task(bot.get_updates(timeout=5))
        await asyncio.to_thread(server.wait_until_listening)
        second = asyncio.create_task(bot.get_updates(timeout=5))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        alice.says(alice.private, "bonjour")
        assert texts(await second) == ["bonjour"]

    drive(server, script)
    assert [r.method for r in server.refusals] == ["getUpdates"]


def test_ends_a_poll_when_the_server_stops() -> None:
    async def script() -> None:
        server = BotApiServer()
        await server.start()
        async with Bot(server.token, base_url=f"{server.base_url}/bot") as bot:
            poll = asyncio.create_task(bot.get_updates(timeout=50))
            await asyncio.to_thread(server.wait_until_listening)
            await server.stop()
            assert await poll == ()

    asyncio.run(asyncio.wait_for(script(), 5))


def test_gives_only_the_kinds_of_update_asked_for(server: BotApiServer) -> None:
    alice, group = server.user(), None
    group = server.group("Asso", alice)
    alice.promotes_bot(group)

    async def script(bot: Bot) -> None:
        await bot.get_updates(offset=-1, allowed_updates=["message", "nonsense"])
        await bot.get_updates(offset=2**31 - 1)
        alice.asking_inline("scop")
        alice.says(alice.private, "un")
        assert texts(await bot.get_updates()) == ["un"]
        await bot.get_updates(offset=2**31 - 1, allowed_updates=[])
        server.user("Bob").joins(group)
        kinds = [u.to_dict().keys() - {"update_id"} for u in await bot.get_updates()]
        assert kinds == [{"message"}], "chat_member comes on demand only"

    drive(server, script)


def test_lets_old_queries_expire_in_the_queue(server: BotApiServer) -> None:
    alice = server.user()
    alice.asking_inline("scop")
    alice.says(alice.private, "un")
    server.clock.advance(31)
    assert server.pending_updates == 1
    server.clock.advance(86_400)
    assert server.pending_updates == 0


@contextmanager
def receiving(statuses: list[int]) -> Iterator[tuple[str, list[tuple[str | None, bytes]]]]:
    """Receive webhook posts, answering with *statuses* first and 200 from then on."""
    received: list[tuple[str | None, bytes]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
            self.send_response(statuses.pop(0) if statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as http:
        thread = Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_address[1]}/hook", received
        http.shutdown()
        thread.join()


def test_posts_updates_to_a_webhook_until_it_takes_them(server: BotApiServer) -> None:
    alice = server.user()
    with receiving([500, 404]) as (address, received):

        async def script(bot: Bot) -> None:
            await bot.set_webhook(address, secret_token=PASSED_ALONG, max_connections=3)
            with pytest.raises(Conflict, match="can't use getUpdates method while webhook"):
                await bot.get_updates()
            alice.says(alice.private, "un")
            alice.says(alice.private, "deux")
            await asyncio.to_thread(server.wait_for, lambda: len(received) == 4)
            await asyncio.to_thread(server.wait_for, lambda: server.pending_updates == 0)
            info = await bot.get_webhook_info()
            assert info.url == address
            assert info.last_error_message == "Wrong response from the webhook: 404 Not Found"
            await bot.delete_webhook()
            assert (await bot.get_webhook_info()).url == ""

        drive(server, script)
    assert {secret for secret, _ in received} == {PASSED_ALONG}
    sent = [b"deux" in body for _, body in received]
    assert sent == [False, False, False, True], "in order, though the first was refused twice"


def test_refuses_a_bad_webhook(server: BotApiServer) -> None:
    async def script(bot: Bot) -> None:
        with pytest.raises(BadRequest, match="unallowed characters"):
            await bot.set_webhook("https://example.org/x", secret_token=PASSED_ALONG + "é")
        with pytest.raises(BadRequest, match="too long"):
            await bot.set_webhook("https://example.org/x", secret_token="x" * 257)
        with pytest.raises(BadRequest, match="Invalid webhook url"):
            await bot.set_webhook("gopher://example.org/x")

    drive(server, script)


FORBIDDEN: dict[str, tuple[Callable[[BotApiServer], int], str]] = {
    "blocked": (
        lambda server: blocked(server),
        "Forbidden: bot was blocked by the user",
    ),
    "removed": (
        lambda server: removed(server),
        "Forbidden: bot was kicked from the supergroup chat",
    ),
}


def blocked(server: BotApiServer) -> int:
    alice = server.user()
    alice.blocks()
    return alice.id


def removed(server: BotApiServer) -> int:
    alice = server.user()
    chat = server.supergroup("Asso", alice)
    alice.removes_bot(chat)
    return chat.id


@pytest.mark.parametrize("case", FORBIDDEN)
def test_keeps_the_bot_out(server: BotApiServer, case: str) -> None:
    prepare, words = FORBIDDEN[case]
    chat = prepare(server)

    async def script(bot: Bot) -> None:
        with pytest.raises(Forbidden):
            await bot.send_message(chat, "x")

    drive(server, script)
    assert [r.error for r in server.refusals] == [words]
    assert not server.violations


def test_lets_the_bot_write_only_where_it_may(server: BotApiServer) -> None:
    stranger, member = server.user("Zoé", started=False), server.user("Bob", started=False)
    server.group("Asso", member)
    elsewhere = server.supergroup("Ailleurs", member, bot=False)

    async def script(bot: Bot) -> None:
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(stranger.id, "x")
        with pytest.raises(Forbidden, match="can't initiate conversation with a user"):
            await bot.send_message(member.id, "x")
        with pytest.raises(Forbidden, match="not a member of the supergroup chat"):
            await bot.send_message(elsewhere.id, "x")

    drive(server, script)
    assert len(server.violations) == 3


def test_moves_a_group_to_its_supergroup(server: BotApiServer) -> None:
    alice = server.user()
    group = server.group("Asso", alice)
    new = server.upgrade(group)

    async def script(bot: Bot) -> None:
        with pytest.raises(ChatMigrated) as caught:
            await bot.send_message(group.id, "x")
        assert caught.value.new_chat_id == new.id
        assert (await bot.send_message(new.id, "x")).message_id == 3

    drive(server, script)
    assert not server.violations


def test_a_bot_that_died_listens_no_more(server: BotApiServer) -> None:
    async def script(bot: Bot) -> None:
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await asyncio.to_thread(server.wait_until_listening)
        poll.cancel()

    drive(server, script)
    server.wait_for(lambda: not server.is_listening)
    alice = server.user()
    alice.says(alice.private, "un")

    async def restart(bot: Bot) -> None:
        assert texts(await bot.get_updates()) == ["un"]

    drive(server, restart)
