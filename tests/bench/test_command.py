"""`coopbot bench FOLDER` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coopbot.evaluation import Collection
from tests.cli.processes import assert_refused
from tests.conftest import RunCoopbot


def test_a_comparison_comes_as_json_and_its_index_is_kept_for_the_next(
    collection: Collection, tmp_path: Path, run_coopbot: RunCoopbot
) -> None:
    command = ("bench", str(collection.root), "--sizes", "20,40", "--engines", "sqlite")
    options = (*command, "--work", str(tmp_path / "work"), "--write", str(tmp_path / "docs"))
    done = run_coopbot(*options, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [size["about"]["passages"] for size in found["sizes"]] == [20, 40]
    for size in found["sizes"]:
        (figures,) = size["engines"]
        assert figures["engine"] == "sqlite"
        assert figures["overlap"] > 0.9
        assert figures["p99_ms"] >= figures["p50_ms"] > 0
        assert figures["open_ms"] > 0
        assert 1 < figures["index_peak_mb"] < 100
    assert (tmp_path / "docs" / "speed.md").exists()
    assert len(list((tmp_path / "work").glob("*/built-sqlite.json"))) == 2


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--json",), "--json"),
        (("nowhere", "--sizes", "many"), "many"),
        (("nowhere", "--engines", "elastic"), "elastic"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    arguments: tuple[str, ...], word: str, run_coopbot: RunCoopbot
) -> None:
    assert_refused(run_coopbot("bench", *arguments), word)
