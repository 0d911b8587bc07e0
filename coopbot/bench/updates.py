"""A library that changes while it answers: how soon it does so anew, and what its questions pay.

    measure_updates ──starts──> serve       asks one question after another of a copy of the index
                    ──starts──> increment   writes ten articles and brings it in line

Each is a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from coopbot.article import Article
from coopbot.bench.home import Asked, Home
from coopbot.bench.peers import TOP
from coopbot.bench.records import Updates, percentile

if TYPE_CHECKING:
    from coopbot.bench.child import Task
    from coopbot.library import Library

_ADDED = 10
_NEW = "new"  # the folder of the articles that are added
_WARM = 50
_QUIET = 200  # questions, or as many as a quarter of all
_LAST = 10  # questions after the new article was found
_PATIENCE_S = 1_800.0
_READY = "ready\n"


def measure_updates(home: Home, environment: Mapping[str, str]) -> Updates:
    """Return what adding ten articles to a copy of the index of *home* takes and costs.

    Raises CalledProcessError when one of the two processes fails.
    """
    from coopbot.bench.child import Task, as_json

    command = [sys.executable, "-m", "coopbot.bench.child"]
    with tempfile.TemporaryDirectory(dir=home.folder, prefix="updates-") as place:
        copy = _copy(home, Path(place))
        serving = Task("serve", "hybrid", str(copy.folder), str(copy.shared))
        adding = replace(serving, kind="increment")
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        ) as server:
            streams = _streams(server)
            streams[0].write(as_json(serving))
            streams[0].close()
            try:
                _wait_until_ready(server, streams[1])
                started = time.time()
                written = subprocess.run(
                    command,
                    input=as_json(adding),
                    stdout=subprocess.PIPE,
                    env=environment,
                    text=True,
                    check=True,
                )
                said = streams[1].read()
            except BaseException:
                server.kill()  # it would wait for the articles
                raise
        if server.returncode:
            raise subprocess.CalledProcessError(server.returncode, command)
    return _updates(json.loads(said), json.loads(written.stdout)["seconds"], started)


def _wait_until_ready(server: subprocess.Popen[str], said: IO[str]) -> None:
    if said.readline() != _READY:
        raise subprocess.CalledProcessError(server.wait(), server.args)


def _streams(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise ValueError("a process without pipes")
    return process.stdin, process.stdout


def _updates(served: Mapping[str, Any], writing_s: float, started: float) -> Updates:
    answered: float = served["answered_at"]
    quiet = [took for at, took in served["asked"] if at + took / 1_000 < started]
    during = [took for at, took in served["asked"] if started <= at + took / 1_000 <= answered]
    return Updates(
        articles=_ADDED,
        writing_s=writing_s,
        until_answered_s=answered - started,
        quiet_p50_ms=percentile(quiet, 0.5),
        quiet_p99_ms=percentile(quiet, 0.99),
        during_p50_ms=percentile(during, 0.5),
        during_p99_ms=percentile(during, 0.99),
        slowest_ms=max(during),
        questions=len(during),
    )


def _copy(home: Home, folder: Path) -> Home:
    """Return a copy of *home* in *folder*: what never changes is linked, the rest copied."""
    copy = Home(folder, home.shared)
    shutil.copytree(home.corpus, copy.corpus, copy_function=os.link)
    shutil.copytree(home.index, copy.index, copy_function=_link)
    for name in ("about.json", "questions.json"):
        shutil.copy2(home.folder / name, folder / name)
    return copy


def _link(source: str, target: str) -> None:
    file = Path(source)
    if file.parent.name == "vectors" or file.name in ("LOCK", "MAIN_WRITELOCK", "CURRENT"):
        shutil.copy2(source, target)
    else:
        os.link(source, target)


def serve(task: Task) -> dict[str, Any]:
    """Ask one question after another until an answer has a new article in it.

    Says "ready" when the quiet part is over. Returns when each question was asked and how many
    milliseconds it took, and when the new article was in an answer. Raises TimeoutError when it
    never is.
    """
    from coopbot.bench.peers.coopbot import open_library

    library = open_library(task.home)
    library.open()
    questions = task.home.questions()
    endless = _without_repetition(questions)
    for _ in range(min(_WARM, len(questions) // 4)):
        _ask(library, next(endless))
    asked = [_ask(library, next(endless)) for _ in range(min(_QUIET, len(questions) // 4) or 1)]
    sys.stdout.write(_READY)
    sys.stdout.flush()
    probe = (Asked(_new_articles()[0].title, ()), TOP)
    live, answered_at = library.generations.current_name(), 0.0
    deadline = time.time() + _PATIENCE_S
    while not answered_at:
        if time.time() > deadline:
            raise TimeoutError("the new articles were never found")
        name = library.generations.current_name()
        if name != live:
            live = name
            asked.append(_ask(library, probe))
            hits = library.ask(probe[0].text, limit=probe[1], abstain=False).hits
            if any(hit.article.path.startswith(f"{_NEW}/") for hit in hits):
                answered_at = time.time()
        asked.append(_ask(library, next(endless)))
    library.close()
    return {"asked": asked, "answered_at": answered_at}


def _without_repetition(questions: list[Asked]) -> Iterator[tuple[Asked, int]]:
    """Yield questions with limits; the same question comes again with another limit only.

    The library remembers what it answered.
    """
    limits = cycle(range(TOP, TOP + 100))
    for limit in limits:
        for asked in questions:
            yield asked, limit


def _ask(library: Library, question: tuple[Asked, int]) -> tuple[float, float]:
    asked, limit = question
    at, started = time.time(), time.perf_counter()
    library.ask(asked.text, limit=limit, abstain=False)
    return at, (time.perf_counter() - started) * 1_000


def increment(task: Task) -> dict[str, Any]:
    """Add the new articles, and bring the index in line; return the seconds it took."""
    from coopbot.bench.peers.coopbot import open_library

    started = time.perf_counter()
    library = open_library(task.home)
    for number, article in enumerate(_new_articles()):
        library.corpus.save(article, f"{_NEW}/{number}.md")
    library.refresh()
    library.close()
    return {"seconds": time.perf_counter() - started}


def _new_articles() -> list[Article]:
    """Return articles that nobody has: each is about a place that does not exist."""
    return [
        Article(
            f"La coopérative de Brimbelonne-sur-Vlivre numéro {number}",
            f"La coopérative numéro {number} de Brimbelonne-sur-Vlivre réunit ses associés au "
            "printemps.\n\nElle partage un atelier, une cantine et un verger.\n\n" * 3,
        )
        for number in range(_ADDED)
    ]
