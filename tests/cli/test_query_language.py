"""The query language on the command line, where the shell and the options have their say first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.processes import Search, assert_refused, run, written_corpus
from tests.conftest import RunCoopbot, article_text

ARTICLES = {
    "hetre.md": article_text(
        "Le hêtre", "La coopérative forestière plante des hêtres.", site="Alpha", published="2011"
    ),
    "chene.md": article_text(
        "Le chêne", "La coopérative forestière plante des chênes.", site="Bêta", published="2020-05"
    ),
    "pin.md": article_text(
        "Le pin", "La coopérative de la forêt plante des pins. Elle est forestière."
    ),
}


@pytest.fixture(scope="module")
def forest(tmp_path_factory: pytest.TempPathFactory, built_index: Path) -> tuple[str, ...]:
    """The options that name the corpus above and its index, which the first search builds."""
    return written_corpus(tmp_path_factory.mktemp("forest"), ARTICLES, built_index)


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        (["coopérative forestière"], {"Le hêtre", "Le chêne", "Le pin"}),
        (['"coopérative forestière"'], {"Le hêtre", "Le chêne"}),
        (["«", "coopérative", "forestière", "»"], {"Le hêtre", "Le chêne"}),
        (["coopérative forestière -hêtres"], {"Le chêne", "Le pin"}),
        (["--", "coopérative", "forestière", "-hêtres"], {"Le chêne", "Le pin"}),
        (["--", "-hêtres coopérative forestière"], {"Le chêne", "Le pin"}),
        (["coopérative forestière", "titre:chêne"], {"Le chêne"}),
        (["coopérative", "forestière", "site:alpha"], {"Le hêtre"}),
        (["coopérative forestière depuis:2012"], {"Le chêne"}),
        (["coopérative forestière avant:2020-05"], {"Le hêtre"}),
        (["coopérative forestière depuis:2010", "--until", "2015"], {"Le hêtre"}),
        (["coopérative forestière site:alpha", "--site", "bêta"], set()),
        (["coopérative forestière -coopérative"], set()),
    ],
)
def test_words_of_the_question_and_options_restrict_together(
    run_coopbot: RunCoopbot, forest: tuple[str, ...], arguments: list[str], titles: set[str]
) -> None:
    result = run_coopbot("search", "--json", *forest, *arguments)
    assert result.stderr == ""
    assert {hit["title"] for hit in json.loads(result.stdout)["hits"]} == titles
    assert result.returncode == (0 if titles else 1)


def test_how_the_question_was_read_is_said_above_the_answer(
    run_coopbot: RunCoopbot, forest: tuple[str, ...]
) -> None:
    asked = 'coopérative forestière -hêtres "plante des" site:bêta depuis:2020'
    french = run_coopbot("search", *forest, asked).stdout
    assert french.split("\n\n")[0] == (
        "Seulement : avec « plante des », sans « hêtres », site bêta, depuis 2020"
    )
    assert french.split("\n\n")[1].startswith("1. Le chêne\n")
    english = run_coopbot("search", *forest, "--language", "en", "scic since:2011-05").stdout
    assert english.startswith("Only: since May 2011\n")


def test_without_an_answer_too(run_coopbot: RunCoopbot, forest: tuple[str, ...]) -> None:
    result = run_coopbot("search", *forest, "coopérative forestière site:ailleurs")
    assert result.returncode == 1
    assert result.stdout.startswith("Seulement : site ailleurs\n\nJe ne sais pas")


def test_json_has_it_only_when_there_is_something_to_tell(
    run_coopbot: RunCoopbot, forest: tuple[str, ...]
) -> None:
    def asked(question: str) -> dict[str, object]:
        answer: dict[str, object] = json.loads(
            run_coopbot("search", "--json", *forest, question).stdout
        )
        return answer

    assert "only" not in asked("coopérative - forestière : pins ?")
    answer = asked("coopérative avant:31/05/2020")
    assert answer["question"] == "coopérative avant:31/05/2020"
    assert answer["only"] == {
        **{name: [] for name in ("phrases", "without", "title", "site", "tag")},
        "since": None,
        "before": "2020-05-31",
    }


@pytest.mark.parametrize(
    "question",
    ['"', '"scic', "« scic", "scic -", "site:", "titre:?", "depuis:hier", "-scic", "depuis:2020"],
)
def test_what_is_malformed_is_plain_words_and_no_error(search: Search, question: str) -> None:
    result = search("--", f"scic {question}" if question == '"' else question)
    assert result.returncode in (0, 1)
    assert result.stderr == ""
    assert "Seulement" not in result.stdout


def test_an_excluded_word_taken_for_an_option_is_refused_and_help_says_what_to_do(
    search: Search, run_coopbot: RunCoopbot
) -> None:
    assert_refused(search("scic", "-agricole"), "-a", "search --help")
    for language, example in (
        ("fr", "coopbot search -- capital « parts sociales » -association depuis:2020"),
        ("en", "coopbot search -- capital “parts sociales” -association since:2020"),
    ):
        assert example in run_coopbot("search", "--help", "--language", language).stdout


def test_a_conversation_in_the_terminal_reads_questions_alike(
    forest: tuple[str, ...], tmp_path: Path
) -> None:
    said = "coopérative forestière -hêtres depuis:2011\n/aide\n"
    result = run(("chat", *forest, "--state", str(tmp_path / "state")), tmp_path, said=said)
    assert result.returncode == 0
    assert result.stdout.startswith("Seulement : sans « hêtres », depuis 2011\n\n1. Le chêne\n")
    assert "2. " not in result.stdout
    assert "titre:mot" in result.stdout
