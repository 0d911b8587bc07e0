"""Inline mode (`@bot scic agricole` anywhere) and guest mode (mentioned where it is no member)."""

from __future__ import annotations

import hashlib
from html import escape

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.ext import ContextTypes

from coopbot.errors import CoopbotError
from coopbot.messages import Texts, texts
from coopbot.render import telegram as render
from coopbot.search.answer import Answer, AnswerHit
from coopbot.telegram.desk import Desk, quietly
from coopbot.telegram.limits import Verdict
from coopbot.telegram.questions import addressed

_PER_PAGE = 10
_CACHE_SECONDS = 300
_DESCRIPTION = 200


class Elsewhere:
    """The handlers of inline queries and guest messages."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def inline(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Offer the articles that answer, a page at a time."""
        query = update.inline_query
        if query is None:
            return
        offset = int(query.offset) if query.offset.isdecimal() else 0
        answer = await self._answer(update, query.query, offset)
        say = texts(answer.language) if answer else self._desk.say(update)
        hits = answer.hits if answer else ()
        more = answer is not None and answer.total > offset + _PER_PAGE
        nothing = InlineQueryResultsButton(say("bot.inline_nothing"), start_parameter="inline")
        await quietly(
            "answer to an inline query",
            lambda: query.answer(
                [self._result(hit, say) for hit in hits],
                cache_time=_CACHE_SECONDS,
                is_personal=False,
                next_offset=str(offset + _PER_PAGE) if more else "",
                button=None if hits else nothing,
            ),
        )

    async def guest(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer where the bot is mentioned without being a member, with the best article."""
        message = update.guest_message
        if message is None or message.guest_query_id is None:
            return
        asked = addressed(message, context.bot.username, context.bot.id) or message.text or ""
        answer = await self._answer(update, asked)
        say = texts(answer.language) if answer else self._desk.say(update)
        if answer is not None and answer.hits:
            result = self._result(answer.hits[0], say)
        else:
            result = self._nothing(say)
        number = message.guest_query_id
        await quietly("answer to a guest", lambda: context.bot.answer_guest_query(number, result))

    async def _answer(self, update: Update, question: str, offset: int = 0) -> Answer | None:
        desk, user = self._desk, update.effective_user
        if desk.shares.ask(user.id if user else 0) is not Verdict.YES:
            return None
        language = desk.language(user)
        try:
            return await desk.search(
                desk.library.ask, question, limit=_PER_PAGE, offset=offset, language=language
            )
        except CoopbotError:  # nothing typed yet, or no word
            return None

    def _result(self, hit: AnswerHit, say: Texts) -> InlineQueryResultArticle:
        key = f"{hit.article.id}\n{hit.passage}".encode()
        return InlineQueryResultArticle(
            id=hashlib.blake2b(key, digest_size=16).hexdigest(),
            title=hit.article.title,
            description=hit.snippet.text[:_DESCRIPTION],
            url=hit.article.link,
            input_message_content=_content(render.hit_alone(hit, say, self._desk.today())),
        )

    @staticmethod
    def _nothing(say: Texts) -> InlineQueryResultArticle:
        text = say("search.nothing")
        return InlineQueryResultArticle(
            id="nothing", title=text[:64], input_message_content=_content(escape(text))
        )


def _content(html: str) -> InputTextMessageContent:
    return InputTextMessageContent(
        html,
        parse_mode=ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
