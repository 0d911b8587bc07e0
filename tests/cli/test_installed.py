"""Coopbot as installed from a wheel, in a folder that has no articles."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopbot.cli import main
from coopbot.messages import texts
from tests.cli.processes import FIRST_LINE, assert_refused, unbuilt_index
from tests.conftest import CORPUS, ROOT, RunCoopbot

SHELF = CORPUS / "creer"  # building the index of all articles takes long
FR = texts("fr")


@pytest.fixture
def installed(tmp_path: Path, built_index: Path) -> dict[str, str]:
    """The environment of a program that lies as a wheel's does, with a shelf of its articles."""
    package = tmp_path / "site" / "coopbot"
    package.mkdir(parents=True)
    for part in (ROOT / "coopbot").iterdir():
        (package / part.name).symlink_to(part)
    (package / "shipped").symlink_to(SHELF)
    unbuilt_index(tmp_path / "cache" / "coopbot" / "index", built_index)
    return {"PYTHONPATH": str(package.parent), "XDG_CACHE_HOME": str(tmp_path / "cache")}


def test_a_question_is_answered_anywhere_and_the_shipped_articles_stay_as_they_are(
    run_coopbot: RunCoopbot, installed: dict[str, str], tmp_path: Path
) -> None:
    answer = run_coopbot("search", "comment créer une Scic ?", environment=installed)
    assert answer.stdout.startswith(FIRST_LINE)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert list((tmp_path / "home").iterdir()) == []
    before = sorted(SHELF.rglob("*"))
    (tmp_path / "a.md").write_text("---\ntitle: A\n---\n\nUn texte.\n", encoding="utf-8")
    added = run_coopbot("add", str(tmp_path / "a.md"), environment=installed)
    assert_refused(added, "coopbot init DOSSIER")
    assert sorted(SHELF.rglob("*")) == before


def test_init_copies_the_articles_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "ours"
    assert main(["init", str(folder)], {}) == 0
    copied = {p.relative_to(folder / "corpus"): p.read_bytes() for p in files(folder / "corpus")}
    assert copied == {p.relative_to(CORPUS): p.read_bytes() for p in files(CORPUS)}
    assert str(folder / "corpus") in capsys.readouterr().out
    (folder / "corpus" / "README.md").write_text("à nous", encoding="utf-8")
    assert main(["init", str(folder)], {}) == 2
    assert FR("errors.init_exists", path=folder / "corpus") in " ".join(
        capsys.readouterr().err.split()
    )
    assert (folder / "corpus" / "README.md").read_text(encoding="utf-8") == "à nous"


def test_init_where_nothing_can_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert main(["init", str(tmp_path / "file" / "x")], {}) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
