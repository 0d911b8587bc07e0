"""Adding to the corpus from a chat: an address or a file, a look at it, a button."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from html import escape
from pathlib import PurePosixPath

from cachetools import TTLCache
from telegram import Document, Message, Update
from telegram.ext import ContextTypes

from coopbot.article import Article
from coopbot.corpus import MAX_ARTICLE_BYTES
from coopbot.errors import ArticleError, CoopbotError, IngestError
from coopbot.ingest.importers import MAX_BYTES
from coopbot.ingest.intake import File, Offer, Wishes
from coopbot.ingest.shelf import Became, Outcome
from coopbot.messages import Texts
from coopbot.passages import prepare
from coopbot.render.words import readable_date
from coopbot.telegram import keyboards
from coopbot.telegram.callbacks import Callback
from coopbot.telegram.desk import Desk

PENDING = 100
PENDING_SECONDS = 3_600.0
_PREVIEW = 600
_LISTED = 10
_MOST_REFERENCES = 50  # of a file of bookmarks: more takes too long for a chat
_NAMED = re.compile(r"/\w+@(\w+)")
ADDRESS = r"(?i)^\s*https?://\S+\s*$"


class Adding:
    """The handlers of what administrators offer; everybody else is not heard."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._articles: TTLCache[str, tuple[Article, ...]] = TTLCache(PENDING, PENDING_SECONDS)

    async def add(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Show what comes of an address or a file, and ask whether to add it."""
        desk, say = self._desk, self._desk.say(update)
        message = update.effective_message
        if not desk.is_admin(update.effective_user) or message is None:
            return
        named = _NAMED.match(message.caption or "")
        if named and named[1].casefold() != context.bot.username.casefold():
            return  # a command to another bot
        try:
            offer = await _offered(message)
            if offer is None:
                desk.reply(update, escape(say("admin.add_usage")))
                return
            desk.acted(update, "look at", source=offer.name if isinstance(offer, File) else offer)
            wishes = Wishes(most=_MOST_REFERENCES)
            outcomes = await desk.work(desk.library.take_in, [offer], wishes, dry_run=True)
        except CoopbotError as error:
            desk.reply(update, escape(error.text(say.language)))
            return
        self._show(update, outcomes, say)

    def _show(self, update: Update, outcomes: Sequence[Outcome], say: Texts) -> None:
        new = [outcome for outcome in outcomes if outcome.changed and outcome.article]
        others = [_why_not(outcome, say) for outcome in outcomes if outcome not in new]
        left_out = "\n".join(escape(text) for text in others[:_LISTED])
        if not new:
            self._desk.reply(update, left_out or escape(say("admin.add_nothing")))
            return
        articles = tuple(outcome.article for outcome in new if outcome.article)
        key = secrets.token_urlsafe(9)
        self._articles[key] = articles
        shown = _card(new[0], say) if len(new) == 1 else _list(articles, say)
        html = "\n\n".join(part for part in (shown, left_out) if part)
        yes, no = say("admin.add_yes"), say("admin.add_no")
        self._desk.reply(update, html, keyboards.confirm("add", key, yes, no))

    async def confirmed(self, update: Update, callback: Callback) -> str | None:
        """Add what was shown."""
        desk, say = self._desk, self._desk.say(update)
        if not desk.is_admin(update.effective_user):
            return None
        articles = self._articles.pop(callback.text(0), None)
        if articles is None:
            return say("admin.gone")
        outcomes = await desk.work(desk.library.add, articles)
        paths = [outcome.path for outcome in outcomes if outcome.changed and outcome.path]
        desk.acted(update, "add", articles=", ".join(paths))
        count = len(desk.library.generation().manifest.articles)
        await desk.edit(update, escape(_added(paths, count, say)))
        return None

    def forget(self, key: str) -> None:
        """Drop what waits for a confirmation under *key*."""
        self._articles.pop(key, None)


async def _offered(message: Message) -> Offer | None:
    """Return what *message*, or the message it replies to, offers; None when it is nothing.

    Raises IngestError when it is too large.
    """
    replied = message.reply_to_message
    document = message.document or (replied.document if replied else None)
    if document is not None:
        return await _downloaded(document)
    words = (message.text or "").split()
    return next((word for word in words if re.match(ADDRESS, word)), None)


async def _downloaded(document: Document) -> File:
    name = document.file_name or "article.md"
    size = document.file_size or 0
    if PurePosixPath(name).suffix == ".md" and size > MAX_ARTICLE_BYTES:
        limit = f"{MAX_ARTICLE_BYTES / 1e6:.0f}"
        raise ArticleError(
            "article_too_large", path=name, megabytes=f"{size / 1e6:.1f}", limit=limit
        )
    if size > MAX_BYTES:
        raise IngestError("file_too_large", name=name, limit=f"{MAX_BYTES / 1e6:.0f}")
    return File(name, bytes(await (await document.get_file()).download_as_bytearray()))


def _card(outcome: Outcome, say: Texts) -> str:
    """Return the one article as it would answer: title, what is known of it, how it begins."""
    article = outcome.article
    if article is None:
        return ""
    words = prepare(article).text
    preview = words[:_PREVIEW] + ("…" if len(words) > _PREVIEW else "")
    facts = [
        article.url,
        article.published or readable_date(None, say),
        say("outcome.words", count=len(words.split())),
        *article.tags,
    ]
    about = " · ".join(fact for fact in facts if fact)
    ask = "admin.update_preview" if outcome.became is Became.UPDATED else "admin.add_preview"
    return (
        f"{escape(say(ask))}\n\n<b>{escape(article.title[:_PREVIEW])}</b>\n"
        f"<i>{escape(about[:_PREVIEW])}</i>\n\n{escape(preview)}"
    )


def _list(articles: Sequence[Article], say: Texts) -> str:
    lines = [f"– {escape(article.title[:100])}" for article in articles[:_LISTED]]
    if len(articles) > _LISTED:
        lines.append(escape(say("admin.and_more", count=len(articles) - _LISTED)))
    return "\n".join([escape(say("admin.add_many", count=len(articles))), "", *lines])


def _why_not(outcome: Outcome, say: Texts) -> str:
    if outcome.error is not None:
        return outcome.error.text(say.language)[:300]
    if outcome.became is Became.DUPLICATE:
        return say("outcome.twin", path=outcome.path)
    return say("admin.add_unchanged", path=outcome.path)


def _added(paths: Sequence[str], articles: int, say: Texts) -> str:
    if not paths:
        return say("admin.add_nothing")
    if len(paths) == 1:
        return say("admin.added", path=paths[0], articles=articles)
    return say("admin.added_many", count=len(paths), articles=articles)
