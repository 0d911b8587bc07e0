"""What people get wrong on the command line: one clear sentence, exit code 2, nothing changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.processes import (
    CONTROLS,
    FIRST_LINE,
    Search,
    assert_clear,
    assert_refused,
    command,
    in_terminal,
    unbuilt_index,
)
from tests.conftest import CORPUS, RunCoopbot, clean_environment

Corpus = Callable[[Path], Path]


def missing(folder: Path) -> Path:
    return folder / "nowhere"


def a_file(folder: Path) -> Path:
    (folder / "articles").write_text("x", encoding="utf-8")
    return folder / "articles"


def empty(folder: Path) -> Path:
    (folder / "articles").mkdir()
    return folder / "articles"


def only_notes(folder: Path) -> Path:
    for name in ("README.md", "_brouillon.md", ".cache.md", "notes.txt"):
        (empty(folder) if name == "README.md" else folder / "articles").joinpath(name).touch()
    return folder / "articles"


def all_broken(folder: Path) -> Path:
    for name in ("a.md", "b.md"):
        (folder / "articles").mkdir(exist_ok=True)
        (folder / "articles" / name).write_text("sans en-tête", encoding="utf-8")
    return folder / "articles"


ALL_BROKEN = (all_broken, "Aucun article de {} ne peut être lu (2 en erreur)")
CORPORA = [
    (missing, "{} n'existe pas"),
    (a_file, "{} n'est pas un dossier"),
    (empty, "{} est vide"),
    (only_notes, "{} est vide"),
    ALL_BROKEN,
]


@pytest.mark.parametrize(("corpus", "words"), CORPORA)
def test_a_corpus_without_articles_is_refused_and_the_index_still_answers(
    run_coopbot: RunCoopbot, index_copy: Path, tmp_path: Path, corpus: Corpus, words: str
) -> None:
    folder = corpus(tmp_path)
    folders = ("--corpus", str(folder), "--index", str(index_copy))
    refused = run_coopbot("index", *folders)
    answered = run_coopbot("search", "créer scic", "--limit", "1", *folders)
    assert answered.stdout.startswith(FIRST_LINE)
    # the articles that were skipped are named first, one a line
    *skipped, complaint = refused.stderr.splitlines()
    assert all(line.startswith("Attention, article ignoré : ") for line in skipped)
    refused.stderr = f"{complaint}\n"
    assert_refused(refused, words.format(folder))


@pytest.mark.parametrize("command", [("search", "créer scic"), ("index",)])
@pytest.mark.parametrize(("corpus", "words"), [CORPORA[0], CORPORA[2], ALL_BROKEN])
def test_without_index_nothing_is_built_from_a_corpus_without_articles(
    run_coopbot: RunCoopbot,
    built_index: Path,
    tmp_path: Path,
    command: tuple[str, ...],
    corpus: Corpus,
    words: str,
) -> None:
    folder, index = corpus(tmp_path), unbuilt_index(tmp_path / "index", built_index)
    result = run_coopbot(*command, "--corpus", str(folder), "--index", str(index))
    assert not list(index.glob("g*"))
    assert not (index / "CURRENT").exists()
    *_, complaint = result.stderr.splitlines()
    result.stderr = f"{complaint}\n"
    assert_refused(result, words.format(folder))


@pytest.mark.parametrize("corpus", [missing, a_file, empty])
def test_status_of_a_corpus_without_articles_is_refused(
    run_coopbot: RunCoopbot, built_index: Path, tmp_path: Path, corpus: Corpus
) -> None:
    folder = corpus(tmp_path)
    result = run_coopbot("status", "--corpus", str(folder), "--index", str(built_index))
    assert_refused(result, str(folder))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("", "La question est vide"),
        (" \t\n ", "La question est vide"),
        ("\x1b\x07", "La question est vide"),
        ("?!… « » --", "ne contient aucun mot"),
        ("👩‍🌾", "ne contient aucun mot"),
        ("a" * 10_000, "La question est trop longue : 10000 caractères, 1000 au plus"),
        ("scic " * 2_000, "La question est trop longue"),
    ],
)
def test_a_question_that_is_none_is_refused_before_anything_is_built(
    run_coopbot: RunCoopbot, tmp_path: Path, question: str, words: str
) -> None:
    index = tmp_path / "index"
    result = run_coopbot("search", "--corpus", str(CORPUS), "--index", str(index), "--", question)
    assert_refused(result, words)
    assert not index.exists()


@pytest.mark.parametrize(
    "question", ["a" * 1_000, "scic " * 200, "42", "日本語", "_", "de la le", "a\u0301\u0327" * 300]
)
def test_an_odd_question_gets_an_answer_or_i_do_not_know(search: Search, question: str) -> None:
    result = search(question)
    assert result.returncode in (0, 1)
    assert result.stderr == ""
    assert result.stdout.startswith("1. ") or "Je ne sais pas" in result.stdout


HOSTILE = "\x1b]0;scop\x07créer \r une \x9bscic\x1b\b\x7f"


def test_control_characters_of_a_question_do_not_come_back_in_a_pipe(search: Search) -> None:
    result = search(HOSTILE, "--explain")
    assert result.returncode == 0
    assert result.stderr == ""
    assert not CONTROLS.search(result.stdout)


def test_control_characters_of_a_question_do_not_come_back_in_json(search: Search) -> None:
    written = search(HOSTILE, "--json").stdout
    assert "scic" in json.loads(written)["question"]
    assert not CONTROLS.search(written)


def test_control_characters_of_a_question_do_not_reach_a_terminal(
    built_index: Path, tmp_path: Path
) -> None:
    folders = ("--corpus", str(CORPUS), "--index", str(built_index))
    code, written = in_terminal(["search", HOSTILE, *folders], tmp_path / "home")
    assert code == 0
    assert "\x1b]0;" not in written
    assert not any(c in written for c in "\x07\x08\x7f\x9b\r")


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "scic", "--limit", "\x1b[31m5"),
        ("search", "x", "--since", "\x9b31m"),
        ("\x1b[2J",),
    ],
)
def test_control_characters_of_an_option_do_not_come_back_in_the_complaint(
    run_coopbot: RunCoopbot, arguments: tuple[str, ...]
) -> None:
    assert_refused(run_coopbot(*arguments))


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--explain",),
        pytest.param(
            ("--json",),
        ),
    ],
)
def test_bytes_that_are_no_text_in_a_question_are_left_out(
    search: Search, options: tuple[str, ...]
) -> None:
    result = search(os.fsdecode(b"cr\xc3\xa9er \xff scic \xe9\x80"), *options)
    assert result.returncode == 0
    assert result.stderr == ""
    assert "Scic" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["search", "scic", "--limit", os.fsdecode(b"\xff")], "ne convient pas"),
        (["search", "scic", "--since", os.fsdecode(b"\xff")], "n'est pas une date"),
        (["--language", os.fsdecode(b"\xff"), "status"], "n'est pas une langue connue"),
        (["status", "--corpus", os.fsdecode(b"/nowhere/\xff")], "n'existe pas"),
        ([os.fsdecode(b"\xff")], "n'est pas une commande"),
    ],
)
def test_bytes_that_are_no_text_in_an_option_are_refused(
    run_coopbot: RunCoopbot, arguments: list[str], words: str
) -> None:
    assert_refused(run_coopbot(*arguments), words)


def test_folders_may_have_names_that_are_no_text(
    run_coopbot: RunCoopbot, shelf: Path, shelf_index: Path, tmp_path: Path
) -> None:
    index = unbuilt_index(tmp_path / os.fsdecode(b"ind\xe9x"), shelf_index)
    corpus = Path(shutil.copytree(shelf, tmp_path / os.fsdecode(b"articl\xe9s")))
    folders = ("--corpus", str(corpus), "--index", str(index))
    assert run_coopbot("index", *folders).returncode == 0
    assert json.loads(run_coopbot("search", "créer scic", "--json", *folders).stdout)["answered"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["serch", "scic"], "« serch » n'est pas une commande de Coopbot."),
        pytest.param(
            ["serch"],
            "de Coopbot. Vouliez-vous dire « bench, search » ? Voir",
        ),
        (["recette", "de", "tarte"], "« recette » n'est pas une commande"),
        (["search"], "il manque QUESTION"),
        (["search", "scic", "--lmit", "3"], "« --lmit » n'est pas une option"),
        (["search", "scic", "--limit"], "l'option --limit demande une valeur"),
        (["index", "--corpus"], "l'option --corpus demande une valeur"),
        (["--config"], "l'option --config demande une valeur"),
        pytest.param(["index", "trop"], "« trop » est de trop"),
        pytest.param(["status", "a", "b"], "« a b » est de trop"),
        pytest.param(["--debug"], "il manque"),
        pytest.param(["--corpus", "x"], "il manque"),
        pytest.param(
            ["search", "scic", "--json=3"],
            "--json",
        ),
    ],
)
def test_a_command_line_that_is_none_is_refused_with_where_to_read_on(
    run_coopbot: RunCoopbot, arguments: list[str], words: str
) -> None:
    result = run_coopbot(*arguments)
    assert_refused(result, words, "--help »")
    assert "--json demande une valeur" not in result.stderr


def test_a_missing_value_points_to_the_help_of_its_command(run_coopbot: RunCoopbot) -> None:
    assert_refused(run_coopbot("search", "x", "--limit"), "« coopbot search --help »")


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        *(("--limit", value, "entre 1 et 50") for value in ("0", "51", "-1", "abc", "", "²")),
        *(
            ("--since", value, "n'est pas une date")
            for value in ("hier", "24/05/2024", "2024-5", "")
        ),
        ("--until", "2024-05-31T12:00", "n'est pas une date"),
        pytest.param("--since", "2024-13", "n'est pas une date"),
        pytest.param("--until", "2024-02-31", "n'est pas une date"),
        pytest.param("--since", "2024-00-00", "n'est pas une date"),
    ],
)
def test_a_bad_value_is_refused_and_named(
    search: Search, option: str, value: str, words: str
) -> None:
    assert_refused(search("créer scic", option, value), f"« {value} »", words)


def test_a_complaint_is_in_english_for_those_who_ask(run_coopbot: RunCoopbot) -> None:
    english = {"COOPBOT_LANGUAGE": "en"}
    result = run_coopbot("search", "scic", "--limit", "0", environment=english)
    assert_refused(result, "between 1 and 50", prefix="Error: ")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a = [", "contient une erreur"),
        (b'colour = "red"', "« colour » n'est pas un réglage connu. Réglages possibles : corpus"),
        (b'language = "de"', "« de » n'est pas une langue connue. Langues possibles : fr, en"),
        (b"corpus = 3", "corpus : 3 ne convient pas, il faut un texte"),
        (b"[corpus]\npath = 'x'", "ne convient pas"),
        pytest.param(b'corpus = "\xff"', "UTF-8"),
        pytest.param(b'index = "a\\u0000b"', "index"),
    ],
)
def test_a_settings_file_that_is_none_is_refused_and_named(
    run_coopbot: RunCoopbot, tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "home" / "coopbot.toml"
    file.parent.mkdir()
    file.write_bytes(content)
    assert_refused(run_coopbot("search", "scic", "--corpus", str(CORPUS)), "coopbot.toml", words)


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_a_settings_file_that_cannot_be_read_is_refused(
    run_coopbot: RunCoopbot, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    assert_refused(run_coopbot("status", "--config", str(file)), str(file), "ne peut pas être lu")


@pytest.mark.parametrize(
    ("environment", "arguments", "words"),
    [
        ({"COOPBOT_LANGUAGE": "xx"}, [], "COOPBOT_LANGUAGE : « xx » n'est pas une langue"),
        ({}, ["--language", "xx"], "--language : « xx » n'est pas une langue"),
        ({"COOPBOT_CORPUS": "/nowhere"}, [], "/nowhere"),
        ({}, ["--corpus", "~nobody-at-all/x"], "~nobody-at-all"),
        pytest.param({}, ["--corpus", "a" * 5_000], "aaa"),
        pytest.param({}, ["--corpus", str(CORPUS), "--index", "a" * 300], "aaa"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_and_named(
    run_coopbot: RunCoopbot, environment: dict[str, str], arguments: list[str], words: str
) -> None:
    result = run_coopbot("status", *arguments, environment=environment)
    assert_refused(result, words)


def test_an_output_that_cannot_be_written_is_one_clear_sentence(
    built_index: Path, tmp_path: Path
) -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            command("search", "scic", "--corpus", str(CORPUS), "--index", str(built_index)),
            env=clean_environment(tmp_path),
            stdout=full,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    assert result.returncode == 2
    assert_clear(result.stderr)
