"""The French chain against tables written from its specification: one row, one test."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopbot.french import exact_terms, stem_terms

TABLES = Path(__file__).parent / "tables"
_STEMS = ("same_stem", "different_stem", "known_weak_stem", "known_apart_stem")


def rows(name: str) -> list[tuple[str, str]]:
    """Return the rows of a table, untrimmed and not normalised: odd characters are the point."""
    lines = (TABLES / f"{name}.tsv").read_text(encoding="utf-8").split("\n")
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return [(left, right) for left, right in pairs]


PHENOMENA = sorted(path.stem for path in TABLES.glob("*.tsv") if path.stem not in _STEMS)


@pytest.mark.parametrize(
    ("phenomenon", "text", "expected"),
    [(name, text, expected) for name in PHENOMENA for text, expected in rows(name)],
)
def test_a_text_gives_the_terms_of_its_table(phenomenon: str, text: str, expected: str) -> None:
    assert " ".join(exact_terms(text)) == expected, phenomenon


@pytest.mark.parametrize(("one", "other"), rows("same_stem"))
def test_inflections_of_one_word_share_their_stem(one: str, other: str) -> None:
    assert stem_terms(one) == stem_terms(other)


@pytest.mark.parametrize(("one", "other"), rows("different_stem"))
def test_different_words_keep_different_stems(one: str, other: str) -> None:
    assert stem_terms(one) != stem_terms(other)


@pytest.mark.xfail(reason="Snowball conflates them", strict=True)
@pytest.mark.parametrize(("one", "other"), rows("known_weak_stem"))
def test_different_words_that_the_stemmer_is_known_to_conflate(one: str, other: str) -> None:
    assert stem_terms(one) != stem_terms(other)


@pytest.mark.xfail(reason="Snowball reads -euse as the feminine of -eux", strict=True)
@pytest.mark.parametrize(("one", "other"), rows("known_apart_stem"))
def test_inflections_that_the_stemmer_is_known_to_leave_apart(one: str, other: str) -> None:
    assert stem_terms(one) == stem_terms(other)


def test_the_tables_are_as_large_as_promised() -> None:
    counts = {path.stem: len(rows(path.stem)) for path in TABLES.glob("*.tsv")}
    assert sum(counts.values()) >= 300
    assert counts["inclusive"] >= 60
