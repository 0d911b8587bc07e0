"""The golden questions of the corpus, the half that nothing is tuned on: a floor under quality."""

from __future__ import annotations

import re

import pytest

from coopbot.corpus import Corpus, Entry
from coopbot.evaluation import GOLDEN, HALVES, GoldenQuestion, read_golden
from coopbot.french import fold
from coopbot.library import Library
from coopbot.off_topic import read_off_topic
from tests.conftest import CORPUS
from tests.search.floors import PINNED, Figures, floors, reached

QUESTIONS = read_golden(CORPUS / GOLDEN)


def asked() -> set[str]:
    entries = [e for e in Corpus(CORPUS).entries() if isinstance(e, Entry)]
    return {question for entry in entries for question in entry.article.asked}


def folded(text: str) -> tuple[str, ...]:
    """Return the words of *text*, whatever their accents, capitals and punctuation."""
    return tuple(re.findall(r"\w+", fold(text)))


@pytest.fixture(scope="module")
def now(library: Library) -> Figures:
    return reached(library)


@pytest.mark.parametrize(
    ("group", "figure"), [(group, name) for group, names in PINNED.items() for name in names]
)
def test_the_golden_questions_are_served_as_well_as_before(
    now: Figures, group: str, figure: str
) -> None:
    assert now[group][figure] >= floors()[group][figure]


def test_golden_questions_expect_articles_that_exist() -> None:
    paths = set(Corpus(CORPUS).paths())
    assert {path for q in QUESTIONS for path in q.articles} <= paths


def test_there_are_enough_golden_questions_in_both_languages_and_halves() -> None:
    def count(**wanted: object) -> int:
        return sum(all(getattr(q, k) == v for k, v in wanted.items()) for q in QUESTIONS)

    foreign = [q for q in QUESTIONS if not q.articles]
    assert len(QUESTIONS) - len(foreign) >= 400
    assert len(foreign) >= 100
    for half in HALVES:
        assert count(half=half, language="fr") >= 100
        assert count(half=half, language="en") >= 100


def test_the_two_wordings_of_a_need_expect_the_same_in_the_same_half() -> None:
    by_need: dict[str, GoldenQuestion] = {}
    for question in QUESTIONS:
        first = by_need.setdefault(question.need, question)
        assert (question.half, question.articles) == (first.half, first.articles), question.need


def test_no_question_is_asked_twice() -> None:
    assert len({q.text for q in QUESTIONS}) == len(QUESTIONS)


def test_the_corpus_does_not_quote_the_questions_it_is_measured_by() -> None:
    assert not {folded(text) for text in asked()} & {folded(q.text) for q in QUESTIONS}


def test_questions_said_to_be_off_topic_are_none_of_those_it_is_measured_by() -> None:
    off_topic = read_off_topic(CORPUS).questions
    assert len(off_topic) >= 100
    assert not {folded(text) for text in off_topic} & {folded(q.text) for q in QUESTIONS}


def test_no_question_is_both_answered_and_off_topic() -> None:
    assert not {folded(a) for a in asked()} & {folded(q) for q in read_off_topic(CORPUS).questions}
