"""Questions in private chats, groups and topics; edited questions."""

from __future__ import annotations

import asyncio
import re
from html import escape
from weakref import WeakValueDictionary

from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, MessageEntity, Update
from telegram.constants import ChatType, MessageEntityType, ParseMode
from telegram.ext import ContextTypes

from coopbot.errors import CoopbotError
from coopbot.messages import texts
from coopbot.render import telegram as render
from coopbot.telegram import keyboards
from coopbot.telegram.desk import Desk, quietly
from coopbot.telegram.limits import Verdict


class Answering:
    """The handlers of questions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def message(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a message, in a group only when it is meant for us."""
        message = update.effective_message
        if message is None or message.text is None:
            return
        if message.via_bot is not None and message.via_bot.id == context.bot.id:
            return  # an inline result of ours that somebody sent
        question = addressed(message, context.bot.username, context.bot.id)
        if question == "":
            mention = f"@{context.bot.username}"
            self._desk.reply(update, escape(self._desk.say(update)("bot.ask_me", mention=mention)))
        elif question is not None:
            await self.answer(update, question)

    async def answer(self, update: Update, question: str) -> None:
        """Answer *question* as a reply to the message of *update*."""
        desk = self._desk
        message = update.effective_message
        if message is None:
            return
        verdict = desk.shares.ask(update.effective_user.id if update.effective_user else 0)
        if verdict is not Verdict.YES:
            if verdict is Verdict.NOTICE:
                desk.reply(update, desk.say(update)("bot.too_fast"))
            return
        # one after the other in a chat, so that a correction finds the answer it corrects
        async with self._turns.setdefault(message.chat.id, asyncio.Lock()):
            html, markup = await self._compose(update, message, question)
            if update.edited_message is not None:
                await self._correct(update, message, html, markup)
            else:
                desk.reply(update, html, markup)

    async def _compose(
        self, update: Update, message: Message, question: str
    ) -> tuple[str, InlineKeyboardMarkup | None]:
        desk = self._desk
        language, since = desk.language(update.effective_user), desk.measures.now()
        try:
            thread, page = await desk.search(
                desk.dialogue.ask, desk.thread(message), question, language
            )
        except CoopbotError as error:
            desk.measures.question("message", None, since)
            return escape(error.text(language)), None
        desk.measures.question("message", page.answer, since)
        desk.remember(message, thread)
        say = texts(page.answer.language)
        return render.page(page, say), keyboards.for_page(page, say)

    async def _correct(
        self, update: Update, message: Message, html: str, markup: InlineKeyboardMarkup | None
    ) -> None:
        """Put the answer to the edited question in place of the one before."""
        desk = self._desk
        answer = await desk.outbox.answer_to(message.chat.id, message.message_id)
        if answer is None:
            desk.reply(update, html, markup)
            return
        await quietly(
            "correction",
            lambda: message.get_bot().edit_message_text(
                html,
                chat_id=message.chat.id,
                message_id=answer,
                parse_mode=ParseMode.HTML,
                reply_markup=markup,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
        )


def addressed(message: Message, username: str, bot_id: int) -> str | None:
    """Return the question in *message* if it is meant for the bot, without the mention of it.

    "" when it is nothing but a mention, None when it is not meant for the bot.

    In a private chat everything is. In a group, what mentions the bot, or replies to a message of
    the bot. In a topic, some clients make every message a reply to the topic's root: that is no
    reply to the bot, even when the bot opened the topic.
    """
    text = message.text or ""
    if message.chat.type == ChatType.PRIVATE:
        return text
    mention = _mention(message, username)
    if mention is not None:
        start, end = _places(text, mention)
        return re.sub(r"\s+", " ", text[:start] + " " + text[end:]).strip(" ,:")
    replied = message.reply_to_message
    if replied is None or replied.from_user is None or replied.from_user.id != bot_id:
        return None
    is_root = message.is_topic_message and replied.message_id == message.message_thread_id
    return None if is_root else text


def _mention(message: Message, username: str) -> MessageEntity | None:
    text = message.text or ""
    for entity in message.entities:
        start, end = _places(text, entity)
        named = text[start:end].lstrip("@").casefold() == username.casefold()
        if entity.type == MessageEntityType.MENTION and named:
            return entity
    return None


def _places(text: str, entity: MessageEntity) -> tuple[int, int]:
    """Return where *entity* is in *text*: Telegram counts UTF-16 units, Python characters."""
    raw = text.encode("utf-16-le")
    start = len(raw[: 2 * entity.offset].decode("utf-16-le", "ignore"))
    end = len(raw[: 2 * (entity.offset + entity.length)].decode("utf-16-le", "ignore"))
    return start, end
