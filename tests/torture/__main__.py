"""Run all of it; see the package's page."""

from __future__ import annotations

import argparse
import logging
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.torture.kinds import Kind, kinds, stage_in
from tests.torture.readers import measure
from tests.torture.report import page
from tests.torture.tally import Tally, notes, table
from tests.torture.violations import Violation

READING_SECONDS = 10.0


def run(kind: Kind, wanted: int, seed: int) -> Tally:
    """Do *kind* until it was done *wanted* times; each round has a random source of its own."""
    tally = Tally(kind.name, kind.unit)
    torture = kind.make()
    number = 0
    while tally.tried < wanted and number < 3 * wanted + 10:
        number += 1
        try:
            tally.tried += torture.round(random.Random(f"{seed} {kind.key} {number}"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            known = isinstance(error, Violation)
            violation = error if isinstance(error, Violation) else Violation("other", repr(error))
            tally.violations.append(violation)
            tally.tried += 1
            again = f"--only {kind.key} --seed {seed}, round {number}"
            sys.stderr.write(f"\nVIOLATION ({again}): {violation}\n")
            if not known:
                traceback.print_exception(error)
        sys.stderr.write(f"\r{kind.key}: {tally.tried} of {wanted} {kind.unit} ")
        sys.stderr.flush()
    sys.stderr.write("\n")
    tally.notes = torture.notes
    return tally


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; return 1 when something that must hold did not."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="how many kills, in all")
    parser.add_argument("--faults", type=int, default=120, help="how many other faults, in all")
    parser.add_argument("--inputs", type=int, default=600, help="how many bad inputs, in all")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of all that is random")
    parser.add_argument("--only", action="append", help="a kind of fault; may be repeated")
    parser.add_argument("--write", type=Path, help="write the table to this file")
    given = parser.parse_args(arguments)
    wanted = {"kills": given.kills, "faults": given.faults, "inputs": given.inputs}
    logging.disable()  # libraries tell of every damaged file
    sys.stderr.write(f"seed {given.seed}\n")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="torture-") as folder, ExitStack() as resources:
        stage = resources.enter_context(stage_in(Path(folder)))
        chosen = [k for k in kinds(stage, resources) if not given.only or k.key in given.only]
        whole = {unit: sum(k.parts for k in chosen if k.unit == unit) for unit in wanted}
        tallies = [
            run(kind, -(-wanted[kind.unit] * kind.parts // whole[kind.unit]), given.seed)
            for kind in chosen
        ]
        reading = ""
        if not given.only or "readers" in given.only:
            try:
                reading = measure(stage, READING_SECONDS).sentence()
            except Violation as violation:
                tallies.append(Tally("readers during rebuilds", "faults", 1, [violation]))
                sys.stderr.write(f"\nVIOLATION: {violation}\n")
    report = "\n\n".join(part for part in (table(tallies), reading, notes(tallies)) if part)
    sys.stdout.write(f"{report}\n")
    sys.stderr.write(f"{time.monotonic() - started:.0f} s\n")
    if given.write:
        given.write.write_text(page(report, given.seed), encoding="utf-8")
    return int(any(tally.violations for tally in tallies))


if __name__ == "__main__":
    sys.exit(main())
