"""Methods that send, change and delete messages."""

from __future__ import annotations

import json
from typing import Any

from telegram.constants import ReactionEmoji

from tests.botapi import entities, markup
from tests.botapi.errors import NOT_MODIFIED, bad
from tests.botapi.model import Chat, Message
from tests.botapi.parameters import Fields, Json, Parameters
from tests.botapi.registry import Context, method
from tests.botapi.text import FormattedText, units

ACTIONS = frozenset(
    {"cancel", "typing", "upload_photo", "record_video", "upload_video", "record_audio"}
    | {"record_voice", "upload_audio", "upload_voice", "upload_document", "choose_sticker"}
    | {"pick_up_location", "find_location", "record_video_note", "upload_video_note"}
)
_EMOJI = frozenset(str(emoji) for emoji in ReactionEmoji)
_DELETING_ENDS = 48 * 3600


def message_text(context: Context, p: Parameters, *, too_long: str) -> FormattedText:
    """Return the text argument as the message it becomes."""
    if not p.text("text"):
        raise bad("Message text is empty")
    given = p.parsed("entities", "Can't parse entities JSON object")
    content, notes = entities.written(p.text("text"), p.text("parse_mode"), given)
    context.notes += notes
    if units(content.text) > entities.MAX_TEXT:
        raise bad(too_long)
    return content


def caption(context: Context, p: Parameters) -> FormattedText:
    """Return the caption argument."""
    given = p.parsed("caption_entities", "Can't parse entities JSON object")
    content, notes = entities.written(
        p.text("caption"), p.text("parse_mode"), given, may_be_empty=True
    )
    context.notes += notes
    if units(content.text) > entities.MAX_CAPTION:
        raise bad("Message caption is too long")
    return content


def reply_markup(
    context: Context, p: Parameters, *, private: bool = True, inline_only: bool = False
) -> Json | None:
    """Return the keyboard argument."""
    value = p.parsed("reply_markup", "Can't parse reply keyboard markup JSON object")
    return markup.parsed(value, context.notes.append, private=private, inline_only=inline_only)


def link_preview(p: Parameters) -> Json | None:
    """Return the link preview options."""
    value = p.parsed("link_preview_options", "Can't parse link preview options JSON object")
    if value is None:
        return {"is_disabled": True} if p.flag("disable_web_page_preview") else None
    fields = Fields(value, "Object expected as link preview options")
    names = ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text")
    kept: Json = {name: True for name in names if fields.flag(name)}
    if fields.text("url", ""):
        kept["url"] = fields.text("url")
    return kept or None


class Sending:
    """Where a new message goes and what it replies to; checked before anything is sent."""

    def __init__(self, context: Context, p: Parameters) -> None:
        self._context = context
        state = context.state
        self.chat = state.chat(p.text("chat_id"), write=True)
        topic = state.topic(self.chat, p.message_id("message_thread_id"))
        self.thread = topic.id if topic else None
        self.reply_to = self._reply(p)
        if self.thread is None and self.reply_to is not None and self.chat.is_forum:
            self.thread = self.reply_to.thread if self.reply_to.chat is self.chat else None
        self.markup = reply_markup(context, p, private=not self.chat.is_group)

    def _reply(self, p: Parameters) -> Message | None:
        value = p.parsed("reply_parameters", "Can't parse reply parameters JSON object")
        chat = self.chat
        if value is None:
            number, may_fail = (
                p.message_id("reply_to_message_id"),
                p.flag("allow_sending_without_reply"),
            )
        else:
            fields = Fields(value, "Object expected as reply parameters")
            if not fields.raw:
                return None
            number, may_fail = (
                fields.integer("message_id"),
                fields.flag("allow_sending_without_reply"),
            )
            if "chat_id" in fields:
                chat = self._context.state.chat(fields.text("chat_id"))
        if number <= 0:
            return None
        found = chat.history.get(number)
        if found is not None and not found.deleted:
            return found
        if may_fail:
            return None
        return self._context.state.message(chat, number, "message to be replied")

    def send(self, content: FormattedText) -> Message:
        """Put the message into the chat, unless it comes too fast."""
        self._context.faults.check_flood(self.chat.id)
        self._context.limits.check(self.chat)
        state = self._context.state
        message = state.post(
            self.chat, state.bot, content, reply_to=self.reply_to, thread=self.thread
        )
        message.markup = self.markup
        return message


@method("sendMessage")
def send_message(context: Context, p: Parameters) -> Json:
    """Send a text."""
    content = message_text(context, p, too_long="Message is too long")
    preview = link_preview(p)
    message = Sending(context, p).send(content)
    message.link_preview = preview
    return message.json()


@method("sendChatAction")
def send_chat_action(context: Context, p: Parameters) -> bool:
    """Show that the bot is busy."""
    if p.text("action") not in ACTIONS:
        raise bad("Wrong parameter action in request")
    chat = context.state.chat(p.text("chat_id"), write=True)
    topic = context.state.topic(chat, p.message_id("message_thread_id"))
    context.faults.check_flood(chat.id)
    context.actions.append((chat.id, topic.id if topic else None, p.text("action")))
    return True


def _to_edit(context: Context, p: Parameters, *, only_markup: bool) -> Message:
    if not p.text("chat_id") and not p.message_id():
        if not p.text("inline_message_id"):
            raise bad("Message identifier is not specified")
        found = context.state.inline_messages.get(p.text("inline_message_id"))
        if found is None or found.deleted:
            raise bad("MESSAGE_ID_INVALID", expected=found is not None)
        return found
    chat = context.state.chat(p.text("chat_id"), write=True)
    message = context.state.message(chat, p.message_id(), "message to edit")
    is_own = context.state.bot in (message.sender, message.via_bot) and not message.forwarded
    if not is_own or (message.markup and "inline_keyboard" not in message.markup):
        raise bad("Message can't be edited")
    if message.document and not only_markup:
        raise bad("There is no text in the message to edit")
    return message


def _edited(context: Context, p: Parameters, message: Message, before: str) -> Json | bool:
    if _appearance(message) == before:
        raise bad(NOT_MODIFIED, expected=True)
    message.edits += 1
    message.edit_date = context.state.now()
    message.versions.append(message.text)
    return True if p.text("inline_message_id") and not p.text("chat_id") else message.json()


def _appearance(message: Message) -> str:
    shown = [message.text, [e.json() for e in message.entities], message.markup]
    return json.dumps([*shown, message.link_preview], sort_keys=True)


@method("editMessageText")
def edit_message_text(context: Context, p: Parameters) -> Json | bool:
    """Change a text and its keyboard; without one, the keyboard goes."""
    content = message_text(context, p, too_long="MESSAGE_TOO_LONG")
    preview = link_preview(p)
    keyboard = reply_markup(context, p, inline_only=True)
    message = _to_edit(context, p, only_markup=False)
    context.faults.check_flood(message.chat.id)
    before = _appearance(message)
    old = (message.content, message.markup, message.link_preview)
    message.content, message.markup, message.link_preview = content, keyboard, preview
    try:
        return _edited(context, p, message, before)
    except Exception:
        message.content, message.markup, message.link_preview = old
        raise


@method("editMessageReplyMarkup")
def edit_message_reply_markup(context: Context, p: Parameters) -> Json | bool:
    """Change a keyboard only."""
    keyboard = reply_markup(context, p, inline_only=True)
    message = _to_edit(context, p, only_markup=True)
    context.faults.check_flood(message.chat.id)
    before = _appearance(message)
    message.markup = keyboard
    return _edited(context, p, message, before)


@method("deleteMessage")
def delete_message(context: Context, p: Parameters) -> bool:
    """Delete a message."""
    if not p.text("chat_id"):
        raise bad("Chat identifier is not specified")
    if not p.message_id():
        raise bad("Message identifier is not specified")
    state = context.state
    chat = state.chat(p.text("chat_id"), write=True)
    message = state.message(chat, p.message_id(), "message to delete")
    is_admin = chat.bot in ("administrator", "creator")
    if chat.is_group and message.sender is not state.bot and not is_admin:
        raise bad("Message can't be deleted")
    if state.now() - message.date > _DELETING_ENDS and not (chat.is_group and is_admin):
        raise bad("Message can't be deleted for everyone", expected=True)
    message.deleted = True
    return True


@method("setMessageReaction")
def set_message_reaction(context: Context, p: Parameters) -> bool:
    """Put an emoji under a message, or take it away."""
    chat = context.state.chat(p.text("chat_id"))
    message = context.state.message(chat, p.message_id(), "message to react")
    value = p.parsed("reaction", "Can't parse reaction types JSON object") or []
    if not isinstance(value, list):
        raise bad("Expected an Array of ReactionType")
    emoji = []
    for item in value:
        fields = Fields(item, "Can't parse ReactionType: expected an Object")
        if fields.text("type", "") != "emoji" or fields.text("emoji", "") not in _EMOJI:
            raise bad("REACTION_INVALID")
        emoji.append(fields.text("emoji"))
    if len(emoji) > 1:
        raise bad("REACTIONS_TOO_MANY")
    context.faults.check_flood(chat.id)
    message.reactions = tuple(emoji)
    return True


def _source(context: Context, p: Parameters, role: str) -> Message:
    chat: Chat = context.state.chat(p.required("from_chat_id"))
    message = context.state.message(chat, p.message_id(), role)
    if message.service:
        raise bad(
            "the message can't be copied" if "copy" in role else "Messages can't be forwarded"
        )
    return message


@method("forwardMessage")
def forward_message(context: Context, p: Parameters) -> Json:
    """Send a message on, with its origin."""
    original = _source(context, p, "message to forward")
    message = Sending(context, p).send(original.content)
    message.document = original.document
    message.forwarded = original.forwarded or original
    return message.json()


@method("copyMessage")
def copy_message(context: Context, p: Parameters) -> dict[str, Any]:
    """Send a message again, without its origin."""
    original = _source(context, p, "message to copy")
    new_caption = caption(context, p) if "caption" in p and original.document else None
    message = Sending(context, p).send(new_caption or original.content)
    message.document = original.document
    return {"message_id": message.id}
