"""What every handler works with: library, state, outbox, and how to speak to a person."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ParamSpec, TypeVar

from cachetools import TTLCache
from telegram import InlineKeyboardMarkup, LinkPreviewOptions, Message, Update, User
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from coopbot.dialogue import Dialogue, Thread
from coopbot.library import Library
from coopbot.messages import Language, Texts, is_language, texts
from coopbot.settings import Settings
from coopbot.state.people import People
from coopbot.state.questions import Questions
from coopbot.telegram.limits import (
    INLINE_QUERIES_PER_MINUTE,
    QUESTIONS_PER_MINUTE,
    FairShare,
)
from coopbot.telegram.measures import Measures
from coopbot.telegram.outbox import Outbox, persist

_P = ParamSpec("_P")
_T = TypeVar("_T")

_THREADS = 10_000  # conversations remembered at once
_THREAD_SECONDS = 1_800.0  # a follow-up comes soon or is none

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Turn:
    """A conversation before and after the message with the number `message`."""

    message: int
    before: Thread
    after: Thread


_NO_TURN = _Turn(0, Thread(), Thread())


class Desk:
    """Shared by the handlers; made when the bot starts, gone when it stops."""

    def __init__(
        self,
        library: Library,
        settings: Settings,
        people: People,
        questions: Questions,
        outbox: Outbox,
        measures: Measures,
        searching: Executor,
        working: Executor,
    ) -> None:
        self.library = library
        self.settings = settings
        self.people = people
        self.questions = questions
        self.outbox = outbox
        self.measures = measures
        self.dialogue = Dialogue(library, questions)
        self.shares = FairShare(time.monotonic, QUESTIONS_PER_MINUTE)
        self.inline_shares = FairShare(time.monotonic, INLINE_QUERIES_PER_MINUTE)
        self._searching = searching
        self._working = working
        self._threads: TTLCache[tuple[int, int, int], _Turn] = TTLCache(_THREADS, _THREAD_SECONDS)

    async def search(
        self, action: Callable[_P, _T], *arguments: _P.args, **values: _P.kwargs
    ) -> _T:
        """Run *action*, which searches, off the event loop."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._searching, partial(action, *arguments, **values))

    async def work(self, action: Callable[_P, _T], *arguments: _P.args, **values: _P.kwargs) -> _T:
        """Run *action*, which writes files or indexes, where no question waits for it."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._working, partial(action, *arguments, **values))

    def language(self, user: User | None) -> Language:
        """Return the language to speak to *user*: the one chosen, else that of their Telegram."""
        if user is None:
            return self.settings.language
        chosen = self.people.language(user.id)
        if chosen is not None:
            return chosen
        spoken = (user.language_code or self.settings.language)[:2]
        return spoken if is_language(spoken) else "en"

    def say(self, update: Update) -> Texts:
        """Return the sentences in the language of the person behind *update*."""
        return texts(self.language(update.effective_user))

    def is_admin(self, user: User | None) -> bool:
        """Tell whether *user* is one of the administrators of the settings."""
        return user is not None and user.id in self.settings.telegram_admins

    def acted(self, update: Update, act: str, **on: object) -> None:
        """Log what an administrator did: *act*, and what *on*."""
        user = update.effective_user
        who = {"administrator": user.id if user else None, "act": act}
        _log.warning("administrator", extra=who | on)

    def thread(self, message: Message, person: User | None = None) -> Thread:
        """Return the conversation that *message* goes on with: that before it, if it was edited."""
        turn = self._threads.get(_thread_key(message, person), _NO_TURN)
        return turn.before if turn.message == message.message_id else turn.after

    def remember(self, message: Message, thread: Thread, person: User | None = None) -> None:
        """Note where the conversation of *person*, else of who wrote *message*, stands."""
        before = self.thread(message, person)
        self._threads[_thread_key(message, person)] = _Turn(message.message_id, before, thread)

    def turn_page(self, message: Message, person: User | None, token: str, offset: int) -> None:
        """Note the page shown, if it is of the last answer to *person*: "la suite" follows it."""
        key = _thread_key(message, person)
        turn = self._threads.get(key, _NO_TURN)
        if turn.after.token == token:
            self._threads[key] = replace(turn, after=replace(turn.after, offset=offset))

    def forget(self, user_id: int) -> None:
        """Forget the conversations of a person."""
        for key in [key for key in self._threads if key[2] == user_id]:
            self._threads.pop(key, None)

    def reply(
        self,
        update: Update,
        html: str,
        markup: InlineKeyboardMarkup | None = None,
        *,
        recorded: bool = True,
    ) -> None:
        """Answer the message of *update*, in its topic, once however often this is called.

        What is not *recorded* leaves no trace once it has arrived.
        """
        message = update.effective_message
        if message is None:
            return
        self.outbox.post(
            message.chat.id,
            payload(html, markup, message) | ({} if recorded else {"unrecorded": True}),
            reply_to=message.message_id,
            update_id=update.update_id,
        )

    async def edit(
        self, update: Update, html: str, markup: InlineKeyboardMarkup | None = None
    ) -> None:
        """Put *html* in place of the message whose button was pressed."""
        query = update.callback_query
        if query is None:
            return
        await quietly(
            "edit",
            lambda: query.edit_message_text(
                html,
                parse_mode=ParseMode.HTML,
                reply_markup=markup,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
        )


def payload(
    html: str, markup: InlineKeyboardMarkup | None = None, message: Message | None = None
) -> dict[str, Any]:
    """Return what the outbox sends for *html*, in the topic of *message*."""
    content: dict[str, Any] = {"text": html}
    if markup is not None:
        content["reply_markup"] = markup.to_dict()
    if message is not None and message.is_topic_message and message.message_thread_id:
        content["message_thread_id"] = message.message_thread_id
    return content


async def quietly(what: str, action: Callable[[], Any]) -> None:
    """Do *action*, again if Telegram is busy; what it refuses for good is only logged.

    For edits and answers to buttons: a message deleted meanwhile, an edit that changes nothing, a
    button pressed too long ago are nobody's fault.
    """
    try:
        await persist(action)
    except BadRequest as error:
        _log.info("%s refused: %s", what, error)
    except TelegramError as error:
        _log.warning("%s failed: %s", what, error)


def _thread_key(message: Message, person: User | None = None) -> tuple[int, int, int]:
    person = person or message.from_user
    # in supergroups without topics a reply bears the number of what it replies to
    topic = message.message_thread_id if message.is_topic_message else None
    return message.chat.id, topic or 0, person.id if person else 0
