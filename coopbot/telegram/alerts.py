"""Alerts: telling people of new articles on their question, each article once."""

from __future__ import annotations

import asyncio
import logging

from coopbot.errors import CoopbotError
from coopbot.messages import texts
from coopbot.render import telegram as render
from coopbot.state.people import Alert
from coopbot.state.share import Share
from coopbot.telegram.desk import Desk, payload

_LOOK_SECONDS = 5.0
_DEPTH = 15

_log = logging.getLogger(__name__)


class Alerts:
    """Watches for a new generation of the index, then goes through the alerts of *share*."""

    def __init__(self, desk: Desk, share: Share) -> None:
        self._desk = desk
        self._share = share
        self._checked: str | None = None

    async def watch(self) -> None:
        """Go through the alerts at the start and whenever the index changes, until cancelled."""
        while True:
            try:
                name = self._desk.library.generations.current_name()
                if name != self._checked:
                    await self.tell_all()
                    self._checked = name
            except CoopbotError as error:
                _log.error("alerts not checked: %s", error)
            except Exception:  # noqa: BLE001 - the next look may fare better; no look ends them all
                _log.exception("alerts not checked")
            await asyncio.sleep(_LOOK_SECONDS)

    async def tell_all(self) -> None:
        """Write to those of the share whose question has new articles.

        After a backup took the place of the state, which of them were told is not known: those
        there are count as told.
        """
        people = self._desk.people
        silently = people.is_restored()
        for alert in people.alerts():
            if self._share.has(alert.chat_id):
                await self._tell(alert, silently=silently)
        if silently:
            people.caught_up()

    async def _tell(self, alert: Alert, *, silently: bool) -> None:
        desk, say = self._desk, texts(alert.language)
        answer = await desk.search(
            desk.library.ask, alert.question, limit=_DEPTH, language=alert.language
        )
        unseen = set(desk.people.unseen(alert, [hit.article.id for hit in answer.hits]))
        new = [hit for hit in answer.hits if hit.article.id in unseen]
        if not new:
            return
        if silently:
            desk.people.note_seen(alert, [hit.article.id for hit in new])
            return
        heading = f"🔔 {say('bot.alert_news', question=alert.question)}"
        desk.outbox.post(
            alert.chat_id,
            payload(render.news(heading, new, say)),
            alerted=(alert.id, [hit.article.id for hit in new]),
        )
