"""Updates as they come in: written down before Telegram is told, each dealt with once."""

from __future__ import annotations

import asyncio

from telegram import Bot, Update
from telegram.ext import ContextTypes

from coopbot.state.deliveries import Deliveries
from coopbot.telegram.numbering import Numbering


class Intake(asyncio.Queue[object]):
    """The queue between Telegram and the handlers.

    The library puts updates here before it confirms them to Telegram; `put` writes each down first,
    and leaves out one that was written down before.
    """

    def __init__(self, deliveries: Deliveries, numbering: Numbering) -> None:
        super().__init__()
        self._deliveries = deliveries
        self._numbering = numbering

    async def put(self, item: object) -> None:
        """Take *item* in, unless it is an update taken in before."""
        if isinstance(item, Update):
            self._note(item)
            if not self._deliveries.take_in(item.update_id, item.to_dict()):
                return
        await super().put(item)

    async def resume(self, bot: Bot) -> None:
        """Take up the updates that an earlier process did not finish."""
        for payload in self._deliveries.not_done():
            update = Update.de_json(payload, bot)
            self._note(update)
            await super().put(update)

    async def finish(self, update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        """Note that *update* was dealt with: the last of its handlers."""
        self._deliveries.done(update.update_id)

    def _note(self, update: Update) -> None:
        message = update.effective_message
        if message is not None and message.chat is not None:
            self._numbering.saw(message.chat.id, message.message_id)
