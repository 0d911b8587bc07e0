"""What administrators do besides adding: delete, reindex, look at activity and gaps."""

from __future__ import annotations

import secrets
from html import escape

from cachetools import TTLCache
from telegram import InlineKeyboardMarkup, Update
from telegram.ext import ContextTypes

from coopbot.errors import CoopbotError
from coopbot.indexing import Report
from coopbot.messages import Texts
from coopbot.state.questions import KEPT
from coopbot.telegram import keyboards
from coopbot.telegram.adding import PENDING, PENDING_SECONDS, Adding
from coopbot.telegram.buttons import Handler
from coopbot.telegram.callbacks import Callback
from coopbot.telegram.desk import Desk, payload

_GAPS = 10


class Administration:
    """The handlers of administrators; everybody else is not heard."""

    def __init__(self, desk: Desk, adding: Adding) -> None:
        self._desk = desk
        self._adding = adding
        # What waits for a confirmation: the path of an article to delete, a gap.
        self._paths: TTLCache[str, str] = TTLCache(PENDING, PENDING_SECONDS)
        self._topics: TTLCache[str, str] = TTLCache(PENDING, PENDING_SECONDS)

    def buttons(self) -> dict[str, Handler]:
        """Return the handlers of this module's buttons, by verb."""
        return {
            "add": self._adding.confirmed,
            "delete": self._delete_confirmed,
            "cancel": self._cancelled,
            "done": self._gap_done,
        }

    async def delete(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Ask whether to delete the article with a path or an address."""
        desk, say = self._desk, self._desk.say(update)
        if not desk.is_admin(update.effective_user):
            return
        name = " ".join(context.args or ())
        if not name:
            desk.reply(update, escape(say("admin.delete_usage")))
            return
        article = (await desk.search(desk.library.catalogue)).find(name)
        if article is None:
            desk.reply(update, escape(say("admin.delete_none", name=name)))
            return
        desk.acted(update, "ask to delete", article=article.path)
        key = secrets.token_urlsafe(9)
        self._paths[key] = article.path
        html = escape(say("admin.delete_confirm", title=article.title, path=article.path))
        yes, no = say("admin.delete_yes"), say("admin.add_no")
        desk.reply(update, html, keyboards.confirm("delete", key, yes, no))

    async def _delete_confirmed(self, update: Update, callback: Callback) -> str | None:
        say = self._desk.say(update)
        if not self._desk.is_admin(update.effective_user):
            return None
        path = self._paths.pop(callback.text(0), None)
        if path is None:
            return say("admin.gone")
        self._desk.acted(update, "delete", article=path)
        await self._desk.work(self._desk.library.corpus.delete, path)
        report = await self._refresh()
        html = escape(say("admin.deleted", path=path, articles=report.articles))
        await self._desk.edit(update, html)
        return None

    async def _cancelled(self, update: Update, callback: Callback) -> str | None:
        if not self._desk.is_admin(update.effective_user):
            return None
        self._desk.acted(update, "cancel")
        self._adding.forget(callback.text(0))
        self._paths.pop(callback.text(0), None)
        await self._desk.edit(update, escape(self._desk.say(update)("admin.cancelled")))
        return None

    async def reindex(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Bring the index in line with the corpus."""
        desk, say = self._desk, self._desk.say(update)
        if not desk.is_admin(update.effective_user):
            return
        desk.acted(update, "reindex")
        try:
            report = await self._refresh()
        except CoopbotError as error:
            desk.reply(update, escape(error.text(say.language)))
            return
        text = say(
            "admin.reindexed",
            articles=report.articles,
            passages=report.passages,
            touched=len(report.changes) - len(report.skipped),
            skipped=len(report.skipped),
        )
        odd = await desk.search(lambda: list(desk.library.replacements().errors()))
        errors = [e.text(say.language) for e in (*(c.error for c in report.skipped), *odd) if e]
        desk.reply(update, escape("\n".join([text, *errors])[:3_000]))

    async def _refresh(self) -> Report:
        return await self._desk.work(self._desk.library.refresh)

    async def stats(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say how much is asked and answered."""
        desk, say = self._desk, self._desk.say(update)
        if not desk.is_admin(update.effective_user):
            return
        desk.acted(update, "stats")
        manifest = desk.library.generation().manifest
        text = say(
            "admin.stats",
            articles=len(manifest.articles),
            passages=manifest.passages,
            made=manifest.made[:10],
            days=KEPT.days,
            alerts=len(desk.people.alerts()),
            **desk.questions.counts(),
        )
        desk.reply(update, escape(text))

    async def gaps(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """List what the articles did not answer."""
        if not self._desk.is_admin(update.effective_user):
            return
        self._desk.acted(update, "gaps")
        html, markup = self._gap_list(self._desk.say(update))
        self._desk.reply(update, html, markup)

    async def _gap_done(self, update: Update, callback: Callback) -> str | None:
        say = self._desk.say(update)
        if not self._desk.is_admin(update.effective_user):
            return None
        topic = self._topics.pop(callback.text(0), None)
        if topic is None:
            return say("bot.old_button")
        self._desk.acted(update, "close a gap")
        self._desk.questions.close_gap(topic)
        html, markup = self._gap_list(say)
        await self._desk.edit(update, html, markup)
        return say("admin.closed")

    def _gap_list(self, say: Texts) -> tuple[str, InlineKeyboardMarkup | None]:
        found = self._desk.questions.gaps(_GAPS)
        if not found:
            return escape(say("admin.gaps_none")), None
        keys = []
        for gap in found:
            keys.append(secrets.token_urlsafe(9))
            self._topics[keys[-1]] = gap.topic
        lines = [f"{n}. {gap.question[:200]} ({gap.count})" for n, gap in enumerate(found, 1)]
        html = escape("\n".join([say("admin.gaps"), "", *lines]))
        return html, keyboards.gaps(found, keys, say)


def tell_admins(desk: Desk, text: str) -> None:
    """Write *text* to every administrator."""
    for admin in desk.settings.telegram_admins:
        desk.outbox.post(admin, payload(escape(text[:3_000])))
