"""Misspelt words: what was meant, when it is searched for instead, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopbot.encoder import Encoder
from coopbot.engine.protocol import LexicalView
from coopbot.french import fold, stem
from coopbot.library import Library
from coopbot.messages import Language, is_language
from coopbot.search.answer import Answer
from coopbot.search.dictionary import Dictionary
from coopbot.search.question import MAX_CHARACTERS, Correction, corrected_text, read_question
from coopbot.search.spelling import corrections
from tests.conftest import MakeLibrary, article_text

TABLES = Path(__file__).parent / "tables"
FLOOR = 0.92  # of the slips, set right on the articles of the repository
FLOOR_ENGLISH = 0.80  # too few for the same


def rows(name: str) -> list[list[str]]:
    lines = (TABLES / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


TYPOS = rows("typos.tsv")
WELL_SPELT = [(language, text) for language, text in rows("well_spelt.tsv")]


def found(library: Library, text: str, language: str) -> list[Correction]:
    assert is_language(language)
    return corrections(library._engine(), library.dictionary, read_question(text, language))


def meant(library: Library, text: str, language: str) -> str:
    applied = [c for c in found(library, text, language) if not c.bold]
    return corrected_text(text, applied)


def stems(text: str) -> list[str]:
    """Return the words of *text* with their inflections away, which search does not see."""
    return [stem(fold(word)) for word in text.replace("'", " ").split()]


def share_set_right(library: Library, language: str | None = None) -> float:
    asked = [row for row in TYPOS if language in (None, row[0])]
    right = [stems(meant(library, typed, lang)) == stems(to) for lang, _, typed, to in asked]
    return sum(right) / len(right)


def test_the_tables_are_as_large_as_promised() -> None:
    assert len(TYPOS) >= 150
    assert len(WELL_SPELT) >= 100
    assert {row[1] for row in TYPOS} >= {"sound", "doubled", "missing", "swapped", "key", "joined"}


def test_most_slips_are_set_right(library: Library) -> None:
    assert share_set_right(library) >= FLOOR


def test_most_slips_in_english_are_set_right(library: Library) -> None:
    assert share_set_right(library, "en") >= FLOOR_ENGLISH


@pytest.mark.parametrize(("language", "text"), WELL_SPELT)
def test_what_is_well_spelt_is_left_as_it_is(library: Library, language: str, text: str) -> None:
    assert meant(library, text, language) == text
    answer = library.ask(text, language="en" if language == "en" else "fr")
    assert (answer.corrected, answer.did_you_mean) == (None, None)


def test_no_word_of_the_articles_is_taken_for_a_slip(library: Library) -> None:
    engine = library._engine()
    titles = [article.title for article in library.catalogue().articles]
    exacts = engine.vocabulary(LexicalView.EXACT)
    asked = {token for title in titles for token in fold(title).split() if token.isalpha()}
    known = sorted(word for word in asked if exacts.frequency(word))
    assert len(known) >= 300
    assert [word for word in known if meant(library, word, "fr") != word] == []


SMALL = {
    "reserves.md": article_text(
        "Les réserves impartageables",
        "Les réserves impartageables d'une coopérative restent quand un associé part.",
    ),
    "scic.md": article_text(
        "Créer une Scic",
        "Pour créer une Scic, réunissez trois catégories d'associés et des statuts.",
    ),
    "scop.md": article_text(
        "C'est quoi, une Scop ?", "Dans une Scop, les salariés votent en assemblée générale."
    ),
    "dejeuner.md": article_text("Chèque Déjeuner", "La Scop Chèque Déjeuner vend des titres."),
    "en.md": article_text("Worker cooperatives", "A worker cooperative is owned by its workers."),
}


@pytest.fixture
def small(make_library: MakeLibrary) -> Library:
    return make_library(SMALL)


@pytest.fixture
def many(make_library: MakeLibrary) -> Library:
    """Statutes in many articles; a slip for them in one, a name that resembles them in another."""
    text = "La réunion numéro {} a lu les statuts."
    articles = {f"{n}.md": article_text(f"Réunion {n}", text.format(n)) for n in range(40)}
    articles["answer.md"] = article_text(
        "Modifier les statuts de la Scop", "Pour modifier les statuts, réunissez une assemblée."
    )
    articles["slip.md"] = article_text("Une erreur", "Un texte mal relu sur les statust.")
    articles["name.md"] = article_text("Une entreprise", "La Scop Statura a changé de nom.")
    return make_library(articles)


def first(answer: Answer) -> str | None:
    return answer.hits[0].article.path if answer.hits else None


@pytest.mark.parametrize(
    ("typed", "meant", "path"),
    [
        ("réserves impartajables", "réserves impartageables", "reserves.md"),
        ("céer une sik", "créer une scic", "scic.md"),
        ("c'est quoi une skop", "c'est quoi une scop", "scop.md"),
        ("cheque dejeuné", "cheque déjeuner", "dejeuner.md"),
        ("assembleegenerale de la scop", "assemblée générale de la scop", "scop.md"),
    ],
)
def test_a_misspelt_question_is_answered_as_it_was_meant_and_that_is_said(
    small: Library, typed: str, meant: str, path: str
) -> None:
    answer = small.ask(typed)
    assert answer.question == typed
    assert answer.corrected is not None
    assert fold(answer.corrected) == fold(meant)
    assert answer.did_you_mean is None
    assert first(answer) == path == first(small.ask(meant))


def test_a_slip_that_an_article_has_too_is_set_right(many: Library) -> None:
    answer = many.ask("modifier les statust de la scop")
    assert answer.corrected == "modifier les statuts de la scop"


@pytest.mark.parametrize("typed", ["la scop Statura", "la scop statura", "les statuts de la scop"])
def test_a_name_that_few_articles_have_is_no_slip(many: Library, typed: str) -> None:
    answer = many.ask(typed)
    assert (answer.corrected, answer.did_you_mean) == (None, None)


def test_a_question_of_words_that_the_articles_have_needs_no_dictionary(
    small: Library, encoder: Encoder, tmp_path: Path
) -> None:
    cache = tmp_path / "unread"
    with_own = Library(small.settings, encoder, dictionary=Dictionary(cache))
    assert with_own.ask("créer une Scic avec des associés").answered
    assert not cache.exists()
    assert with_own.ask("céer une Scic").corrected == "créer une Scic"
    assert cache.exists()
    with_own.close()


def test_the_words_as_they_were_typed_can_be_insisted_on(small: Library) -> None:
    answer = small.ask("réserves impartajables", exact=True)
    assert answer.corrected is None
    assert answer.did_you_mean == "réserves impartageables"
    assert "impartaj" not in {stem(term.term) for term in answer.terms if term.origin == "spelling"}


def test_insisting_and_not_are_two_answers_however_often_they_are_asked(small: Library) -> None:
    once = [small.ask("céer une sik", exact=exact).corrected for exact in (True, False, True)]
    assert [fold(text) if text else None for text in once] == [None, "creer une scic", None]


def test_the_explanation_says_what_a_word_stands_for(small: Library) -> None:
    terms = small.ask("céer une sik").terms
    assert {t.because for t in terms if t.origin == "spelling"} == {"céer", "sik"}


def test_a_correction_that_leads_to_no_answer_is_not_put_in_place_of_what_was_typed(
    small: Library,
) -> None:
    answer = small.ask("recette de la tarte aux statust et aux asociés")
    assert answer.corrected is None
    assert not answer.answered


def test_a_word_that_no_article_has_is_not_taken_for_one_it_resembles(small: Library) -> None:
    answer = small.ask("scop bénévole")
    assert answer.corrected is None
    assert answer.unknown_words == ("bénévole",)


def test_a_participle_gives_way_to_the_infinitive_only_when_nothing_answers(
    make_library: MakeLibrary,
) -> None:
    library = make_library(
        {"a.md": article_text("Voter en Scop", "Voter en Scop : chacun vient voter en assemblée.")}
    )
    assert library.ask("la Scop a voté").corrected is None


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_english_word_is_never_turned_into_a_french_one(
    small: Library, language: Language
) -> None:
    answer = small.ask("what is a worker coperative", language=language)
    assert answer.corrected == "what is a worker cooperative"
    answer = small.ask("what is a vote category", language=language)
    assert answer.corrected is None


def test_what_is_in_quotes_is_meant_as_it_is_written_unless_nobody_writes_it(
    small: Library,
) -> None:
    answer = small.ask('"réserves impartageables" impartajables')
    assert answer.corrected == '"réserves impartageables" impartageables'
    answer = small.ask('"réserves impartajables"')
    assert answer.unsaid == ("réserves impartajables",)
    assert answer.corrected == "réserves impartageables"
    answer = small.ask('"réserves impartajables"', exact=True)
    assert (answer.corrected, answer.did_you_mean, answer.hits) == (None, None, ())


@pytest.mark.parametrize("typed", ["skop -skop", "les réserves -skop", 'titre:"skop" skop'])
def test_a_word_in_quotes_or_excluded_stays_even_when_it_is_a_slip(
    small: Library, typed: str
) -> None:
    answer = small.ask(typed)
    assert (answer.corrected, answer.did_you_mean) == (None, None)


def test_operators_stay_around_a_corrected_word(small: Library) -> None:
    answer = small.ask("réserves impartajables -licorne")
    assert answer.corrected == "réserves impartageables -licorne"
    assert first(answer) == "reserves.md"
    assert answer.only is not None


def test_every_page_of_an_answer_is_to_the_same_spelling(small: Library) -> None:
    pages = [small.ask("les salariers de la skop", abstain=False, offset=i) for i in range(3)]
    assert len({page.corrected for page in pages}) == 1


def test_a_question_of_unknown_words_only_is_not_a_misspelt_one(small: Library) -> None:
    slips = "reprize assoccié statust salariers assamblé entrprise capitl coopertive réservs"
    assert found(small, slips, "fr") != []
    assert (
        found(small, f"{slips} ulica gospodarstwo rolnicze spółdzielnia członków zebranie", "fr")
        == []
    )


def test_a_question_as_long_as_allowed_may_grow_by_its_correction(small: Library) -> None:
    words = "impartajables -licorne "
    filled = words + "scop " * ((MAX_CHARACTERS - len(words)) // len("scop "))
    assert small.ask(f"{filled:<{MAX_CHARACTERS}}".strip()).question.startswith("impartaj")


def test_a_name_in_a_question_is_left_alone(small: Library) -> None:
    assert small.ask("la scop Vater").corrected is None


def test_a_name_one_letter_from_a_name_that_articles_have_is_meant_for_it(many: Library) -> None:
    answer = many.ask("la scop Stafura")
    assert answer.corrected == "la scop Statura"
    assert first(answer) == "name.md"


def test_a_name_one_letter_from_a_common_word_is_left_alone(many: Library) -> None:
    assert many.ask("la scop Statubs").corrected is None


def test_of_two_spellings_that_do_not_answer_the_one_articles_have_is_shown(small: Library) -> None:
    typed = "impartajables paysages lunaires"
    assert small.ask(typed).corrected is None
    assert small.ask(typed, abstain=False).corrected == "impartageables paysages lunaires"
