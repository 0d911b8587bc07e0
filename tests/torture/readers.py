"""Searching while the index is made again and again: nobody waits, and nothing fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass

from tests.conftest import ROOT, clean_environment
from tests.torture.place import Place, Stage
from tests.torture.violations import Violation, expect

PROCESSES = 4
FACTOR = 3.0


@dataclass(frozen=True)
class Readers:
    """What readers saw: questions asked and the 99th percentile in seconds, idle and not."""

    asked: int
    rebuilds: int
    idle: float
    busy: float

    def sentence(self) -> str:
        """Return it in a sentence."""
        return (
            f"{PROCESSES} processes on {os.cpu_count()} cores asked {self.asked} questions during "
            f"{self.rebuilds} rebuilds, one after the other: 0 errors, 99th percentile "
            f"{self.busy * 1e3:.1f} ms; with none under way {self.idle * 1e3:.1f} ms "
            f"(ratio {self.busy / self.idle:.2f})."
        )


def measure(stage: Stage, seconds: float) -> str:
    """Let processes ask for *seconds* with and without rebuilding; raises Violation."""
    place = stage.copy("readers")
    idle, _ = _ask(place, seconds, rebuilding=False)
    busy, rebuilds = _ask(place, seconds, rebuilding=True)
    found = Readers(len(busy), rebuilds, _percentile(idle), _percentile(busy))
    expect(found.busy <= FACTOR * found.idle, "other", f"readers wait: {found.sentence()}")
    return found.sentence()


def _ask(place: Place, seconds: float, *, rebuilding: bool) -> tuple[list[float], int]:
    command = [sys.executable, "-m", "tests.torture.reader", place.corpus, place.index]
    readers = [
        subprocess.Popen(
            [*map(str, command), str(seconds), str(number)],
            cwd=ROOT,
            env=clean_environment(place.folder),
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for number in range(PROCESSES)
    ]
    for reader in readers:
        assert reader.stdout is not None
        reader.stdout.readline()
    rebuilds = 0
    end = time.monotonic() + seconds
    while rebuilding and time.monotonic() < end:
        place.run("index", "--rebuild").must(0)
        rebuilds += 1
    taken: list[float] = []
    for reader in readers:
        written, _ = reader.communicate(timeout=seconds + 60)
        found = json.loads(written)
        if found["errors"]:
            raise Violation("lost", f"a reader failed: {found['errors'][:3]}")
        taken += found["taken"]
    return taken, rebuilds


def _percentile(taken: list[float]) -> float:
    return sorted(taken)[int(0.99 * len(taken))]
