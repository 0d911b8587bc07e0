"""The vector store: what is appended is found, now and later, and a torn tail does no harm."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from coopbot.engine.vectors import KEY_BYTES, VectorStore, text_key
from tests.engine.articles import DIMENSIONS, vector

TEXTS = ["Scic", "Scop", "Cuma", "été", ""]
ROW_BYTES = 2 * DIMENSIONS


def keys(texts: Sequence[str]) -> list[bytes]:
    return [text_key(text) for text in texts]


def rows(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.array([vector(text) for text in texts])


def as_stored(texts: Sequence[str]) -> NDArray[np.float32]:
    return rows(texts).astype(np.float16).astype(np.float32)


def reopened(tmp_path: Path) -> VectorStore:
    return VectorStore(tmp_path / "vectors", "made-up", DIMENSIONS)


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    made = reopened(tmp_path)
    made.append(keys(TEXTS[:2]), rows(TEXTS[:2]))
    made.append(keys(TEXTS[2:]), rows(TEXTS[2:]))
    return made


def file(tmp_path: Path, kind: str) -> Path:
    return tmp_path / "vectors" / f"made-up.{kind}"


def cut(path: Path, *, drop: int) -> None:
    path.write_bytes(path.read_bytes()[:-drop])


def test_what_was_appended_is_found_by_its_text(store: VectorStore) -> None:
    assert len(store) == 5
    assert store.find(keys(["Cuma", "Scic", "inconnu", ""])) == [2, 0, None, 4]
    assert np.array_equal(store.take([2, 0]), as_stored(["Cuma", "Scic"]))


def test_a_store_opened_anew_holds_the_same(store: VectorStore, tmp_path: Path) -> None:
    again = reopened(tmp_path)
    assert again.find(keys(TEXTS)) == [0, 1, 2, 3, 4]
    assert np.array_equal(again.take(range(5)), store.take(range(5)))


def test_a_new_store_is_empty_and_makes_no_file(tmp_path: Path) -> None:
    store = reopened(tmp_path)
    assert len(store) == 0
    assert store.find(keys(["Scic"])) == [None]
    assert store.take([]).shape == (0, DIMENSIONS)
    assert store.cosines(np.zeros(0, dtype=np.int32), vector("Scic")).shape == (0,)
    assert list(tmp_path.iterdir()) == []


def test_rows_appended_after_others_were_read_are_seen(store: VectorStore) -> None:
    store.take([0])
    store.append(keys(["CAE"]), rows(["CAE"]))
    assert store.find(keys(["CAE", "Scic"])) == [5, 0]
    assert np.array_equal(store.take([5, 0]), as_stored(["CAE", "Scic"]))


def test_a_reader_sees_what_another_process_appends(store: VectorStore, tmp_path: Path) -> None:
    reader = reopened(tmp_path)
    reader.take([0])
    store.append(keys(["CAE"]), rows(["CAE"]))
    cosines = reader.cosines(np.array([5], dtype=np.int32), vector("CAE"))
    assert cosines == pytest.approx([1], abs=1e-3)


def test_encoders_of_two_names_share_no_vector(store: VectorStore, tmp_path: Path) -> None:
    other = VectorStore(tmp_path / "vectors", "another", DIMENSIONS)
    assert other.find(keys(["Scic"])) == [None]
    other.append(keys(["Scic"]), -rows(["Scic"]))
    assert np.array_equal(other.take([0]), -store.take([0]))


@pytest.mark.parametrize(
    ("keys_lost", "rows_lost", "left"),
    [
        (0, 0, 5),
        (1, 0, 4),
        (KEY_BYTES, 0, 4),
        (KEY_BYTES + 3, 0, 3),
        (0, 1, 4),
        (0, ROW_BYTES, 4),
        (1, ROW_BYTES + 1, 3),
        (5 * KEY_BYTES, 0, 0),
    ],
)
def test_a_tail_torn_by_a_crash_is_forgotten_and_written_over(
    store: VectorStore, tmp_path: Path, keys_lost: int, rows_lost: int, left: int
) -> None:
    assert len(store) == 5
    if keys_lost:
        cut(file(tmp_path, "keys"), drop=keys_lost)
    if rows_lost:
        cut(file(tmp_path, "rows"), drop=rows_lost)
    again = reopened(tmp_path)
    assert len(again) == left
    assert again.find(keys(TEXTS)) == [i if i < left else None for i in range(5)]
    again.append(keys(["CAE", "ESS"]), rows(["CAE", "ESS"]))
    texts = [*TEXTS[:left], "CAE", "ESS"]
    for seen in (again, reopened(tmp_path)):
        assert seen.find(keys(texts)) == list(range(left + 2))
        assert np.array_equal(seen.take(range(left + 2)), as_stored(texts))
    assert file(tmp_path, "keys").stat().st_size == KEY_BYTES * len(texts)
    assert file(tmp_path, "rows").stat().st_size == ROW_BYTES * len(texts)


@pytest.mark.parametrize("count", [1, 5, 4_096, 9_000])
def test_cosines_are_those_of_numpy_in_the_order_asked_for(tmp_path: Path, count: int) -> None:
    drawn = np.random.default_rng(count)
    vectors = drawn.standard_normal((count, DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    store = reopened(tmp_path)
    store.append([text_key(str(i)) for i in range(count)], vectors)
    asked = drawn.permutation(count).astype(np.int32)
    wanted = vector("la question")
    cosines = store.cosines(asked, wanted)
    assert cosines.dtype == np.float32
    stored = vectors.astype(np.float16).astype(np.float64)
    assert cosines == pytest.approx(stored[asked] @ wanted.astype(np.float64), abs=1e-6)
    assert cosines == pytest.approx(vectors[asked] @ wanted, abs=1e-3)


def test_a_cosine_does_not_depend_on_the_other_rows_asked_for(tmp_path: Path) -> None:
    drawn = np.random.default_rng(1)
    store = VectorStore(tmp_path / "vectors", "made-up", 512)
    store.append([text_key(str(i)) for i in range(99)], drawn.standard_normal((99, 512)))  # type: ignore[arg-type]
    asked = np.arange(99, dtype=np.int32)
    wanted = drawn.standard_normal(512).astype(np.float32)
    alone = [float(store.cosines(asked[i : i + 1], wanted)[0]) for i in range(99)]
    assert store.cosines(asked, wanted).tolist() == alone


def test_no_cosine_is_made_up_for_a_row_that_is_not_there(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "vectors", "made-up", 4)
    store.append([text_key("a")], np.ones((1, 4), dtype=np.float32))
    with pytest.raises(IndexError):
        store.cosines(np.array([0, 1], dtype=np.int32), np.ones(4, dtype=np.float32))


def test_a_key_depends_on_every_letter_and_accepts_any_text() -> None:
    texts = ["Scic", "scic", "Scic ", "Scïc", "", "a" * 10_000]
    assert len(set(keys(texts))) == len(texts)
    assert {len(key) for key in keys([*texts, "\ud800"])} == {KEY_BYTES}


def test_a_damaged_row_is_found_and_its_text_stored_anew(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, "x", 4)
    keys = [text_key(text) for text in ("a", "b", "c")]
    store.append(keys, np.arange(12, dtype=np.float32).reshape(3, 4))
    assert store.damaged() == []
    identity = store.identity
    content = bytearray(store.path.read_bytes())
    content[9] ^= 1  # of the second row
    store.path.write_bytes(content)
    again = VectorStore(tmp_path, "x", 4)
    assert again.damaged() == [1]
    again.forget([1])
    assert again.find(keys) == [0, None, 2]
    assert again.identity != identity  # no generation may go on with that row
    again.append([keys[1]], np.ones((1, 4), dtype=np.float32))
    assert again.find(keys) == [0, 3, 2]
    assert VectorStore(tmp_path, "x", 4).damaged() == []
