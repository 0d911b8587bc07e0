"""What every way of showing an answer says alike: dates, where an article comes from, notices."""

from __future__ import annotations

import pytest

from coopbot.messages import Language, texts
from coopbot.render.words import caution_line, notices, provenance, readable_date
from coopbot.search.answer import Caution
from coopbot.search.query_language import parse
from tests.render.hand_made import answer, article, hit


@pytest.mark.parametrize(
    ("date", "french", "english"),
    [
        ("2026-11-23", "23 novembre 2026", "23 November 2026"),
        ("2024-05-09", "9 mai 2024", "9 May 2024"),
        ("2011-05", "mai 2011", "May 2011"),
        ("2011-12", "décembre 2011", "December 2011"),
        ("2011", "2011", "2011"),
        (None, "sans date", "undated"),
        pytest.param("2024-01-01", "1er janvier 2024", "1 January 2024"),
    ],
)
def test_a_date_is_written_with_the_precision_it_has(
    date: str | None, french: str, english: str
) -> None:
    assert readable_date(date, texts("fr")) == french
    assert readable_date(date, texts("en")) == english


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [("fr", "janvier", "décembre"), ("en", "January", "December")],
)
def test_every_month_has_its_name(language: Language, first: str, last: str) -> None:
    names = [readable_date(f"2024-{m:02}", texts(language)).split()[0] for m in range(1, 13)]
    assert len(set(names)) == 12
    assert (names[0], names[-1]) == (first, last)


URL = "https://coop.example/page"


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({}, "Coopbot · 23 novembre 2026 · Source : https://www.les-scic.coop"),
        ({"id": URL, "link": URL}, f"Coopbot · 23 novembre 2026 · {URL}"),
        ({"site": None, "link": None, "published": None}, "sans date"),
        (
            {
                "id": URL,
                "link": URL,
                "archive_url": "https://old.example/1",
                "published": "2011",
            },
            f"Coopbot · 2011 · {URL} · copie archivée : https://old.example/1",
        ),
    ],
)
def test_provenance_is_site_date_and_address_on_one_line(
    values: dict[str, str | None], line: str
) -> None:
    assert provenance(article(**values), texts("fr")) == line


@pytest.mark.parametrize(
    ("language", "published", "link", "line"),
    [
        (
            "fr",
            "2007-06-01",
            URL,
            f"Article de 2007 : la règle a pu changer. Plus récent : A — {URL}",
        ),
        ("fr", "2007", None, "Article de 2007 : la règle a pu changer. Plus récent : A"),
        ("fr", None, None, "Article sans date : la règle a pu changer. Plus récent : A"),
        ("en", "2007", URL, f"Article from 2007: the rule may have changed. Newer: A — {URL}"),
        ("en", None, None, "Undated article: the rule may have changed. Newer: A"),
    ],
)
def test_a_caution_is_a_year_a_warning_and_the_newer_article(
    language: Language, published: str | None, link: str | None, line: str
) -> None:
    caution = Caution(published, None, article(title="A", id=link or "a.md", link=link))
    assert caution_line(caution, texts(language)) == f"⚠ {line}"


def test_a_newer_article_written_for_the_corpus_has_a_source_for_address() -> None:
    caution = Caution("2007", 8, article(title="A", id="a.md", link=URL))
    line = f"⚠ Article de 2007 : la règle a pu changer. Plus récent : A — Source : {URL}"
    assert caution_line(caution, texts("fr")) == line


def test_notices_say_which_spelling_was_answered_and_how_to_have_the_other() -> None:
    said = answer(hit(), question="créer une sik", corrected="créer une scic")
    line = "Résultats pour « créer une scic » ; chercher plutôt « créer une sik »"
    assert notices(said, texts("fr")) == [line]
    assert notices(said, texts("fr"), "--exact") == [f"{line} (--exact)"]
    english = "Results for “créer une scic”; search instead for “créer une sik”"
    assert notices(said, texts("en")) == [english]


def test_notices_say_the_spelling_then_the_words_left_out() -> None:
    said = answer(hit(), did_you_mean="créer une Scic", unknown_words=("licorne", "dragon"))
    assert notices(said, texts("fr")) == [
        "Vouliez-vous dire : créer une Scic",
        "Aucun article ne parle de « licorne », « dragon ». Voici pour le reste :",
    ]


@pytest.mark.parametrize(("language", "said"), [("fr", "Je ne sais pas"), ("en", "I don't know")])
def test_without_a_hit_the_notice_is_i_do_not_know(language: Language, said: str) -> None:
    assert notices(answer(hit()), texts(language)) == []
    (only,) = notices(answer(), texts(language))
    assert only.startswith(said)


@pytest.mark.parametrize(
    ("question", "french", "english"),
    [
        (
            "scic site:avise.org depuis:2020",
            "Seulement : site avise.org, depuis 2020",
            "Only: site avise.org, since 2020",
        ),
        (
            'scic "parts sociales" -scop -"société anonyme"',
            "Seulement : avec « parts sociales », sans « scop », sans « société anonyme »",
            "Only: with “parts sociales”, without “scop”, without “société anonyme”",
        ),
        (
            'titre:réserves titre:"parts sociales" tag:élus',
            "Seulement : titre avec « réserves », titre avec exactement « parts sociales », "
            "étiquette élus",
            "Only: title with “réserves”, title with exactly “parts sociales”, tag élus",
        ),
        (
            "scic depuis:01/05/2020 avant:2021-06",
            "Seulement : depuis le 1er mai 2020, avant juin 2021",
            "Only: since 1 May 2020, before June 2021",
        ),
        (
            "scic depuis:2020-05 avant:2021-06-30",
            "Seulement : depuis mai 2020, avant le 30 juin 2021",
            "Only: since May 2020, before 30 June 2021",
        ),
    ],
)
def test_how_a_question_was_read_is_said_first(question: str, french: str, english: str) -> None:
    said = answer(hit(), only=parse(question), did_you_mean="créer une Scic")
    assert notices(said, texts("fr"))[0] == french
    assert notices(said, texts("en"))[0] == english
    assert len(notices(said, texts("fr"))) == 2
