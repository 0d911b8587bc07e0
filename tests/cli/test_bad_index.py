"""An index folder that cannot be used, or not any more: it is mended, or how to mend it is said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from coopbot.cli import main
from coopbot.fingerprint import fingerprint
from coopbot.generations import Manifest
from tests.cli.processes import (
    FIRST_LINE,
    Completed,
    assert_clear,
    assert_refused,
    live_generation,
    overwrite,
    run,
    run_without_privileges,
    unbuilt_index,
)
from tests.conftest import RunCoopbot, copied

SEARCH = ("search", "comment créer une Scic ?", "--limit", "1")
Folders = Callable[[Path], list[str]]


@pytest.fixture
def folders(shelf: Path) -> Folders:
    """A function that returns the options that name the articles of the shelf and an index."""
    return lambda index: ["--corpus", str(shelf), "--index", str(index)]


@pytest.fixture
def index_copy(shelf_index: Path, tmp_path: Path) -> Path:
    """A private copy of the index of the shelf: what is rebuilt so often here is small."""
    return copied(shelf_index, tmp_path / "index")


def a_file(folder: Path) -> Path:
    (folder / "file").write_text("x", encoding="utf-8")
    return folder / "file"


def under_a_file(folder: Path) -> Path:
    return a_file(folder) / "index"


def in_proc(_folder: Path) -> Path:
    return Path("/proc/self/index")


@pytest.mark.parametrize(
    ("place", "command"),
    [
        (place, command)
        for place in (a_file, under_a_file, in_proc)
        for command in (SEARCH, ("index",), ("status",))
        if (place, command) != (in_proc, ("status",))  # there is none yet, and that is no error
    ],
)
def test_an_index_folder_that_cannot_be_made_is_refused_and_named(
    run_coopbot: RunCoopbot,
    tmp_path: Path,
    place: Callable[[Path], Path],
    command: tuple[str, ...],
    folders: Folders,
) -> None:
    index = place(tmp_path)
    result = run_coopbot(*command, *folders(index))
    assert_refused(result, str(index))
    if place is not in_proc:
        assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


@pytest.fixture
def read_only(index_copy: Path) -> Iterator[Callable[[], Path]]:
    """A function that makes the index read-only until the test is over, and returns it."""
    folders_in_it = [p for p in (index_copy, *index_copy.rglob("*")) if p.is_dir()]

    def protect() -> Path:
        (index_copy / "LOCK").chmod(0o444)
        for folder in folders_in_it:
            folder.chmod(0o555)
        return index_copy

    yield protect
    for folder in folders_in_it:
        folder.chmod(0o755)


def test_a_read_only_index_answers_and_tells_its_status(
    read_only: Callable[[], Path], tmp_path: Path, folders: Folders
) -> None:
    index = read_only()
    answered = run_without_privileges([*SEARCH, *folders(index)], tmp_path / "home")
    status = run_without_privileges(["status", *folders(index)], tmp_path / "home")
    assert answered.stdout.startswith(FIRST_LINE)
    assert answered.stderr == ""
    assert status.returncode == 0


def test_a_read_only_index_answers_even_without_its_caches(
    index_copy: Path, read_only: Callable[[], Path], tmp_path: Path, folders: Folders
) -> None:
    for cache in [*live_generation(index_copy).glob("*.arrays"), *index_copy.glob("encoder/*")]:
        cache.unlink()
    result = run_without_privileges([*SEARCH, *folders(read_only())], tmp_path / "home")
    assert result.stdout.startswith(FIRST_LINE)
    assert result.stderr == ""


@pytest.mark.parametrize("command", [("index",), ("index", "--rebuild")])
def test_a_read_only_index_is_not_updated_and_still_answers(
    read_only: Callable[[], Path], tmp_path: Path, command: tuple[str, ...], folders: Folders
) -> None:
    index = read_only()
    result = run_without_privileges([*command, *folders(index)], tmp_path / "home")
    assert_refused(result, str(index), "ne peut pas être écrit", "Vérifiez ses droits")
    assert run([*SEARCH, *folders(index)], tmp_path / "home").stdout.startswith(FIRST_LINE)


def test_a_read_only_folder_whose_lock_can_be_had_is_refused_too(
    read_only: Callable[[], Path], tmp_path: Path, folders: Folders
) -> None:
    index = read_only()
    (index / "LOCK").chmod(0o644)
    result = run_without_privileges(["index", "--rebuild", *folders(index)], tmp_path / "home")
    assert_refused(result, str(index), "ne peut pas être écrit", "Vérifiez ses droits")


def test_a_new_index_in_a_read_only_folder_is_refused(
    read_only: Callable[[], Path], tmp_path: Path, folders: Folders
) -> None:
    index = read_only() / "new"
    result = run_without_privileges([*SEARCH, *folders(index)], tmp_path / "home")
    assert_refused(result, str(index), "ne peut pas être écrit")


def manifest_of(index: Path) -> Path:
    return live_generation(index) / "manifest.json"


def current(content: bytes) -> Callable[[Path], None]:
    return lambda index: overwrite(index / "CURRENT", content)


def manifest(content: str) -> Callable[[Path], None]:
    return lambda index: overwrite(manifest_of(index), content.encode())


def another_format(index: Path) -> None:
    values = json.loads(manifest_of(index).read_text(encoding="utf-8"))
    overwrite(manifest_of(index), json.dumps(values | {"format": 99}).encode())


def of_other_code(index: Path) -> None:
    manifest = Manifest.parse(manifest_of(index).read_bytes())
    overwrite(manifest_of(index), replace(manifest, fingerprint="other").dump())


def truncated(pattern: str, share: float) -> Callable[[Path], None]:
    """Return what cuts the live generation's, or else the index's, file *pattern* short."""

    def cut(index: Path) -> None:
        file = file_of(index, pattern)
        content = file.read_bytes()
        overwrite(file, content[: int(len(content) * share)])

    return cut


def zeroed(pattern: str) -> Callable[[Path], None]:
    def blank(index: Path) -> None:
        overwrite(file_of(index, pattern), bytes(file_of(index, pattern).stat().st_size))

    return blank


def removed(pattern: str) -> Callable[[Path], None]:
    return lambda index: file_of(index, pattern).unlink()


def file_of(index: Path, pattern: str) -> Path:
    (file,) = [*live_generation(index).glob(pattern), *index.glob(pattern)]
    return file


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(current(b""), id="CURRENT empty"),
        pytest.param(current(b"../../etc\n"), id="CURRENT elsewhere"),
        pytest.param(current(b"g000099\n"), id="CURRENT of a generation that is not there"),
        pytest.param(manifest(""), id="manifest empty"),
        pytest.param(manifest("[]"), id="manifest of another shape"),
        pytest.param(manifest('{"articles": {"a": 3}}'), id="manifest of other articles"),
        pytest.param(removed("manifest.json"), id="no manifest"),
        pytest.param(truncated("*.arrays", 0.5), id="arrays cut"),
        pytest.param(zeroed("*.arrays"), id="arrays zeroed"),
    ],
)
def test_what_can_be_made_again_is_and_the_answer_is_the_same(
    run_coopbot: RunCoopbot, index_copy: Path, harm: Callable[[Path], None], folders: Folders
) -> None:
    harm(index_copy)
    result = run_coopbot(*SEARCH, *folders(index_copy))
    assert result.returncode == 0
    assert_damage_is_named(result.stderr)
    assert result.stdout.startswith(FIRST_LINE)


def assert_damage_is_named(stderr: str) -> None:
    assert_clear(stderr, "il est refait depuis les articles", prefix="L'index est abîmé (/")


@pytest.mark.parametrize("change", [another_format, of_other_code])
def test_an_index_of_another_version_is_made_anew_without_a_word(
    run_coopbot: RunCoopbot,
    index_copy: Path,
    change: Callable[[Path], None],
    folders: Folders,
) -> None:
    change(index_copy)
    result = run_coopbot(*SEARCH, *folders(index_copy))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(FIRST_LINE)
    made_by = Manifest.parse(manifest_of(index_copy).read_bytes()).fingerprint
    assert made_by == fingerprint()


@pytest.mark.parametrize("pattern", ["*.seg", "*.arrays", "*.impacts", "vectors/*.rows"])
def test_a_single_bit_that_flipped_is_found_named_and_mended(
    index_copy: Path,
    tmp_path: Path,
    pattern: str,
    folders: Folders,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = file_of(index_copy, pattern)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    overwrite(file, bytes(content))
    status = ["status", *folders(index_copy), "--state", str(tmp_path)]
    assert main(status, {}) == 1
    assert f"abîmé ({file})" in capsys.readouterr().out
    assert main(["index", *folders(index_copy)], {}) == 0
    assert capsys.readouterr().err == f"{file} était abîmé : refait.\n"
    assert main(status, {}) == 0
    capsys.readouterr()
    assert main([*SEARCH, *folders(index_copy)], {}) == 0
    assert capsys.readouterr().out.startswith(FIRST_LINE)


def test_an_encoder_cut_short_is_unpacked_anew(
    run_coopbot: RunCoopbot, shelf_index: Path, tmp_path: Path, folders: Folders
) -> None:
    index = unbuilt_index(tmp_path / "index", shelf_index)
    (cache,) = (index / "encoder").iterdir()
    overwrite(cache, cache.read_bytes()[:100_000])
    result = run_coopbot(*SEARCH, *folders(index))
    assert result.stderr == ""
    assert result.stdout.startswith(FIRST_LINE)


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(current(b"\xff\xfe"), id="CURRENT no text"),
        pytest.param(truncated("*.seg", 0.5), id="segment cut"),
        pytest.param(zeroed("*.seg"), id="segment zeroed"),
        pytest.param(removed("*.seg"), id="no segment"),
        pytest.param(truncated("*.toc", 0), id="table of contents empty"),
        pytest.param(truncated("*.toc", 0.5), id="table of contents cut"),
        pytest.param(removed("*.toc"), id="no table of contents"),
        pytest.param(truncated("vectors/*.rows", 0.5), id="vectors cut"),
        pytest.param(removed("vectors/*.rows"), id="no vectors"),
    ],
)
def test_a_damaged_index_is_mended_or_said_to_be(
    run_coopbot: RunCoopbot, index_copy: Path, harm: Callable[[Path], None], folders: Folders
) -> None:
    harm(index_copy)
    # Whoosh leaves the file it could not read to Python to close, which only -W error tells of
    result = run_coopbot(*SEARCH, *folders(index_copy), environment={"PYTHONWARNINGS": ""})
    assert_mended_or_said(result)


def assert_mended_or_said(result: Completed) -> None:
    """Check that the answer is right, or that the error says to rebuild."""
    if result.returncode == 0:
        assert result.stdout.startswith(FIRST_LINE)
        if result.stderr:
            assert_damage_is_named(result.stderr)
    else:
        assert_refused(result, "L'index", "coopbot index --rebuild")


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(current(b"\xff\xfe"), id="CURRENT no text"),
        pytest.param(truncated("*.seg", 0.5), id="segment cut"),
        pytest.param(truncated("vectors/*.keys", 0.5), id="keys of the vectors cut"),
    ],
)
def test_rebuild_mends_whatever_happened_to_the_index(
    run_coopbot: RunCoopbot, index_copy: Path, harm: Callable[[Path], None], folders: Folders
) -> None:
    harm(index_copy)
    rebuilt = run_coopbot("index", "--rebuild", *folders(index_copy))
    assert rebuilt.returncode == 0
    assert rebuilt.stderr == "" or rebuilt.stderr.endswith(" était abîmé : refait.\n")
    assert run_coopbot(*SEARCH, *folders(index_copy)).stdout.startswith(FIRST_LINE)


def test_keys_of_vectors_cut_short_do_not_cost_the_vectors_of_other_articles(
    run_coopbot: RunCoopbot, index_copy: Path, tmp_path: Path, shelf: Path
) -> None:
    truncated("vectors/*.keys", 0)(index_copy)
    corpus = Path(shutil.copytree(shelf, tmp_path / "corpus"))
    with (corpus / "creer" / "entrer-dans-une-cae.md").open("a", encoding="utf-8") as stream:
        stream.write("\n## Et après ?\n\nLa coopérative continue.\n")
    arguments = ["--corpus", str(corpus), "--index", str(index_copy)]
    assert run_coopbot("index", *arguments).returncode == 0
    result = run_coopbot(*SEARCH, *arguments)
    assert result.stdout.startswith(FIRST_LINE)
    assert result.stderr == ""
