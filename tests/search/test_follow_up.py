"""Follow-ups, as tables of dialogues, and what holds for any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.french import stem_terms
from coopbot.search.follow_up import LONGEST, follow_up, is_continuation, says_nothing
from coopbot.search.follow_up.restricting import restricted
from coopbot.search.query_language import parse

TABLES = Path(__file__).parent / "tables"
ON_ITS_OWN, NEXT_PAGE = "on its own", "next page"


def table(name: str) -> list[str]:
    """Return the lines of the table *name* without comments."""
    lines = (TABLES / name).read_text(encoding="utf-8").splitlines()
    return [line.rstrip() for line in lines if not line.startswith("#")]


def dialogues() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the dialogues: a question, then what is said and how it is understood."""
    paragraphs = "\n".join(table("follow_ups.txt")).split("\n\n")
    found = []
    for first, *lines in (p.strip("\n").split("\n") for p in paragraphs if p.strip("\n")):
        turns = [line.strip().split(" => ") for line in lines]
        found.append((first, [(said, meant) for said, meant in turns]))
    return found


def stand_alone() -> list[tuple[str, str]]:
    """Return pairs of unrelated questions."""
    pairs = [line.split(" | ") for line in table("stand_alone.txt") if line]
    return [(before, said) for before, said in pairs]


def understood(previous: str, said: str) -> str:
    if is_continuation(said):
        return NEXT_PAGE
    found = follow_up(previous, said)
    return found.question if found else ON_ITS_OWN


@pytest.mark.parametrize(
    ("first", "turns"), dialogues(), ids=[f"{d[0]} {d[1][0][0]}" for d in dialogues()]
)
def test_a_dialogue_is_understood(first: str, turns: list[tuple[str, str]]) -> None:
    question = first
    for said, meant in turns:
        assert understood(question, said) == meant
        if meant != NEXT_PAGE:
            question = said if meant == ON_ITS_OWN else meant


def test_there_are_at_least_sixty_dialogues_and_sixty_unrelated_questions() -> None:
    assert len({first + str(turns) for first, turns in dialogues()}) >= 60
    assert len(set(stand_alone())) >= 60


@pytest.mark.parametrize(("before", "said"), stand_alone())
def test_an_unrelated_question_is_not_completed_without_doubt(before: str, said: str) -> None:
    assert not is_continuation(said)
    found = follow_up(before, said)
    assert found is None or found.doubtful


# Any text; and text of the words that the rules look at, which gets further into them.
_WORDS = sorted({w for first, turns in dialogues() for w in [first, *turns[0]] for w in w.split()})
_SPOKEN = st.lists(st.sampled_from(_WORDS), max_size=14).map(" ".join)
_TEXTS = st.text(max_size=400) | _SPOKEN


@given(_TEXTS, _TEXTS)
def test_no_text_breaks_it_and_no_completed_question_is_long(previous: str, said: str) -> None:
    is_continuation(said)
    says_nothing(said)
    found = follow_up(previous, said)
    if found is not None:
        assert found.question.strip()
        assert len(found.question) <= LONGEST
        if not (parse(previous).restricts or parse(said).restricts):
            assert len(found.question) <= len(previous) + len(said) + len(", pour ")


@given(_SPOKEN, _SPOKEN)
def test_a_completed_question_has_no_words_but_those_said(previous: str, said: str) -> None:
    found = follow_up(previous, said)
    if found is not None:
        completed = parse(found.question).words
        assert set(stem_terms(completed)) <= {*stem_terms(f"{previous} {said}"), "for"}


@given(_TEXTS, st.sampled_from([said for _, said in stand_alone()]))
def test_a_question_with_its_own_subject_stands_on_its_own_after_anything(
    previous: str, said: str
) -> None:
    found = follow_up(previous, said)
    assert found is None or found.doubtful


_VALUES = st.sampled_from(["scop", "les-scic.coop", "parts sociales", "d'une Scic", "-scop", "a"])
_DATES = st.sampled_from(["2020", "2021-05", "1999-12-31"])
_OPERATORS = st.lists(
    st.builds('"{}"'.format, _VALUES)
    | st.builds('-"{}"'.format, _VALUES)
    | st.builds('{}:"{}"'.format, st.sampled_from(["site", "tag", "titre", "title"]), _VALUES)
    | st.builds("{}:{}".format, st.sampled_from(["depuis", "before"]), _DATES),
    max_size=3,
).map(" ".join)


@given(_SPOKEN, _OPERATORS, _SPOKEN, _OPERATORS)
def test_what_restricts_changes_no_word_that_is_looked_for_and_nothing_new_restricts(
    first: str, before: str, then: str, said: str
) -> None:
    question, queries = then, (parse(f"{first} {before}"), parse(f"{then} {said}"))
    carried = parse(restricted(question, *queries))
    assert carried.words == " ".join(parse(question).words.split())
    for name in ("sites", "tags", "excluded", "phrases", "titles", "title_phrases"):
        allowed = {value for q in (*queries, parse(question)) for value in getattr(q, name)}
        assert set(getattr(carried, name)) <= allowed
    assert carried.since in {None, *(q.since for q in queries), parse(question).since}


@given(_SPOKEN)
def test_a_chain_of_follow_ups_does_not_grow_without_end(previous: str) -> None:
    question = previous
    for said in ["et en SAS ?", "combien d'associés ?", "et à Lyon ?", "pourquoi ?"] * 5:
        found = follow_up(question, said)
        question = found.question if found else question
    assert len(question) <= len(previous) + 200
