"""`coopbot chat`, as a real process that reads its questions from a pipe."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from coopbot.messages import texts
from tests.conftest import CORPUS, clean_environment

FR = texts("fr")
TYPED, MEANT = "réserves impartajables", "réserves impartageables"
SAID = f"Résultats pour « {MEANT} » ; chercher plutôt « {TYPED} »"
OFFERED = f"Vouliez-vous dire : {MEANT}"


def said(tmp_path: Path, index: Path, *lines: str) -> str:
    """Return what the program says to *lines*."""
    settings = {"COOPBOT_CORPUS": str(CORPUS), "COOPBOT_INDEX": str(index)}
    done = subprocess.run(
        [sys.executable, "-m", "coopbot", "chat"],
        cwd=tmp_path,
        env=clean_environment(tmp_path) | settings | {"COOPBOT_STATE": str(tmp_path / "state")},
        input="\n".join(lines),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return done.stdout


def test_follow_ups_go_on_as_in_telegram(tmp_path: Path, index_copy: Path) -> None:
    out = said(
        tmp_path, index_copy, "comment créer une Scic ?", "et pour une Scop ?", "quel capital ?"
    )
    assert FR("bot.understood", question="comment créer une Scop ?") in out
    assert FR("bot.understood", question="quel capital pour une Scop ?") in out


def test_the_continuation_and_its_command_turn_the_same_pages(
    tmp_path: Path, index_copy: Path
) -> None:
    spoken = said(tmp_path, index_copy, "comment créer une Scic ?", "la suite")
    commanded = said(tmp_path, index_copy, "comment créer une Scic ?", "/suite")
    assert "\n4. " in spoken
    assert spoken == commanded


def test_a_continuation_of_nothing_is_told_so(tmp_path: Path, index_copy: Path) -> None:
    assert said(tmp_path, index_copy, "la suite").strip() == FR("errors.question_nothing_before")


@pytest.mark.parametrize(("no", "yes"), [("/non", "/oui"), ("/no", "/yes")])
def test_the_spelling_that_was_typed_is_one_word_away_and_so_is_the_other(
    tmp_path: Path, index_copy: Path, no: str, yes: str
) -> None:
    blocks = said(tmp_path, index_copy, TYPED, no, yes, no, "/fin").split("]\n\n")
    assert blocks[0].startswith(SAID)
    assert "/non : l'orthographe tapée" in blocks[0]
    assert blocks[1].startswith(OFFERED)
    assert "/oui : l'autre orthographe" in blocks[1]
    assert "Les réserves impartageables" in blocks[2]
    assert SAID not in blocks[2]
    assert blocks[3] == "Il n'y a rien à cet endroit. Posez d'abord une question.\n"
