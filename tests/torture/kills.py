"""When to kill: any moment of what a command takes."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.torture.programs import Result, Run

ANEW = 0.15  # of the runs are started as a shell does, the others are forks of a warm process
# A run that ended before its kill makes the next ones sooner, one that did not makes them later:
# one in five is not killed, and the moments are spread over all of what the command takes.
_SOONER, _LATER = 0.7, 1.1


@dataclass
class Moments:
    """Moments spread over the time that a command takes, forked and started anew."""

    seconds: dict[bool, float] = field(default_factory=dict)

    def kill(self, start: Callable[[bool], Run], chance: random.Random) -> Result:
        """Start a run and kill it at some moment; return how it ended.

        The first ones go on to their end.
        """
        anew = chance.random() < ANEW
        run = start(anew)
        if anew not in self.seconds:
            result = run.wait()
            self.seconds[anew] = result.seconds
            return result
        time.sleep(chance.uniform(0, self.seconds[anew]))
        run.signal(signal.SIGKILL)
        result = run.wait()
        self.seconds[anew] *= _LATER if result.killed else _SOONER
        return result
