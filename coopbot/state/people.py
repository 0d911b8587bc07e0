"""What a person chose: a language, alerts. And forgetting all of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from coopbot.messages import Language, is_language
from coopbot.state.database import Database

MAX_ALERTS = 20  # a person


@dataclass(frozen=True, slots=True)
class Alert:
    """A question whose new articles somebody wants to hear of."""

    id: int
    user_id: int
    chat_id: int
    question: str
    language: Language


class People:
    """Languages and alerts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def language(self, user_id: int) -> Language | None:
        """Return the language *user_id* chose, None when none was chosen."""
        rows = self._database.rows("SELECT language FROM people WHERE user_id = ?", [user_id])
        chosen = str(rows[0]["language"]) if rows else ""
        return chosen if is_language(chosen) else None

    def choose_language(self, user_id: int, language: Language) -> None:
        """Remember that *user_id* chose *language*."""
        self._database.run(
            "INSERT INTO people VALUES (?, ?) "
            "ON CONFLICT (user_id) DO UPDATE SET language = excluded.language",
            [user_id, language],
        )

    def add_alert(
        self,
        user_id: int,
        chat_id: int,
        question: str,
        language: Language,
        known: Iterable[str],
    ) -> bool:
        """Add an alert that has seen the *known* articles; False when there are too many."""
        with self._database.transaction() as connection:
            count = connection.execute(
                "SELECT count(*) FROM alerts WHERE user_id = ?", [user_id]
            ).fetchone()[0]
            if count >= MAX_ALERTS:
                return False
            cursor = connection.execute(
                "INSERT OR IGNORE INTO alerts (user_id, chat_id, question, language, made) "
                "VALUES (?, ?, ?, ?, ?)",
                [user_id, chat_id, question, language, self._database.now()],
            )
            if cursor.rowcount:
                connection.executemany(
                    "INSERT INTO alerted VALUES (?, ?)",
                    [(cursor.lastrowid, article) for article in known],
                )
        return True

    def alerts(self, user_id: int | None = None, chat_id: int | None = None) -> list[Alert]:
        """Return the alerts of *user_id* to the chat *chat_id*, or all, oldest first."""
        given = {"user_id = ?": user_id, "chat_id = ?": chat_id}
        wanted = {condition: value for condition, value in given.items() if value is not None}
        where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
        values = list(wanted.values())
        rows = self._database.rows(
            f"SELECT id, user_id, chat_id, question, language FROM alerts {where} ORDER BY id",  # noqa: S608
            values,
        )
        return [Alert(*row) for row in rows]

    def remove_alert(self, user_id: int, alert_id: int) -> bool:
        """Remove an alert of *user_id*; False when there is no such alert."""
        values = [alert_id, user_id]
        return bool(self._database.run("DELETE FROM alerts WHERE id = ? AND user_id = ?", values))

    def drop_chat(self, chat_id: int) -> None:
        """Remove the alerts to a chat that can no longer be written to."""
        self._database.run("DELETE FROM alerts WHERE chat_id = ?", [chat_id])

    def move_chat(self, old: int, new: int) -> None:
        """Note that a group became a supergroup, with another number."""
        self._database.run("UPDATE OR IGNORE alerts SET chat_id = ? WHERE chat_id = ?", [new, old])

    def unseen(self, alert: Alert, articles: Iterable[str]) -> list[str]:
        """Return those of *articles* that *alert* has not seen."""
        rows = self._database.rows("SELECT article FROM alerted WHERE alert_id = ?", [alert.id])
        seen = {row["article"] for row in rows}
        return [article for article in articles if article not in seen]

    def note_seen(self, alert: Alert, articles: Iterable[str]) -> None:
        """Note that *alert* has seen *articles*."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO alerted VALUES (?, ?)",
                [(alert.id, article) for article in articles],
            )

    def is_restored(self) -> bool:
        """Tell whether a backup took the place of the state, and `caught_up` was not called yet."""
        return bool(self._database.rows("SELECT 1 FROM restored"))

    def caught_up(self) -> None:
        """Note that the alerts of a restored state know all articles there are."""
        self._database.run("DELETE FROM restored")

    def forget(self, user_id: int) -> None:
        """Erase all that names *user_id*, messages to their private chat included."""
        with self._database.transaction() as connection:
            _erase(connection, user_id)
        self._database.run("PRAGMA wal_checkpoint(TRUNCATE)")
        for copy in self._database.copies():
            _erase(copy, user_id)


def _erase(connection: sqlite3.Connection, user_id: int) -> None:
    connection.execute("DELETE FROM people WHERE user_id = ?", [user_id])
    connection.execute("DELETE FROM alerts WHERE user_id = ?", [user_id])
    # the chat with a person bears the person's number
    connection.execute(
        "DELETE FROM outbox WHERE chat_id = ? AND state IN ('sent', 'failed')", [user_id]
    )
