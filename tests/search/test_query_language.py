"""The query language: a table of how questions are read, and what holds for any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.search.query_language import Query, last_before, parse, respelt
from coopbot.search.question import MAX_CHARACTERS, read_query

TABLE = Path(__file__).parent / "tables" / "query_language.tsv"
_LISTS = ("phrases", "excluded", "titles", "title_phrases", "sites", "tags")


def rows() -> list[tuple[str, str, str]]:
    """Return text, words and restrictions of each row of the table."""
    lines = TABLE.read_text(encoding="utf-8").split("\n")
    split = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(text, words, restrictions) for text, words, restrictions in split]


def as_written(query: Query) -> str:
    """Return what *query* restricts, in the form of the table."""
    pairs = [(name, value) for name in _LISTS for value in getattr(query, name)]
    pairs += [(n, d) for n, d in (("since", query.since), ("before", query.before)) if d]
    return "; ".join(f"{name}={value}" for name, value in pairs)


@pytest.mark.parametrize(("text", "words", "restrictions"), rows())
def test_a_question_is_read_as_its_row_says(text: str, words: str, restrictions: str) -> None:
    query = parse(text)
    assert query.text == text
    assert (query.words, as_written(query)) == (words, restrictions)


def test_the_table_is_as_large_as_promised() -> None:
    plain = [text for text, words, restrictions in rows() if text == words and not restrictions]
    assert len(rows()) >= 100
    assert len(plain) >= 40


# what a person may type, and what makes the operators
_PIECES = st.sampled_from(
    [
        *('"', "“", "”", "«", "»", "-", "−", ":", "(", ")", " ", "\u00a0", "'", "?", "/", "\\"),
        *(
            "titre",
            "depuis:",
            "avant:",
            "site:",
            "tag:",
            "title :",
            "2020",
            "31/05/2020",
            "2020-02",
        ),
        *("scic", "Scop", "assemblée générale", "de la", "é", "e\u0301", "salarié·e·s"),
    ]
)
TEXTS = st.lists(_PIECES | st.text(max_size=4), max_size=12).map("".join)
_WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
PLAIN = st.lists(_WORD | st.sampled_from(["e-mail", "d'un", "?", "–", "- "]), max_size=10)


@given(TEXTS)
def test_any_text_is_read_and_leaves_a_question_no_longer_than_itself(text: str) -> None:
    query = parse(text)
    assert query.text == text
    assert len(query.words) <= len(text)
    assert query.restricts or query.words == text


@given(PLAIN.map(" ".join))
def test_plain_words_are_left_as_they_are(text: str) -> None:
    assert parse(text) == Query(text, text)


@given(TEXTS.filter(lambda text: len(text) < MAX_CHARACTERS))
def test_a_question_with_a_word_is_never_refused_for_how_it_is_read(text: str) -> None:
    query, question = read_query(f"scic {text}", "fr")
    assert question.text == query.words


@given(TEXTS)
def test_what_is_shown_as_a_restriction_is_never_empty(text: str) -> None:
    query = parse(text)
    values = [value for name in _LISTS for value in getattr(query, name)]
    assert all(value.strip() for value in values)


@pytest.mark.parametrize(
    ("date", "last"),
    [
        ("2020", "2019"),
        ("2020-01", "2019-12"),
        ("2020-05", "2020-04"),
        ("2020-01-01", "2019-12-31"),
        ("2020-03-01", "2020-02-29"),
        ("0002", "0001"),
    ],
)
def test_before_a_date_is_until_the_year_month_or_day_before_it(date: str, last: str) -> None:
    assert last_before(date) == last


@pytest.mark.parametrize(
    ("text", "corrected", "shown"),
    [
        ("réserves impartajables", "réserves impartageables", "réserves impartageables"),
        (
            '"réserves impartajables" -scop depuis:2020',
            "réserves impartageables",
            '"réserves impartageables" -scop depuis:2020',
        ),
        ("titre:capitl part -partager", "capital part", "titre:capital part -partager"),
    ],
)
def test_another_spelling_keeps_the_operators(text: str, corrected: str, shown: str) -> None:
    assert respelt(parse(text), corrected) == shown
