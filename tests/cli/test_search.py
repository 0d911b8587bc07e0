"""`coopbot search` on the repository's own articles: what the README promises."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from coopbot.corpus import Corpus
from tests.cli.processes import (
    FIRST_LINE,
    STEPS,
    Search,
    command,
    in_terminal,
    unbuilt_index,
    written_corpus,
)
from tests.conftest import CORPUS, RunCoopbot, article_text, clean_environment

ASKED = ("comment créer une Scic ?", "--limit", "2")


def as_json(search: Search, *arguments: str) -> Any:
    """Return what `coopbot search --json` says of *arguments*."""
    return json.loads(search("--json", *arguments).stdout)


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    """Return *answer* without what differs from one run to the next."""
    return {name: value for name, value in answer.items() if name != "took_ms"}


@pytest.mark.parametrize(
    "question",
    [
        "comment créer une Scic ?",
        "créer scic",
        "CREER UNE SCIC",
        "crée une s.c.i.c.",
    ],
)
def test_every_way_of_asking_for_the_steps_finds_them_first_with_a_link(
    search: Search, question: str
) -> None:
    result = search(question)
    first_hit = result.stdout.split("\n\n")[0]
    assert result.returncode == 0
    assert result.stderr == ""
    assert first_hit.startswith(FIRST_LINE)
    assert " ".join(STEPS.split()) == "Créer une Scic : les étapes"
    assert "http" in first_hit


def test_a_word_that_no_article_has_is_named_and_the_rest_answered(search: Search) -> None:
    result = search("scop parapente")
    notice, *others = result.stdout.split("\n\n")
    first_hit = next(block for block in others if block.startswith("1. "))
    assert result.returncode == 0
    assert "« parapente »" in notice
    assert "Scop" in first_hit


def test_a_question_about_something_else_gets_i_do_not_know_and_the_closest_titles(
    search: Search,
) -> None:
    result = search("recette de la tarte aux pommes")
    assert result.returncode == 1
    assert result.stdout.startswith("Je ne sais pas")
    assert "1. " not in result.stdout
    titles = [line for line in result.stdout.splitlines() if line.startswith("  – ")]
    assert len(titles) == 3


@pytest.mark.parametrize(
    ("question", "said", "not_said"),
    [
        ("how to create a Scic", "Source: http", "Source : "),
        ("comment créer une Scic ?", "Source : http", "Source: "),
        ("what is the best apple pie recipe?", "I don't know", "Je ne sais pas"),
        ("quelle est la meilleure tarte aux pommes ?", "Je ne sais pas", "I don't know"),
    ],
)
def test_the_words_around_an_answer_are_in_the_language_of_the_question(
    search: Search, question: str, said: str, not_said: str
) -> None:
    printed = search(question).stdout
    assert said in printed
    assert not_said not in printed


def test_a_question_that_does_not_tell_its_language_is_answered_in_the_one_set(
    search: Search,
) -> None:
    assert "Source : " in search("scic").stdout
    assert "Source: " in search("scic", "--language", "en").stdout


def test_json_has_exactly_the_documented_fields(search: Search) -> None:
    answer = as_json(search, "comment créer une Scic ?")
    assert set(answer) == {
        *("question", "answered", "sure", "language", "unknown_words"),
        *("corrected", "did_you_mean"),
        *("took_ms",),
        *("hits", "closest"),
    }
    assert (answer["question"], answer["language"]) == ("comment créer une Scic ?", "fr")
    assert answer["answered"] is True
    assert (answer["corrected"], answer["did_you_mean"]) == (None, None)
    assert 0 < answer["took_ms"] < 60_000
    assert [hit["rank"] for hit in answer["hits"]] == [1, 2, 3, 4, 5]
    for hit in answer["hits"]:
        assert set(hit) == {
            *("rank", "title", "url", "archive_url", "site", "published", "snippet"),
            *("highlights", "score", "article", "passage", "path", "sources", "caution"),
        }
        assert (CORPUS / hit["path"]).is_file()
        assert hit["url"] in hit["sources"]
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True)


def test_json_without_an_answer_has_no_hit_and_the_closest_articles(search: Search) -> None:
    result = search("--json", "recette de la tarte aux pommes")
    answer = json.loads(result.stdout)
    assert result.returncode == 1
    assert (answer["answered"], answer["hits"]) == (False, [])
    assert all(set(article) == {"title", "url", "article"} for article in answer["closest"])
    assert len(answer["closest"]) == 3


@pytest.mark.parametrize(
    "question",
    ["comment créer une Scic ?", "how to create a Scic", "les salarié·e·s associé·e·s d'une scop"],
)
def test_highlights_are_whole_words_inside_the_snippet(search: Search, question: str) -> None:
    hits = as_json(search, question)["hits"]
    assert any(hit["highlights"] for hit in hits)
    for hit in hits:
        snippet, done = hit["snippet"], 0
        for start, end in hit["highlights"]:
            assert done <= start < end <= len(snippet)
            assert snippet[start:end].strip() == snippet[start:end]
            assert not snippet[start - 1 : start].isalnum() or start == 0
            assert not snippet[end : end + 1].isalnum()
            done = end


def test_explain_shows_each_word_and_the_share_of_each_feature(search: Search) -> None:
    blocks = search("how to create a Scic", "--limit", "2", "--explain").stdout.split("\n\n")
    terms, shares = (block.splitlines() for block in blocks[-2:])
    assert terms[0] == "Words looked for"
    assert "scic\t" in "\n".join(terms)
    assert "lexicon: create = créer" in "\n".join(terms)
    assert shares[0] == "Share of each feature in the score"
    assert shares[-1].startswith("An article comes before another with a higher score")
    assert all(len(line.split("\t")) == 3 for line in shares[1:-1])  # a name, and one value a hit


def test_explained_shares_add_up_to_the_score(search: Search) -> None:
    answer = as_json(search, "--explain", "comment créer une Scic ?")
    assert {"term", "idf", "weight", "origin", "because"} == set(answer["explain"]["terms"][0])
    for hit, explained in zip(answer["hits"], answer["explain"]["hits"], strict=True):
        assert explained["article"] == hit["article"]
        assert sum(explained["shares"].values()) == pytest.approx(hit["score"], abs=1e-3)


def test_a_misspelt_word_is_answered_as_it_was_meant_and_that_is_said(search: Search) -> None:
    result = search("revisson coopérative")
    assert result.returncode == 0
    said = "Résultats pour « révision coopérative » ; chercher plutôt « revisson coopérative »"
    assert result.stdout.startswith(f"{said} (--exact)\n")
    assert "La révision coopérative" in result.stdout


def test_what_was_typed_is_searched_for_with_exact(search: Search) -> None:
    corrected = as_json(search, "réserves impartajables")
    assert corrected["question"] == "réserves impartajables"
    assert corrected["corrected"] == "réserves impartageables"
    exact = json.loads(search("--exact", "--json", "réserves impartajables").stdout)
    assert (exact["corrected"], exact["did_you_mean"]) == (None, "réserves impartageables")
    assert search("--exact", "réserves impartajables").stdout.startswith(
        "Vouliez-vous dire : réserves impartageables\n"
    )


def test_a_corrected_word_is_written_with_its_accents(search: Search) -> None:
    corrected = as_json(search, "comment crer une scic ?")["corrected"]
    assert corrected in ("comment créer une scic ?", "comment créée une scic ?")


def test_a_question_is_the_same_in_quotes_or_word_by_word(search: Search) -> None:
    quoted = as_json(search, "comment créer une Scic ?")
    separate = as_json(search, "comment", "créer", "une", "Scic", "?")
    assert untimed(quoted) == untimed(separate)


def test_options_may_stand_before_the_command_between_words_or_at_the_end(
    run_coopbot: RunCoopbot, built_index: Path
) -> None:
    corpus, index = ("--corpus", str(CORPUS)), ("--index", str(built_index))
    orders = [
        (*corpus, *index, "search", "--limit", "1", "--json", "créer", "scic"),
        (*corpus, "search", "créer", *index, "--limit=1", "scic", "--json"),
        ("search", "créer", "scic", "--json", "--limit", "1", *index, *corpus),
    ]
    first, *others = (untimed(json.loads(run_coopbot(*order).stdout)) for order in orders)
    assert first["hits"][0]["title"] == STEPS
    assert others == [first, first]


def test_a_question_after_two_dashes_may_look_like_an_option(search: Search) -> None:
    result = search("--json", "--", "--limit", "scic")
    assert json.loads(result.stdout)["question"] == "--limit scic"


LIBRARY = {
    "hetre.md": article_text(
        "Le hêtre", "La coopérative forestière plante des hêtres.", site="Alpha", published="2011"
    ),
    "chene.md": article_text(
        "Le chêne",
        "La coopérative forestière plante des chênes.",
        site="Bêta",
        published="2020-05",
        tags="[énergie, bois]",
    ),
    "pin.md": article_text(
        "Le pin", "La coopérative forestière plante des pins.", published="2024-05-31"
    ),
    "if.md": article_text("L'if", "La coopérative forestière plante des ifs."),
}


@pytest.fixture(scope="module")
def forest(tmp_path_factory: pytest.TempPathFactory, built_index: Path) -> tuple[str, ...]:
    """The options that name the corpus above and its index, which the first search builds."""
    return written_corpus(tmp_path_factory.mktemp("forest"), LIBRARY, built_index)


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        ([], {"Le hêtre", "Le chêne", "Le pin", "L'if"}),
        (["--site", "alpha"], {"Le hêtre"}),
        (["--site", "BETA"], {"Le chêne"}),
        (["--tag", "ENERGIE"], {"Le chêne"}),
        (["--since", "2020"], {"Le chêne", "Le pin"}),
        (["--since", "2020-06"], {"Le pin"}),
        (["--until", "2024-05-30"], {"Le hêtre", "Le chêne"}),
        (["--until", "2011-01"], {"Le hêtre"}),  # "2011" may be January
        (["--since", "2012", "--until", "2023"], {"Le chêne"}),
        (["--tag", "bois", "--site", "alpha"], set()),
    ],
)
def test_only_articles_that_pass_the_filters_answer(
    run_coopbot: RunCoopbot, forest: tuple[str, ...], options: list[str], titles: set[str]
) -> None:
    result = run_coopbot("search", "coopérative forestière", "--json", *forest, *options)
    found = {hit["title"] for hit in json.loads(result.stdout)["hits"]}
    assert found == titles
    assert result.returncode == (0 if titles else 1)


@pytest.mark.parametrize("limit", [1, 3])
def test_limit_is_the_most_hits_shown(search: Search, limit: int) -> None:
    assert len(as_json(search, "scic", "--limit", str(limit))["hits"]) == limit


@pytest.mark.parametrize("options", [(), ("--explain",), ("--json",)])
def test_a_pipe_gets_no_escape_code(search: Search, options: tuple[str, ...]) -> None:
    written = search(*ASKED, *options, environment={"TERM": "xterm-256color"}).stdout
    assert STEPS in written
    assert "\x1b" not in written


def test_a_terminal_gets_colours_and_links_in_its_width(built_index: Path, tmp_path: Path) -> None:
    folders = ("--corpus", str(CORPUS), "--index", str(built_index))
    code, written = in_terminal(["search", *ASKED, *folders], tmp_path / "home", columns=60)
    assert code == 0
    assert re.search(r"\x1b]8;[^;]*;https://www\.les-scic\.coop/?\x1b", written)
    assert "\x1b[1;33mScic\x1b[0m" in written  # a matched word
    assert "Premier usage" not in written


def test_a_terminal_without_colours_gets_none(built_index: Path, tmp_path: Path) -> None:
    folders = ("--corpus", str(CORPUS), "--index", str(built_index))
    arguments = ["search", *ASKED, *folders]
    colours = {"NO_COLOR": "1"}
    _, written = in_terminal(arguments, tmp_path / "home", environment=colours)
    assert STEPS in written
    assert "\x1b[1;33m" not in written
    assert ";36m" not in written


def test_the_first_search_builds_the_index_with_a_progress_bar_on_a_terminal(
    shelf: Path, shelf_index: Path, tmp_path: Path
) -> None:
    index = unbuilt_index(tmp_path / "index", shelf_index)
    folders = ("--corpus", str(shelf), "--index", str(index))
    code, written = in_terminal(["search", *ASKED, *folders], tmp_path / "home")
    articles = len(Corpus(shelf).paths())
    assert code == 0
    assert "Premier usage : construction de l'index" in written
    assert f"{articles}/{articles}" in written
    assert written.index("Lecture des articles") < written.index(STEPS)


def test_the_first_search_in_a_pipe_builds_the_index_without_a_word(
    run_coopbot: RunCoopbot, built_index: Path, tmp_path: Path
) -> None:
    index = unbuilt_index(tmp_path / "index", built_index)
    result = run_coopbot("search", *ASKED, "--corpus", str(CORPUS), "--index", str(index))
    assert result.stdout.startswith(FIRST_LINE)
    assert result.stderr == ""


def reading(descriptor: int, built_index: Path, home: Path) -> subprocess.Popen[bytes]:
    """Start a search that writes into the pipe *descriptor*, and close it on this side."""
    home.mkdir()
    folders = ("--corpus", str(CORPUS), "--index", str(built_index))
    process = subprocess.Popen(
        command("search", "créer", "scic", "--limit", "10", *folders),
        cwd=home,
        env=clean_environment(home),
        stdout=descriptor,
        stderr=subprocess.PIPE,
    )
    os.close(descriptor)
    return process


def test_a_reader_that_stops_after_the_first_line_is_no_failure(
    built_index: Path, tmp_path: Path
) -> None:
    readable, writable = os.pipe()
    process = reading(writable, built_index, tmp_path / "home")
    with os.fdopen(readable, "rb") as stream:
        assert stream.readline() == FIRST_LINE.encode()
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == 0


def test_a_reader_that_is_already_gone_is_no_failure(built_index: Path, tmp_path: Path) -> None:
    readable, writable = os.pipe()
    os.close(readable)
    process = reading(writable, built_index, tmp_path / "home")
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == 0


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "PYTHONUTF8": ""},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        pytest.param(
            {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        ),
    ],
)
def test_an_answer_with_accents_comes_out_whatever_the_locale(
    built_index: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    folders = ("--corpus", str(CORPUS), "--index", str(built_index))
    home = tmp_path / "home"
    home.mkdir()
    result = subprocess.run(
        command("search", "recette de tarte", *folders),
        cwd=home,
        env=clean_environment(home) | environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert result.stderr == b""
    assert result.returncode == 1
    assert result.stdout.startswith(b"Je ne sais pas")
