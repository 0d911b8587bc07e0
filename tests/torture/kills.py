"""When to kill: any moment of what a command takes."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.torture.programs import Result, Run

ANEW = 0.15  # of the runs are started as a shell does, the others are forks of a warm process
_BEYOND = 1.05


@dataclass
class Moments:
    """Moments spread over the time that a command takes, as last measured."""

    seconds: float = 1.0
    seconds_anew: float = 2.0

    def kill(self, start: Callable[[bool], Run], chance: random.Random) -> Result:
        """Start a run and kill it at some moment; return how it ended."""
        anew = chance.random() < ANEW
        span = self.seconds_anew if anew else self.seconds
        moment = chance.uniform(0, span * _BEYOND)
        run = start(anew)
        time.sleep(moment)
        run.signal(signal.SIGKILL)
        result = run.wait()
        if not result.killed and result.seconds < moment:
            # it was quicker than thought: nearer to what it takes now
            setattr(self, "seconds_anew" if anew else "seconds", max(0.05, 0.9 * span))
        elif result.killed and moment > 0.98 * span:
            setattr(self, "seconds_anew" if anew else "seconds", 1.1 * span)
        return result
