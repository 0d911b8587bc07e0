"""The sieve counts signs that differ, and hardly ever holds back one of the nearest."""

from __future__ import annotations

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
    StoredArticle,
    Vector,
)
from coopbot.engine.vectors import VectorStore

WIDE = 512
K = 10
_components = st.floats(-1, 1, width=16)


@given(
    arrays(np.float16, (5, 70), elements=_components), arrays(np.float32, 70, elements=_components)
)
def test_the_distance_is_how_many_signs_differ(
    vectors: np.ndarray[tuple[int, int], np.dtype[np.float16]], asked: Vector
) -> None:
    expected = ((vectors > 0) != (asked > 0)).sum(axis=1)
    assert sieve.distances(sieve.planes(vectors), asked).tolist() == expected.tolist()


@pytest.mark.parametrize(("count", "within"), [(1, 0), (2, 3), (3, 3), (4, 7), (5, 9), (9, 10)])
def test_within_the_distance_found_lie_as_many_as_wanted(count: int, within: int) -> None:
    found = np.array([3, 0, 9, 7, 3], dtype=np.uint16)
    assert sieve.nearest(found, count) == within


def near(about: Vector, random: np.random.Generator) -> Vector:
    """Return a vector of length 1 not far from *about*, as passages on one subject are."""
    moved = about + random.standard_normal(WIDE).astype(np.float32) * random.uniform(0.02, 0.08)
    return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)


def test_of_the_ten_nearest_passages_the_sieve_holds_back_less_than_one_in_a_hundred(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(7)
    subjects = random.standard_normal((60, WIDE)).astype(np.float32)
    subjects /= np.linalg.norm(subjects, axis=1, keepdims=True)
    engine = EmbeddedEngine(tmp_path, VectorStore(tmp_path / "vectors", "made-up", WIDE))
    engine.write(
        (
            IndexedArticle(
                StoredArticle(f"{n:04}", f"{n:04}.md", "x"),
                (),
                "",
                tuple(
                    IndexedPassage(i, (), "x", near(subjects[n % 60], random), f"{n} {i}")
                    for i in range(10)
                ),
                near(subjects[n % 60], random),
            )
            for n in range(300)
        ),
        [],
    )
    asked = [near(subjects[n % 60], random) for n in range(100)]
    sifted = [engine.nearest(each, K, DenseView.PASSAGE) for each in asked]
    monkeypatch.setattr(nearness, "EXHAUSTIVE", 10**9)
    every = [engine.nearest(each, K, DenseView.PASSAGE) for each in asked]
    engine.close()
    kept = sum(len(set(a) & set(b)) for a, b in zip(sifted, every, strict=True))
    assert kept >= 0.99 * K * len(asked)
