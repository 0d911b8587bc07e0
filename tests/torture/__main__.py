"""Run all of it; see the package's page."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.torture.bot import Bots, KillsOfAlerts, KillsOfAnswers
from tests.torture.kills_of_add import KillsOfAdd
from tests.torture.kills_of_crawl import KillsOfCrawl
from tests.torture.kills_of_index import KillsOfIndex
from tests.torture.place import Stage
from tests.torture.programs import Programs
from tests.torture.tally import Tally, notes, table
from tests.torture.violations import Violation


class Torture(Protocol):
    """One kind of fault."""

    def round(self, chance: random.Random) -> int:
        """Do it, check what must hold, return how often it was done; raises Violation."""


@dataclass(frozen=True)
class Kind:
    """A kind of fault: what it is called, what is counted, and its part of all that are asked for.

    `parts` are of a hundred.
    """

    key: str
    name: str
    unit: str
    parts: int
    torture: Torture


def kinds(stage: Stage, resources: ExitStack) -> list[Kind]:
    """Return all kinds; what they need stays open in *resources*."""
    crawl = resources.enter_context(KillsOfCrawl.ready(stage))
    bots = resources.enter_context(Bots.ready(stage))
    return [
        Kind("index", "SIGKILL of `index`", "kills", 22, KillsOfIndex(stage)),
        Kind(
            "rebuild", "SIGKILL of `index --rebuild`", "kills", 22, KillsOfIndex(stage, "--rebuild")
        ),
        Kind("add", "SIGKILL of `add`", "kills", 14, KillsOfAdd(stage)),
        Kind("crawl", "SIGKILL of `crawl`", "kills", 14, crawl),
        Kind("answers", "SIGKILL of `bot` while it answers", "kills", 14, KillsOfAnswers(bots)),
        Kind("alerts", "SIGKILL of `bot` while it tells alerts", "kills", 14, KillsOfAlerts(bots)),
    ]


@contextmanager
def stage_in(folder: Path) -> Iterator[Stage]:
    """Prepare a stage in *folder*."""
    with Programs.ready(folder / "runs") as programs:
        yield Stage.made(folder, programs, folder / "encoder")


def run(kind: Kind, wanted: int, seed: int) -> Tally:
    """Do *kind* until it was done *wanted* times; each round has a random source of its own."""
    tally = Tally(kind.name, kind.unit)
    number = 0
    while tally.tried < wanted and number < 3 * wanted + 10:
        number += 1
        try:
            tally.tried += kind.torture.round(random.Random(f"{seed} {kind.key} {number}"))
        except Violation as violation:
            tally.violations.append((number, violation))
            tally.tried += 1
            again = f"--only {kind.key} --seed {seed}, round {number}"
            sys.stderr.write(f"\nVIOLATION ({again}): {violation}\n")
        sys.stderr.write(f"\r{kind.key}: {tally.tried} of {wanted} {kind.unit} ")
        sys.stderr.flush()
    sys.stderr.write("\n")
    return tally


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; return 1 when something that must hold did not."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="how many kills, in all")
    parser.add_argument("--faults", type=int, default=200, help="how many other faults, in all")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", action="append", help="a kind of fault; may be repeated")
    parser.add_argument("--write", type=Path, help="write the table to this file")
    given = parser.parse_args(arguments)
    started = time.monotonic()
    wanted = {"kills": given.kills, "faults": given.faults, "inputs": given.faults}
    sys.stderr.write(f"seed {given.seed}\n")
    with tempfile.TemporaryDirectory(prefix="torture-") as folder, ExitStack() as resources:
        stage = resources.enter_context(stage_in(Path(folder)))
        chosen = [k for k in kinds(stage, resources) if not given.only or k.key in given.only]
        whole = {unit: sum(k.parts for k in chosen if k.unit == unit) for unit in wanted}
        tallies = [
            run(kind, -(-wanted[kind.unit] * kind.parts // whole[kind.unit]), given.seed)
            for kind in chosen
        ]
    report = f"{table(tallies)}\n\n{notes(tallies)}".strip()
    sys.stdout.write(f"{report}\n")
    sys.stderr.write(f"{time.monotonic() - started:.0f} s\n")
    return int(any(tally.violations for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
