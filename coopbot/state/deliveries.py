"""Updates taken in and messages sent out: nothing lost by a crash, nothing sent twice.

An update is written down before Telegram is told that it arrived. A message is written down with
the end of its update in one transaction; it is `waiting`, then `sending` while the request is
under way, then `sent`. What a crash leaves in `sending` may or may not have arrived: the sender
finds out (see telegram/outbox.py).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from coopbot.state.database import Database
from coopbot.state.share import Share, lane

# Telegram delivers an update again for at most a day.
_KEPT = dt.timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send: `payload` holds its text, and its buttons and topic if any."""

    id: int
    chat_id: int
    reply_to: int | None
    payload: dict[str, Any]
    state: str
    above: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, and for how many seconds the oldest has."""

    count: int
    seconds: float


class Deliveries:
    """The inbox and the outbox, of which *share* is dealt with here."""

    def __init__(self, database: Database, share: Share = Share()) -> None:  # noqa: B008 - frozen
        self._database = database
        self.share = share

    def take_in(self, update_id: int, payload: dict[str, Any], chat_id: int = 0) -> bool:
        """Write an update of a chat down; False when it was there already."""
        return bool(
            self._database.run(
                "INSERT OR IGNORE INTO inbox (update_id, payload, made, lane) VALUES (?, ?, ?, ?)",
                [update_id, json.dumps(payload), self._database.now(), lane(chat_id)],
            )
        )

    def not_done(self) -> list[dict[str, Any]]:
        """Return the updates taken in for this share and not dealt with, oldest first."""
        rows = self._database.rows(
            "SELECT payload FROM inbox WHERE payload IS NOT NULL AND lane % ? = ? "
            "ORDER BY update_id",
            [self.share.of, self.share.number],
        )
        return [json.loads(row["payload"]) for row in rows]

    def done(self, update_id: int) -> None:
        """Note that an update was dealt with; its number stays, its content goes."""
        self._database.run("UPDATE inbox SET payload = NULL WHERE update_id = ?", [update_id])

    def post(
        self,
        chat_id: int,
        payload: dict[str, Any],
        *,
        reply_to: int | None = None,
        update_id: int | None = None,
        alerted: tuple[int, list[str]] | None = None,
    ) -> int | None:
        """Write a message down for sending and return its number, None when it is there already.

        The same *update_id* posts to a chat once. *alerted* is an alert and the articles it tells
        of, recorded with the message.
        """
        sender = self.share.number
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "INSERT OR IGNORE INTO outbox (chat_id, reply_to, update_id, payload, made, worker)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [chat_id, reply_to, update_id, json.dumps(payload), self._database.now(), sender],
            )
            if alerted is not None:
                connection.executemany(
                    "INSERT OR IGNORE INTO alerted VALUES (?, ?)",
                    [(alerted[0], article) for article in alerted[1]],
                )
            return cursor.lastrowid if cursor.rowcount else None

    def message(self, number: int) -> Message | None:
        """Return the message *number* if it is still to be sent."""
        rows = self._unsent("AND id = ?", [number])
        return rows[0] if rows else None

    def unsent(self) -> list[Message]:
        """Return the messages posted here that are not known to have been sent, in order."""
        return self._unsent("AND worker % ? = ?", [self.share.of, self.share.number])

    def sending(self, number: int, above: int) -> None:
        """Note that the request for message *number* is about to leave.

        If it arrives, it will be a message with a number greater than *above*.
        """
        self._database.run(
            "UPDATE outbox SET state = 'sending', above = ? WHERE id = ?", [above, number]
        )

    def waiting(self, number: int) -> None:
        """Note that the request for message *number* was refused: it has not been sent."""
        self._set(number, "waiting")

    def sent(self, number: int, message_id: int) -> None:
        """Note that message *number* arrived as *message_id*; its content goes."""
        self._database.run(
            "UPDATE outbox SET state = 'sent', message_id = ?, payload = NULL WHERE id = ?",
            [message_id, number],
        )

    def drop(self, number: int) -> None:
        """Forget message *number*."""
        self._database.run("DELETE FROM outbox WHERE id = ?", [number])

    def failed(self, number: int) -> None:
        """Note that message *number* can never be sent; its content goes."""
        self._database.run(
            "UPDATE outbox SET state = 'failed', payload = NULL WHERE id = ?", [number]
        )

    def answer_to(self, chat_id: int, question: int) -> int | None:
        """Return the number of the message that answered message *question*, None if none did."""
        rows = self._database.rows(
            "SELECT message_id FROM outbox WHERE chat_id = ? AND reply_to = ? AND state = 'sent' "
            "ORDER BY id DESC LIMIT 1",
            [chat_id, question],
        )
        return int(rows[0]["message_id"]) if rows else None

    def waiting_updates(self) -> Waiting:
        """Return how many updates are not dealt with."""
        return self._waiting("inbox WHERE payload IS NOT NULL")

    def waiting_messages(self) -> Waiting:
        """Return how many messages are not known to have arrived, nor given up."""
        return self._waiting("outbox WHERE state IN ('waiting', 'sending')")

    def _waiting(self, which: str) -> Waiting:
        row = self._database.rows(f"SELECT count(*), min(made) FROM {which}")[0]  # noqa: S608
        if not row[0]:
            return Waiting(0, 0.0)
        since = dt.datetime.fromisoformat(row[1])
        age = dt.datetime.fromisoformat(self._database.now()) - since
        return Waiting(row[0], age.total_seconds())

    def under_way(self) -> int:
        """Return how many messages have left, or may have, without being known to have arrived."""
        return int(self._database.rows("SELECT count(*) FROM outbox WHERE state = 'sending'")[0][0])

    def is_on_its_way(self, chat_id: int, question: int) -> bool:
        """Tell whether a message that replies to message *question* is still to be sent."""
        return bool(
            self._database.rows(
                "SELECT 1 FROM outbox WHERE chat_id = ? AND reply_to = ? "
                "AND state IN ('waiting', 'sending')",
                [chat_id, question],
            )
        )

    def known_messages(self, above: int) -> list[tuple[int, int]]:
        """Return (chat, message) of the messages known, ours and those replied to, over *above*."""
        rows = self._database.rows(
            "SELECT chat_id, message_id FROM outbox WHERE message_id > ? "
            "UNION SELECT chat_id, reply_to FROM outbox WHERE reply_to > ?",
            [above, above],
        )
        return [(int(row[0]), int(row[1])) for row in rows]

    def drop_old(self) -> None:
        """Erase the numbers of old updates and messages."""
        limit = self._database.before(_KEPT)
        self._database.run("DELETE FROM inbox WHERE payload IS NULL AND made < ?", [limit])
        self._database.run(
            "DELETE FROM outbox WHERE state IN ('sent', 'failed') AND made < ?", [limit]
        )

    def _set(self, number: int, state: str) -> None:
        self._database.run("UPDATE outbox SET state = ? WHERE id = ?", [state, number])

    def _unsent(self, where: str, values: list[object]) -> list[Message]:
        rows = self._database.rows(
            "SELECT id, chat_id, reply_to, payload, state, above FROM outbox "  # noqa: S608
            f"WHERE state IN ('waiting', 'sending') {where} ORDER BY id",
            values,
        )
        return [Message(r[0], r[1], r[2], json.loads(r[3]), r[4], r[5]) for r in rows]
