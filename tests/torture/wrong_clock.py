"""A clock that was ahead and jumps back."""

from __future__ import annotations

import random
from collections import Counter

from tests.cli.test_killed import ARTICLES, NEW, write_corpus
from tests.ingest.site import Site
from tests.torture.bot import KillsOfAlerts
from tests.torture.kills_of_crawl import ENVIRONMENT, SHELF, must_have_crawled, name_source
from tests.torture.place import Stage

_DAY = 86_400.0


class WrongClock:
    """Indexing, crawling and telling alerts go on as if nothing had been."""

    def __init__(self, stage: Stage, site: Site, alerts: KillsOfAlerts) -> None:
        self._stage = stage
        self._site = site
        self._alerts = alerts
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random) -> int:
        """Do something with the clock ahead, the same again with it right or behind, check."""
        ahead = chance.uniform(1, 4_000) * _DAY
        behind = chance.choice((0.0, -chance.uniform(1, 4_000) * _DAY))
        what = chance.choice((self._index, self._index, self._crawl, self._tell))
        self.notes[what.__name__.strip("_")] += 1
        what(chance, ahead, behind)
        return 1

    def _index(self, _chance: random.Random, ahead: float, behind: float) -> None:
        place = self._stage.copy("wrong_clock")
        place.run("index", "--rebuild", clock=ahead).must(0)
        write_corpus(place.corpus, NEW)
        place.run("index", clock=behind).must(0)
        place.must_answer({NEW})
        place.must_be_whole()

    def _crawl(self, _chance: random.Random, ahead: float, behind: float) -> None:
        place = self._stage.copy("wrong_clock")
        name_source(place, self._site)
        routes = dict(self._site.routes)
        self._site.routes = {"/flux": routes["/flux"]}  # no page is there yet
        place.run("crawl", environment=ENVIRONMENT, clock=ahead).must(0)
        self._site.routes = routes
        place.run("crawl", environment=ENVIRONMENT, clock=behind).must(0)
        must_have_crawled(place)
        place.must_be_whole(ARTICLES + len(SHELF))

    def _tell(self, chance: random.Random, _ahead: float, behind: float) -> None:
        self._alerts.round(chance, clock=behind)
