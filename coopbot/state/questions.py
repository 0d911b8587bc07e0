"""Questions, without who asked them: what buttons refer to, thumbs, and what went unanswered."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from coopbot.messages import Language, is_language
from coopbot.state.database import Database

KEPT = dt.timedelta(days=90)
_TOKEN_BYTES = 9  # 12 characters: callback data has room for 64


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was answered with buttons."""

    token: str
    question: str
    language: Language


@dataclass(frozen=True, slots=True)
class Gap:
    """A topic the articles do not cover: how often it came up, and one wording of it."""

    topic: str
    question: str
    count: int
    last: str


class Questions:
    """Answers' tokens, feedback and gaps. *pepper* makes voters unrecognisable outside."""

    def __init__(self, database: Database, pepper: bytes) -> None:
        self._database = database
        self._pepper = pepper

    def remember(self, question: str, language: Language) -> str:
        """Return a new token for *question*, by which its buttons find it again."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._database.run(
            "INSERT INTO answers VALUES (?, ?, ?, ?)",
            [token, question, language, self._database.now()],
        )
        return token

    def recall(self, token: str) -> Asked | None:
        """Return the question of *token*, None when it is too old."""
        rows = self._database.rows(
            "SELECT token, question, language FROM answers WHERE token = ?", [token]
        )
        if not rows or not is_language(rows[0]["language"]):
            return None
        return Asked(**rows[0])

    def vote(self, asked: Asked, topic: str, user_id: int, verdict: int) -> None:
        """Record a thumb up (1) or down (-1); a person's last vote on an answer counts.

        An answer is a gap for as long as a thumb is down.
        """
        voter = self._voter(asked.token, user_id)
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO feedback VALUES (?, ?, ?, ?) ON CONFLICT (token, voter) "
                "DO UPDATE SET verdict = excluded.verdict, made = excluded.made",
                [asked.token, voter, verdict, self._database.now()],
            )
            connection.execute(
                "DELETE FROM gaps WHERE token = ? AND voter = ? AND reason = 'disliked'",
                [asked.token, voter],
            )
        if verdict < 0:
            self._add_gap(asked.question, topic, "disliked", asked.token, voter)

    def report(self, asked: Asked, topic: str, user_id: int) -> None:
        """Record that a person misses an answer; each person counts once."""
        voter = self._voter(asked.token, user_id)
        self._add_gap(asked.question, topic, "reported", asked.token, voter)

    def unanswered(self, question: str, topic: str) -> None:
        """Record that nothing answered *question*."""
        self._add_gap(question, topic, "unanswered", None, None)

    def _add_gap(
        self, question: str, topic: str, reason: str, token: str | None, voter: str | None
    ) -> None:
        self._database.run(
            "INSERT OR IGNORE INTO gaps (question, topic, reason, token, voter, made) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [question, topic, reason, token, voter, self._database.now()],
        )

    def _voter(self, token: str, user_id: int) -> str:
        """Return what stands for a person: not to be told apart from others, nor across answers."""
        person = f"{token}:{user_id}".encode()
        return hashlib.blake2b(person, key=self._pepper, digest_size=16).hexdigest()

    def gaps(self, limit: int, offset: int = 0) -> list[Gap]:
        """Return the open gaps, most frequent first."""
        rows = self._database.rows(
            "SELECT topic, question, count(*) AS count, max(made) AS last FROM gaps "
            "WHERE NOT done GROUP BY topic ORDER BY count DESC, last DESC, topic LIMIT ? OFFSET ?",
            [limit, offset],
        )
        return [Gap(**row) for row in rows]

    def close_gap(self, topic: str) -> int:
        """Mark the gaps of *topic* as done; return how many there were."""
        return self._database.run("UPDATE gaps SET done = 1 WHERE topic = ? AND NOT done", [topic])

    def counts(self) -> dict[str, int]:
        """Return how many answers, thumbs up, thumbs down and open gaps are recorded."""
        queries = {
            "answers": "SELECT count(*) FROM answers",
            "liked": "SELECT count(*) FROM feedback WHERE verdict = 1",
            "disliked": "SELECT count(*) FROM feedback WHERE verdict = -1",
            "gaps": "SELECT count(DISTINCT topic) FROM gaps WHERE NOT done",
        }
        return {name: int(self._database.rows(query)[0][0]) for name, query in queries.items()}

    def drop_old(self) -> None:
        """Erase what is older than KEPT."""
        limit = self._database.before(KEPT)
        for table in ("answers", "feedback", "gaps"):
            self._database.run(f"DELETE FROM {table} WHERE made < ?", [limit])  # noqa: S608
