"""What administrators do: add, delete, reindex, look at activity and gaps."""

from __future__ import annotations

import logging
import re
import secrets
from html import escape

from cachetools import TTLCache
from telegram import Document, InlineKeyboardMarkup, Update
from telegram.ext import ContextTypes

from coopbot.article import Article, parse
from coopbot.corpus import MAX_ARTICLE_BYTES
from coopbot.errors import ArticleError, CoopbotError
from coopbot.indexing import Report
from coopbot.messages import Texts
from coopbot.passages import prepare
from coopbot.state.questions import KEPT
from coopbot.telegram import keyboards
from coopbot.telegram.buttons import Handler
from coopbot.telegram.callbacks import Callback
from coopbot.telegram.desk import Desk, payload

_PENDING = 100
_PENDING_SECONDS = 3_600.0
_PREVIEW = 600
_GAPS = 10
_NAMED = re.compile(r"/\w+@(\w+)")

_log = logging.getLogger(__name__)


class Administration:
    """The handlers of administrators; everybody else is not heard."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        # What waits for a confirmation: an article to add, the path of one to delete, a gap.
        self._articles: TTLCache[str, Article] = TTLCache(_PENDING, _PENDING_SECONDS)
        self._paths: TTLCache[str, str] = TTLCache(_PENDING, _PENDING_SECONDS)
        self._topics: TTLCache[str, str] = TTLCache(_PENDING, _PENDING_SECONDS)

    def buttons(self) -> dict[str, Handler]:
        """Return the handlers of this module's buttons, by verb."""
        return {
            "add": self._add_confirmed,
            "delete": self._delete_confirmed,
            "cancel": self._cancelled,
            "done": self._gap_done,
        }

    async def add(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Show what an attached article would look like, and ask whether to add it."""
        desk, say = self._desk, self._desk.say(update)
        message = update.effective_message
        if not desk.is_admin(update.effective_user) or message is None:
            return
        named = _NAMED.match(message.caption or "")
        if named and named[1].casefold() != context.bot.username.casefold():
            return  # a command to another bot
        replied = message.reply_to_message
        document = message.document or (replied.document if replied else None)
        if document is None:
            desk.reply(update, escape(say("admin.add_usage")))
            return
        try:
            article = await self._read(document)
        except CoopbotError as error:
            desk.reply(update, escape(error.text(say.language)))
            return
        key = secrets.token_urlsafe(9)
        self._articles[key] = article
        words = prepare(article).text
        preview = words[:_PREVIEW] + ("…" if len(words) > _PREVIEW else "")
        about = " · ".join(x for x in (article.url, article.published, *article.tags) if x)
        html = (
            f"{escape(say('admin.add_preview'))}\n\n<b>{escape(article.title[:_PREVIEW])}</b>\n"
            f"<i>{escape(about[:_PREVIEW])}</i>\n\n{escape(preview)}"
        )
        yes, no = say("admin.add_yes"), say("admin.add_no")
        desk.reply(update, html, keyboards.confirm("add", key, yes, no))

    async def _read(self, document: Document) -> Article:
        name = document.file_name or "article.md"
        size = document.file_size or 0
        if size > MAX_ARTICLE_BYTES:
            limit = f"{MAX_ARTICLE_BYTES / 1e6:.0f}"
            megabytes = f"{size / 1e6:.1f}"
            raise ArticleError("article_too_large", path=name, megabytes=megabytes, limit=limit)
        content = bytes(await (await document.get_file()).download_as_bytearray())
        try:
            return parse(content.decode("utf-8-sig"), name)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise ArticleError("article_encoding", path=name, line=line) from error

    async def _add_confirmed(self, update: Update, callback: Callback) -> str | None:
        say = self._desk.say(update)
        if not self._desk.is_admin(update.effective_user):
            return None
        article = self._articles.pop(callback.text(0), None)
        if article is None:
            return say("admin.gone")
        path = await self._desk.work(self._desk.library.corpus.save, article)
        report = await self._refresh(update, f"add {path}")
        await self._desk.edit(
            update, escape(say("admin.added", path=path, articles=report.articles))
        )
        return None

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
        await self._desk.work(self._desk.library.corpus.delete, path)
        report = await self._refresh(update, f"delete {path}")
        html = escape(say("admin.deleted", path=path, articles=report.articles))
        await self._desk.edit(update, html)
        return None

    async def _cancelled(self, update: Update, callback: Callback) -> str | None:
        if not self._desk.is_admin(update.effective_user):
            return None
        self._articles.pop(callback.text(0), None)
        self._paths.pop(callback.text(0), None)
        await self._desk.edit(update, escape(self._desk.say(update)("admin.cancelled")))
        return None

    async def reindex(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Bring the index in line with the corpus."""
        desk, say = self._desk, self._desk.say(update)
        if not desk.is_admin(update.effective_user):
            return
        try:
            report = await self._refresh(update, "reindex")
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

    async def _refresh(self, update: Update, act: str) -> Report:
        user = update.effective_user
        _log.warning("administrator %s: %s", user.id if user else None, act)
        return await self._desk.work(self._desk.library.refresh)

    async def stats(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say how much is asked and answered."""
        desk, say = self._desk, self._desk.say(update)
        if not desk.is_admin(update.effective_user):
            return
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
        html, markup = self._gap_list(self._desk.say(update))
        self._desk.reply(update, html, markup)

    async def _gap_done(self, update: Update, callback: Callback) -> str | None:
        say = self._desk.say(update)
        if not self._desk.is_admin(update.effective_user):
            return None
        topic = self._topics.pop(callback.text(0), None)
        if topic is None:
            return say("bot.old_button")
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
