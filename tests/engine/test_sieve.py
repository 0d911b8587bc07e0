"""The sieve counts signs that differ, and hardly ever holds back one of the nearest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coopbot.engine import nearness, sieve
from coopbot.engine.embedded import EmbeddedEngine
from coopbot.engine.protocol import (
    DenseView,
    IndexedArticle,
    IndexedPassage,
    LexicalView,
    StoredArticle,
    Vector,
    WeightedTerm,
)
from coopbot.engine.vectors import VectorStore

WIDE = 512
K = 10
_components = st.floats(-1, 1, width=16)


@given(
    arrays(np.float16, (5, 70), elements=_components), arrays(np.float32, 70, elements=_components)
)
def test_the_distance_is_how_many_signs_differ_where_the_question_is_large(
    vectors: np.ndarray[tuple[int, int], np.dtype[np.float16]], asked: Vector
) -> None:
    squares = np.square(asked)
    large = squares > np.sort(squares)[35]
    expected = (((vectors > 0) != (asked > 0)) & large).sum(axis=1).tolist()
    kept, asked_planes = sieve.planes(vectors), sieve.planes_of(asked)
    assert sieve.distances(kept, asked_planes).tolist() == expected
    some = np.array([0, 3])
    parts = [sieve.distances(kept, [plane], some) for plane in asked_planes]
    assert np.sum(parts, axis=0).tolist() == [expected[0], expected[3]]


def test_a_distance_fits_however_many_components_count() -> None:
    asked = np.arange(1, 1_201, dtype=np.float32)
    opposite = sieve.planes(-asked[np.newaxis])
    assert sieve.distances(opposite, sieve.planes_of(asked)).tolist() == [599]


@pytest.mark.parametrize(("count", "within"), [(1, 0), (2, 3), (3, 3), (4, 7), (5, 9), (9, 10)])
def test_within_the_distance_found_lie_as_many_as_wanted(count: int, within: int) -> None:
    found = np.array([3, 0, 9, 7, 3], dtype=np.uint16)
    assert sieve.nearest(found, count) == within


def near(about: Vector, random: np.random.Generator) -> Vector:
    """Return a vector of length 1 not far from *about*, as passages on one subject are."""
    moved = about + random.standard_normal(WIDE).astype(np.float32) * random.uniform(0.02, 0.08)
    return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)


SUBJECTS = np.random.default_rng(7).standard_normal((60, WIDE)).astype(np.float32)
SUBJECTS /= np.linalg.norm(SUBJECTS, axis=1, keepdims=True)


def article(n: int, random: np.random.Generator) -> IndexedArticle:
    about = SUBJECTS[n % 60]
    passages = (IndexedPassage(i, (), "x", near(about, random), f"{n} {i}") for i in range(10))
    stored = StoredArticle(f"{n:04}", f"{n:04}.md", "x")
    return IndexedArticle(stored, (), "", tuple(passages), near(about, random))


@pytest.fixture(params=[0, 10**9], ids=["half of the planes first", "all at once"])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedEngine]:
    """Yield an engine over 300 articles in two segments, of ten passages each."""
    monkeypatch.setattr(nearness, "_MANY", request.param)
    random = np.random.default_rng(8)
    engine = EmbeddedEngine(tmp_path, VectorStore(tmp_path / "vectors", "made-up", WIDE))
    for numbers in (range(200), range(200, 300)):
        engine.write((article(n, random) for n in numbers), [])
    yield engine
    engine.close()


def questions() -> list[Vector]:
    random = np.random.default_rng(9)
    return [near(SUBJECTS[n % 60], random) for n in range(100)]


def test_of_the_ten_nearest_passages_the_sieve_holds_back_less_than_one_in_a_hundred(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = questions()
    sifted = [engine.nearest(each, K, DenseView.PASSAGE) for each in asked]
    monkeypatch.setattr(nearness, "EXHAUSTIVE", 10**9)
    every = [engine.nearest(each, K, DenseView.PASSAGE) for each in asked]
    kept = sum(len(set(a) & set(b)) for a, b in zip(sifted, every, strict=True))
    assert kept >= 0.99 * K * len(asked)


def test_of_a_candidate_the_nearest_passage_is_found_in_ninety_nine_of_a_hundred(
    engine: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    terms: dict[LexicalView, list[WeightedTerm]] = {view: [] for view in LexicalView}
    numbers = []
    for exhaustive in (nearness.EXHAUSTIVE, 10**9):
        monkeypatch.setattr(nearness, "EXHAUSTIVE", exhaustive)
        found = [engine.gather(terms, each, 300) for each in questions()]
        numbers.append(np.concatenate([f.dense[DenseView.PASSAGE].passages for f in found]))
    assert numbers[0].size == 300 * 100
    assert np.mean(numbers[0] == numbers[1]) >= 0.99
