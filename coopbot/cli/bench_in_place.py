"""`coopbot bench` without a folder: how fast it is on the articles and the index in place."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from coopbot.cli.building import open_or_build, renew
from coopbot.cli.output import echo
from coopbot.library import Library
from coopbot.messages import Texts
from coopbot.settings import Settings

_QUESTIONS = (
    "comment créer une Scic ?",
    "how to create a Scic",
    "salarié·e·s associé·e·s",
    "reprendre son entreprise en Scop",
    "recette de la tarte aux pommes",
)
_PROCESSES = 7


def measure(settings: Settings, say: Texts, count: int) -> int:
    """Print median and 95th percentile of opening, asking, and the whole search process."""
    library = Library(settings)
    open_or_build(library, say)
    renew(library, say)
    manifest = library.generation().manifest
    asked = [_timed(partial(library.ask, q)) for _ in range(count) for q in _QUESTIONS]
    processes = min(count, _PROCESSES)
    opened = [_timed(lambda: Library(settings).open()) for _ in range(processes)]
    # by another encoder the process would make the index anew
    same = {**os.environ, "COOPBOT_ENCODER": settings.encoder}
    command = [sys.executable, "-m", "coopbot", "search", *_flags(settings), _QUESTIONS[0]]
    whole = [_timed(partial(_search, command, same)) for _ in range(processes)]
    echo(say("bench.title", articles=len(manifest.articles), passages=manifest.passages))
    echo(f"{say('bench.measure'):<42}{say('bench.median'):>12}{say('bench.slowest'):>12}")
    for key, times in (("ask", asked), ("open", opened), ("process", whole)):
        slowest = sorted(times)[int(0.95 * (len(times) - 1))]
        median = statistics.median(times)
        echo(f"{say(f'bench.{key}'):<42}{median:>9.1f} ms{slowest:>9.1f} ms")
    return 0


def _search(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run *command*; that the articles do not answer its question (exit code 1) is no failure."""
    done = subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=False)
    if done.returncode not in (0, 1):
        raise subprocess.CalledProcessError(done.returncode, command)


def _flags(settings: Settings) -> list[str]:
    folders: dict[str, Path] = {"--corpus": settings.corpus, "--index": settings.index}
    return [part for flag, folder in folders.items() for part in (flag, str(folder))]


def _timed(action: Callable[[], object]) -> float:
    """Return how many milliseconds *action* takes."""
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1_000
