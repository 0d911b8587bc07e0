"""What is logged: one line an event, whatever is in it, and nobody's words."""

from __future__ import annotations

import json
import logging
import sqlite3
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.cli.logs import JsonLines, TextLines, said
from coopbot.errors import IndexMissing, QuestionError

VALUES = st.dictionaries(
    st.sampled_from(["took_ms", "article", "outcome"]), st.text() | st.integers()
)


def record(message: str, values: dict[str, object] | None = None) -> logging.LogRecord:
    made = logging.LogRecord("coopbot.test", logging.INFO, __file__, 1, message, (), None)
    made.created = 1_795_435_200.25
    made.__dict__ |= values or {}
    return made


def failing(error: Exception) -> logging.LogRecord:
    """Return a record of *error*, raised two functions deep."""

    def deeper() -> None:
        raise error

    made = record("failed")
    try:
        deeper()
    except Exception:  # noqa: BLE001 - whatever was given
        made.exc_info = sys.exc_info()
    return made


def test_text_is_time_level_logger_event_and_values() -> None:
    line = TextLines(stack=False).format(record("asked", {"took_ms": 3, "article": "a b.md"}))
    assert line == ('2026-11-23T12:00:00.250Z INFO coopbot.test: asked took_ms=3 article="a b.md"')


@given(st.text(), VALUES)
def test_an_event_is_one_line_whatever_is_in_it(message: str, values: dict[str, object]) -> None:
    event = record("%s", values)
    event.args = (message,)
    assert len(TextLines(stack=False).format(event).splitlines()) == 1
    line = JsonLines().format(event)
    assert len(line.splitlines()) == 1
    line.encode("utf-8")
    read = json.loads(line)
    assert read["event"] == message
    assert {name: read[name] for name in values} == values


def test_an_error_is_told_by_its_kind_and_the_way_it_took() -> None:
    read = json.loads(JsonLines().format(failing(sqlite3.OperationalError("disk I/O error"))))
    assert read["error"] == "OperationalError: disk I/O error"
    first, second = read["at"].split(" < ")
    assert first.startswith("cli/test_logs.py:")
    assert first.endswith(" deeper")
    assert second.endswith(" failing")


def test_an_error_is_one_line_of_text_with_its_stack_below_for_those_who_debug() -> None:
    event = failing(ValueError("une question"))
    assert len(TextLines(stack=False).format(event).splitlines()) == 1
    shown = TextLines(stack=True).format(event)
    assert "raise error" in shown
    assert "une question" not in shown


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyError("une question"), "KeyError"),
        (ValueError("une question"), "ValueError"),
        (QuestionError("question_empty"), "QuestionError: question_empty"),
        (
            QuestionError("question_without_words", question="une question"),
            "QuestionError: question_without_words",
        ),
        (PermissionError(13, "Permission denied", "x"), "PermissionError: [Errno 13] Permission"),
        (IndexMissing("index_missing", path="index"), "IndexMissing: There is no index in index"),
    ],
)
def test_what_an_error_says_is_logged_unless_it_may_quote_a_person(
    error: Exception, expected: str
) -> None:
    assert said(error).startswith(expected)
    assert "une question" not in said(error)
