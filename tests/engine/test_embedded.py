"""The embedded engine: writing, looking up, and arrays that can always be derived again."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from coopbot.arrays import MAGIC, save
from coopbot.engine.embedded import EmbeddedEngine
from coopbot.engine.vectors import VectorStore
from coopbot.errors import IndexOutdated
from tests.engine.articles import ARTICLES, answers, open_engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    """An engine of two segments."""
    made = open_engine(tmp_path)
    made.write(ARTICLES[:2], [])
    made.write(ARTICLES[2:], [])
    yield made
    made.close()


def sidecars(root: Path) -> list[Path]:
    return sorted((root / "segments").glob("*.arrays"))


@pytest.mark.parametrize(
    "content", [None, b"", b"PK\x03\x04", MAGIC, "cut", "other format", "other"]
)
def test_arrays_that_are_missing_foreign_or_damaged_are_derived_again(
    engine: EmbeddedEngine, tmp_path: Path, content: bytes | str | None
) -> None:
    before = answers(engine)
    sound = [path.read_bytes() for path in sidecars(tmp_path)]
    for path in sidecars(tmp_path):
        whole = path.read_bytes()
        path.unlink()
        match content:
            case "cut":
                path.write_bytes(whole[:-1])
            case "other format":
                save(path, {"docs": np.zeros(3)}, {"format": 0, "docs": 3})
            case "other":
                save(path, {"docs": np.zeros(3)})
            case bytes():
                path.write_bytes(content)
            case _:
                assert not path.exists()
    assert answers(open_engine(tmp_path)) == before
    assert [path.read_bytes() for path in sidecars(tmp_path)] == sound
    assert len(sound) == 2


def test_arrays_with_a_name_missing_are_derived_again(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    before = answers(engine)
    path = sidecars(tmp_path)[0]
    documents = engine._opened._segments[0].number.size
    engine.close()
    for path in sidecars(tmp_path):
        save(path, {"docs": np.zeros(3)}, {"format": 1, "docs": documents})
    assert answers(open_engine(tmp_path)) == before


def test_arrays_derived_again_are_told_in_the_log(
    engine: EmbeddedEngine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine.prepare()
    engine.close()
    damaged = sidecars(tmp_path)[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with caplog.at_level(logging.WARNING):
        engine.prepare()
    assert [str(damaged) in message for message in caplog.messages] == [True]


def test_a_folder_where_arrays_cannot_be_written_answers_all_the_same(
    engine: EmbeddedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_options: object) -> tuple[int, str]:
        raise PermissionError(13, "Permission denied")

    before = answers(engine)
    engine.close()
    for path in sidecars(tmp_path):
        path.unlink()
    monkeypatch.setattr("tempfile.mkstemp", refuse)
    assert answers(open_engine(tmp_path)) == before
    assert sidecars(tmp_path) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
@pytest.mark.parametrize("with_arrays", [True, False])
def test_a_read_only_folder_answers_all_the_same(
    engine: EmbeddedEngine, tmp_path: Path, with_arrays: bool
) -> None:
    before = answers(engine)
    engine.close()
    if not with_arrays:
        for path in sidecars(tmp_path):
            path.unlink()
    folder = tmp_path / "segments"
    folder.chmod(0o500)
    try:
        assert answers(open_engine(tmp_path)) == before
    finally:
        folder.chmod(0o700)


def test_a_folder_whose_table_of_contents_is_lost_is_not_an_empty_index(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    engine.close()
    for path in (tmp_path / "segments").glob("*.toc"):
        path.unlink()
    with pytest.raises(IndexOutdated):
        EmbeddedEngine.open(tmp_path / "segments", VectorStore(tmp_path, "made-up", 4))


def test_an_engine_moved_with_its_folder_answers_the_same(
    engine: EmbeddedEngine, tmp_path: Path
) -> None:
    before = answers(engine)
    shutil.copytree(tmp_path / "segments", tmp_path / "moved" / "segments")
    shutil.copytree(tmp_path / "vectors", tmp_path / "moved" / "vectors")
    assert answers(open_engine(tmp_path / "moved")) == before
