"""Run all of it; see the package's page."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.torture.kinds import keys, stage_in
from tests.torture.report import page
from tests.torture.rounds import READERS, run_alone
from tests.torture.tally import notes, table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; return 1 when something that must hold did not."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="how many kills, in all")
    parser.add_argument("--faults", type=int, default=120, help="how many other faults, in all")
    parser.add_argument("--inputs", type=int, default=600, help="how many bad inputs, in all")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of all that is random")
    parser.add_argument("--only", action="append", help="a kind of fault; may be repeated")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="kinds at a time")
    parser.add_argument("--minutes", type=float, default=60.0, help="begin nothing after so long")
    parser.add_argument("--write", type=Path, help="write the table to this file")
    given = parser.parse_args(arguments)
    wanted = {"kills": given.kills, "faults": given.faults, "inputs": given.inputs}
    started = time.monotonic()
    end = started + 60 * given.minutes
    sys.stderr.write(f"seed {given.seed}\n")
    chosen = given.only or [*keys(), READERS]
    with tempfile.TemporaryDirectory(prefix="torture-") as name:
        folder = Path(name)
        with stage_in(folder):
            pass  # its place is copied by all of them
        alone = partial(run_alone, wanted=wanted, seed=given.seed, end=end, folder=folder)
        together = [key for key in chosen if key != READERS]
        context = get_context("spawn")  # BLAS has threads by now
        with ProcessPoolExecutor(given.jobs, context) as pool:
            tallies = list(pool.map(alone, together))
        if READERS in chosen:  # by themselves: it is time that is measured
            tallies.append(alone(READERS))
    report = f"{table(tallies)}\n\n{notes(tallies)}".strip()
    sys.stdout.write(f"{report}\n")
    sys.stderr.write(f"{time.monotonic() - started:.0f} s\n")
    if given.write:
        given.write.write_text(page(report, given.seed), encoding="utf-8")
    return int(any(tally.violations for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
