"""Sending messages: in order within a chat, each exactly once, one chat never delaying another.

A message is `sending` in the state database while its request is under way. When the answer to the
request never comes (the connection drops, the process is killed), it may or may not have arrived.
Sending again could show it twice and giving up could lose it, so the sender looks for it: it tries
to *edit* the messages of that chat that came after, to the text of the one in doubt. An edit fails
on all messages that are not ours and on numbers that do not exist; where it succeeds, or is "not
modified", there the message is. Numbers known to be those of other messages are left out.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram import Message as SentMessage
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from coopbot.state.deliveries import Deliveries, Message
from coopbot.telegram.numbering import Numbering
from coopbot.telegram.pace import Pace

_FIRST_RETRY, _LONGEST_RETRY = 0.2, 30.0
_ON_ITS_WAY, _LOOK = 20.0, 0.05  # seconds
# Numbers beyond the highest seen that a message in doubt may have, for others may have come that we
# were not told of; more of them when a process begins.
_MARGIN, _MARGIN_AT_START = 4, 20

_log = logging.getLogger(__name__)

OnBlocked = Callable[[int], None]
OnMoved = Callable[[int, int], None]
OnArrived = Callable[[], None]


class Outbox:
    """The sender of what `post` wrote down. *on_blocked* hears of chats that refuse us,
    *on_moved* of groups that got another number, *on_arrived* of each message that arrived.
    """

    def __init__(
        self,
        bot: Bot,
        deliveries: Deliveries,
        numbering: Numbering,
        on_blocked: OnBlocked,
        on_moved: OnMoved,
        on_arrived: OnArrived,
    ) -> None:
        self._bot = bot
        self._deliveries = deliveries
        self._numbering = numbering
        self._on_blocked = on_blocked
        self._on_moved = on_moved
        self._on_arrived = on_arrived
        self._pace = Pace(time.monotonic)
        self._queues: dict[int, asyncio.Queue[int]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._stopping = False

    def resume(self) -> None:
        """Send what an earlier process left."""
        for chat_id, number in self._deliveries.known_messages(0):
            self._numbering.saw(chat_id, number)
        for message in self._deliveries.unsent():
            self._enqueue(message.chat_id, message.id)

    def post(
        self,
        chat_id: int,
        payload: dict[str, Any],
        *,
        reply_to: int | None = None,
        update_id: int | None = None,
        alerted: tuple[int, list[str]] | None = None,
    ) -> None:
        """Write a message down and send it as soon as its chat's turn comes."""
        number = self._deliveries.post(
            chat_id, payload, reply_to=reply_to, update_id=update_id, alerted=alerted
        )
        if number is not None:
            self._enqueue(chat_id, number)

    async def answer_to(self, chat_id: int, question: int) -> int | None:
        """Return the number of our message that replied to message *question*, None if none did.

        Waits a while for one that is on its way.
        """
        for _ in range(int(_ON_ITS_WAY / _LOOK)):
            if not self._deliveries.is_on_its_way(chat_id, question):
                break
            await asyncio.sleep(_LOOK)
        return self._deliveries.answer_to(chat_id, question)

    async def drain(self, seconds: float) -> None:
        """Finish what is under way, for at most *seconds*; the rest waits for the next start."""
        self._stopping = True
        if self._workers:
            await asyncio.wait(list(self._workers.values()), timeout=seconds)
        for worker in list(self._workers.values()):
            worker.cancel()

    def _enqueue(self, chat_id: int, number: int) -> None:
        self._queues.setdefault(chat_id, asyncio.Queue()).put_nowait(number)
        if chat_id not in self._workers:
            self._start(chat_id)

    def _start(self, chat_id: int) -> None:
        worker = asyncio.create_task(self._work(chat_id), name=f"outbox:{chat_id}")
        self._workers[chat_id] = worker
        worker.add_done_callback(lambda _: self._retire(chat_id))

    def _retire(self, chat_id: int) -> None:
        del self._workers[chat_id]
        if self._queues[chat_id].empty():
            del self._queues[chat_id]
        elif not self._stopping:  # a message came as the worker was leaving
            self._start(chat_id)

    async def _work(self, chat_id: int) -> None:
        queue = self._queues[chat_id]
        while not queue.empty():
            message = self._deliveries.message(queue.get_nowait())
            if message is None:
                continue
            try:
                await self._deliver(message)
            except Exception:  # noqa: BLE001 - a message that cannot be sent must not stop the next
                # the number of a chat may be that of a person: it is not logged
                _log.exception("message %d failed", message.id)
                self._deliveries.failed(message.id)

    async def _deliver(self, message: Message) -> None:
        """Send *message* until it has arrived or never can."""
        in_doubt = message.state == "sending"
        above, margin = message.above, _MARGIN_AT_START
        reply_to = message.reply_to
        delay = _FIRST_RETRY
        while True:
            try:
                if in_doubt and (found := await self._find(message, above, margin)) is not None:
                    self._arrived(message, found)
                    return
                await self._pace.wait()
                if not in_doubt:
                    above = max(self._numbering.highest(message.chat_id), message.reply_to or 0)
                    self._deliveries.sending(message.id, above)
                sent = await self._send(message, reply_to)
            except RetryAfter as error:
                self._deliveries.waiting(message.id)
                in_doubt = False
                await asyncio.sleep(_seconds(error))
            except ChatMigrated as error:  # a group that became a supergroup
                self._on_moved(message.chat_id, error.new_chat_id)
                message = replace(message, chat_id=error.new_chat_id, reply_to=None)
                reply_to, in_doubt = None, False
            except Forbidden as error:
                _log.info("the chat of message %d refuses messages: %s", message.id, error)
                self._deliveries.failed(message.id)
                self._on_blocked(message.chat_id)
                return
            except BadRequest as error:
                if reply_to is None or "replied" not in str(error).lower():
                    _log.error("message %d refused: %s", message.id, error)
                    self._deliveries.failed(message.id)
                    return
                reply_to = None  # the question was deleted meanwhile: answer all the same
                in_doubt = False
            except NetworkError as error:
                _log.info("message %d in doubt: %s", message.id, error)
                in_doubt, margin = True, _MARGIN
                await asyncio.sleep(delay)  # meanwhile others arrive, whose numbers it cannot have
                delay = min(2 * delay, _LONGEST_RETRY)
            else:
                self._arrived(message, sent.message_id)
                return

    def _arrived(self, message: Message, message_id: int) -> None:
        self._numbering.saw(message.chat_id, message_id)
        self._deliveries.sent(message.id, message_id)
        self._on_arrived()
        if message.payload.get("unrecorded"):
            self._deliveries.drop(message.id)

    async def _send(self, message: Message, reply_to: int | None) -> SentMessage:
        return await self._bot.send_message(
            message.chat_id,
            **_content(message),
            message_thread_id=message.payload.get("message_thread_id"),
            reply_parameters=ReplyParameters(reply_to) if reply_to is not None else None,
        )

    async def _find(self, message: Message, above: int, margin: int) -> int | None:
        """Return the number under which *message* arrived, None when it did not."""
        sequence = self._numbering.sequence
        others = {
            number
            for chat, number in self._deliveries.known_messages(above)
            if sequence(chat) == sequence(message.chat_id)
        }
        # others that are in doubt may have taken numbers too
        margin += self._deliveries.under_way()
        end = max(self._numbering.highest(message.chat_id), above, *others) + margin
        for number in range(above + 1, end + 1):
            if number not in others and await self._is_at(message, number):
                return number
        return None

    async def _is_at(self, message: Message, number: int) -> bool:
        edit = partial(
            self._bot.edit_message_text,
            **_content(message),
            chat_id=message.chat_id,
            message_id=number,
        )
        try:
            await persist(edit)
        except BadRequest as error:
            return "not modified" in str(error).lower()
        return True


def _content(message: Message) -> dict[str, Any]:
    """Return the parameters that sending and editing share."""
    payload = message.payload
    buttons = payload.get("reply_markup")
    return {
        "text": payload["text"],
        "parse_mode": ParseMode.HTML,
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
        "reply_markup": InlineKeyboardMarkup.de_json(buttons) if buttons else None,
    }


async def persist(action: Callable[[], Awaitable[Any]], tries: int = 8) -> Any:
    """Return what *action* gives, tried again when Telegram asks to wait or does not answer.

    For calls that may be made twice without harm: edits, answers to callbacks. Raises the last
    TelegramError.
    """
    delay = _FIRST_RETRY
    for last in (False,) * (tries - 1) + (True,):
        try:
            return await action()
        except RetryAfter as error:
            if last:
                raise
            await asyncio.sleep(_seconds(error))
        except (BadRequest, Forbidden):
            raise
        except NetworkError:
            if last:
                raise
            await asyncio.sleep(delay)
            delay *= 2
    raise TelegramError("unreachable")


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return float(after) if isinstance(after, int) else after.total_seconds()
