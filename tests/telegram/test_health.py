"""When the bot says that it is not well, and why."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coopbot.errors import SettingsError
from coopbot.library import Library
from coopbot.messages import texts
from coopbot.state import Database
from coopbot.state.deliveries import Deliveries
from coopbot.telegram.health import Health
from coopbot.telegram.measures import Measures
from coopbot.telegram.monitoring import monitoring
from tests.conftest import NOW, MakeLibrary
from tests.small_corpus import ARTICLES


@dataclass
class Patient:
    """A bot's parts, and a clock that only moves when it is told to."""

    library: Library
    folder: Path
    seconds: float = 0.0
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        now = lambda: NOW + dt.timedelta(seconds=self.seconds)  # noqa: E731
        self.database = Database(self.folder, now)
        self.deliveries = Deliveries(self.database)
        self.measures = Measures(lambda: self.seconds)
        say = texts("en")
        self.health = Health(self.library, self.deliveries, self.measures, say, polls=True)

    def heard(self) -> None:
        self.measures.called("getUpdates", self.seconds, None)

    def after(self, seconds: float) -> list[str]:
        """Return what is wrong *seconds* later, Telegram having answered meanwhile."""
        self.seconds += seconds
        self.heard()
        return self.health.complaints()


@pytest.fixture
def patient(make_library: MakeLibrary, tmp_path: Path) -> Iterator[Patient]:
    library = make_library(ARTICLES)
    library.open()
    made = Patient(library, tmp_path / "state")
    yield made
    made.database.close()


def test_a_bot_with_nothing_to_do_is_well(patient: Patient) -> None:
    assert patient.after(86_400) == []


def test_an_update_not_dealt_with_is_told_after_a_minute(patient: Patient) -> None:
    patient.deliveries.take_in(1, {"update_id": 1})
    assert patient.after(59) == []
    assert patient.after(2) == ["A message that came in has waited for 61 s to be dealt with."]
    patient.deliveries.done(1)
    assert patient.after(0) == []


def test_messages_that_do_not_leave_are_told_once_none_has_for_ten_minutes(
    patient: Patient,
) -> None:
    for chat in (1, 2):
        patient.deliveries.post(chat, {"text": "x"})
    assert patient.after(590) == []
    patient.measures.arrived()
    assert patient.after(590) == []
    assert patient.after(20) == ["Answers do not leave: 2 wait, the oldest for 20 min."]


def test_the_silence_of_telegram_is_told_only_by_a_bot_that_asks_it(patient: Patient) -> None:
    patient.heard()
    patient.seconds += 200
    assert patient.health.complaints() == ["Telegram has not answered for 3 min."]
    hooked = Health(patient.library, patient.deliveries, patient.measures, texts("en"), polls=False)
    assert hooked.complaints() == []


def test_a_refused_call_is_not_an_answer(patient: Patient) -> None:
    patient.seconds += 200
    patient.measures.called("getUpdates", 0.0, "409")
    assert patient.health.complaints() == ["Telegram has not answered for 3 min."]


def test_an_index_that_is_gone_or_not_open_is_told(patient: Patient) -> None:
    patient.library.close()
    assert patient.after(0) == ["The index is not open."]
    shutil.rmtree(patient.library.generations.root)
    assert "There is no index in" in patient.after(0)[0]


def test_an_address_that_is_taken_is_refused_and_named(patient: Patient) -> None:
    async def listen(where: str) -> None:
        async with monitoring(where, patient.health, patient.measures):
            pass

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        where = f"127.0.0.1:{other.getsockname()[1]}"
        with pytest.raises(SettingsError) as caught:
            asyncio.run(listen(where))
    assert caught.value.text("en").startswith(f"{where}: the bot cannot listen there (")


def test_a_state_that_cannot_be_read_is_told(patient: Patient) -> None:
    patient.database.run("DROP TABLE outbox")
    assert patient.after(0) == ["The lasting data cannot be read (no such table: outbox)."]
