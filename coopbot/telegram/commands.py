"""The commands anybody may use."""

from __future__ import annotations

import re
from html import escape

from telegram import Update
from telegram.ext import ContextTypes

from coopbot.errors import CoopbotError
from coopbot.render import telegram as render
from coopbot.search.question import read_question
from coopbot.state.people import MAX_ALERTS
from coopbot.state.questions import KEPT
from coopbot.telegram import keyboards
from coopbot.telegram.desk import Desk
from coopbot.telegram.inline import START_FROM_INLINE
from coopbot.telegram.questions import Answering

_NEWS = 8
_SEPARATORS = re.compile(r"[-_]+")


class Commands:
    """The handlers of commands."""

    def __init__(self, desk: Desk, answering: Answering) -> None:
        self._desk = desk
        self._answering = answering

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Greet; or, from a deep link `?start=creer-une-scic`, answer."""
        question = _SEPARATORS.sub(" ", " ".join(context.args or ())).strip()
        if question and question != START_FROM_INLINE:
            await self._answering.answer(update, question)
        else:
            self._desk.reply(update, escape(self._desk.say(update)("bot.start")))

    async def help(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say what the bot can do."""
        say = self._desk.say(update)
        text = say("bot.help", mention=f"@{context.bot.username}")
        if self._desk.is_admin(update.effective_user):
            text += f"\n\n{say('bot.help_admin')}"
        self._desk.reply(update, escape(text))

    async def search(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer the question behind the command."""
        question = " ".join(context.args or ())
        if question:
            await self._answering.answer(update, question)
        else:
            self._desk.reply(update, escape(self._desk.say(update)("bot.search_usage")))

    async def topics(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Offer the tags to browse by."""
        say = self._desk.say(update)
        tags = (await self._desk.search(self._desk.library.catalogue)).tags()
        heading = say("bot.topics") if tags else say("bot.none")
        self._desk.reply(update, escape(heading), keyboards.topics(tags))

    async def news(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """List the articles published last."""
        say = self._desk.say(update)
        newest = (await self._desk.search(self._desk.library.catalogue)).newest(_NEWS)
        if newest:
            self._desk.reply(update, render.articles(say("bot.news"), newest, say))
        else:
            self._desk.reply(update, escape(say("bot.none")))

    async def alert(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Add an alert on a question, or list the alerts."""
        desk, say, user = self._desk, self._desk.say(update), update.effective_user
        message = update.effective_message
        if user is None or message is None:
            return
        question = " ".join(context.args or ())
        if not question:
            known = desk.people.alerts(user.id, message.chat.id)
            heading = say("bot.alert_list") if known else say("bot.alert_usage")
            desk.reply(update, escape(heading), keyboards.alerts(known))
            return
        try:
            read_question(question, say.language)
        except CoopbotError as error:
            desk.reply(update, escape(error.text(say.language)))
            return
        # what there is already is no news, even if it comes to match better one day
        catalogue = await desk.search(desk.library.catalogue)
        seen = [article.id for article in catalogue.articles]
        added = desk.people.add_alert(user.id, message.chat.id, question, say.language, seen)
        done = say("bot.alert_added", question=question)
        desk.reply(update, escape(done if added else say("bot.alert_full", count=MAX_ALERTS)))

    async def language(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Offer the languages."""
        say = self._desk.say(update)
        self._desk.reply(update, escape(say("bot.language")), keyboards.languages())

    async def privacy(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say what is kept."""
        self._desk.reply(update, escape(self._desk.say(update)("bot.privacy", days=KEPT.days)))

    async def unknown(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say that there is no such command."""
        self._desk.reply(update, escape(self._desk.say(update)("bot.unknown_command")))

    async def forget(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Erase what names the person."""
        user = update.effective_user
        if user is None:
            return
        say = self._desk.say(update)
        self._desk.people.forget(user.id)
        self._desk.forget(user.id)
        self._desk.reply(update, escape(say("bot.forgotten")), recorded=False)
