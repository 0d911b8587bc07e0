"""`python -m tests.fuzz TARGET FILE…` checks inputs; with `--seconds N` it looks for others.

Looking needs Atheris (https://github.com/google/atheris), a fuzzer guided by coverage, which is not
among what `make test` installs: `.venv/bin/pip install atheris`. What makes a target fail is
written into `tests/fuzz/corpus/TARGET/`, and printed with the traceback.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tests.fuzz.targets import NAMES, load

CORPUS = Path(__file__).parent / "corpus"
LONGEST = 20_000  # bytes of an input
SLOW = 10  # seconds after which one input is a finding
MEGABYTES = 2_048  # of memory, likewise


def main(arguments: list[str]) -> int:
    """Return the exit code: 0 when all holds, 2 when there is nothing to run it with."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=NAMES)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=int, help="look for failing inputs for so long")
    parsed = parser.parse_args(arguments)
    warnings.simplefilter("error")  # as in `make test`
    if parsed.seconds is None:
        for file in parsed.files:
            load(parsed.target).check(file.read_bytes())
            sys.stdout.write(f"{file}: holds\n")
        return 0
    atheris = _atheris()
    if atheris is None:
        sys.stderr.write("Atheris is not installed. On Linux: .venv/bin/pip install atheris\n")
        return 2
    _look(atheris, parsed.target, parsed.seconds)
    return 0


def _atheris() -> ModuleType | None:
    try:
        return import_module("atheris")
    except ImportError:
        return None


def _look(atheris: ModuleType, name: str, seconds: int) -> None:
    with atheris.instrument_imports(include=["coopbot", "tomllib"]):
        target = load(name)
    found = CORPUS / name
    found.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as seeds:
        for number, seed in enumerate(target.seeds()):
            (Path(seeds) / str(number)).write_bytes(seed)
        options = [
            f"-max_total_time={seconds}",
            f"-artifact_prefix={found}/",
            f"-max_len={LONGEST}",
            f"-timeout={SLOW}",
            f"-rss_limit_mb={MEGABYTES}",
        ]
        atheris.Setup([sys.argv[0], *options, seeds, str(found)], target.check)
        atheris.Fuzz()  # ends the process


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
