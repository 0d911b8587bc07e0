"""Doing one kind of fault again and again, in a process of its own."""

from __future__ import annotations

import logging
import random
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.torture.kinds import Kind, kinds, stage_in
from tests.torture.readers import measure
from tests.torture.tally import Tally
from tests.torture.violations import Violation

READERS = "readers"
READING_SECONDS = 10.0


def run(kind: Kind, wanted: int, seed: int, end: float) -> Tally:
    """Do *kind* until it was done *wanted* times; each round has a random source of its own.

    No round begins after *end*, by the monotonic clock.
    """
    torture = kind.make()
    tally = Tally(kind.name, kind.unit, notes=torture.notes)
    number = 0
    while tally.tried < wanted and number < 3 * wanted + 10 and time.monotonic() < end:
        number += 1
        try:
            tally.tried += torture.round(random.Random(f"{seed} {kind.key} {number}"))
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            tally.tried += 1
            tally.violations.append(error.kind if isinstance(error, Violation) else "other")
            again = f"--only {kind.key} --seed {seed}, round {number}"
            sys.stderr.write(f"VIOLATION ({again}): {error}\n")
            if not isinstance(error, Violation):
                traceback.print_exception(error)
        if number % 10 == 0:
            sys.stderr.write(f"{kind.key}: {tally.tried} of {wanted} {kind.unit}\n")
    return tally


def run_alone(key: str, wanted: dict[str, int], seed: int, end: float, folder: Path) -> Tally:
    """Do the kind *key* on a stage of its own below that in *folder*."""
    logging.disable()  # libraries tell of every damaged file
    (folder / key).mkdir()
    for shared in ("encoder", "template"):
        (folder / key / shared).symlink_to(folder / shared)
    with ExitStack() as resources:
        stage = resources.enter_context(stage_in(folder / key))
        if key == READERS:
            return read(lambda: measure(stage, READING_SECONDS))
        every = kinds(stage, resources)
        kind = next(kind for kind in every if kind.key == key)
        whole = sum(other.parts for other in every if other.unit == kind.unit)
        return run(kind, -(-wanted[kind.unit] * kind.parts // whole), seed, end)


def read(measuring: Callable[[], str]) -> Tally:
    """Measure readers, again when another program may have been in the way."""
    tally = Tally("searches by 4 processes during rebuilds", "measures", tried=1)
    for last in (False, False, True):
        try:
            tally.notes[measuring()] = 1
            break
        except Violation as violation:
            sys.stderr.write(f"{READERS}: {violation}\n")
            if last:
                tally.violations.append(violation.kind)
    return tally
