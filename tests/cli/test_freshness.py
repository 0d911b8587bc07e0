"""Old and replaced articles in the terminal: the warning, the newer one, a wrong reference."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.processes import Completed, assert_clear, command, in_terminal, run, unbuilt_index
from tests.conftest import article_text, clean_environment

URL = "https://coop.example/moulin"
TODAY = dt.datetime.now(dt.UTC).date().isoformat()  # the program goes by the real clock
OLD_TITLE, NEW_TITLE = "L'agrément du moulin coopératif", "Le moulin coopératif aujourd'hui"
OLD = article_text(
    OLD_TITLE,
    "Le moulin coopératif demande un agrément au préfet.",
    published="2007-06",
    superseded_by="neuf.md",
)
NEW = article_text(
    NEW_TITLE, "Le moulin coopératif n'a plus besoin d'agrément.", published=TODAY, url=URL
)
QUESTION = "faut-il un agrément du préfet pour un moulin coopératif ?"
WARNING = f"⚠ Article de 2007 : la règle a pu changer. Plus récent : {NEW_TITLE} — {URL}"


class Mill:
    """A corpus of two articles on one rule, not yet indexed."""

    def __init__(self, folder: Path, built_index: Path) -> None:
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        self.write("vieux.md", OLD)
        self.write("neuf.md", NEW)
        index = unbuilt_index(folder / "index", built_index)
        self.home = folder / "home"
        self.home.mkdir()
        self.folders = ["--corpus", str(self.corpus), "--index", str(index)]

    def write(self, path: str, text: str) -> None:
        """Write an article."""
        (self.corpus / path).write_text(text, encoding="utf-8")

    def run(self, name: str, *arguments: str) -> Completed:
        """Run a command on this corpus."""
        return run([name, *arguments, *self.folders], self.home)

    def chat(self, *typed: str) -> str:
        """Return what `coopbot chat` says to what is *typed*."""
        return subprocess.run(
            command("chat", *self.folders, "--state", str(self.home / "state")),
            cwd=self.home,
            env=clean_environment(self.home),
            input="\n".join([*typed, ""]),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=True,
        ).stdout


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory, built_index: Path) -> Mill:
    """The two articles, indexed: for reading only."""
    made = Mill(tmp_path_factory.mktemp("mill"), built_index)
    assert made.run("index").stderr == ""
    return made


@pytest.fixture
def own_mill(tmp_path: Path, built_index: Path) -> Mill:
    """The two articles, to be changed."""
    return Mill(tmp_path, built_index)


def test_the_newer_article_comes_first_and_the_old_one_names_it(mill: Mill) -> None:
    first, second = mill.run("search", QUESTION).stdout.rstrip("\n").split("\n\n")
    assert first.startswith(f"1. {NEW_TITLE}\n")
    assert "⚠" not in first
    assert second.startswith(f"2. {OLD_TITLE}\n")
    assert "   juin 2007\n" in second
    assert second.endswith(f"\n   {WARNING}")


def test_the_warning_is_in_the_language_of_the_question(mill: Mill) -> None:
    answer = mill.run("search", "is an agrément required for the coopératif moulin?").stdout
    assert "⚠ Article from 2007: the rule may have changed. Newer: " in answer


def test_json_says_what_the_warning_says(mill: Mill) -> None:
    hits = json.loads(mill.run("search", "--json", QUESTION).stdout)["hits"]
    assert [hit["path"] for hit in hits] == ["neuf.md", "vieux.md"]
    assert hits[0]["caution"] is None
    newer = {"title": NEW_TITLE, "url": URL, "published": TODAY, "article": URL, "path": "neuf.md"}
    assert hits[1]["caution"] == {
        "published": "2007-06",
        "older_than_years": 8,
        "superseded_by": newer,
    }


def test_a_terminal_shows_the_warning(mill: Mill) -> None:
    code, written = in_terminal(["search", QUESTION, *mill.folders], mill.home, columns=200)
    assert code == 0
    assert WARNING in written


def test_a_chat_shows_the_warning_under_the_answer_and_under_the_whole_passage(mill: Mill) -> None:
    answer, passage = mill.chat(QUESTION, "/lire 2").split("[/", 1)
    assert f"\n   {WARNING}\n" in answer
    assert f"{OLD_TITLE}\n" in passage
    assert f"\njuin 2007\n{WARNING}\n" in passage


def test_a_replacement_that_is_no_article_is_told_at_each_indexing_and_stops_nothing(
    own_mill: Mill,
) -> None:
    own_mill.write("vieux.md", OLD.replace("neuf.md", "perdu.md"))
    result = own_mill.run("index")
    assert result.returncode == 0
    assert_clear(result.stderr, "« perdu.md »", prefix="Attention : vieux.md : ")
    (told,) = map(json.loads, own_mill.run("index", "--json").stdout.splitlines()[:-1])
    assert set(told) == {"path", "action", "warning"}
    assert (told["path"], told["action"]) == ("vieux.md", "warning")
    assert "« perdu.md »" in told["warning"]
    answer = own_mill.run("search", QUESTION).stdout
    assert OLD_TITLE in answer
    assert "⚠ Article de 2007 : la règle a pu changer.\n" in answer
    assert "« superseded_by » à corriger : 1" in own_mill.run("status").stdout


def test_where_every_reference_is_right_status_tells_of_none(mill: Mill) -> None:
    status = json.loads(mill.run("status", "--json").stdout)
    assert (status["wrong_replacements"], status["up_to_date"]) == (0, True)
