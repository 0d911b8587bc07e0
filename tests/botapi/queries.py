"""Methods that answer queries."""

from __future__ import annotations

from tests.botapi import inline
from tests.botapi.errors import Note, bad
from tests.botapi.model import Message
from tests.botapi.parameters import Json, Parameters
from tests.botapi.pending import CallbackAnswer, GuestAnswer, InlineAnswer, InlineResult
from tests.botapi.registry import Context, method
from tests.botapi.state import State
from tests.botapi.text import FormattedText

_MAX_ANSWER = 200
_MAX_OFFSET = 64


@method("answerCallbackQuery")
def answer_callback_query(context: Context, p: Parameters) -> bool:
    """Answer a pressed button."""
    pending = context.queries.open("callback", p.text("callback_query_id"))
    if len(p.text("text")) > _MAX_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    if p.text("url") and not _may_open(context.state, p.text("url")):
        raise bad("URL_INVALID")
    answer = CallbackAnswer(
        p.text("text"),
        p.flag("show_alert"),
        p.text("url"),
        p.integer("cache_time", 0, 0, 24 * 30 * 60 * 60),
    )
    context.queries.answer(pending, answer)
    return True


def _may_open(state: State, url: str) -> bool:
    return url.lower().startswith(
        (f"https://t.me/{state.bot.username}?start=".lower(), f"t.me/{state.bot.username}?".lower())
    )


@method("answerInlineQuery")
def answer_inline_query(context: Context, p: Parameters) -> bool:
    """Offer results for an inline query."""
    if p.text("cache_time").strip().startswith("-"):
        # the real server takes it for 0
        context.notes.append(Note("negative cache_time", is_violation=True))
    value = p.parsed("button", "Can't parse inline query results button JSON object")
    button = inline.button(value)
    given = p.parsed("results", "Can't parse JSON encoded inline query results")
    results = inline.results(given, context.notes.append)
    pending = context.queries.open("inline", p.text("inline_query_id"))
    if len(p.text("next_offset").encode()) > _MAX_OFFSET:
        raise bad("NEXT_OFFSET_INVALID")
    answer = InlineAnswer(
        query=pending.query,
        results=results,
        next_offset=p.text("next_offset"),
        cache_time=p.integer("cache_time", 300, 0, 24 * 60 * 60),
        is_personal=p.flag("is_personal"),
        button=button,
    )
    context.queries.answer(pending, answer)
    return True


@method("answerGuestQuery")
def answer_guest_query(context: Context, p: Parameters) -> Json:
    """Send a message into a chat the bot is only a guest of."""
    if not p.text("result"):
        raise bad("Result isn't specified")
    given = p.parsed("result", "Can't parse JSON encoded web view query results")
    result = inline.result(given, context.notes.append)
    pending = context.queries.open("guest", p.text("guest_query_id"))
    question = pending.message
    assert question is not None
    message = send_result(context.state, question, result)
    message.guest_caller = pending.user
    context.queries.answer(pending, GuestAnswer(message, result))
    return {"inline_message_id": message.inline_id}


def send_result(state: State, question: Message, result: InlineResult) -> Message:
    """Put the message of *result* into the chat of *question*, as a reply of the bot."""
    content = result.content or FormattedText(result.title)
    message = state.post(
        question.chat, state.bot, content, reply_to=question, thread=question.thread
    )
    message.markup = result.markup
    message.link_preview = result.link_preview
    state.new_inline_id(message)
    return message
