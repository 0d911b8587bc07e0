"""What there is in the world of the bot: accounts, chats, messages."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Literal

from tests.botapi.markup import Button, rows
from tests.botapi.parameters import Json
from tests.botapi.text import Entity, FormattedText

ChatType = Literal["private", "group", "supergroup"]
Membership = Literal["creator", "administrator", "member", "left", "kicked"]
PRESENT: tuple[Membership, ...] = ("creator", "administrator", "member")


@dataclass(eq=False)
class Account:
    """A user or bot, as the API shows it."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    last_name: str | None = None
    is_bot: bool = False

    def json(self) -> Json:
        """Return the User object."""
        fields: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if getattr(self, name):
                fields[name] = getattr(self, name)
        return fields


@dataclass(eq=False)
class Bot(Account):
    """The bot under test, with what its owner told BotFather."""

    is_bot: bool = True
    can_join_groups: bool = True
    can_read_all_group_messages: bool = False
    supports_inline_queries: bool = True
    supports_guest_queries: bool = True
    inline_feedback: bool = False

    def me(self) -> Json:
        """Return the User object of getMe."""
        return self.json() | {
            "can_join_groups": self.can_join_groups,
            "can_read_all_group_messages": self.can_read_all_group_messages,
            "supports_inline_queries": self.supports_inline_queries,
            "supports_guest_queries": self.supports_guest_queries,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
        }


@dataclass(eq=False)
class Topic:
    """A topic of a forum; its id is that of its first message."""

    id: int
    name: str
    closed: bool = False


@dataclass(eq=False)
class Chat:
    """A chat with its history; for a private one, *user* is whom the bot talks to."""

    id: int
    type: ChatType
    title: str | None = None
    user: Account | None = None
    username: str | None = None
    is_forum: bool = False
    hears_everything: bool = False
    bot: Membership = "left"
    bot_was_here: bool = False
    members: dict[int, Membership] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    history: dict[int, Message] = field(default_factory=dict)
    upgraded_to: Chat | None = None

    def __repr__(self) -> str:
        return f"<{self.type} chat {self.id} {self.title or (self.user and self.user.first_name)}>"

    @property
    def is_group(self) -> bool:
        """Whether it is a group or supergroup."""
        return self.type != "private"

    @property
    def messages(self) -> list[Message]:
        """What can be seen in it now, oldest first."""
        return [m for m in list(self.history.values()) if not m.deleted]

    def json(self) -> Json:
        """Return the Chat object."""
        fields: Json = {"id": self.id, "type": self.type}
        if self.user is not None:
            shown = self.user.json()
            names = ("first_name", "last_name", "username")
            return fields | {name: shown[name] for name in names if name in shown}
        fields["title"] = self.title
        if self.username:
            fields["username"] = self.username
        if self.is_forum:
            fields["is_forum"] = True
        if self.type == "group":
            fields["all_members_are_administrators"] = True
        return fields


@dataclass(eq=False)
class Document:
    """A file somebody sent."""

    file_id: str
    unique_id: str
    name: str
    mime_type: str
    data: bytes = field(repr=False)
    path: str

    def json(self) -> Json:
        """Return the Document object."""
        return {
            "file_name": self.name,
            "mime_type": self.mime_type,
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.data),
        }


@dataclass(eq=False)
class Message:
    """A message as it is now: it changes when it is edited."""

    id: int
    chat: Chat
    sender: Account
    date: int
    content: FormattedText = field(default_factory=FormattedText)
    markup: Json | None = None
    reply_to: Message | None = None
    thread: int | None = None
    document: Document | None = None
    service: Json = field(default_factory=dict)
    link_preview: Json | None = None
    via_bot: Account | None = None
    inline_id: str | None = None
    guest_query: str | None = None
    guest_caller: Account | None = None
    forwarded: Message | None = None
    reactions: tuple[str, ...] = ()
    edits: int = 0
    edit_date: int | None = None
    deleted: bool = False
    versions: list[str] = field(default_factory=list)

    def __repr__(self) -> str:
        gone = " (deleted)" if self.deleted else ""
        return f"<message {self.id} of {self.sender.first_name}{gone}: {self.text!r}>"

    @property
    def text(self) -> str:
        """Its text, or its document's caption."""
        return self.content.text

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The entities of its text."""
        return self.content.entities

    @property
    def is_from_bot(self) -> bool:
        """Whether the bot under test, or any other, sent it."""
        return self.sender.is_bot

    @property
    def rows(self) -> list[list[Button]]:
        """Its inline keyboard."""
        return rows(self.markup)

    @property
    def buttons(self) -> list[Button]:
        """The buttons of its inline keyboard, in reading order."""
        return [button for row in self.rows for button in row]

    def button(self, label: str) -> Button:
        """Return the button whose text or callback data is *label*."""
        for button in self.buttons:
            if label in (button.text, button.data):
                return button
        known = [button.text for button in self.buttons]
        raise LookupError(f"no button {label!r} under {self!r}; there is {known}")

    def parts(self, kind: str) -> list[str]:
        """Return the stretches of its text that are entities of *kind*."""
        return [self.content.part(e) for e in self.entities if e.type == kind]

    @property
    def links(self) -> list[tuple[str, str]]:
        """The text and target of each link in it."""
        return [(self.content.part(e), e.url) for e in self.entities if e.url]

    def json(self, *, nested: bool = False) -> Json:
        """Return the Message object; a *nested* one does not show what it replies to."""
        fields: Json = {
            "message_id": self.id,
            "from": self.sender.json(),
            "chat": self.chat.json(),
            "date": self.date,
        }
        if self.edit_date:
            fields["edit_date"] = self.edit_date
        if self.thread:
            fields["message_thread_id"] = self.thread
            if self.chat.is_forum:
                fields["is_topic_message"] = True
        if self.forwarded is not None:
            fields |= self._origin(self.forwarded)
        fields |= self._reply(nested=nested)
        if self.guest_query:
            fields["guest_query_id"] = self.guest_query
        if self.guest_caller:
            fields["guest_bot_caller_user"] = self.guest_caller.json()
        fields |= self._body()
        if "inline_keyboard" in (self.markup or {}):
            fields["reply_markup"] = self.markup
        if self.via_bot:
            fields["via_bot"] = self.via_bot.json()
        return json_copy(fields | self.service)

    def _body(self) -> Json:
        entities = [entity.json() for entity in self.entities]
        name = "caption" if self.document else "text"
        fields: Json = {"document": self.document.json()} if self.document else {}
        if self.text:
            fields[name] = self.text
        if entities:
            fields["caption_entities" if self.document else "entities"] = entities
        if self.link_preview:
            fields["link_preview_options"] = self.link_preview
        return fields

    def _reply(self, *, nested: bool) -> Json:
        if nested:
            return {}
        target = self.reply_to if self.reply_to and not self.reply_to.deleted else None
        fields: Json = {}
        if target is not None and self._is_elsewhere(target):
            origin = {"type": "user", "date": target.date, "sender_user": target.sender.json()}
            shown: Json = {"origin": origin, "message_id": target.id, "chat": target.chat.json()}
            fields["external_reply"] = shown
            target = None
        if target is None and self.thread and self.thread < self.id:
            target = self.chat.history.get(self.thread)
        if target is not None and not target.deleted:
            fields["reply_to_message"] = target.json(nested=True)
        return fields

    def _is_elsewhere(self, target: Message) -> bool:
        if target.chat is not self.chat:
            return True
        return self.chat.is_forum and self.thread not in (target.thread, target.id)

    def _origin(self, original: Message) -> Json:
        sender = original.sender.json()
        origin = {"type": "user", "date": original.date, "sender_user": sender}
        return {"forward_origin": origin, "forward_from": sender, "forward_date": original.date}


def json_copy(fields: Json) -> Json:
    """Return a copy that later changes cannot reach."""
    copy: Json = json.loads(json.dumps(fields))
    return copy
