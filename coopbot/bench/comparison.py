"""A whole comparison: the figures, and what is needed to judge them."""

from __future__ import annotations

import datetime as dt
import platform
import shutil
import sqlite3
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from coopbot.bench.measuring import Plan, Tell, measure_all
from coopbot.bench.peers import Engine
from coopbot.bench.records import Comparison
from coopbot.encoder.common import cores

_PACKAGE = Path(__file__).parent.parent
_LIBRARIES = ("coopbot", "numpy", "whoosh3", "tantivy", "bm25s")


def compare(plan: Plan, left_out: tuple[Engine, ...], now: dt.datetime, tell: Tell) -> Comparison:
    """Return the figures of *plan*; raises what `measure_all` raises."""
    commit = _commit()
    sizes = measure_all(plan, commit, tell)
    return Comparison(
        date=now.date().isoformat(),
        commit=commit,
        cores=cores(),
        python=platform.python_version(),
        versions=_versions(),
        questions=plan.questions,
        warm=plan.warm,
        starts=plan.starts,
        left_out=left_out,
        sizes=sizes,
    )


def _versions() -> dict[str, str]:
    found = {"SQLite": sqlite3.sqlite_version}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _commit() -> str:
    """Return the commit of the program, with a "+" when it was changed since; "" outside of git."""
    git = shutil.which("git")
    if git is None:
        return ""

    def said(*arguments: str) -> str:
        command = [git, "-C", str(_PACKAGE), *arguments, "--", "."]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.strip() if done.returncode == 0 else ""

    commit = said("log", "-1", "--format=%h")
    return f"{commit}+" if commit and said("status", "--porcelain") else commit
