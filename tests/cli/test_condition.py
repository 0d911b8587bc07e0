"""What `coopbot status` says of lasting data, sources and messages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from coopbot.cli.condition import Condition, look
from coopbot.messages import texts
from coopbot.settings import Settings
from coopbot.state import Database
from coopbot.state.database import FILE
from coopbot.state.deliveries import Deliveries
from coopbot.state.questions import Questions
from coopbot.state.visits import Visits
from tests.conftest import NOW

SOURCES = "".join(
    f'[[source]]\nname = "{name}"\nkind = "feed"\nurl = "https://{name}.example/"\n'
    f'frequency = "{frequency}"\n'
    for name, frequency in (("jour", "daily"), ("mois", "monthly"))
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(tmp_path / "corpus", tmp_path / "index", tmp_path / "state")
    made.corpus.mkdir()
    (made.corpus / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return made


def looked(settings: Settings, **later: float) -> Condition:
    return look(settings, texts("en"), NOW + dt.timedelta(**later))


def test_without_lasting_data_nothing_is_wrong_and_none_is_made(settings: Settings) -> None:
    assert looked(settings) == Condition({"state": None}, ())
    assert not settings.state.exists()


def test_sources_never_visited_are_not_missed(settings: Settings) -> None:
    Database(settings.state, lambda: NOW).close()
    found = looked(settings)
    assert found.problems == ()
    assert (found.facts["sources"], found.facts["visited"]) == (2, None)


def test_a_source_is_overdue_after_twice_the_time_it_asks_for(settings: Settings) -> None:
    database = Database(settings.state, lambda: NOW)
    Visits(database).went_through("https://jour.example/")
    database.close()
    assert looked(settings, days=1).problems == ()
    late = looked(settings, days=2)
    assert late.facts["overdue"] == ["jour"]
    assert [problem.text for problem in late.problems] == [
        "Sources not visited for long (1): jour. Run “coopbot crawl”, which says why."
    ]
    assert looked(settings, days=60).facts["overdue"] == ["jour", "mois"]


def test_messages_that_wait_for_long_are_told_and_gaps_counted(settings: Settings) -> None:
    database = Database(settings.state, lambda: NOW)
    Deliveries(database).post(1, {"text": "x"})
    Deliveries(database).take_in(1, {"update_id": 1})
    Questions(database, b"").unanswered("le dahu ?", "dahu")
    database.close()
    assert looked(settings, minutes=9).problems == ()
    found = looked(settings, minutes=12)
    assert [problem.text for problem in found.problems] == [
        "Messages wait (2), the oldest for 12 min: is the bot running?"
    ]
    assert found.facts["unanswered"] == 1


def test_data_of_a_later_version_or_damaged_is_a_problem_in_words(settings: Settings) -> None:
    database = Database(settings.state, lambda: NOW)
    database.run("PRAGMA user_version = 99")
    database.close()
    assert [problem.kind for problem in looked(settings).problems] == ["state_newer"]
    (settings.state / FILE).write_bytes(b"no database" * 1_000)
    assert [problem.kind for problem in looked(settings).problems] == ["state_damaged"]


def test_data_of_a_former_version_is_no_problem(settings: Settings) -> None:
    database = Database(settings.state, lambda: NOW)
    database.run("PRAGMA user_version = 1")
    database.close()
    found = looked(settings)
    assert found.problems == ()
    assert found.facts["state_former"] is True


def test_sources_that_cannot_be_read_are_a_problem_in_words(settings: Settings) -> None:
    Database(settings.state, lambda: NOW).close()
    (settings.corpus / "sources.toml").write_text("[[", encoding="utf-8")
    assert [problem.kind for problem in looked(settings).problems] == ["sources_invalid"]
