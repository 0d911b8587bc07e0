"""What happens around chats: what the bot hears there, and who comes and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.botapi.model import PRESENT, Account, Bot, Chat, Membership, Message, Topic
from tests.botapi.parameters import Json
from tests.botapi.profile import member_json
from tests.botapi.state import State

if TYPE_CHECKING:
    from tests.botapi.api import Api


def hears(bot: Bot, message: Message) -> bool:
    """Say whether the bot is told of *message*, by the rules of privacy mode."""
    chat = message.chat
    if chat.bot not in PRESENT:
        return False
    hears_all = chat.hears_everything or bot.can_read_all_group_messages
    if not chat.is_group or hears_all or chat.bot == "administrator":
        return True
    if message.service or message.via_bot is bot:
        return True
    if message.reply_to is not None and message.reply_to.sender is bot:
        return True
    name = f"@{bot.username}".lower()
    if name in [mention.lower() for mention in message.parts("mention")]:
        return True
    first = message.entities[0] if message.entities else None
    if first is None or first.type != "bot_command" or first.offset:
        return False
    _, at, addressee = message.content.part(first).partition("@")
    return not at or f"@{addressee}".lower() == name


def tell(api: Api, kind: str, message: Message) -> None:
    """Let the bot know of *message* if it is told such things."""
    api.state.changed.notify_all()
    if hears(api.state.bot, message):
        api.updates.add(kind, message.json(), str(message.chat.id))


def announce(api: Api, chat: Chat, sender: Account, service: Json, *, told: bool = True) -> Message:
    """Put a service message into *chat*."""
    message = api.state.post(chat, sender)
    message.service = service
    if told:
        tell(api, "message", message)
    return message


def add_topic(api: Api, chat: Chat, creator: Account, name: str, *, told: bool) -> Topic:
    """Open a topic; the message saying so is its root."""
    service = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
    message = announce(api, chat, creator, service, told=False)
    message.thread = message.id
    topic = chat.topics[message.id] = Topic(message.id, name)
    if told:
        tell(api, "message", message)
    return topic


def change_bot(api: Api, chat: Chat, actor: Account, status: Membership) -> None:
    """Give the bot another standing in *chat*, and tell it."""
    bot = api.state.bot
    with api.state.changed:
        before, chat.bot = chat.bot, status
        if before == status:
            return
        payload = _changed(api.state, chat, actor, bot, before, status)
        api.updates.add("my_chat_member", payload, str(chat.id))
        if not chat.is_group:
            return
        if status in PRESENT and before not in PRESENT:
            chat.bot_was_here = True
            announce(api, chat, actor, {"new_chat_members": [bot.json()]})
        elif status not in PRESENT and before in PRESENT:
            announce(api, chat, actor, {"left_chat_member": bot.json()})


def change_member(api: Api, chat: Chat, user: Account, *, joins: bool) -> None:
    """Let a person join or leave a group."""
    with api.state.changed:
        before: Membership = chat.members.get(user.id, "left")
        after: Membership = "member" if joins else "left"
        if joins:
            chat.members[user.id] = "member"
            announce(api, chat, user, {"new_chat_members": [user.json()]})
        else:
            chat.members.pop(user.id, None)
            announce(api, chat, user, {"left_chat_member": user.json()})
        if chat.bot == "administrator":
            payload = _changed(api.state, chat, user, user, before, after)
            api.updates.add("chat_member", payload, str(chat.id))


def upgrade(api: Api, group: Chat, actor: Account) -> Chat:
    """Turn a group into a supergroup, which is another chat."""
    if group.type != "group":
        raise ValueError(f"{group} cannot be upgraded")
    with api.state.changed:
        new = api.state.add_chat(Chat(0, "supergroup", group.title))
        new.members, new.bot, new.bot_was_here = dict(group.members), group.bot, True
        announce(api, group, actor, {"migrate_to_chat_id": new.id})
        announce(api, new, actor, {"migrate_from_chat_id": group.id})
        group.upgraded_to = new
    return new


def _changed(
    state: State,
    chat: Chat,
    actor: Account,
    user: Account,
    before: Membership,
    after: Membership,
) -> Json:
    return {
        "chat": chat.json(),
        "from": actor.json(),
        "date": state.now(),
        "old_chat_member": member_json(chat, user, before),
        "new_chat_member": member_json(chat, user, after),
    }
