"""A few rounds of what `make torture` does by the hundred; the same ones every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.torture.kinds import Kind, kinds, stage_in

# Kinds that take much longer than a second a round are left to `make torture`.
ROUNDS = {"index": 1, "rebuild": 1, "answers": 1, "damage": 2, "state": 2, "writers": 1}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory, built_index: Path) -> Iterator[dict[str, Kind]]:
    folder = tmp_path_factory.mktemp("torture")
    (folder / "encoder").symlink_to(built_index / "encoder")
    with ExitStack() as resources:
        stage = resources.enter_context(stage_in(folder))
        yield {kind.key: kind for kind in kinds(stage, resources)}


@pytest.mark.parametrize("key", ROUNDS)
def test_whatever_happens_nothing_is_lost_and_nothing_comes_twice(
    known: dict[str, Kind], key: str
) -> None:
    torture = known[key].make()
    done = [torture.round(random.Random(f"test {key} {n}")) for n in range(ROUNDS[key])]
    assert len(done) == ROUNDS[key]
