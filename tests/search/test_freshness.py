"""Old articles: said to be old, behind the newer ones where a rule is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.engine.protocol import StoredArticle
from coopbot.library import Library
from coopbot.search.answer import Caution
from coopbot.search.freshness import (
    APART_YEARS,
    CLOSE,
    OLD_YEARS,
    caution,
    fresher_first,
    is_about_rules,
    is_older,
)
from coopbot.search.ranking import Ranked
from coopbot.search.replacements import Replacements
from tests.conftest import NOW, MakeLibrary, article_text

RULE, OTHER = "faut-il l'agrément du préfet ?", "histoire des coopératives"
URL = "https://coop.example/2023"
TODAY = dt.date(2026, 11, 23)

# Two articles on one rule, in nearly the same words; in 2012 it was abolished.
OLD_BODY = "Une Scic se crée avec l'agrément du préfet. Il est donné pour cinq ans."
NEW_BODY = "Une Scic se crée sans l'agrément du préfet. Il a été supprimé en 2012."
PREFECT = {
    "ancien.md": article_text("L'agrément du préfet pour une Scic", OLD_BODY, published="2007-03"),
    "recent.md": article_text("L'agrément du préfet pour une Scic", NEW_BODY, published="2023-05"),
}


def stored(
    name: str,
    published: str | None,
    superseded_by: str | None = None,
    translation_of: str | None = None,
) -> StoredArticle:
    return StoredArticle(
        id=name,
        path=f"{name}.md",
        title=name,
        language="en" if translation_of else "fr",
        published=published,
        translation_of=translation_of,
        superseded_by=superseded_by,
    )


def ranked(name: str, score: float) -> Ranked:
    return Ranked(name, score)


def order(question: str, *found: tuple[StoredArticle, float]) -> list[str]:
    """Return the ids of *found*, articles and scores best first, after `fresher_first`."""
    articles = {article.id: article for article, _ in found}
    return names(fresher_first([ranked(a.id, score) for a, score in found], articles, question))


def names(found: Sequence[Ranked]) -> list[str]:
    return [r.article for r in found]


OLD, NEW, UNDATED = stored("old", "2007"), stored("new", "2023"), stored("undated", None)


@pytest.mark.parametrize(
    ("published", "than", "older"),
    [
        ("2018-11-22", "2026-11-23", True),
        ("2018-11-23", "2026-11-23", False),
        ("2018-10", "2026-11-23", True),
        ("2018-11", "2026-11-23", False),
        ("2017", "2026-11-23", True),
        ("2018", "2026-11-23", False),
        ("2018-01-01", "2026", False),
        ("2017-12-31", "2026", True),
        ("2026-11-23", "2018-11-22", False),
        ("0001", "0003", False),
        (None, "2026-11-23", False),
        ("2007", None, False),
    ],
)
def test_older_means_older_even_if_all_that_is_not_known_of_the_dates_speaks_against_it(
    published: str | None, than: str | None, older: bool
) -> None:
    assert is_older(published, than, 8) is older


@pytest.mark.parametrize(
    "question",
    [
        "comment créer une Scic ?",
        "FAUT-IL un commissaire aux comptes",
        "quels sont les seuils de révision",
        "quelles démarches pour immatriculer une Scop",
        "l'agrément du préfet",
        "l’agrément Esus",
        "les statuts sont-ils obligatoires",
        "une commune a-t-elle le droit d'entrer au capital",
        "délais d'immatriculation",
        "la mairie peut prendre des parts ?",
        "how to create a Scic",
        "which audits are required",
        "do I need an approval",
        "what does French law say about reserves",
    ],
)
def test_a_question_about_a_rule_or_a_procedure_is_known_by_its_words(question: str) -> None:
    assert is_about_rules(question)


@pytest.mark.parametrize(
    "question",
    [
        "Ceralep",
        "histoire des coopératives ouvrières",
        "une coopérative, c'est comme une association",
        "scop ou scic",
        "l'esprit de la coopération",
        "what is a worker cooperative",
        "stories of employee takeovers",
        "",
        "?!",
    ],
)
def test_other_questions_are_not_about_rules(question: str) -> None:
    assert not is_about_rules(question)


def test_on_a_rule_the_newer_of_two_close_articles_comes_first() -> None:
    assert order(RULE, (OLD, 1.0), (NEW, 0.97)) == ["new", "old"]


def test_on_anything_else_the_better_one_stays_first() -> None:
    assert order(OTHER, (OLD, 1.0), (NEW, 0.97)) == ["old", "new"]


def test_a_newer_article_that_is_clearly_worse_does_not_pass() -> None:
    assert order(RULE, (OLD, 1.0), (NEW, 1 - CLOSE - 0.01)) == ["old", "new"]
    assert order(RULE, (OLD, 1.0), (NEW, 1 - CLOSE + 0.01)) == ["new", "old"]


def test_a_newer_article_of_about_the_same_time_does_not_pass() -> None:
    assert order(RULE, (OLD, 1.0), (stored("b", str(2007 + APART_YEARS)), 0.99)) == ["old", "b"]
    later = stored("b", str(2007 + APART_YEARS + 1))
    assert order(RULE, (OLD, 1.0), (later, 0.99)) == ["b", "old"]


def test_the_newest_passes_all_that_it_is_close_to_and_no_other() -> None:
    far, close, closer = stored("far", "2001"), stored("close", "2004"), stored("closer", "2005")
    found = ((far, 1.5), (close, 1.0), (closer, 0.99), (NEW, 0.98))
    assert order(RULE, *found) == ["far", "new", "close", "closer"]


def test_an_undated_article_stays_where_it_is_and_is_not_passed() -> None:
    assert order(RULE, (UNDATED, 1.0), (NEW, 0.99)) == ["undated", "new"]
    assert order(RULE, (OLD, 1.0), (UNDATED, 0.99)) == ["old", "undated"]
    found = ((OLD, 1.0), (UNDATED, 0.995), (NEW, 0.99))
    assert order(RULE, *found) == ["old", "undated", "new"]


@pytest.mark.parametrize("question", [RULE, OTHER])
@pytest.mark.parametrize("name", ["new", "new.md"])
def test_an_article_that_replaces_another_comes_before_it_whatever_the_question(
    question: str, name: str
) -> None:
    replaced, between = stored("old", "2022", name), stored("x", "2022")
    found = ((between, 1.2), (replaced, 1.0), (UNDATED, 0.9), (NEW, 0.1))
    assert order(question, *found) == ["x", "new", "old", "undated"]


def test_an_article_replaced_by_an_address_written_otherwise_comes_after_it() -> None:
    newer = stored("https://coop.example/2023", None)
    replaced = stored("old", None, "HTTPS://Coop.example/2023#haut")
    assert order(OTHER, (replaced, 1.0), (newer, 0.5)) == [newer.id, "old"]


def test_articles_that_replace_each_other_in_turn_come_newest_first() -> None:
    a, b, c = stored("a", None, "b"), stored("b", None, "c"), stored("c", None)
    assert order(OTHER, (a, 1.0), (b, 0.9), (c, 0.8)) == ["c", "b", "a"]
    assert order(OTHER, (b, 1.0), (a, 0.9), (c, 0.8)) == ["c", "b", "a"]


def test_an_article_replaced_by_one_that_was_not_found_stays() -> None:
    assert order(OTHER, (stored("old", "2007", "absent"), 1.0), (NEW, 0.9)) == ["old", "new"]


def test_articles_that_replace_each_other_in_a_circle_all_remain() -> None:
    a, b, c = stored("a", None, "b"), stored("b", None, "a"), stored("c", None, "c")
    assert sorted(order(OTHER, (a, 1.0), (b, 0.9), (c, 0.8))) == ["a", "b", "c"]


def test_translations_are_replaced_and_replace_with_their_originals() -> None:
    replaced, english = stored("a", "2020", "new"), stored("a-en", "2020", translation_of="a")
    found = ((english, 1.0), (replaced, 0.9), (stored("new-en", "2023", None, "new"), 0.5))
    assert order(OTHER, *found, (NEW, 0.4)) == ["new-en", "a-en", "a", "new"]


def test_a_translation_made_lately_is_no_newer_than_its_original() -> None:
    english, newer = stored("old-en", "2024", translation_of="old"), stored("new", "2016")
    assert order(RULE, (newer, 1.0), (english, 0.99), (OLD, 0.9)) == ["new", "old-en", "old"]
    assert order(RULE, (english, 1.0), (newer, 0.99), (OLD, 0.9)) == ["new", "old-en", "old"]


def test_articles_of_which_nothing_is_known_keep_their_places() -> None:
    found = [ranked("old", 1.0), ranked("unknown", 0.99), ranked("new", 0.98)]
    known = {article.id: article for article in (OLD, NEW)}
    assert names(fresher_first(found, known, RULE)) == ["old", "unknown", "new"]


@st.composite
def rankings(draw: st.DrawFn) -> list[tuple[StoredArticle, float]]:
    """Draw articles, some undated, and scores, best first."""
    count = draw(st.integers(0, 8))
    dates = st.none() | st.integers(1990, 2026).map(str)
    scores = sorted((draw(st.floats(-0.2, 1)) for _ in range(count)), reverse=True)
    return [(stored(f"a{i}", draw(dates)), score) for i, score in enumerate(scores)]


@given(rankings())
def test_whatever_the_dates_nobody_is_lost_undated_ones_keep_their_places_and_no_jump_is_wide(
    found: list[tuple[StoredArticle, float]],
) -> None:
    before = [article.id for article, _ in found]
    after = order(RULE, *found)
    assert sorted(after) == sorted(before)
    undated = [article.id for article, _ in found if article.published is None]
    assert [after.index(i) for i in undated] == [before.index(i) for i in undated]
    score = {article.id: score for article, score in found}
    for place, name in enumerate(after):
        for passed in (
            other for other in after[place:] if before.index(other) < before.index(name)
        ):
            assert score[passed] - score[name] <= CLOSE * score[passed]


@given(rankings(), st.data())
def test_whoever_replaces_whom_nobody_is_lost_and_the_newer_one_is_first(
    found: list[tuple[StoredArticle, float]], data: st.DataObject
) -> None:
    count = len(found)
    # the one replaced names an article of a higher number: there is no circle
    target = {i: data.draw(st.none() | st.integers(i + 1, count)) for i in range(count)}
    by_name = {
        a.id: stored(a.id, a.published, f"a{t}" if t else None)
        for (a, _), t in zip(found, target.values(), strict=True)
    }
    shuffled = data.draw(st.permutations(range(count)))
    pairs = [(by_name[f"a{i}"], score) for i, (_, score) in zip(shuffled, found, strict=True)]
    after = order(RULE, *pairs)
    assert sorted(after) == sorted(by_name)
    for i, t in target.items():
        if t is not None and t < count:
            assert after.index(f"a{t}") < after.index(f"a{i}")


def careful(article: StoredArticle, *others: StoredArticle, language: str = "fr") -> Caution | None:
    """Return the caution *article* needs among *others*."""
    return caution(article, TODAY, language, lambda: Replacements((article, *others)))


def test_an_article_older_than_eight_years_is_to_be_read_with_care() -> None:
    assert careful(OLD) == Caution("2007", OLD_YEARS, None)
    assert OLD_YEARS == 8
    assert careful(NEW) is None
    assert careful(UNDATED) is None


def test_a_replaced_article_is_to_be_read_with_care_however_young_it_is() -> None:
    assert careful(stored("a", "2025", "new"), NEW) == Caution("2025", None, NEW)
    assert careful(stored("a", None, "new"), NEW) == Caution(None, None, NEW)
    assert careful(stored("a", "2007", "new"), NEW) == Caution("2007", OLD_YEARS, NEW)


@pytest.mark.parametrize("name", ["absent", "a"])
def test_an_article_replaced_by_one_that_nobody_knows_is_too_but_names_none(name: str) -> None:
    assert careful(stored("a", "2025", name)) == Caution("2025", None, None)


def test_the_newer_one_that_is_named_is_the_last_of_those_that_replace_each_other() -> None:
    between = stored("b", "2012", "new")
    assert careful(stored("a", "2020", "b"), between, NEW) == Caution("2020", None, NEW)
    assert careful(between, NEW) == Caution("2012", OLD_YEARS, NEW)


def test_articles_that_replace_each_other_in_a_circle_name_none() -> None:
    a, b = stored("a", "2020", "b"), stored("b", "2023", "a")
    assert careful(a, b) == Caution("2020", None, None)


def test_a_translation_is_as_old_as_its_original_and_replaced_with_it() -> None:
    english = stored("old-en", "2024", translation_of="old")
    assert careful(english, OLD) == Caution("2007", OLD_YEARS, None)
    assert careful(english, stored("old", "2023", "new"), NEW) == Caution("2023", None, NEW)
    assert careful(stored("new-en", "2024", translation_of="new"), NEW) is None


def test_the_newer_one_is_named_in_the_language_of_the_reader() -> None:
    replaced, english = stored("a", "2020", "new"), stored("new-en", "2024", translation_of="new")
    assert careful(replaced, NEW, english, language="en") == Caution("2020", None, english)
    assert careful(replaced, NEW, english, language="fr") == Caution("2020", None, NEW)


@pytest.mark.parametrize("question", ["faut-il l'agrément du préfet pour une Scic ?", "agrément"])
def test_the_article_written_after_the_law_changed_answers_first(
    make_library: MakeLibrary, question: str
) -> None:
    hits = make_library(PREFECT).ask(question, abstain=False).hits
    assert [hit.article.path for hit in hits] == ["recent.md", "ancien.md"]
    assert hits[0].caution is None
    assert hits[1].caution is not None
    assert hits[1].caution.older_than_years == OLD_YEARS


def test_of_two_articles_that_say_the_same_only_a_rule_brings_the_newer_one_first(
    make_library: MakeLibrary,
) -> None:
    library = make_library(
        {
            "a.md": article_text("Le moulin", "La coopérative du moulin tourne.", published="2007"),
            "b.md": article_text("Le moulin", "La coopérative du moulin tourne.", published="2023"),
        }
    )
    assert paths(library, "la coopérative du moulin") == ["a.md", "b.md"]
    assert paths(library, "comment tourne la coopérative du moulin ?") == ["b.md", "a.md"]


def paths(library: Library, question: str) -> list[str]:
    return [hit.article.path for hit in library.ask(question, abstain=False).hits]


def superseded(by: str) -> dict[str, str]:
    """Return an article that answers better, replaced by one with an address, which answers too."""
    old = article_text(
        "L'agrément du préfet pour une Scic", OLD_BODY, published="2020", superseded_by=by
    )
    new = article_text("La Scic depuis 2012", f"Rien d'autre. {NEW_BODY}", url=URL)
    return {"ancien.md": old, "recent.md": new}


@pytest.mark.parametrize("by", ["recent.md", URL, f"{URL}#haut"])
def test_an_article_replaced_by_another_comes_after_it_and_names_it(
    make_library: MakeLibrary, by: str
) -> None:
    hits = make_library(superseded(by)).ask("agrément du préfet pour une Scic").hits
    assert [hit.article.path for hit in hits] == ["recent.md", "ancien.md"]
    assert hits[1].score > hits[0].score
    found = hits[1].caution
    assert found is not None
    assert found == Caution("2020", None, hits[0].article)


def test_the_newer_article_is_named_even_when_it_does_not_answer(
    make_library: MakeLibrary,
) -> None:
    articles = superseded("recent.md")
    articles["recent.md"] = article_text("Autre chose", "La cantine sert des légumes.")
    hits = make_library(articles).ask("agrément du préfet pour une Scic").hits
    assert [hit.article.path for hit in hits] == ["ancien.md"]
    assert hits[0].caution is not None
    assert hits[0].caution.superseded_by is not None
    assert hits[0].caution.superseded_by.title == "Autre chose"


def test_a_question_in_english_gets_the_translation_of_the_newer_article_first_and_named(
    make_library: MakeLibrary,
) -> None:
    articles = superseded("recent.md") | {
        "en/old.md": article_text(
            "The prefect's approval of a Scic",
            "A Scic needs the approval of the prefect. It is given for five years.",
            published="2024",
            language="en",
            translation_of="ancien.md",
        ),
        "en/new.md": article_text(
            "The Scic since 2012",
            "A Scic no longer needs the approval of the prefect.",
            language="en",
            translation_of=URL,
        ),
    }
    hits = make_library(articles).ask("does a Scic need the approval of the prefect?").hits
    found = {hit.article.path: hit for hit in hits}
    assert hits[0].article.path == "en/new.md"
    assert hits[0].caution is None
    assert found["en/old.md"].caution == Caution("2020", None, hits[0].article)
    assert found["ancien.md"].caution == Caution("2020", None, hits[0].article)


def test_an_unknown_replacement_is_told_and_stops_nothing(make_library: MakeLibrary) -> None:
    library = make_library(superseded("nulle-part.md"))
    assert [error.path for error in library.replacements().errors()] == ["ancien.md"]
    hits = library.ask("agrément du préfet pour une Scic").hits
    assert hits[0].article.path == "ancien.md"
    assert [hit.caution for hit in hits] == [Caution("2020", None, None), None]


def test_pages_of_an_answer_put_together_are_the_whole_answer(make_library: MakeLibrary) -> None:
    articles = {
        f"{year}.md": article_text("L'agrément du préfet", OLD_BODY, published=year)
        for year in ("2001", "2005", "2011", "2016", "2023")
    }
    library = make_library(articles)
    whole = library.ask(RULE, abstain=False).hits
    parts = [library.ask(RULE, abstain=False, limit=2, offset=n).hits for n in (0, 2, 4)]
    assert [hit for part in parts for hit in part] == list(whole)
    assert [hit.article.published for hit in whole] == ["2023", "2016", "2011", "2005", "2001"]


def test_an_article_grows_old_while_the_library_stays_open(make_library: MakeLibrary) -> None:
    made = make_library({"a.md": article_text("Le préfet", OLD_BODY, published="2019-01")})
    now = [NOW]
    library = Library(made.settings, made.encoder, clock=lambda: now[0])
    assert library.ask("le préfet", abstain=False).hits[0].caution is None
    now[0] = NOW.replace(year=2027)
    assert library.ask("le préfet", abstain=False).hits[0].caution is not None
    library.close()
