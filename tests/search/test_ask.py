"""What an answer holds: language, spelling, words left out, snippets, explanation."""

from __future__ import annotations

from itertools import pairwise

import pytest

from coopbot.engine.protocol import Filter
from coopbot.errors import QuestionError
from coopbot.french import analyse
from coopbot.french.sentences import sentences
from coopbot.library import Library
from coopbot.search.question import MAX_CHARACTERS, read_question
from tests.conftest import MakeLibrary, article_text


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("comment créer une Scic ?", "fr"),
        ("how to create a Scic", "en"),
        ("what is a worker cooperative?", "en"),
        ("scic", "fr"),
        ("reprise entreprise salariés", "fr"),
    ],
)
def test_the_answer_is_in_the_language_of_the_question(
    library: Library, question: str, language: str
) -> None:
    assert library.ask(question).language == language


def test_words_no_article_has_are_named_and_the_rest_is_answered(library: Library) -> None:
    answer = library.ask("scop parapente")
    assert answer.answered
    assert answer.unknown_words == ("parapente",)


def test_unknown_words_alone_do_not_make_a_question_about_cooperatives(library: Library) -> None:
    answer = library.ask("recette de la tarte aux pommes")
    assert not answer.answered
    assert answer.unknown_words == ()
    assert len(answer.closest) == 3


def test_a_snippet_is_one_or_two_whole_sentences_of_the_article(library: Library) -> None:
    for question in ("comment créer une Scic ?", "how to create a Scic", "Ceralep liquidation"):
        for hit in library.ask(question).hits:
            if hit.snippet.text.rstrip(" …") in (hit.article.summary_en or ""):
                continue  # what an English reader gets of a French article
            passage = library.passage(hit.article.id, hit.passage)
            whole = [passage.text[start:end] for start, end in sentences(passage.text)]
            pairs = [f"{first} {second}" for first, second in pairwise(whole)]
            assert hit.snippet.text in whole + pairs


def test_matched_words_are_highlighted_whatever_their_inflection_or_accents(
    make_library: MakeLibrary,
) -> None:
    library = make_library(
        {"a.md": article_text("Coopérateurs", "Les coopératrices créées par l'État ont voté hier.")}
    )
    answer = library.ask("coopérateur créer voter", abstain=False)
    text, spans = answer.hits[0].snippet.text, answer.hits[0].snippet.highlights
    assert [text[start:end] for start, end in spans] == ["coopératrices", "créées", "voté"]


def test_without_a_common_word_the_sentence_nearest_in_meaning_is_shown(
    make_library: MakeLibrary,
) -> None:
    body = (
        "Le bâtiment a été repeint en bleu pendant le mois de mars. "
        "Chaque membre a une seule voix, quel que soit son argent. "
        "La cantine sert des légumes du jardin le mardi midi."
    )
    library = make_library({"a.md": article_text("Voix", body)})
    answer = library.ask("does money buy more votes for rich people?", abstain=False)
    assert "une seule voix" in answer.hits[0].snippet.text


def test_the_lexicon_is_used_on_the_question_and_said(library: Library) -> None:
    answer = library.ask("how does a general meeting vote")
    origins = {term.term: term.origin for term in answer.terms}
    assert origins["assembl"] == "lexicon"
    assert origins["meeting"] == "question"


def test_shares_add_up_to_the_score_and_order_the_hits(library: Library) -> None:
    hits = library.ask("créer une Scic").hits
    for hit in hits:
        assert sum(hit.shares.values()) == pytest.approx(hit.score)
    assert [hit.score for hit in hits] == sorted((h.score for h in hits), reverse=True)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def test_each_article_comes_once(library: Library) -> None:
    ids = [hit.article.id for hit in library.ask("coopérative associés", abstain=False).hits]
    assert len(ids) == len(set(ids))


def test_a_filter_leaves_only_what_passes(make_library: MakeLibrary) -> None:
    library = make_library(
        {
            "a.md": article_text("La Scic", "Une Scic a trois catégories.", tags="[création]"),
            "b.md": article_text("Créer une Scic", "Une Scic se crée.", tags="[Creation, scic]"),
            "c.md": article_text("Voter en Scic", "Une Scic vote.", tags="[vote]"),
        }
    )
    answer = library.ask("scic", where=Filter(tag="création"), abstain=False)
    assert {hit.article.path for hit in answer.hits} == {"a.md", "b.md"}
    assert library.ask("scic", where=Filter(site="ailleurs"), abstain=False).hits == ()


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("", "question_empty"),
        (" \t\n ", "question_empty"),
        ("\x00\x1b", "question_empty"),
        ("?!… ---", "question_without_words"),
        ("scic " * 2_000, "question_too_long"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused_with_the_reason(
    question: str, key: str
) -> None:
    with pytest.raises(QuestionError) as caught:
        read_question(question, "fr")
    assert caught.value.key == key


def test_the_longest_question_allowed_is_answered(library: Library) -> None:
    library.ask(("créer une scic " * 100)[:MAX_CHARACTERS])


def test_a_question_of_stop_words_only_does_not_raise(library: Library) -> None:
    assert not library.ask("et alors pourquoi donc ?").answered
    assert analyse("et alors pourquoi donc ?") == []


def test_an_index_that_goes_live_is_followed_without_reopening(
    make_library: MakeLibrary,
) -> None:
    library = make_library({"a.md": article_text("Scic", "Une Scic a des associés.")})
    assert len(library.ask("scic associés", abstain=False).hits) == 1
    make_library({"b.md": article_text("Scop", "Une Scop a des associés salariés.")})
    assert len(library.ask("scic associés", abstain=False).hits) == 2
