"""Buttons pressed. Every press is answered, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from html import escape

from telegram import CallbackQuery, Message, Update
from telegram.ext import ContextTypes

from coopbot.dialogue import Page, Thread
from coopbot.errors import CoopbotError
from coopbot.messages import Texts, is_language, texts
from coopbot.render import telegram as render
from coopbot.telegram import keyboards
from coopbot.telegram.callbacks import Callback, unpack
from coopbot.telegram.desk import Desk, quietly

# A handler returns what to show the person for a moment, None for nothing.
Handler = Callable[[Update, Callback], Awaitable[str | None]]


class Buttons:
    """The handlers of buttons, by the verb that a button carries."""

    def __init__(self, desk: Desk, others: dict[str, Handler]) -> None:
        self._desk = desk
        self._handlers: dict[str, Handler] = {
            "page": self._page,
            "meant": self._meant,
            "typed": self._typed,
            "read": self._read,
            "related": self._related,
            "like": self._like,
            "dislike": self._dislike,
            "report": self._report,
            "topic": self._topic,
            "unalert": self._unalert,
            "language": self._language,
            **others,
        }

    async def press(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Do what the pressed button says, then tell Telegram that it was heard."""
        query = update.callback_query
        if query is None:
            return
        notice: str | None = None
        try:
            callback = unpack(query.data or "")
            handler = self._handlers.get(callback.verb)
            old = self._desk.say(update)("bot.old_button")
            notice = await handler(update, callback) if handler else old
        except CoopbotError as error:
            notice = error.text(self._desk.language(update.effective_user))
        finally:
            await self._acknowledge(query, notice)

    @staticmethod
    async def _acknowledge(query: CallbackQuery, notice: str | None) -> None:
        await quietly("answer to a button", lambda: query.answer(notice and notice[:200]))

    async def _page(self, update: Update, callback: Callback) -> str | None:
        desk = self._desk
        page = await desk.search(desk.dialogue.page, callback.text(0), callback.number(1))
        if page is not None and isinstance(update.effective_message, Message):
            user = update.effective_user
            desk.turn_page(update.effective_message, user, page.token, page.offset)
        return await self._show(update, page)

    async def _meant(self, update: Update, callback: Callback) -> str | None:
        desk = self._desk
        language = desk.language(update.effective_user)
        suggestion = await desk.search(desk.dialogue.suggestion, callback.text(0))
        if suggestion is None:
            return texts(language)("bot.old_button")
        thread, page = await desk.search(desk.dialogue.ask, Thread(), suggestion, language)
        if isinstance(update.effective_message, Message):
            desk.remember(update.effective_message, thread, update.effective_user)
        return await self._show(update, replace(page, completed=suggestion))

    async def _typed(self, update: Update, callback: Callback) -> str | None:
        desk = self._desk
        found = await desk.search(desk.dialogue.as_typed, callback.text(0))
        if found is None:
            return desk.say(update)("bot.old_button")
        thread, page = found
        if isinstance(update.effective_message, Message):
            desk.remember(update.effective_message, thread, update.effective_user)
        return await self._show(update, page)

    async def _show(self, update: Update, page: Page | None) -> str | None:
        if page is None:
            return self._desk.say(update)("bot.old_button")
        say = texts(page.answer.language)
        html = render.page(page, say)
        await self._desk.edit(update, html, keyboards.for_page(page, say))
        return None

    async def _read(self, update: Update, callback: Callback) -> str | None:
        desk, say = self._desk, self._desk.say(update)
        found = await desk.search(desk.dialogue.passage, callback.text(0), callback.number(1))
        html = render.passage(found, say) if found else None
        return await self._aside(update, callback, html, say)

    async def _related(self, update: Update, callback: Callback) -> str | None:
        desk, say = self._desk, self._desk.say(update)
        found = await desk.search(desk.dialogue.related, callback.text(0), callback.number(1))
        html = render.related(found, say) if found else None
        return await self._aside(update, callback, html, say)

    async def _aside(
        self, update: Update, callback: Callback, html: str | None, say: Texts
    ) -> str | None:
        """Show *html* in place of the answer, with a way back."""
        if html is None:
            return say("bot.old_button")
        back = keyboards.back_to(callback.text(0), callback.number(2), say)
        await self._desk.edit(update, html, back)
        return None

    async def _like(self, update: Update, callback: Callback) -> str | None:
        return self._vote(update, callback, 1, "bot.thanks")

    async def _dislike(self, update: Update, callback: Callback) -> str | None:
        return self._vote(update, callback, -1, "bot.thanks_dislike")

    def _vote(self, update: Update, callback: Callback, verdict: int, thanks: str) -> str:
        user = update.effective_user
        known = user is not None and self._desk.dialogue.vote(callback.text(0), user.id, verdict)
        return self._desk.say(update)(thanks if known else "bot.old_button")

    async def _report(self, update: Update, callback: Callback) -> str | None:
        user = update.effective_user
        known = user is not None and self._desk.dialogue.report(callback.text(0), user.id)
        return self._desk.say(update)("bot.reported" if known else "bot.old_button")

    async def _topic(self, update: Update, callback: Callback) -> str | None:
        desk, say = self._desk, self._desk.say(update)
        catalogue = await desk.search(desk.library.catalogue)
        tags = catalogue.tags()
        tag = next((t for t in tags if keyboards.topic_key(t) == callback.text(0)), None)
        if tag is None:
            return say("bot.old_button")
        html = render.articles(say("bot.topic", tag=tag), catalogue.tagged(tag), say)
        await desk.edit(update, html, keyboards.topics(tags))
        return None

    async def _unalert(self, update: Update, callback: Callback) -> str | None:
        desk, say, user = self._desk, self._desk.say(update), update.effective_user
        if user is None or not desk.people.remove_alert(user.id, callback.number(0)):
            return say("bot.old_button")
        chat = update.effective_chat
        left = desk.people.alerts(user.id, chat.id if chat else None)
        html = say("bot.alert_list") if left else say("bot.alert_usage")
        await desk.edit(update, escape(html), keyboards.alerts(left))
        return say("bot.alert_removed")

    async def _language(self, update: Update, callback: Callback) -> str | None:
        user, chosen = update.effective_user, callback.text(0)
        if user is None or not is_language(chosen):
            return self._desk.say(update)("bot.old_button")
        self._desk.people.choose_language(user.id, chosen)
        await self._desk.edit(update, escape(texts(chosen)("bot.language_chosen")))
        return None
