"""One engine after another, each in fresh processes, on the same passages and questions."""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from coopbot.bench import material
from coopbot.bench.child import Task, as_json
from coopbot.bench.exhaustive import Expected, best, overlap
from coopbot.bench.home import EncoderKind, Home
from coopbot.bench.peers import TOP, Engine
from coopbot.bench.records import Encoding, Figures, Size, percentile
from coopbot.bench.updates import measure_updates
from coopbot.errors import EvaluationError
from coopbot.evaluation import read_collection
from coopbot.fingerprint import fingerprint
from coopbot.messages import DEFAULT_LANGUAGE

# Told on how many passages, which step, and of which engine.
Step = Literal["passages", "index", "questions", "updates"]
Tell = Callable[[int, Step, Engine], None]

# One thread for every library that would take more for a question.
_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)
_FEWEST = 10  # questions


@dataclass(frozen=True, slots=True)
class Plan:
    """What to compare: *engines* on *sizes* passages of the collections in *folders*.

    `questions` are measured after `warm` others; opening and first question in `starts` processes.
    With `synthetic`, all passages are mixed, and the encoder is the stand-in.
    """

    folders: tuple[Path, ...]
    sizes: tuple[int, ...]
    engines: tuple[Engine, ...]
    work: Path
    questions: int = 300
    warm: int = 50
    starts: int = 5
    synthetic: bool = False
    updates: bool = True


def measure_all(plan: Plan, commit: str, tell: Tell) -> tuple[Size, ...]:
    """Return the figures of all sizes; homes and indexes that `plan.work` has are not made anew.

    *commit* is written down with each index: figures of its making are of that program.
    Raises EvaluationError when a folder is no collection, or has too few questions.
    """
    return tuple(_size(plan, home, commit, tell) for home in _homes(plan, tell))


def _homes(plan: Plan, tell: Tell) -> list[Home]:
    """Return a home for each size, filled."""
    collections = [read_collection(folder) for folder in plan.folders]
    encoder: EncoderKind = "stand-in" if plan.synthetic else "own"
    marks = [fingerprint(), encoder, DEFAULT_LANGUAGE, *map(material.folder_mark, plan.folders)]
    digest = hashlib.sha256("\n".join(marks).encode()).hexdigest()[:8]
    homes = [Home(plan.work / f"{size}-{digest}", plan.work / "shared") for size in plan.sizes]
    empty = [h for h in homes if not (h.folder / "about.json").exists()]
    asked = material.questions(collections, DEFAULT_LANGUAGE) if empty else ([], 0.0)
    for home, size in zip(homes, plan.sizes, strict=True):
        if home not in empty:
            continue
        tell(size, "passages", "coopbot")
        material.fill(
            home,
            () if plan.synthetic else material.articles(collections),
            lambda: material.mixer(collections),
            size,
            [collection.name for collection in collections],
            asked,
            encoder,
        )
    return homes


def _size(plan: Plan, home: Home, commit: str, tell: Tell) -> Size:
    about = home.about()
    questions = home.questions()
    # a small collection has fewer: the last ones are measured, without a warm-up if need be
    if len(questions) < _FEWEST:
        raise EvaluationError("bench_questions", count=len(questions), least=_FEWEST)
    count = min(plan.questions, len(questions) - 1)
    warm = min(plan.warm, len(questions) - 1 - count)
    own = [engine for engine in plan.engines if engine in ("coopbot", "hybrid")]
    if own:
        _build(home, "hybrid", commit, tell)
    answers = {}
    for engine in plan.engines:
        _build(home, engine, commit, tell)
        tell(about.passages, "questions", engine)
        tasks = [_task("ask", engine, home, first=start) for start in range(plan.starts - 1)]
        full = _task("ask", engine, home, first=0, warm=warm, count=count)
        answers[engine] = [run_child(task) for task in (*tasks, full)]
    measured = questions[1 + warm : 1 + warm + count]
    expected = best(home.stems(), [asked.terms for asked in measured], TOP)
    engines = tuple(_figures(home, engine, answers[engine], expected) for engine in plan.engines)
    updates = None
    if plan.updates and "hybrid" in plan.engines:
        tell(about.passages, "updates", "hybrid")
        updates = measure_updates(home, environment())
    indexed_by = {(home.built(engine) or {}).get("commit", "") for engine in plan.engines}
    encoding = _encoding(home) if own else None
    return Size(about, engines, encoding, updates, tuple(sorted(indexed_by)))


def _task(kind: Any, engine: Engine, home: Home, **values: int) -> Task:
    return Task(kind, engine, str(home.folder), str(home.shared), **values)


def _build(home: Home, engine: Engine, commit: str, tell: Tell) -> None:
    if home.built(engine) is None:
        tell(home.about().passages, "index", engine)
        figures = run_child(_task("build", engine, home))
        home.note_built(engine, figures | {"commit": commit})


def _figures(
    home: Home,
    engine: Engine,
    answers: Sequence[Mapping[str, Any]],
    expected: Sequence[Expected],
) -> Figures:
    built = home.built("hybrid" if engine == "coopbot" else engine) or {}
    encoding_s = built["encoding_s"] if engine == "coopbot" else 0.0
    own = home.built(engine) or {}
    full = answers[-1]
    cpu, clock = full["cpu_ms"], full["clock_ms"]
    return Figures(
        engine=engine,
        index_s=built["seconds"] - encoding_s,
        index_peak_mb=built["peak_mb"],
        bytes=int(own["bytes"]),
        open_ms=statistics.median(answer["open_ms"] for answer in answers),
        cold_ms=statistics.median(answer["cold_ms"] for answer in answers),
        p50_ms=percentile(cpu, 0.5),
        p95_ms=percentile(cpu, 0.95),
        p99_ms=percentile(cpu, 0.99),
        clock_p50_ms=percentile(clock, 0.5),
        clock_p99_ms=percentile(clock, 0.99),
        resident_mb=full["resident_mb"],
        peak_mb=full["peak_mb"],
        overlap=None if engine == "hybrid" else overlap(full["found"], expected),
    )


def _encoding(home: Home) -> Encoding | None:
    built = home.built("hybrid")
    if built is None:
        return None
    return Encoding(built["encoding_s"], int(built["texts"]), built["text_alone_s"])


def environment() -> dict[str, str]:
    """Return the environment of the measured processes."""
    return os.environ | _ONE_THREAD


def run_child(task: Task) -> dict[str, Any]:
    """Return what a fresh process finds that does *task*.

    Raises CalledProcessError when it fails; what it says of that has gone to stderr.
    """
    done = subprocess.run(
        [sys.executable, "-m", "coopbot.bench.child"],
        input=as_json(task),
        env=environment(),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures
