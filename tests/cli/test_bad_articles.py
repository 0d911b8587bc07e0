"""Articles as they come: a bad one is named with its line and skipped, the others are indexed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.cli.processes import (
    CONTROLS,
    Completed,
    assert_clear,
    in_terminal,
    run,
    run_without_privileges,
    unbuilt_index,
)
from tests.conftest import RunCoopbot, article_text

SKIPPED = "Attention, article ignoré : "
GOOD = {
    "bonne.md": article_text("Une bonne coopérative", "La coopérative du moulin est ouverte."),
    "autre/bonne.md": article_text("Le moulin", "Le moulin de la coopérative tourne."),
}
FRONT = b"---\ntitle: Le moulin\n"

BAD: dict[str, tuple[bytes, str]] = {
    "vide.md": (b"", "ligne 1 : l'en-tête manque"),
    "sans.md": (b"# Le moulin\n\nTexte.\n", "ligne 1 : l'en-tête manque"),
    "ouvert.md": (FRONT + b"\nTexte.\n", "ligne 1 : l'en-tête n'est pas fermé"),
    "sans-titre.md": (b"---\nsite: Moulin\n---\n", "ligne 1 : l'article n'a pas de titre"),
    "titre-vide.md": (b"---\nsite: x\ntitle: ''\n---\n", "ligne 3 : l'article n'a pas de titre"),
    "deux-points.md": (b"---\ntitle: Scic : les pas\n---\n", "ligne 2 : l'en-tête ne se lit pas"),
    "crochet.md": (FRONT + b"tags: [a, b\nsite: x\n---\n", "l'en-tête ne se lit pas"),
    "objet.md": (b'---\ntitle: !!python/name:os.sep ""\n---\n', "ligne 2 : l'en-tête ne se lit"),
    "cle.md": (b"---\ntitle: x\n? [a, b]\n: c\n---\n", "ligne 3 : l'en-tête ne se lit pas"),
    "inconnu.md": (FRONT + b"couleur: bleu\n---\n", "ligne 3 : « couleur » n'est pas un champ"),
    "bombe.md": (
        b"---\ntitle: x\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n---\n",
        "ligne 3 : « a » n'est pas un champ",
    ),
    "liste.md": (FRONT + b"tags:\n  a: b\n---\n", "ligne 3 : « tags » doit être une liste"),
    "texte.md": (FRONT + b"site: [a, b]\n---\n", "ligne 3 : « site » doit être un texte simple"),
    "date.md": (FRONT + b"published: hier\n---\n", "ligne 3 : « hier » n'est pas une date"),
    "adresse.md": (FRONT + b"url: ftp://x\n---\n", "ligne 3 : « ftp://x » n'est pas une adresse"),
    "latin.md": (FRONT + b"---\n\nLa coop\xe9rative.\n", "ligne 5 : le fichier n'est pas en UTF-8"),
    "utf16.md": ("---\ntitle: x\n---\n".encode("utf-16"), "ligne 1 : le fichier n'est pas en UTF"),
    "binaire.md": (b"%PDF-1.7\n\x00\x01\x02", "ligne 1 : l'en-tête manque"),
    "gros.md": (FRONT + b"---\n\n" + b"Le moulin. " * 450_000, "5.0 Mo, c'est trop gros"),
}


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, built_index: Path) -> Completed:
    """What `coopbot index --json` says of good and bad articles together."""
    folder = tmp_path_factory.mktemp("articles")
    corpus = written(folder / "corpus")
    for name, (content, _) in BAD.items():
        (corpus / name).write_bytes(content)
    (corpus / "dossier.md").mkdir()
    (corpus / "lien.md").symlink_to("nulle-part")
    index = unbuilt_index(folder / "index", built_index)
    folders = ["--corpus", str(corpus), "--index", str(index)]
    return run(["index", "--json", *folders], folder / "home")


def written(corpus: Path) -> Path:
    """Write the good articles into *corpus*."""
    for name, text in GOOD.items():
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text(text, encoding="utf-8")
    return corpus


def test_articles_that_can_be_read_are_indexed_beside_those_that_cannot(
    indexed: Completed,
) -> None:
    *changes, summary = map(json.loads, indexed.stdout.splitlines())
    added = {change["path"] for change in changes if change["action"] == "added"}
    assert indexed.returncode == 0
    assert summary["articles"] == len(GOOD)
    assert added == set(GOOD)


@pytest.mark.parametrize("name", BAD)
def test_an_article_that_cannot_be_read_is_named_with_its_line_and_what_is_wrong(
    indexed: Completed, name: str
) -> None:
    named = [line for line in indexed.stderr.splitlines() if f" {name}" in line]
    assert len(named) == 1
    assert_clear(named[0], BAD[name][1], prefix=f"{SKIPPED}{name}")


@pytest.mark.parametrize("name", ["dossier.md", "lien.md"])
def test_what_is_no_file_is_named_too(indexed: Completed, name: str) -> None:
    named = [line for line in indexed.stderr.splitlines() if f" {name}" in line]
    assert_clear(named[0], "impossible de lire le fichier", prefix=f"{SKIPPED}{name}")


def test_every_skipped_article_is_an_object_of_the_json_too(indexed: Completed) -> None:
    changes = map(json.loads, indexed.stdout.splitlines())
    skipped = {c["path"]: c["error"] for c in changes if c["action"] == "skipped"}
    assert set(skipped) == {*BAD, "dossier.md", "lien.md"}
    assert {f"{SKIPPED}{error}" for error in skipped.values()} == set(indexed.stderr.splitlines())


@pytest.mark.parametrize(
    ("name", "line"),
    [("jour.md", b"published: 2011-02-30"), ("an.md", b"retrieved: 0000-01-01")],
)
def test_a_day_that_does_not_exist_is_named_with_its_line(
    run_coopbot: RunCoopbot, built_index: Path, tmp_path: Path, name: str, line: bytes
) -> None:
    corpus = written(tmp_path / "corpus")
    (corpus / name).write_bytes(FRONT + line + b"\n---\n")
    folders = folders_of(corpus, built_index)
    assert_clear(run_coopbot("index", *folders).stderr, "ligne 3 :", "date", prefix=SKIPPED + name)


def folders_of(corpus: Path, built_index: Path) -> list[str]:
    """Return the options that name *corpus* and a new index."""
    index = unbuilt_index(corpus.parent / "index", built_index)
    return ["--corpus", str(corpus), "--index", str(index)]


def test_a_front_matter_nested_without_end_is_skipped(
    run_coopbot: RunCoopbot, built_index: Path, tmp_path: Path
) -> None:
    corpus = written(tmp_path / "corpus")
    (corpus / "profond.md").write_bytes(FRONT + b"tags: " + b"[" * 5_000 + b"\n---\n")
    result = run_coopbot("index", *folders_of(corpus, built_index))
    assert result.returncode == 0
    assert_clear(result.stderr, prefix=f"{SKIPPED}profond.md, ligne 3")


def test_a_file_name_that_is_no_text_keeps_no_other_article_from_the_index(
    run_coopbot: RunCoopbot, built_index: Path, tmp_path: Path
) -> None:
    corpus = written(tmp_path / "corpus")
    name = os.fsdecode(b"moulin-\xe9.md")
    (corpus / name).write_text(article_text("Le moulin", "Il tourne."), encoding="utf-8")
    folders = folders_of(corpus, built_index)
    result = run_coopbot("index", *folders)
    assert result.returncode == 0
    assert run_coopbot("search", "coopérative du moulin", *folders).returncode == 0


def test_a_title_with_half_a_character_does_not_break_the_answers(
    run_coopbot: RunCoopbot, built_index: Path, tmp_path: Path
) -> None:
    corpus = written(tmp_path / "corpus")
    (corpus / "demi.md").write_text(
        '---\ntitle: "Le moulin \\uD800"\n---\n\nLe moulin de la coopérative.\n', encoding="utf-8"
    )
    folders = folders_of(corpus, built_index)
    result = run_coopbot("search", "coopérative du moulin", *folders)
    assert result.returncode == 0
    assert "Une bonne coopérative" in result.stdout


ESCAPES = """---
title: "\\e]0;owned\\aLe moulin \\e[31mrouge"
site: "moulin\\x9b31m"
sources: ["https://moulin.example/\\e\\\\\\e]0;owned\\a"]
---

Le moulin rouge de la coopérative tourne.
"""


@pytest.fixture
def escaping(tmp_path: Path, built_index: Path) -> list[str]:
    """The options that name a corpus with an article that has designs on the terminal."""
    corpus = written(tmp_path / "corpus")
    (corpus / "rouge.md").write_text(ESCAPES, encoding="utf-8")
    return folders_of(corpus, built_index)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_control_characters_of_an_article_do_not_come_out_in_a_pipe(
    run_coopbot: RunCoopbot, escaping: list[str], options: tuple[str, ...]
) -> None:
    result = run_coopbot("search", "moulin rouge coopérative", *options, *escaping)
    assert result.returncode == 0
    assert "rouge" in result.stdout
    assert not CONTROLS.search(result.stdout)


def test_control_characters_of_an_article_do_not_reach_a_terminal(
    escaping: list[str], tmp_path: Path
) -> None:
    arguments = ["search", "moulin rouge coopérative", *escaping]
    code, written_there = in_terminal(arguments, tmp_path / "home")
    assert code == 0
    assert "rouge" in written_there
    assert "\x1b]0;" not in written_there
    assert "\x9b" not in written_there


@pytest.mark.parametrize("body", ["sans en-tête", article_text("Le moulin", "Il tourne.")])
def test_control_characters_of_a_file_name_do_not_come_out(
    run_coopbot: RunCoopbot, built_index: Path, tmp_path: Path, body: str
) -> None:
    corpus = written(tmp_path / "corpus")
    folders = folders_of(corpus, built_index)
    assert run_coopbot("index", *folders).returncode == 0
    (corpus / "a\x1b]0;owned\x07b.md").write_text(body, encoding="utf-8")
    result = run_coopbot("index", *folders)
    assert result.returncode == 0
    assert not CONTROLS.search(result.stdout + result.stderr)


def test_an_article_that_may_not_be_read_is_named_and_keeps_answering(
    run_coopbot: RunCoopbot, built_index: Path, tmp_path: Path
) -> None:
    corpus = written(tmp_path / "corpus")
    folders = folders_of(corpus, built_index)
    assert run_coopbot("index", *folders).returncode == 0
    (corpus / "bonne.md").chmod(0)
    result = run_without_privileges(["index", *folders], tmp_path / "home")
    assert result.returncode == 0
    assert_clear(result.stderr, "Vérifiez ses droits", prefix=f"{SKIPPED}bonne.md")
    assert "bonne coopérative" in run_coopbot("search", "coopérative", *folders).stdout


def test_articles_in_a_folder_that_may_not_be_read_keep_answering(
    run_coopbot: RunCoopbot, built_index: Path, tmp_path: Path
) -> None:
    corpus = written(tmp_path / "corpus")
    folders = folders_of(corpus, built_index)
    assert run_coopbot("index", *folders).returncode == 0
    (corpus / "autre").chmod(0)
    try:
        run_without_privileges(["index", *folders], tmp_path / "home")
    finally:
        (corpus / "autre").chmod(0o755)
    assert "Le moulin" in run_coopbot("search", "moulin de la coopérative", *folders).stdout


def test_notes_beside_the_articles_are_left_alone(
    run_coopbot: RunCoopbot, built_index: Path, tmp_path: Path
) -> None:
    corpus = written(tmp_path / "corpus")
    (corpus / "_brouillons").mkdir()
    for name in ("README.md", "_note.md", ".cache.md", "_brouillons/a.md", "x.txt", "bonne.md~"):
        (corpus / name).write_text("sans en-tête", encoding="utf-8")
    shutil.copy(corpus / "bonne.md", corpus / "autre" / "Lisez-moi.md")
    result = run_coopbot("index", "--json", *folders_of(corpus, built_index))
    assert result.stderr == ""
    assert json.loads(result.stdout.splitlines()[-1])["articles"] == len(GOOD) + 1
