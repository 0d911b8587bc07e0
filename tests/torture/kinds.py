"""All kinds of faults, and how many of each."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from tests.torture.bad_input import BadArguments, BadFiles
from tests.torture.bot import Bots, KillsOfAlerts, KillsOfAnswers
from tests.torture.damage import DamageOfIndex, DamageOfState
from tests.torture.disks import can_mount
from tests.torture.full_disk import FullDisk
from tests.torture.kills_of_add import KillsOfAdd
from tests.torture.kills_of_crawl import KillsOfCrawl
from tests.torture.kills_of_index import KillsOfIndex
from tests.torture.place import Stage
from tests.torture.programs import Programs
from tests.torture.read_only import ReadOnly
from tests.torture.two_writers import TwoBots, TwoWriters
from tests.torture.wrong_clock import WrongClock


class Torture(Protocol):
    """One kind of fault; `notes` count what happened on the way."""

    notes: Counter[str]

    def round(self, chance: random.Random) -> int:
        """Do it, check what must hold, return how often it was done; raises Violation."""


_KEYS = (
    *("index", "rebuild", "answers", "alerts", "add", "crawl", "damage", "disk", "state"),
    *("writers", "bots", "clock", "files", "arguments", "read-only"),
)


@dataclass(frozen=True)
class Kind:
    """A kind of fault: its name on the command line and in the table, and what is counted.

    `parts` are of all that are asked for in the same unit.
    """

    key: str
    name: str
    unit: str
    parts: int
    make: Callable[[], Torture]


def kinds(stage: Stage, resources: ExitStack) -> list[Kind]:
    """Return all kinds; what they need stays open in *resources*."""
    # made when first needed: a run may be of one kind only
    crawl = cache(lambda: resources.enter_context(KillsOfCrawl.ready(stage)))
    bots = cache(lambda: resources.enter_context(Bots.ready(stage)))
    add = cache(lambda: KillsOfAdd(stage))

    def alerts() -> KillsOfAlerts:
        return KillsOfAlerts(bots())

    def clock() -> WrongClock:
        return WrongClock(stage, crawl().site, alerts())

    found = [
        Kind("index", "SIGKILL of `index`", "kills", 20, lambda: KillsOfIndex(stage)),
        Kind(
            "rebuild",
            "SIGKILL of `index --rebuild`",
            "kills",
            20,
            lambda: KillsOfIndex(stage, "--rebuild"),
        ),
        Kind("add", "SIGKILL of `add`", "kills", 15, add),
        Kind("crawl", "SIGKILL of `crawl`", "kills", 15, crawl),
        Kind("answers", "SIGKILL of `bot` answering", "kills", 15, lambda: KillsOfAnswers(bots())),
        Kind("alerts", "SIGKILL of `bot` telling alerts", "kills", 15, alerts),
        Kind("disk", "disk full", "faults", 18, lambda: FullDisk(stage, add())),
        Kind("damage", "index files damaged", "faults", 30, lambda: DamageOfIndex(stage)),
        Kind("state", "lasting data damaged", "faults", 24, lambda: DamageOfState(stage)),
        Kind("writers", "two writers at once", "faults", 10, lambda: TwoWriters(stage, add())),
        Kind("bots", "two bots at once, restoring", "faults", 3, lambda: TwoBots(bots())),
        Kind("clock", "clock jumping back", "faults", 6, clock),
        Kind("files", "damaged files offered", "inputs", 85, lambda: BadFiles(stage)),
        Kind("arguments", "senseless command lines", "inputs", 15, lambda: BadArguments(stage)),
    ]
    if can_mount():
        made = Kind("read-only", "folders read-only", "faults", 9, lambda: ReadOnly(stage, add()))
        found.append(made)
    return found


@contextmanager
def stage_in(folder: Path) -> Iterator[Stage]:
    """Prepare a stage in *folder*."""
    with Programs.ready(folder / "runs") as programs:
        yield Stage.made(folder, programs, folder / "encoder")


def keys() -> list[str]:
    """Return the keys of all kinds that can be done here."""
    return [key for key in _KEYS if key != "read-only" or can_mount()]
