"""A private conversation with the library: a question in, an answer out."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from telegram import LinkPreviewOptions, Message, Update
from telegram.constants import ParseMode
from telegram.ext import Application, ApplicationBuilder, CommandHandler, MessageHandler, filters

from coopbot.errors import CoopbotError, SettingsError
from coopbot.library import Library
from coopbot.messages import DEFAULT_LANGUAGE, Language, is_language, texts
from coopbot.render.telegram import as_html
from coopbot.settings import Settings

_HITS = 3
_Application = Application[Any, Any, Any, Any, Any, Any]

_log = logging.getLogger(__name__)


def run_bot(library: Library, settings: Settings) -> None:
    """Answer until a signal says stop. Raises SettingsError when the token is missing."""
    if not settings.telegram_token:
        raise SettingsError("telegram_token")
    # httpx logs each address it calls, and the token is part of Telegram's
    logging.getLogger("httpx").setLevel(logging.WARNING)
    application(library, settings.telegram_token, settings.telegram_base_url).run_polling()


def application(library: Library, token: str, base_url: str | None) -> _Application:
    """Return the bot over *library*; *base_url* is that of a local Bot API server."""
    builder = ApplicationBuilder().token(token).concurrent_updates(True)
    if base_url:
        builder = builder.base_url(f"{base_url.rstrip('/')}/bot")
    bot = builder.build()
    conversation = _Conversation(library)
    bot.add_handler(CommandHandler("start", conversation.start))
    bot.add_handler(CommandHandler(["aide", "help"], conversation.help))
    question = filters.TEXT & ~filters.COMMAND & filters.ChatType.PRIVATE
    bot.add_handler(MessageHandler(question & filters.UpdateType.MESSAGE, conversation.question))
    return bot


class _Conversation:
    def __init__(self, library: Library) -> None:
        self._library = library

    async def start(self, update: Update, _context: object) -> None:
        await self._say(update, "bot.start")

    async def help(self, update: Update, _context: object) -> None:
        await self._say(update, "bot.help")

    async def question(self, update: Update, _context: object) -> None:
        message = update.effective_message
        if message is None or message.text is None:
            return
        try:
            answer = await asyncio.to_thread(self._library.ask, message.text, limit=_HITS)
        except CoopbotError as error:
            await message.reply_text(error.text(_language(message)))
            return
        await message.reply_text(
            as_html(answer, texts(answer.language)),
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            do_quote=True,
        )

    async def _say(self, update: Update, key: str) -> None:
        message = update.effective_message
        if message is not None:
            await message.reply_text(texts(_language(message))(key))


def _language(message: Message) -> Language:
    code = (message.from_user and message.from_user.language_code) or DEFAULT_LANGUAGE
    spoken = code[:2]
    return spoken if is_language(spoken) else "en"
