"""Updates as they come in: written down before Telegram is told, each dealt with once."""

from __future__ import annotations

import asyncio
import logging

from telegram import Bot, Update
from telegram.ext import ContextTypes

from coopbot.state.deliveries import Deliveries
from coopbot.telegram.numbering import Numbering

_LOOK_SECONDS = 0.1  # between two looks for updates that other processes took in

_log = logging.getLogger(__name__)


class Intake(asyncio.Queue[object]):
    """The queue between Telegram and the handlers.

    The library puts updates here before it confirms them to Telegram; `put` writes each down first,
    and leaves out one that was written down before.
    """

    def __init__(self, deliveries: Deliveries, numbering: Numbering) -> None:
        super().__init__()
        self._deliveries = deliveries
        self._numbering = numbering
        self._under_way: set[int] = set()

    async def put(self, item: object) -> None:
        """Take *item* in, unless it is an update taken in before or that of another process."""
        if isinstance(item, Update):
            self._note(item)
            chat_id = _chat(item)
            new = self._deliveries.take_in(item.update_id, item.to_dict(), chat_id)
            if not new or not self._deliveries.share.has(chat_id):
                return
            self._under_way.add(item.update_id)
        await super().put(item)

    async def resume(self, bot: Bot) -> None:
        """Take up the updates that an earlier process did not finish, or another one took in."""
        for payload in self._deliveries.not_done():
            update = Update.de_json(payload, bot)
            if update.update_id in self._under_way:
                continue
            self._note(update)
            self._under_way.add(update.update_id)
            await super().put(update)

    async def watch(self, bot: Bot) -> None:
        """Take up what other processes took in for this one, until cancelled."""
        while True:
            try:
                await self.resume(bot)
            except Exception:  # noqa: BLE001 - the next look may fare better; no look ends them all
                _log.exception("no updates taken up")
            await asyncio.sleep(_LOOK_SECONDS)

    async def finish(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Note that *update* was dealt with: the last of its handlers."""
        self._deliveries.done(update.update_id)
        self._under_way.discard(update.update_id)

    def _note(self, update: Update) -> None:
        message = update.effective_message
        if message is not None and message.chat is not None:
            self._numbering.saw(message.chat.id, message.message_id)


def _chat(update: Update) -> int:
    """Return the chat that *update* is of; of a query from elsewhere, the person's own."""
    if update.effective_chat is not None:
        return update.effective_chat.id
    return update.effective_user.id if update.effective_user is not None else update.update_id
