"""The floors under the golden questions: `python -m tests.search.floors` raises them to what is
reached now. To lower one needs `--lower "the reason"`, which stays in the file.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import tempfile
import tomllib
from pathlib import Path

from coopbot.evaluation import GOLDEN, evaluate_golden, golden_figures, read_golden
from coopbot.library import Library
from coopbot.settings import Settings
from tests.conftest import CORPUS

FILE = Path(__file__).with_name("floors.toml")
HALF = "report"
PINNED = {"fr": ("success@1", "success@3", "answered"), "en": ("success@3", "answered")} | {
    "foreign": ("declined",)
}
Figures = dict[str, dict[str, float]]


def floors() -> Figures:
    """Return the pinned floors, by group of questions and figure."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    return {group: dict(content.get(group, {})) for group in PINNED}


def reached(library: Library) -> Figures:
    """Return the pinned figures as *library* reaches them now."""
    questions = [q for q in read_golden(CORPUS / GOLDEN) if q.half == HALF]
    figures = golden_figures(evaluate_golden(questions, library))
    return {
        group: {name: figures[group][name] for name in names} for group, names in PINNED.items()
    }


def main() -> None:
    """Write the floors anew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lower", metavar="REASON")
    reason = parser.parse_args().lower
    with tempfile.TemporaryDirectory() as place:
        library = Library(Settings(corpus=CORPUS, index=Path(place), state=Path(place)))
        library.refresh()
        library.open()
        now = reached(library)
        library.close()
    before = floors()
    lines = ["# What `make test` holds the golden questions to; see tests/search/floors.py."]
    old = FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []
    lines += [line for line in old if line.startswith("# lowered")]
    for group, names in PINNED.items():
        lines += ["", f"[{group}]"]
        for name in names:
            value = math.floor(now[group][name] * 1_000) / 1_000
            pinned = before[group].get(name, 0.0)
            if value < pinned and reason:
                today = dt.datetime.now(dt.UTC).date()
                lines.insert(1, f"# lowered {today}: {group} {name} {pinned} -> {value}: {reason}")
            lines.append(f'"{name}" = {value if reason else max(value, pinned)}')
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
