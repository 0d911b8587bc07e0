"""When to kill: any moment of what a command takes."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.torture.programs import Result, Run

ANEW = 0.15  # of the runs are started as a shell does, the others are forks of a warm process
_MEASURED = 0.06  # of the runs go on to their end, to know how long they take by now
_BEYOND = 1.05


@dataclass
class Moments:
    """Moments spread over the time that a command takes, forked and started anew."""

    seconds: dict[bool, float] = field(default_factory=dict)

    def kill(self, start: Callable[[bool], Run], chance: random.Random) -> Result:
        """Start a run and kill it at some moment; return how it ended.

        The first ones, and some of the others, go on to their end.
        """
        anew = chance.random() < ANEW
        run = start(anew)
        if anew in self.seconds and chance.random() >= _MEASURED:
            time.sleep(chance.uniform(0, self.seconds[anew] * _BEYOND))
            run.signal(signal.SIGKILL)
            return run.wait()
        result = run.wait()
        self.seconds[anew] = result.seconds
        return result
