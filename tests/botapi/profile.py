"""Methods about the bot itself and about chats: commands, names, members."""

from __future__ import annotations

import re

from tests.botapi.errors import bad
from tests.botapi.model import Account, Chat, Membership
from tests.botapi.parameters import FieldError, Fields, Json, Parameters
from tests.botapi.registry import Context, method

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_MAX_COMMANDS = 100
_PLAIN_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
_RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"),
    *("can_manage_video_chats", "can_restrict_members", "can_promote_members"),
    *("can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories"),
    "can_delete_stories",
)
_TEXTS = {"name": 64, "description": 512, "short_description": 120}
_TOO_LONG = {"name": "BOT_TITLE_INVALID", "description": "DESCRIPTION_TOO_LONG"}


@method("getMe")
def get_me(context: Context, _p: Parameters) -> Json:
    """Say who the bot is."""
    return context.state.bot.me()


def _language(p: Parameters) -> str:
    code = p.text("language_code")
    if code and not re.fullmatch("[a-z]{2}", code):
        raise bad("Invalid language code specified")
    return code


def _scope(context: Context, p: Parameters) -> str:
    value = p.parsed("scope", "Can't parse BotCommandScope JSON object")
    if value is None:
        return "default"
    problem = "Can't parse BotCommandScope: "
    fields = Fields(value, f"{problem}BotCommandScope must be an Object")
    try:
        kind = fields.text("type")
        if kind in _PLAIN_SCOPES:
            return kind
        known = kind in _CHAT_SCOPES
        chat_id = fields.text("chat_id") if known else ""
        user_id = fields.integer("user_id") if kind == "chat_member" else 0
    except FieldError as error:
        raise bad(f"{problem}{error}") from None
    if not known:
        raise bad(f"{problem}Unsupported type specified")
    if not chat_id:
        raise bad(f"{problem}Empty chat_id specified")
    chat = context.state.chat(chat_id)
    if not chat.is_group and kind != "chat":
        raise bad("Can't use specified scope in private chats")
    return f"{kind} {chat.id} {user_id}" if user_id else f"{kind} {chat.id}"


def _command(value: object) -> Json:
    problem = "Can't parse BotCommand: "
    fields = Fields(value, f"{problem}expected an Object")
    try:
        command, description = fields.text("command").strip(), fields.text("description").strip()
    except FieldError as error:
        raise bad(f"{problem}{error}") from None
    command = command.removeprefix("/")
    if not command:
        raise bad("Command must be non-empty")
    if len(command) > 32:
        raise bad("Command length must not exceed 32")
    if not description:
        raise bad("Command description must be non-empty")
    if len(description) > 256:
        raise bad("Command description length must not exceed 256")
    if not _COMMAND.fullmatch(command):
        raise bad("BOT_COMMAND_INVALID")
    return {"command": command, "description": description}


@method("setMyCommands")
def set_my_commands(context: Context, p: Parameters) -> bool:
    """Set the commands of a scope in a language."""
    value = p.parsed("commands", "Can't parse commands JSON object") or []
    if not isinstance(value, list):
        raise bad("Expected an Array of BotCommand")
    commands = [_command(item) for item in value]
    if len(commands) > _MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    # of equal names the server keeps the last description
    kept = {command["command"]: command for command in commands}
    context.profile["commands", _scope(context, p), _language(p)] = list(kept.values())
    return True


@method("getMyCommands")
def get_my_commands(context: Context, p: Parameters) -> list[Json]:
    """Return the commands of exactly this scope and language."""
    commands: list[Json] = context.profile.get(("commands", _scope(context, p), _language(p)), [])
    return commands


@method("deleteMyCommands")
def delete_my_commands(context: Context, p: Parameters) -> bool:
    """Forget the commands of a scope and language."""
    context.profile.pop(("commands", _scope(context, p), _language(p)), None)
    return True


def _set_text(context: Context, p: Parameters, what: str) -> bool:
    text = p.text(what).strip()
    if len(text) > _TEXTS[what]:
        raise bad(_TOO_LONG.get(what, "ABOUT_TOO_LONG"))
    key = (what, "", _language(p))
    if text:
        context.profile[key] = text
    else:
        context.profile.pop(key, None)
    return True


def _get_text(context: Context, p: Parameters, what: str, default: str = "") -> Json:
    plain = context.profile.get((what, "", ""), default)
    return {what: context.profile.get((what, "", _language(p)), plain)}


@method("setMyName")
def set_my_name(context: Context, p: Parameters) -> bool:
    """Set the bot's name in a language."""
    return _set_text(context, p, "name")


@method("setMyDescription")
def set_my_description(context: Context, p: Parameters) -> bool:
    """Set what an empty chat with the bot shows."""
    return _set_text(context, p, "description")


@method("setMyShortDescription")
def set_my_short_description(context: Context, p: Parameters) -> bool:
    """Set what the bot's profile shows."""
    return _set_text(context, p, "short_description")


@method("getMyName")
def get_my_name(context: Context, p: Parameters) -> Json:
    """Return the bot's name."""
    return _get_text(context, p, "name", context.state.bot.first_name)


@method("getMyDescription")
def get_my_description(context: Context, p: Parameters) -> Json:
    """Return the description."""
    return _get_text(context, p, "description")


@method("getMyShortDescription")
def get_my_short_description(context: Context, p: Parameters) -> Json:
    """Return the short description."""
    return _get_text(context, p, "short_description")


@method("getChat")
def get_chat(context: Context, p: Parameters) -> Json:
    """Return what there is to know of a chat."""
    chat = context.state.chat(p.text("chat_id"))
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription")
    accepted = dict.fromkeys((*gifts, "gifts_from_channels"), not chat.is_group)
    return chat.json() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": accepted,
    }


def member_json(chat: Chat, user: Account, status: Membership) -> Json:
    """Return the ChatMember object."""
    fields: Json = {"user": user.json(), "status": status}
    if status == "creator":
        fields["is_anonymous"] = False
    if status == "kicked":
        fields["until_date"] = 0
    if status == "administrator":
        fields |= dict.fromkeys(_RIGHTS, False) | {"can_manage_chat": True}
        fields["can_delete_messages"] = True
        if chat.type == "supergroup":
            fields |= {"can_manage_topics": chat.is_forum, "can_pin_messages": True}
    return fields


@method("getChatMember")
def get_chat_member(context: Context, p: Parameters) -> Json:
    """Return a user's standing in a chat."""
    state = context.state
    user_id = p.integer("user_id", 0, 0, 1 << 53)
    if user_id <= 0:
        raise bad("Invalid user_id specified")
    chat = state.chat(p.text("chat_id"))
    user = state.accounts.get(user_id)
    if user is None:
        raise bad("PARTICIPANT_ID_INVALID")
    if user is state.bot:
        return member_json(chat, user, chat.bot)
    if not chat.is_group:
        if user is not chat.user:
            raise bad("user not found")
        return member_json(chat, user, "member")
    return member_json(chat, user, chat.members.get(user.id, "left"))
