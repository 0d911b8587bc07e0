"""An answer as plain text, for a terminal, and as JSON values."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from rich.cells import cell_len
from rich.console import Console

from coopbot.dialogue import FullPassage
from coopbot.engine.protocol import StoredArticle, StoredPassage
from coopbot.messages import Language, texts
from coopbot.render.data import as_json
from coopbot.render.plain import as_plain, passage_as_plain
from coopbot.render.terminal import as_terminal
from coopbot.search.answer import Answer, Caution
from coopbot.search.query_language import parse
from tests.render.hand_made import NASTY, answer, answers, article, hit

FR, EN = texts("fr"), texts("en")
LONG = "La Scic réunit des salariés, des usagers et des communes. " * 6


def in_terminal(
    shown: Answer, *, width: int = 60, colours: bool = True, explain: bool = False
) -> str:
    """Return what a terminal of *width* columns gets."""
    console = Console(
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor" if colours else None,
        width=width,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )
    console.print(as_terminal(shown, texts(shown.language), explain=explain))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_plain_text_is_a_block_for_each_hit() -> None:
    shown = answer(hit(1), hit(2, "Un autre texte.", title="Autre", link=None, published=None))
    assert as_plain(shown, FR) == (
        "1. Créer une Scic\n"
        "   La Scic est une coopérative.\n"
        "   Coopbot · 23 novembre 2026 · Source : https://www.les-scic.coop\n"
        "\n"
        "2. Autre\n"
        "   Un autre texte.\n"
        "   Coopbot · sans date"
    )


def test_plain_text_without_a_hit_names_the_closest_titles() -> None:
    shown = answer(closest=(article(title="Un"), article(title="Deux")))
    assert as_plain(shown, FR) == (
        "Je ne sais pas : rien dans les articles ne répond à cette question.\n"
        "\n"
        "Peut-être :\n"
        "  – Un\n"
        "  – Deux"
    )


def test_plain_text_changes_nothing_of_titles_and_snippets() -> None:
    shown = as_plain(answer(hit(1, NASTY, title=NASTY)), FR)
    assert shown.splitlines()[:2] == [f"1. {NASTY}", f"   {NASTY}"]


def test_plain_text_has_the_word_of_caution_below_where_the_article_is_from() -> None:
    url = "https://coop.example/2012"
    newer = article(title="La règle de 2012", id=url, link=url)
    shown = answer(hit(1, published="2007", caution=Caution("2007", 8, newer)))
    assert as_plain(shown, FR).splitlines()[2:] == [
        "   Coopbot · 2007 · Source : https://www.les-scic.coop",
        "   ⚠ Article de 2007 : la règle a pu changer. "
        "Plus récent : La règle de 2012 — https://coop.example/2012",
    ]


def test_a_whole_passage_as_plain_text_says_date_and_caution() -> None:
    passage = StoredPassage("creer.md", 1, ("Qui signe ?",), "Le préfet signe.")
    found = FullPassage(article(published="2007-06"), passage, Caution("2007-06", 8, None))
    assert passage_as_plain(found, FR).splitlines() == [
        "Créer une Scic",
        "Qui signe ?",
        "Le préfet signe.",
        "Coopbot · juin 2007 · Source : https://www.les-scic.coop",
        "⚠ Article de 2007 : la règle a pu changer.",
    ]


def test_a_terminal_gets_the_word_of_caution_in_yellow() -> None:
    written = in_terminal(answer(hit(1, published="2007", caution=Caution("2007", 8, None))))
    assert "\x1b[33m⚠ Article de 2007 : la règle a pu changer.\x1b[0m" in written


@pytest.mark.parametrize(
    ("old", "newer", "values"),
    [
        (8, None, {"published": "2007", "older_than_years": 8, "superseded_by": None}),
        (
            None,
            article(title="Neuf", id="https://coop.example/", link="https://coop.example/"),
            {
                "published": "2007",
                "older_than_years": None,
                "superseded_by": {
                    "title": "Neuf",
                    "url": "https://coop.example/",
                    "published": "2026-11-23",
                    "article": "https://coop.example/",
                    "path": "creer.md",
                },
            },
        ),
    ],
)
def test_the_json_of_a_caution_says_the_reason_and_the_newer_article(
    old: int | None, newer: StoredArticle | None, values: dict[str, object]
) -> None:
    shown = as_json(answer(hit(1, caution=Caution("2007", old, newer))))
    assert shown["hits"][0]["caution"] == values
    assert json.loads(json.dumps(shown)) == shown


def test_an_explanation_says_when_an_article_passed_one_of_a_higher_score() -> None:
    passed = answer(replace(hit(1), score=0.7), hit(2))
    note = FR("explain.passed")
    assert as_plain(passed, FR, explain=True).endswith(f"\n{note}")
    assert note in in_terminal(passed, width=200, explain=True)
    assert note not in as_plain(answer(hit(1), hit(2)), FR, explain=True)
    assert note not in in_terminal(answer(hit(1), hit(2)), width=200, explain=True)


def test_plain_text_is_not_wrapped() -> None:
    assert LONG in as_plain(answer(hit(1, LONG)), FR)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "fr",
            "Mots cherchés\nmot\trareté\tpoids\tvient de\nscic\t1.23\t1.00\tla question\n\n"
            "Part de chaque critère dans la note\nradicaux\t0.50\t0.50\ntitre\t0.25\t0.25\n"
            "note\t0.75\t0.75\nconfiance\t1.50\t1.50",
        ),
        (
            "en",
            "Words looked for\nword\trarity\tweight\tcomes from\nscic\t1.23\t1.00\tthe question\n\n"
            "Share of each feature in the score\nstems\t0.50\t0.50\ntitle\t0.25\t0.25\n"
            "score\t0.75\t0.75\nconfidence\t1.50\t1.50",
        ),
    ],
)
def test_explained_plain_text_ends_with_two_tables_of_tabs(
    language: Language, expected: str
) -> None:
    shown = as_plain(answer(hit(1), hit(2)), texts(language), explain=True)
    assert shown.endswith(f"\n\n{expected}")


def test_explaining_an_answer_without_hits_is_possible() -> None:
    assert "Mots cherchés" in as_plain(answer(), FR, explain=True)
    assert "Mots cherchés" in in_terminal(answer(), explain=True)
    assert as_json(answer(), explain=True)["explain"]["hits"] == []


@pytest.mark.parametrize(
    ("phrases", "said"),
    [
        (("a b",), "Aucun article ne dit mot pour mot « a b » : cherché sans les guillemets."),
        (
            ("a b", "c"),
            "Aucun article ne dit à la fois, mot pour mot, « a b », « c » : cherché sans les "
            "guillemets.",
        ),
    ],
)
def test_phrases_that_nobody_says_are_told_of(phrases: tuple[str, ...], said: str) -> None:
    unsaid = answer(hit(1), unsaid=phrases)
    assert as_plain(unsaid, FR).startswith(said)
    assert as_json(unsaid)["unsaid"] == list(phrases)


def test_json_values_are_those_of_the_answer() -> None:
    values = as_json(answer(hit(1), did_you_mean="créer une Scic", unknown_words=("licorne",)))
    assert values == {
        "question": "créer scic",
        "answered": True,
        "sure": True,
        "language": "fr",
        "corrected": None,
        "did_you_mean": "créer une Scic",
        "unknown_words": ["licorne"],
        "took_ms": 12.3,
        "hits": [
            {
                "rank": 1,
                "title": "Créer une Scic",
                "url": "https://www.les-scic.coop",
                "archive_url": None,
                "site": "Coopbot",
                "published": "2026-11-23",
                "snippet": "La Scic est une coopérative.",
                "highlights": [[3, 7]],
                "score": 0.75,
                "article": "creer.md",
                "passage": 2,
                "path": "creer.md",
                "sources": ["https://www.les-scic.coop"],
                "caution": None,
            }
        ],
        "closest": [],
    }


def test_json_tells_how_a_question_that_restricts_was_read() -> None:
    question = 'scic "parts sociales" -scop titre:capital tag:élus depuis:2020-05 avant:2021'
    assert as_json(answer(hit(), only=parse(question)))["only"] == {
        "phrases": ["parts sociales"],
        "without": ["scop"],
        "title": ["capital"],
        "site": [],
        "tag": ["élus"],
        "since": "2020-05",
        "before": "2021",
    }


@given(answers())
def test_any_answer_survives_json(shown: Answer) -> None:
    values = as_json(shown, explain=True)
    assert json.loads(json.dumps(values, ensure_ascii=False)) == values


def test_a_terminal_gets_the_title_as_a_link() -> None:
    written = in_terminal(answer(hit(1)))
    assert ";https://www.les-scic.coop\x1b\\" in written
    assert "\x1b]8;;\x1b\\" in written  # and the link ends
    assert "\x1b]8;" not in in_terminal(answer(hit(1, link=None)))


def test_a_terminal_gets_the_closest_titles_as_links() -> None:
    written = in_terminal(answer(closest=(article(title="Un"), article(title="Deux", link=None))))
    assert written.count("\x1b]8;;\x1b\\") == 1
    assert "– Deux" in written


def test_a_terminal_gets_the_matched_words_in_colour_and_no_others() -> None:
    written = in_terminal(answer(hit(1, "Une Scic, deux Scic.")))
    assert "Une \x1b[1;33mScic\x1b[0m, deux Scic." in written


def test_a_terminal_does_not_dim_titles() -> None:
    before_title = in_terminal(answer(hit(1))).split("Créer une Scic")[0]
    style = before_title.rsplit("\x1b[", 1)[1].rstrip("m")
    assert "2" not in style.split(";")


def test_brackets_of_titles_and_snippets_are_not_taken_for_markup() -> None:
    shown = answer(hit(1, NASTY, title=NASTY, site=NASTY), did_you_mean=NASTY)
    assert in_terminal(shown, width=200, colours=False).count(NASTY) == 4


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    shown = answer(hit(1, LONG), hit(2, LONG, title=LONG), did_you_mean=LONG)
    lines = in_terminal(shown, width=width, colours=False, explain=True).splitlines()
    assert max(map(cell_len, lines)) <= width


def test_a_terminal_without_colours_gets_the_words_of_the_plain_text() -> None:
    cautious = hit(2, LONG, link=None, caution=Caution("2007", 8, article()))
    shown = answer(hit(1, link=None), cautious, unknown_words=("licorne",))
    written = in_terminal(shown, colours=False)
    assert "\x1b" not in written
    assert written.split() == as_plain(shown, FR).split()


@pytest.mark.parametrize(("language", "source"), [("fr", "Source : http"), ("en", "Source: http")])
def test_words_around_the_hits_are_in_the_language_given(language: Language, source: str) -> None:
    shown = answer(hit(1), language=language)
    assert source in as_plain(shown, texts(language))
    assert source in in_terminal(shown, width=100)
