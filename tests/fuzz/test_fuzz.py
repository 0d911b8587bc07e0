"""Every target, over what was found before and a little more."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.inputs import CORPUS, changed, kept
from tests.fuzz.targets import NAMES, load

EXAMPLES = 40


@pytest.mark.parametrize(("name", "path"), kept(), ids=lambda value: getattr(value, "name", value))
def test_what_was_found_stays_mended(name: str, path: Path) -> None:
    load(name).check(path.read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_a_target_holds_for_its_seeds_and_for_what_is_near_them(name: str) -> None:
    target = load(name)
    for seed in target.seeds():
        target.check(seed)

    @given(changed(target.seeds()))
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    def near(data: bytes) -> None:
        target.check(data)

    near()


def test_each_finding_is_described() -> None:
    described = (CORPUS / "README.md").read_text(encoding="utf-8")
    assert [str(p) for name, p in kept() if f"`{name}/{p.name}`" not in described] == []
