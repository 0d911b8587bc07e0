"""`coopbot index` and `index --rebuild`, killed at any moment."""

from __future__ import annotations

import random
from collections import Counter

from tests.cli.test_killed import NEW, OLD
from tests.torture.kills import Moments
from tests.torture.place import Stage
from tests.torture.violations import expect


class KillsOfIndex:
    """The old index answers, or the new one; never half of it. The next run completes."""

    def __init__(self, stage: Stage, *flags: str) -> None:
        self._stage = stage
        self._flags = flags
        self._moments = Moments()
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random) -> int:
        """Kill once, check; return how many kills there were."""
        place = self._stage.copy("kills_of_index", NEW)
        if chance.random() < 0.2:  # the texts must be encoded: their threads are killed too
            for file in (place.index / "vectors").iterdir():
                file.unlink()
        articles, before = place.files(), place.live
        had_vectors = any((place.index / "vectors").iterdir())
        result = self._moments.kill(
            lambda anew: place.start("index", *self._flags, anew=anew), chance
        ).must(0, -9)
        expect(place.files() == articles, "lost", "the corpus changed")
        half = any(place.index.glob("*.new"))
        made = "the new one half made" if half else "nothing made yet"
        self.notes[made if place.live == before else "the new one live"] += 1
        if had_vectors or place.live != before:
            place.must_answer({OLD} if place.live == before else {NEW})
        place.must_be_whole()
        place.must_answer({NEW})
        return int(result.killed)
