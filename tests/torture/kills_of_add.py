"""`coopbot add`, killed at any moment."""

from __future__ import annotations

import random
from collections import Counter

from tests.cli.test_killed import ARTICLES, OLD
from tests.conftest import article_text
from tests.torture.kills import Moments
from tests.torture.place import Stage
from tests.torture.violations import expect

ADDED = 5


class KillsOfAdd:
    """Each new article is there whole or not at all; offered again, each is there once."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._moments = Moments()
        self.notes: Counter[str] = Counter()
        self.offered: list[str] = []
        for number in range(ADDED):
            offered = stage.folder / f"offert-{number}.md"
            body = f"La coopérative {number} partage un moulin et un verger. " * 40
            offered.write_text(article_text(f"Offert {number}", body), encoding="utf-8")
            self.offered.append(str(offered))
        reference = stage.copy("reference_of_add")
        reference.run("add", *self.offered).must(0)
        self._all = reference.files()

    def round(self, chance: random.Random) -> int:
        """Kill once, check; return how many kills there were."""
        place = self._stage.copy("kills_of_add")
        before = place.files()
        result = self._moments.kill(
            lambda anew: place.start("add", *self.offered, anew=anew), chance
        ).must(0, -9)
        found = place.files()
        self.notes[f"with {len(found) - len(before)} of {ADDED} stored"] += 1
        expect(before.items() <= found.items(), "lost", "an article that was there changed")
        expect(found.items() <= self._all.items(), "other", "a half-written or unknown article")
        place.must_answer({OLD})
        place.run("add", *self.offered).must(0)
        expect(self._all.items() <= place.files().items(), "lost", sorted(place.files()))
        expect(place.files() == self._all, "duplicated", sorted(place.files()))
        place.must_be_whole(ARTICLES + ADDED)
        return int(result.killed)
