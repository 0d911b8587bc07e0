"""The loopback Bot API server: the world a test sets up, and what it sees of the bot."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypeVar

from tests.botapi import groups
from tests.botapi.api import Api, Call, Violation
from tests.botapi.clock import Clock
from tests.botapi.faults import Faults
from tests.botapi.gate import Gate
from tests.botapi.limits import Limits
from tests.botapi.model import Account, Bot, Chat, Message, Topic
from tests.botapi.parameters import Json
from tests.botapi.pending import Queries
from tests.botapi.people import User
from tests.botapi.webhook import Webhook

TEST_BOT = "123456:TEST-loopback-token-of-no-real-bot"
T = TypeVar("T")


class BotApiServer:
    """A Bot API server for one bot, with the people and chats the test gives it.

    Use `with BotApiServer.running() as server` from synchronous code, `async with BotApiServer()`
    in a loop. People and waits block, so in a loop call them from another thread.
    """

    def __init__(
        self, token: str = TEST_BOT, *, username: str = "coopbot_test_bot", seed: int = 0
    ) -> None:
        self.token = token
        self.clock = Clock()
        self.faults = Faults(self.clock, seed)
        self.bot = Bot(int(token.partition(":")[0]), "Coopbot", username)
        self.api = Api(self.bot, self.clock, self.faults)
        self.port = 0
        self._gate = Gate(self.api, token)

    @classmethod
    @contextmanager
    def running(
        cls, token: str = TEST_BOT, *, username: str = "coopbot_test_bot", seed: int = 0
    ) -> Iterator[Self]:
        """Run a server in a thread of its own."""
        server = cls(token, username=username, seed=seed)
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="botapi", daemon=True)
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(server.start(), loop).result(10)
            try:
                yield server
            finally:
                asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()

    async def start(self) -> None:
        """Begin to listen."""
        self.port = await self._gate.open()

    async def stop(self) -> None:
        """Stop listening; calls under way end."""
        self.api.updates.close()
        await self.api.webhook.close()
        await self._gate.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.stop()

    @property
    def base_url(self) -> str:
        """Where it listens; PTB's base_url is this with "/bot" behind."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def file_url(self) -> str:
        """PTB's base_file_url."""
        return f"{self.base_url}/file/bot"

    # -- what the bot did

    @property
    def calls(self) -> list[Call]:
        """Every call of the bot, oldest first."""
        return self.api.calls

    @property
    def violations(self) -> list[Violation]:
        """What a correct bot never does."""
        return self.api.violations

    @property
    def refusals(self) -> list[Violation]:
        """Errors a correct bot may run into: blocked, 429, not modified, too old, deleted."""
        return self.api.refusals

    @property
    def warnings(self) -> list[Violation]:
        """What the server silently changed: links dropped, entities over 100."""
        return self.api.warnings

    @property
    def actions(self) -> list[tuple[int, int | None, str]]:
        """The chat, topic and name of each chat action."""
        return self.api.context.actions

    @property
    def limits(self) -> Limits:
        """Flood control."""
        return self.api.context.limits

    @property
    def queries(self) -> Queries:
        """The queries sent to the bot, and how long it may take to answer."""
        return self.api.queries

    @property
    def webhook(self) -> Webhook:
        """The webhook the bot has set, if any."""
        return self.api.webhook

    @property
    def pending_updates(self) -> int:
        """How many updates the bot has not confirmed."""
        with self.api.state.changed:
            return len(self.api.updates.ready())

    def called(self, method: str) -> list[Call]:
        """Return the calls of *method*."""
        return [call for call in list(self.calls) if call.method == method]

    def messages(self, chat: Chat | User) -> list[Message]:
        """Return what is in a chat now, oldest first."""
        return (chat.private if isinstance(chat, User) else chat).messages

    def commands(self, scope: str = "default", language: str = "") -> list[Json]:
        """Return the commands set for a scope such as "chat -123", in a language."""
        found: list[Json] = self.api.context.profile.get(("commands", scope, language), [])
        return found

    # -- who and what there is

    def user(
        self,
        first_name: str = "Alice",
        language_code: str | None = "fr",
        *,
        username: str | None = None,
        started: bool = True,
    ) -> User:
        """Return a new person, who has *started* the bot or not."""
        state = self.api.state
        with state.changed:
            number = state.next_account_id()
            user = User(number, first_name, username, language_code, api=self.api)
            state.accounts[number] = user
            if started:
                user.private.bot, user.private.bot_was_here = "member", True
            return user

    def group(self, title: str, *members: User, bot: bool = True) -> Chat:
        """Return a new basic group; the first member owns it."""
        return self._chat(Chat(0, "group", title), members, bot=bot)

    def supergroup(
        self, title: str, *members: User, bot: bool = True, username: str | None = None
    ) -> Chat:
        """Return a new supergroup; with a *username* it is public."""
        return self._chat(Chat(0, "supergroup", title, username=username), members, bot=bot)

    def forum(
        self, title: str, *members: User, topics: Sequence[str] = (), bot: bool = True
    ) -> Chat:
        """Return a new supergroup with topics."""
        chat = self._chat(Chat(0, "supergroup", title, is_forum=True), members, bot=bot)
        for name in topics:
            self.topic(chat, name, told=False)
        return chat

    def _chat(self, chat: Chat, members: Sequence[User], *, bot: bool) -> Chat:
        with self.api.state.changed:
            self.api.state.add_chat(chat)
            chat.members = dict.fromkeys((member.id for member in members), "member")
            for owner in members[:1]:
                chat.members[owner.id] = "creator"
            if bot:
                chat.bot, chat.bot_was_here = "member", True
            return chat

    def topic(self, chat: Chat, name: str, *, told: bool = True) -> Topic:
        """Return the topic of *chat* with that name, opened if need be; the bot is *told*."""
        with self.api.state.changed:
            for topic in chat.topics.values():
                if topic.name == name:
                    return topic
            creator = self._owner(chat)
            return groups.add_topic(self.api, chat, creator, name, told=told)

    def pair(self, one: User, other: User) -> Chat:
        """Return the private chat of two people: in *one*'s messages it has the *other*'s id."""
        with self.api.state.changed:
            assert one is not other
            return self.api.state.add_pair(other)

    def upgrade(self, group: Chat) -> Chat:
        """Turn a basic group into a supergroup and return that."""
        return groups.upgrade(self.api, group, self._owner(group))

    def _owner(self, chat: Chat) -> Account:
        owner = next((n for n, status in chat.members.items() if status == "creator"), None)
        return self.api.state.accounts[owner] if owner else self.bot

    # -- waiting

    def wait_for(self, predicate: Callable[[], T], timeout: float = 10.0, what: str = "") -> T:
        """Return what *predicate* returns as soon as that is true. Raises TimeoutError."""
        try:
            return self.api.state.wait(predicate, timeout, what or "a condition")
        except TimeoutError as error:
            raise TimeoutError(f"{error}\n{self.report()}") from None

    def reply_to(self, message: Message, timeout: float = 10.0, nth: int = 0) -> Message:
        """Return the bot's (*nth*) message that replies to *message*, waiting for it."""

        def replies() -> Message | None:
            chat = message.chat.messages
            found = [m for m in chat if m.sender is self.bot and m.reply_to is message]
            return found[nth] if len(found) > nth else None

        found = self.wait_for(replies, timeout, f"a reply to {message!r}")
        assert found is not None
        return found

    def answer_to(self, message: Message, timeout: float = 10.0, nth: int = 0) -> Message:
        """Return the bot's (*nth*) message after *message* in its chat or topic."""

        def answers() -> Message | None:
            chat = [m for m in message.chat.messages if m.sender is self.bot]
            found = [m for m in chat if m.id > message.id and _near(m, message)]
            return found[nth] if len(found) > nth else None

        found = self.wait_for(answers, timeout, f"an answer to {message!r}")
        assert found is not None
        return found

    @property
    def is_listening(self) -> bool:
        """Whether the bot polls now, or has set a webhook."""
        return self.api.updates.is_polled or self.webhook.is_set

    def wait_until_listening(self, timeout: float = 60.0) -> None:
        """Wait until the bot polls, or has set a webhook."""
        self.wait_for(lambda: self.is_listening, timeout, "the bot to listen")

    def settle(self, quiet: float = 0.3, timeout: float = 30.0) -> None:
        """Wait until all updates are confirmed and the bot has called nothing for *quiet* s."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            before = self._activity()
            time.sleep(quiet)
            if self._activity() == before and not before[1] and not before[2]:
                return
        raise TimeoutError(f"the bot did not come to rest in {timeout:g} s\n{self.report()}")

    def _activity(self) -> tuple[int, int, int]:
        calls = [c for c in list(self.calls) if c.method != "getUpdates"]
        under_way = sum(call.outcome == "pending" for call in calls)
        return len(calls), under_way, self.pending_updates

    def report(self, last: int = 12) -> str:
        """Return the last calls and all violations, for a failed test to show."""
        calls = [c for c in list(self.calls) if c.method != "getUpdates"][-last:]
        lines = [f"{c.method} {c.parameters} -> {c.outcome} {c.error or ''}" for c in calls]
        lines += [f"VIOLATION {v.method}: {v.error}" for v in self.violations]
        return "\n".join(lines or ["the bot called nothing"])


def _near(one: Message, other: Message) -> bool:
    return not one.chat.is_forum or one.thread == other.thread
