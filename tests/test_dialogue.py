"""Conversations over small libraries: what is asked, completed, answered, remembered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coopbot.dialogue import PAGE, Dialogue, Move, Page, Thread
from coopbot.errors import QuestionError
from coopbot.french import fold
from coopbot.library import Library
from coopbot.messages import Language
from coopbot.state import Database
from coopbot.state.questions import Questions
from tests.conftest import MakeLibrary, article_text
from tests.search.test_follow_up import stand_alone, table

FIRST = "comment créer une Scic ?"
ARTICLES = {
    "creer-scic.md": article_text(
        "Créer une Scic",
        "Pour créer une Scic, il faut au moins trois catégories d'associés. Créer une Scic coûte "
        "quelques centaines d'euros et prend six mois. Un réviseur fait sa révision.",
    ),
    "creer-scop.md": article_text(
        "Créer une Scop",
        "Pour créer une Scop en SARL, il faut au moins deux associés salariés. En SA, il en faut "
        "sept. Créer une Scop prend quelques mois.",
    ),
    "capital.md": article_text(
        "Le capital d'une Scic",
        "Le capital d'une Scic est variable ; en SAS il n'a pas de minimum.",
    ),
    "vote.md": article_text("Le vote dans une Scic", "Dans une Scic, une personne vaut une voix."),
    "cuma.md": article_text(
        "La Cuma", "La Cuma réunit des agriculteurs ; une Scic peut réunir aussi des communes."
    ),
}


@dataclass
class Talk:
    """A conversation under way."""

    dialogue: Dialogue
    thread: Thread = field(default_factory=Thread)

    def say(self, text: str, language: Language = "fr") -> Page:
        self.thread, page = self.dialogue.ask(self.thread, text, language)
        return page


@pytest.fixture
def talk(make_library: MakeLibrary) -> Iterator[Talk]:
    library = make_library(ARTICLES)
    database = Database(library.settings.state, library.now)
    yield Talk(Dialogue(library, Questions(database, b"pepper")))
    database.close()


def ranks(page: Page) -> list[int]:
    return [hit.rank for hit in page.answer.hits]


def test_a_chain_of_follow_ups_is_answered_about_the_last_subject(talk: Talk) -> None:
    talk.say(FIRST)
    assert talk.say("combien d'associés ?").completed == "combien d'associés pour une Scic ?"
    page = talk.say("et pour une Scop ?")
    assert page.completed == "combien d'associés pour une Scop ?"
    assert page.answer.hits[0].article.path == "creer-scop.md"
    assert talk.say("et en SAS ?").completed == "combien d'associés pour une Scop en SAS ?"


@pytest.mark.parametrize("more", ["la suite", "encore", "more", "La suite, s'il te plaît !"])
def test_the_continuation_is_the_next_page_of_the_answer_before(talk: Talk, more: str) -> None:
    first = talk.say(FIRST)
    assert Move.MORE in first.moves
    page = talk.say(more)
    assert (page.token, page.offset, page.completed) == (first.token, PAGE, None)
    assert ranks(page)[0] == PAGE + 1
    assert talk.say("et pour une Scop ?").completed == "comment créer une Scop ?"


def test_after_the_last_page_there_is_a_sentence_and_the_conversation_goes_on(talk: Talk) -> None:
    page = talk.say(FIRST)
    while Move.MORE in page.moves:
        page = talk.say("la suite")
    for _ in range(2):
        with pytest.raises(QuestionError) as nothing:
            talk.say("la suite")
        assert nothing.value.key == "question_nothing_more"
    assert talk.say("combien d'associés ?").completed == "combien d'associés pour une Scic ?"


def test_a_continuation_of_nothing_is_told_so(talk: Talk) -> None:
    with pytest.raises(QuestionError) as nothing:
        talk.say("la suite")
    assert nothing.value.key == "question_nothing_before"


def test_politeness_does_not_change_the_subject(talk: Talk) -> None:
    talk.say(FIRST)
    for polite in ("merci !", "ok", "thank you", "bonjour"):
        assert talk.say(polite).completed is None
    assert talk.say("et pour une Scop ?").completed == "comment créer une Scop ?"


def test_a_question_of_another_topic_ends_the_conversation(talk: Talk) -> None:
    talk.say(FIRST)
    assert not talk.say("quelle météo à Brest demain ?").answer.answered
    assert talk.say("combien d'associés ?").completed is None


@pytest.mark.parametrize(
    "foreign", ["et la météo demain ?", "et le foot ?", "what about the weather?", "et à Brest ?"]
)
def test_what_the_answer_does_not_speak_of_is_not_completed(talk: Talk, foreign: str) -> None:
    talk.say(FIRST)
    assert talk.say(foreign).completed is None


def test_what_the_answer_speaks_of_is_completed(talk: Talk) -> None:
    talk.say(FIRST)
    assert talk.say("et la révision ?").completed == "la révision pour une Scic ?"


def test_what_the_answer_says_in_another_language_is_completed(talk: Talk) -> None:
    talk.say("how to create a Scic?")
    assert talk.say("and the auditor?").completed == "the auditor for a Scic?"


def test_a_follow_up_in_another_language_finds_what_it_asks(talk: Talk) -> None:
    talk.say(FIRST)
    page = talk.say("why?")
    assert page.completed == "why créer une Scic?"
    assert page.answer.hits[0].article.path == "creer-scic.md"
    assert page.answer.unknown_words == ()
    page = talk.say("how many members?")
    assert (page.completed, page.answer.language) == ("how many members for une Scic?", "en")
    page = talk.say("et pour une Scop ?")
    assert page.answer.hits[0].article.path == "creer-scop.md"


def test_a_follow_up_that_tells_no_language_keeps_that_of_the_conversation(talk: Talk) -> None:
    talk.say("how to create a Scic?")
    assert talk.say("capital ?", language="fr").answer.language == "en"


def test_no_unrelated_question_is_completed(talk: Talk) -> None:
    """Measured: of the questions of stand_alone.txt, none may be completed from the one before."""
    completed = []
    for before, said in stand_alone():
        talk.thread = Thread(before, "fr")
        page = talk.say(said)
        if page.completed is not None:
            completed.append((before, said, page.completed))
    assert completed == []


def fresh_dialogues() -> list[list[str]]:
    """Return the lines of each dialogue of fresh_dialogues.txt."""
    paragraphs = "\n".join(table("fresh_dialogues.txt")).split("\n\n")
    return [p.strip("\n").split("\n") for p in paragraphs if p.strip("\n")]


@pytest.fixture
def real_talk(library: Library, tmp_path: Path) -> Iterator[Talk]:
    """A conversation over the repository's own articles."""
    database = Database(tmp_path / "state", library.now)
    yield Talk(Dialogue(library, Questions(database, b"pepper")))
    database.close()


@pytest.mark.parametrize("lines", fresh_dialogues(), ids=lambda lines: lines[0])
def test_a_fresh_dialogue_over_the_real_articles_is_understood(
    real_talk: Talk, lines: list[str]
) -> None:
    real_talk.say(lines[0].removeprefix("> "))
    for line in lines[1:]:
        said, expected = line[2:].split(" | ")
        page = real_talk.say(said)
        assert is_met(page, expected.split()), page.answer.question


def is_met(page: Page, expected: list[str]) -> bool:
    """Tell whether *page* turns the page, or asks with and without these words, as *expected*."""
    asked = fold(page.answer.question)
    return (page.offset > 0) == (expected == ["next"]) and all(
        (fold(word[1:]) in asked) == (word[0] == "+") for word in expected if word != "next"
    )


def test_what_restricts_a_question_restricts_what_follows_it(real_talk: Talk) -> None:
    real_talk.say("tag:gouverner capital d'une Scic")
    page = real_talk.say("combien d'associés ?")
    assert page.completed == "combien d'associés pour une Scic ? tag:gouverner"
    assert page.answer.hits
    assert all("gouverner" in hit.article.tags for hit in page.answer.hits)
    page = real_talk.say("et tag:financer ?")
    assert page.completed == "combien d'associés pour une Scic ? tag:financer"
    assert all("financer" in hit.article.tags for hit in page.answer.hits)
    assert real_talk.say("comment créer une Scop ?").answer.only is None
