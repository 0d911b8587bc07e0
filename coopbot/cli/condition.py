"""What is stale or failing beside the index: the lasting data, the sources, the running bot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coopbot.errors import CoopbotError
from coopbot.messages import Texts
from coopbot.settings import Settings

if TYPE_CHECKING:
    from coopbot.state import Database

_STUCK_SECONDS = 600.0
_LATE = 2  # a source not visited for so many times as long as it asks for is overdue
_NAMED = 5  # sources
_ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something stale or failing: its kind, for programs, and a sentence for people."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Figures by name, and what is wrong."""

    facts: Mapping[str, Any]
    problems: tuple[Problem, ...]


def look(settings: Settings, say: Texts, now: dt.datetime) -> Condition:
    """Return the condition of what *settings* name; nothing is made or changed by looking."""
    facts: dict[str, Any] = {}
    problems: list[Problem] = []
    for part in (_state, _bot):
        found = part(settings, say, now)
        facts |= found.facts
        problems += found.problems
    return Condition(facts, tuple(problems))


def _state(settings: Settings, say: Texts, now: dt.datetime) -> Condition:
    from coopbot.state.database import FILE, Database

    if not (settings.state / FILE).exists():
        return Condition({"state": None}, ())
    facts: dict[str, Any] = {"state": str(settings.state)}
    try:
        database = Database(settings.state, lambda: now, read_only=True)
    except CoopbotError as error:
        return Condition(facts, (Problem(error.key, error.text(say.language)),))
    try:
        if database.is_of_former_version():
            return Condition({**facts, "state_former": True}, ())  # the next start sees to it
        messages, late = _messages(database, say), _sources(settings, database, say, now)
    finally:
        database.close()
    return Condition(
        {**facts, **messages.facts, **late.facts}, (*messages.problems, *late.problems)
    )


def _messages(database: Database, say: Texts) -> Condition:
    from coopbot.state.deliveries import Deliveries
    from coopbot.state.questions import Questions

    deliveries = Deliveries(database)
    updates, messages = deliveries.waiting_updates(), deliveries.waiting_messages()
    facts = {
        "unanswered": Questions(database, b"").counts()["gaps"],
        "waiting_updates": updates.count,
        "waiting_messages": messages.count,
    }
    oldest = max(updates.seconds, messages.seconds)
    if oldest < _STUCK_SECONDS:
        return Condition(facts, ())
    count, minutes = updates.count + messages.count, f"{oldest / 60:.0f}"
    text = say("status.stuck", count=count, minutes=minutes)
    return Condition(facts, (Problem("stuck", text),))


def _sources(settings: Settings, database: Database, say: Texts, now: dt.datetime) -> Condition:
    """Say which sources were not visited for long; none is missed where nobody ever crawled."""
    from coopbot.ingest.sources import FILE, read_sources
    from coopbot.state.visits import Visits

    path = settings.corpus / FILE
    if not path.exists():
        return Condition({}, ())
    try:
        sources = read_sources(path)
    except CoopbotError as error:
        return Condition({}, (Problem(error.key, error.text(say.language)),))
    visits = Visits(database)
    last = {source: visits.of_source(source.url) for source in sources}
    seen = [visit.made for visit in last.values() if visit]
    facts: dict[str, Any] = {"sources": len(sources), "visited": None}
    if not seen:
        return Condition(facts, ())
    facts["visited"] = max(seen).isoformat()
    overdue = [
        source.name
        for source, visit in last.items()
        if now - (visit.made if visit else min(seen)) > _LATE * source.frequency.span
    ]
    facts["overdue"] = overdue
    return Condition(facts, tuple(_overdue(overdue, say)))


def _overdue(names: list[str], say: Texts) -> Iterator[Problem]:
    if names:
        shown = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        yield Problem("overdue", say("status.overdue", count=len(names), names=shown))


def _bot(settings: Settings, say: Texts, _now: dt.datetime) -> Condition:
    """Ask the bot itself, where it says how it is."""
    if settings.monitoring_listen is None:
        return Condition({}, ())
    from http.client import HTTPConnection

    host, _, port = settings.monitoring_listen.rpartition(":")
    connection = HTTPConnection(host.strip("[]"), int(port), timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        lines = answer.read().decode("utf-8", "replace").splitlines()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        text = say("status.bot_silent", where=settings.monitoring_listen, reason=reason)
        return Condition({"bot": "silent"}, (Problem("bot_silent", text),))
    finally:
        connection.close()
    if answer.status == 200:
        return Condition({"bot": "well"}, ())
    return Condition({"bot": "unwell"}, tuple(Problem("bot", line) for line in lines))
