"""A fresh process for one measurement: `python -m coopbot.bench.child`, told what by JSON on stdin.

It says what it found as one line of JSON. Memory is that of this process alone, because nothing but
the engine in question is ever loaded into it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from coopbot.bench.home import Asked, Home
from coopbot.bench.peers import Engine, Opened, make_peer

_MEGA = 1e6


@dataclass(frozen=True, slots=True)
class Task:
    """What to measure of *engine* in the home *folder*.

    "build": the making of its index. "ask": opening it, the question number `first`, then `warm`
    others that are not measured, then `count` that are. "serve", "increment": see `updates.py`.
    """

    kind: Literal["build", "ask", "serve", "increment"]
    engine: Engine
    folder: str
    shared: str
    first: int = 0
    warm: int = 0
    count: int = 0

    @property
    def home(self) -> Home:
        """The home to measure in."""
        return Home(Path(self.folder), Path(self.shared))


def build(task: Task) -> dict[str, Any]:
    """Make the index; return the engine's figures, bytes on disk and the peak of memory."""
    peer = make_peer(task.engine)
    figures = peer.build(task.home)
    return {**figures, "bytes": peer.size(task.home), "peak_mb": memory_mb("VmHWM")}


def ask(task: Task) -> dict[str, Any]:
    """Open the index and ask; return milliseconds, megabytes, and what was found."""
    questions = task.home.questions()
    cold, rest = questions[task.first], questions[: task.first] + questions[task.first + 1 :]
    started = time.process_time()
    opened = make_peer(task.engine).open(task.home)
    open_ms = (time.process_time() - started) * 1_000
    cold_ms = _timed(opened, cold).cpu_ms
    for asked in rest[: task.warm]:
        opened.top(asked)
    measured = [_timed(opened, asked) for asked in rest[task.warm : task.warm + task.count]]
    figures = {
        "open_ms": open_ms,
        "cold_ms": cold_ms,
        "clock_ms": [answer.clock_ms for answer in measured],
        "cpu_ms": [answer.cpu_ms for answer in measured],
        "found": [answer.found for answer in measured],
        "resident_mb": memory_mb("VmRSS"),
        "peak_mb": memory_mb("VmHWM"),
    }
    opened.close()
    return figures


class _Answer(NamedTuple):
    clock_ms: float
    cpu_ms: float
    found: Sequence[int]


def _timed(opened: Opened, asked: Asked) -> _Answer:
    cpu, started = time.process_time(), time.perf_counter()
    found = opened.top(asked)
    clock, used = time.perf_counter() - started, time.process_time() - cpu
    return _Answer(clock * 1_000, used * 1_000, found)


def memory_mb(field: Literal["VmRSS", "VmHWM"]) -> float:
    """Return the resident memory of this process in megabytes: now (VmRSS) or at most (VmHWM).

    Files that are memory-mapped count as far as they are in memory. Linux keeps VmHWM for the
    program itself; the peak of `getrusage`, taken elsewhere, begins with that of whoever started it
    (https://man7.org/linux/man-pages/man5/proc_pid_status.5.html).
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except FileNotFoundError:
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / _MEGA if sys.platform == "darwin" else peak * 1_024 / _MEGA
    lines = (line.split() for line in status.splitlines())
    return next(int(words[1]) for words in lines if words[0] == f"{field}:") * 1_024 / _MEGA


def main() -> None:
    """Do the task on stdin."""
    task = Task(**json.load(sys.stdin))
    if task.kind in ("serve", "increment"):
        from coopbot.bench.updates import increment, serve

        figures = (serve if task.kind == "serve" else increment)(task)
    else:
        figures = (build if task.kind == "build" else ask)(task)
    json.dump(figures, sys.stdout)


def as_json(task: Task) -> str:
    """Return *task* as `main` reads it."""
    return json.dumps(asdict(task))


if __name__ == "__main__":
    main()
