"""People: what a user of Telegram can do, played by a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.botapi import groups, links
from tests.botapi.entities import typed
from tests.botapi.markup import Button
from tests.botapi.model import Account, Chat, Message, Topic
from tests.botapi.parameters import Json, Upload
from tests.botapi.pending import (
    CallbackAnswer,
    GuestAnswer,
    InlineAnswer,
    InlineResult,
    Pending,
)
from tests.botapi.text import FormattedText

if TYPE_CHECKING:
    from tests.botapi.api import Api

_MAX_QUERY = 256


@dataclass(eq=False)
class User(Account):
    """A person; may be played from any thread."""

    api: Api | None = field(default=None, repr=False)

    @property
    def _api(self) -> Api:
        assert self.api is not None
        return self.api

    @property
    def private(self) -> Chat:
        """The chat with the bot."""
        return self._api.state.private_chat(self)

    def says(
        self,
        chat: Chat,
        text: str,
        *,
        reply_to: Message | None = None,
        thread: Topic | int | None = None,
    ) -> Message:
        """Write *text* into *chat*, in a forum into the topic *thread*."""
        return self._posts(chat, typed(text), reply_to, thread)

    def starts(self, payload: str = "") -> Message:
        """Open the bot by its link, t.me/bot?start=payload, and press Start."""
        if payload and not links.is_payload(payload):
            raise ValueError(f"a deep link cannot carry {payload!r}")
        return self.says(self.private, f"/start {payload}".strip())

    def opens(self, link: str) -> Message:
        """Tap a t.me/bot?start=payload link of the bot, and press Start."""
        bot, payload = links.deep(link) or ("", "")
        if bot.lower() != (self._api.state.bot.username or "").lower():
            raise ValueError(f"{link} does not lead to the bot")
        return self.starts(payload)

    def sends_document(
        self,
        chat: Chat,
        filename: str,
        data: bytes,
        *,
        caption: str = "",
        mime_type: str = "application/octet-stream",
        reply_to: Message | None = None,
        thread: Topic | int | None = None,
    ) -> Message:
        """Send a file."""
        document = self._api.state.store(Upload(filename, mime_type, data))
        return self._posts(chat, typed(caption), reply_to, thread, {"document": document})

    def forwards(self, message: Message, chat: Chat) -> Message:
        """Send somebody's message on into *chat*."""
        changes = {"forwarded": message.forwarded or message, "document": message.document}
        return self._posts(chat, message.content, None, None, changes)

    def _posts(
        self,
        chat: Chat,
        content: FormattedText,
        reply_to: Message | None,
        thread: Topic | int | None,
        changes: Mapping[str, object] | None = None,
    ) -> Message:
        api = self._api
        if not content.text and not changes:
            raise ValueError("there is nothing to send")
        with api.state.changed:
            message = self._put(chat, content, reply_to, thread)
            for name, value in (changes or {}).items():
                setattr(message, name, value)
            groups.tell(api, "message", message)
            return message

    def _put(
        self,
        chat: Chat,
        content: FormattedText,
        reply_to: Message | None,
        thread: Topic | int | None,
    ) -> Message:
        self._enters(chat)
        place = thread.id if isinstance(thread, Topic) else thread
        if place is None and chat.is_forum and reply_to is not None:
            place = reply_to.thread
        if place is not None and place not in chat.topics:
            raise ValueError(f"{chat} has no topic {place}")
        return self._api.state.post(chat, self, content, reply_to=reply_to, thread=place)

    def _enters(self, chat: Chat) -> None:
        if chat.is_group and self.id not in chat.members:
            raise ValueError(f"{self.first_name} is not in {chat}")
        if chat is self.private:
            if chat.bot == "kicked":
                raise ValueError(f"{self.first_name} has blocked the bot")
            chat.bot, chat.bot_was_here = "member", True

    def edits(self, message: Message, text: str) -> Message:
        """Change the text of an own message."""
        if message.sender is not self:
            raise ValueError(f"{message!r} is not of {self.first_name}")
        api = self._api
        with api.state.changed:
            message.content = typed(text)
            message.edits += 1
            message.edit_date = api.state.now()
            message.versions.append(message.text)
            groups.tell(api, "edited_message", message)
        return message

    def deletes(self, message: Message) -> None:
        """Delete a message; bots are not told."""
        with self._api.state.changed:
            message.deleted = True
            self._api.state.changed.notify_all()

    def pressing(
        self, button: Button | str, message: Message, *, stale: bool = False
    ) -> Pending[CallbackAnswer]:
        """Press a button, given by its text or callback data, and do not wait.

        A *stale* client still shows a button that is no longer under the message: then *button*
        is the callback data to send.
        """
        api = self._api
        with api.state.changed:
            data = button if stale and isinstance(button, str) else _data(button, message)
            pending = api.queries.add("callback", self, message, data)
            payload: Json = {"id": pending.id, "from": self.json(), "data": data}
            payload["chat_instance"] = str(-8_000_000_000_000 - message.chat.id)
            if message.inline_id:
                payload["inline_message_id"] = message.inline_id
            elif message.deleted:
                gone = {"message_id": message.id, "chat": message.chat.json(), "date": 0}
                payload["message"] = gone
            else:
                payload["message"] = message.json()
            api.updates.add("callback_query", payload, str(self.id))
            return pending

    def presses(
        self, button: Button | str, message: Message, *, stale: bool = False, timeout: float = 10.0
    ) -> CallbackAnswer:
        """Press a button and return the bot's answer. Raises NoAnswer."""
        return self.pressing(button, message, stale=stale).wait(timeout)

    def asking_inline(
        self, query: str, offset: str = "", *, chat: Chat | None = None
    ) -> Pending[InlineAnswer]:
        """Type @bot and *query* in some chat, and do not wait."""
        api = self._api
        if not api.state.bot.supports_inline_queries:
            raise ValueError("the bot takes no inline queries")
        where = "sender" if chat is None or chat is self.private else chat.type
        with api.state.changed:
            asked = query.strip()[:_MAX_QUERY]
            pending = api.queries.add("inline", self, None, asked)
            payload: Json = {"id": pending.id, "from": self.json(), "chat_type": where}
            payload |= {"query": asked, "offset": offset}
            api.updates.add("inline_query", payload, str(self.id))
            return pending

    def asks_inline(
        self, query: str, offset: str = "", *, chat: Chat | None = None, timeout: float = 10.0
    ) -> InlineAnswer:
        """Type @bot and *query*, and return what the bot offers. Raises NoAnswer."""
        return self.asking_inline(query, offset, chat=chat).wait(timeout)

    def chooses(self, answer: InlineAnswer, result: InlineResult | str, chat: Chat) -> Message:
        """Send one of the results, given by itself or its id, into *chat*."""
        api = self._api
        known = {offered.id: offered for offered in answer.results}
        chosen = known[result if isinstance(result, str) else result.id]
        with api.state.changed:
            content = chosen.content or FormattedText(chosen.title)
            message = self._put(chat, content, None, None)
            message.via_bot = api.state.bot
            message.markup = chosen.markup
            message.link_preview = chosen.link_preview
            inline_id = api.state.new_inline_id(message) if chosen.markup else None
            groups.tell(api, "message", message)
            if api.state.bot.inline_feedback:
                payload: Json = {"result_id": chosen.id, "from": self.json()}
                payload["query"] = answer.query
                payload |= {"inline_message_id": inline_id} if inline_id else {}
                api.updates.add("chosen_inline_result", payload, str(self.id))
            return message

    def asking_as_guest(
        self, chat: Chat, text: str, *, reply_to: Message | None = None
    ) -> Pending[GuestAnswer]:
        """Mention the bot in a chat it is not in, and do not wait."""
        api = self._api
        bot = api.state.bot
        if not bot.supports_guest_queries:
            raise ValueError("the bot takes no guest queries")
        if chat.bot in ("member", "administrator") or chat is self.private:
            raise ValueError(f"the bot is no guest in {chat}")
        content = typed(text)
        mention = f"@{bot.username}"
        mentioned = [content.part(e).lower() for e in content.entities if e.type == "mention"]
        if mention.lower() not in mentioned and not (reply_to and reply_to.sender is bot):
            content = typed(f"{mention} {text}")
        with api.state.changed:
            message = self._put(chat, content, reply_to, None)
            pending = api.queries.add("guest", self, message, message.text)
            payload = message.json() | {"guest_query_id": pending.id}
            api.updates.add("guest_message", payload, str(chat.id))
            return pending

    def asks_as_guest(
        self,
        chat: Chat,
        text: str,
        *,
        reply_to: Message | None = None,
        timeout: float = 10.0,
    ) -> GuestAnswer:
        """Mention the bot in a chat it is not in and return what it sends. Raises NoAnswer."""
        return self.asking_as_guest(chat, text, reply_to=reply_to).wait(timeout)

    def blocks(self) -> None:
        """Block the bot: it can no longer write."""
        groups.change_bot(self._api, self.private, self, "kicked")

    def unblocks(self) -> None:
        """Let the bot write again."""
        groups.change_bot(self._api, self.private, self, "member")

    def joins(self, chat: Chat) -> None:
        """Join a group; its members and bots see it."""
        groups.change_member(self._api, chat, self, joins=True)

    def leaves(self, chat: Chat) -> None:
        """Leave a group."""
        groups.change_member(self._api, chat, self, joins=False)

    def adds_bot(self, chat: Chat) -> None:
        """Add the bot to a group."""
        groups.change_bot(self._api, chat, self, "member")

    def promotes_bot(self, chat: Chat) -> None:
        """Make the bot an administrator of a group."""
        groups.change_bot(self._api, chat, self, "administrator")

    def removes_bot(self, chat: Chat) -> None:
        """Remove the bot from a group."""
        groups.change_bot(self._api, chat, self, "kicked")


def _data(button: Button | str, message: Message) -> str:
    found = message.button(button if isinstance(button, str) else button.text)
    if found.data is None:
        raise ValueError(f"pressing {found.text!r} sends the bot nothing")
    return found.data
