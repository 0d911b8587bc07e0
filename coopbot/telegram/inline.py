"""Inline mode (`@bot scic agricole` anywhere) and guest mode (mentioned where it is no member)."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from html import escape

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode
from telegram.ext import ContextTypes

from coopbot.errors import CoopbotError
from coopbot.french.language import guess_language
from coopbot.messages import Texts, texts
from coopbot.render import telegram as render
from coopbot.search.answer import Answer, AnswerHit
from coopbot.telegram.desk import Desk, quietly
from coopbot.telegram.limits import Verdict
from coopbot.telegram.questions import addressed

_PER_PAGE = 10
_CACHE_SECONDS = 300
_DESCRIPTION = 200
START_FROM_INLINE = "inline"  # what the button into the chat carries


class Elsewhere:
    """The handlers of inline queries and guest messages."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def inline(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Offer the articles that answer, a page at a time."""
        query, user = update.inline_query, update.effective_user
        if query is None or user is None:
            return
        if self._desk.inline_shares.ask(user.id) is not Verdict.YES:
            await self._later(query, self._desk.say(update))
            return
        offset = int(query.offset) if query.offset.isdecimal() else 0
        answer = await self._answer(update, query.query, offset)
        say = texts(answer.language) if answer else self._desk.say(update)
        hits = answer.hits if answer else ()
        more = answer is not None and answer.total > offset + _PER_PAGE
        nothing = InlineQueryResultsButton(
            say("bot.inline_nothing"), start_parameter=START_FROM_INLINE
        )
        await quietly(
            "answer to an inline query",
            lambda: query.answer(
                [self._result(hit, say) for hit in hits],
                cache_time=_CACHE_SECONDS,
                # a question that does not tell its language is answered in the person's
                is_personal=guess_language(query.query) is None,
                next_offset=str(offset + _PER_PAGE) if more else "",
                button=None if hits else nothing,
            ),
        )

    @staticmethod
    async def _later(query: InlineQuery, say: Texts) -> None:
        """Ask to wait; nobody else should be shown that."""
        wait = InlineQueryResultsButton(
            say("bot.inline_too_fast"), start_parameter=START_FROM_INLINE
        )
        await quietly(
            "answer to an inline query",
            lambda: query.answer([], cache_time=0, is_personal=True, button=wait),
        )

    async def guest(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer where the bot is mentioned without being a member, with the best article."""
        message, user = update.guest_message, update.effective_user
        if message is None or message.guest_query_id is None:
            return
        say = self._desk.say(update)
        if self._desk.shares.ask(user.id if user else 0) is not Verdict.YES:
            result = self._text(say("bot.too_fast"))
        else:
            asked = addressed(message, context.bot.username, context.bot.id) or message.text or ""
            answer = await self._answer(update, asked)
            say = texts(answer.language) if answer else say
            found = answer.hits if answer else ()
            result = self._result(found[0], say) if found else self._text(say("search.nothing"))
        number = message.guest_query_id
        await quietly("answer to a guest", lambda: context.bot.answer_guest_query(number, result))

    async def _answer(self, update: Update, question: str, offset: int = 0) -> Answer | None:
        desk = self._desk
        language, since = desk.language(update.effective_user), desk.measures.now()
        answer: Answer | None = None
        with suppress(CoopbotError):  # nothing typed yet, or no word
            answer = await desk.search(
                desk.library.ask, question, limit=_PER_PAGE, offset=offset, language=language
            )
        desk.measures.question("inline" if update.inline_query else "guest", answer, since)
        return answer

    def _result(self, hit: AnswerHit, say: Texts) -> InlineQueryResultArticle:
        key = f"{hit.article.id}\n{hit.passage}".encode()
        return InlineQueryResultArticle(
            id=hashlib.blake2b(key, digest_size=16).hexdigest(),
            title=hit.article.title,
            description=hit.snippet.text[:_DESCRIPTION],
            url=hit.article.link,
            input_message_content=_content(render.hit_alone(hit, say)),
        )

    @staticmethod
    def _text(text: str) -> InlineQueryResultArticle:
        return InlineQueryResultArticle(
            id="text", title=text[:64], input_message_content=_content(escape(text))
        )


def _content(html: str) -> InputTextMessageContent:
    return InputTextMessageContent(
        html,
        parse_mode=ParseMode.HTML,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
