"""The world's state: who and what there is, and the numbers given out next."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tests.botapi.clock import Clock
from tests.botapi.errors import bad, forbidden
from tests.botapi.model import PRESENT, Account, Bot, Chat, Document, Message, Topic
from tests.botapi.parameters import Upload
from tests.botapi.text import FormattedText

T = TypeVar("T")
GENERAL_TOPIC = 1


class State:
    """Everything that exists, behind one lock; `changed` is notified of each change."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self.bot = bot
        self.clock = clock
        self.changed = threading.Condition(threading.RLock())
        self.accounts: dict[int, Account] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.inline_messages: dict[str, Message] = {}
        self.files: dict[str, Document] = {}
        self._account_ids = itertools.count(5_000_000_001)
        self._group_ids = itertools.count(4_000_001)
        self._supergroup_ids = itertools.count(2_000_000_001)
        self._file_ids = itertools.count()
        self._common_ids = itertools.count(1)
        self._own_ids: dict[Chat, itertools.count[int]] = {}
        self._inline_ids = itertools.count(1)
        clock.watch(self.notify)

    def notify(self) -> None:
        """Wake up whoever waits for a change."""
        with self.changed:
            self.changed.notify_all()

    def wait(self, predicate: Callable[[], T], timeout: float, waiting_for: str) -> T:
        """Wait until *predicate* returns something true, and return that."""
        deadline = time.monotonic() + timeout
        with self.changed:
            while not (found := predicate()):
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"waited {timeout:g} s for {waiting_for}")
                self.changed.wait(min(left, 0.5))
            return found

    def next_account_id(self) -> int:
        """Return an id for a new account."""
        return next(self._account_ids)

    def private_chat(self, user: Account) -> Chat:
        """Return the bot's chat with *user*, which may not have been started."""
        if user.id not in self.chats:
            self.chats[user.id] = Chat(user.id, "private", user=user)
        return self.chats[user.id]

    def add_chat(self, chat: Chat) -> Chat:
        """Give *chat* its id and keep it."""
        if chat.type == "group":
            chat.id = -next(self._group_ids)
        else:
            chat.id = -1_000_000_000_000 - next(self._supergroup_ids)
            # its first message is the one that says it was created
            self._own_ids[chat] = itertools.count(2)
        self.chats[chat.id] = chat
        return chat

    def add_pair(self, user: Account) -> Chat:
        """Return a private chat of *user* with somebody else, whose id is not its own."""
        chat = Chat(user.id, "private", user=user)
        self._own_ids[chat] = itertools.count(1)
        return chat

    def next_message_id(self, chat: Chat) -> int:
        """Return the id for a new message: per supergroup, or the bot's for all other chats."""
        return next(self._own_ids.get(chat, self._common_ids))

    def post(
        self,
        chat: Chat,
        sender: Account,
        content: FormattedText | None = None,
        *,
        reply_to: Message | None = None,
        thread: int | None = None,
    ) -> Message:
        """Put a new message into *chat*."""
        content = content or FormattedText()
        if chat.type == "supergroup" and not chat.is_forum:
            # a reply belongs to the thread of what it replies to, whatever thread was asked for
            near = reply_to is not None and reply_to.chat is chat
            thread = (reply_to.thread or reply_to.id) if reply_to and near else None
        message = Message(self.next_message_id(chat), chat, sender, self.now(), content)
        message.reply_to, message.thread = reply_to, thread
        message.versions.append(content.text)
        chat.history[message.id] = message
        return message

    def new_inline_id(self, message: Message) -> str:
        """Return the id by which the bot may edit a message sent through it."""
        inline_id = f"AgAAA{next(self._inline_ids):08d}-{abs(message.chat.id)}"
        message.inline_id = inline_id
        self.inline_messages[inline_id] = message
        return inline_id

    def store(self, upload: Upload) -> Document:
        """Keep a file and give it the ids it can be had by."""
        number = next(self._file_ids)
        extension = upload.filename.rpartition(".")[2] if "." in upload.filename else "bin"
        document = Document(
            file_id=f"BQACAgIAAxkBAA{number:08d}",
            unique_id=f"AgAD{number:08d}",
            name=upload.filename,
            mime_type=upload.content_type,
            data=upload.data,
            path=f"documents/file_{number}.{extension}",
        )
        self.files[document.file_id] = document
        return document

    def now(self) -> int:
        """Return the server's time in whole seconds."""
        return int(self.clock.now())

    def chat(self, given: str, *, write: bool = False) -> Chat:
        """Return the chat a request names. Raises ApiError if the bot cannot use it."""
        if not given:
            raise bad("chat_id is empty")
        found = self._named(given) if given.startswith("@") else self._numbered(given)
        if found is None:
            raise bad("chat not found")
        if found.upgraded_to is not None and write:
            raise bad(
                "group chat was upgraded to a supergroup chat",
                expected=True,
                migrate_to_chat_id=found.upgraded_to.id,
            )
        if found.is_group and found.bot not in PRESENT:
            state = "kicked from" if found.bot == "kicked" else "not a member of"
            if write or found.type == "supergroup":
                raise forbidden(
                    f"bot {'was' if found.bot == 'kicked' else 'is'} {state} the {found.type} chat",
                    expected=found.bot_was_here,
                )
        if found.type == "private" and write:
            self._check_private(found)
        return found

    def _named(self, given: str) -> Chat | None:
        name = given[1:].lower()
        return next(
            (c for c in self.chats.values() if c.is_group and (c.username or "").lower() == name),
            None,
        )

    def _numbered(self, given: str) -> Chat | None:
        try:
            number = int(given)
        except ValueError:
            return None
        if number == self.bot.id:
            raise forbidden("the bot can't send messages to the bot", expected=False)
        account = self.accounts.get(number)
        if account is None:
            return self.chats.get(number)
        chat = self.private_chat(account)
        return chat if chat.bot_was_here or self._met(account) else None

    def _met(self, account: Account) -> bool:
        return any(c.bot_was_here and account.id in c.members for c in self.chats.values())

    def _check_private(self, chat: Chat) -> None:
        if chat.bot == "kicked":
            raise forbidden("bot was blocked by the user")
        if chat.bot == "left":
            raise forbidden("bot can't initiate conversation with a user", expected=False)

    def message(self, chat: Chat, message_id: int, role: str) -> Message:
        """Return a message of *chat*. Raises ApiError saying that the *role* is not found."""
        found = chat.history.get(message_id)
        if found is None or found.deleted:
            raise bad(f"{role} not found", expected=found is not None)
        return found

    def topic(self, chat: Chat, thread: int) -> Topic | None:
        """Return the topic a request names, None outside forums. Raises ApiError if it is none."""
        if not thread or (chat.is_group and not chat.is_forum):
            return None
        if thread == GENERAL_TOPIC or thread not in chat.topics:
            raise bad("message thread not found")
        if chat.topics[thread].closed and chat.bot != "administrator":
            raise bad("TOPIC_CLOSED", expected=True)
        return chat.topics[thread]
