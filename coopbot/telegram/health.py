"""Is the bot well? Each way in which it is not, as a sentence for the operator."""

from __future__ import annotations

from dataclasses import dataclass

from coopbot.errors import CoopbotError, StateError
from coopbot.library import Library
from coopbot.messages import Texts
from coopbot.state.deliveries import Deliveries
from coopbot.telegram.measures import Measures

_UPDATE_SECONDS = 60.0  # an update dealt with takes far less
# A message that must wait for its turn may wait longer; then others arrive meanwhile.
_OUTBOX_SECONDS = 600.0
_SILENCE_SECONDS = 180.0  # asked for updates, Telegram answers within ten seconds


@dataclass(frozen=True, slots=True)
class Health:
    """The health of a running bot, which asks Telegram for updates if it *polls*."""

    library: Library
    deliveries: Deliveries
    measures: Measures
    say: Texts
    polls: bool

    def complaints(self) -> list[str]:
        """Return what is wrong, in words; nothing when all is well."""
        try:
            found = [self._index(), self._update(), self._outbox(), self._telegram()]
        except StateError as error:
            found = [self.say("health.state", reason=error.values["reason"])]
        return [text for text in found if text]

    def _index(self) -> str | None:
        try:
            self.library.generations.live_mark()
        except CoopbotError as error:
            return error.text(self.say.language)
        return None if self.library.opened else self.say("health.no_index")

    def _update(self) -> str | None:
        waiting = self.deliveries.waiting_updates()
        if waiting.seconds < _UPDATE_SECONDS:
            return None
        return self.say("health.update", seconds=f"{waiting.seconds:.0f}")

    def _outbox(self) -> str | None:
        waiting = self.deliveries.waiting_messages()
        if min(waiting.seconds, self.measures.since_arrival()) < _OUTBOX_SECONDS:
            return None
        minutes = f"{waiting.seconds / 60:.0f}"
        return self.say("health.outbox", count=waiting.count, minutes=minutes)

    def _telegram(self) -> str | None:
        silence = self.measures.silence()
        if not self.polls or silence < _SILENCE_SECONDS:
            return None
        return self.say("health.telegram", minutes=f"{silence / 60:.0f}")
