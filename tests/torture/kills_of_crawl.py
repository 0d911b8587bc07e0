"""`coopbot crawl` of a web site on loopback, killed at any moment."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from coopbot.corpus import Corpus
from coopbot.state.database import FILE, is_sound
from tests.cli.test_killed import ARTICLES
from tests.conftest import CORPUS
from tests.ingest.articles import article, as_page
from tests.ingest.site import Site, feed, page
from tests.torture.kills import Moments
from tests.torture.place import Place, Stage
from tests.torture.violations import expect

SHELF = sorted(path for path in Corpus(CORPUS).paths() if path.startswith("creer/"))[:6]
ENVIRONMENT = {"COOPBOT_PRIVATE_NETWORKS": "127.0.0.0/8, ::1", "COOPBOT_REQUEST_INTERVAL": "0"}


class KillsOfCrawl:
    """It goes on where it stopped: each article is there once, and is not asked for again."""

    def __init__(self, stage: Stage, site: Site) -> None:
        self._stage = stage
        self.site = site
        self._moments = Moments()
        self.notes: Counter[str] = Counter()

    @classmethod
    @contextmanager
    def ready(cls, stage: Stage) -> Iterator[KillsOfCrawl]:
        """Serve the site while the block runs."""
        with site_of_articles() as site:
            yield cls(stage, site)

    def round(self, chance: random.Random) -> int:
        """Kill once, or again and again, check; return how many kills there were."""
        place = self._stage.copy("kills_of_crawl")
        name_source(place, self.site)
        before = place.files()
        kills = 0
        for _ in range(chance.choice((1, 1, 2))):
            result = self._moments.kill(
                lambda anew: place.start("crawl", environment=ENVIRONMENT, anew=anew), chance
            ).must(0, -9)
            kills += result.killed
            self.notes[f"with {len(place.files()) - len(before)} of {len(SHELF)} stored"] += 1
            expect(before.items() <= place.files().items(), "lost", "an article changed")
        place.run("crawl", environment=ENVIRONMENT).must(0)
        must_have_crawled(place)
        expect(is_sound(place.state / FILE), "lost", "the state is damaged")
        asked = len(self.site.log)
        place.run("crawl", "Essai", environment=ENVIRONMENT).must(0)
        again = [p for p in self.site.paths[asked:] if p.startswith("/creer")]
        expect(not again, "duplicated", f"fetched again: {again}")
        place.must_be_whole(ARTICLES + len(SHELF))
        return kills


@contextmanager
def site_of_articles() -> Iterator[Site]:
    """Serve a feed of articles, each on its page."""
    with Site.running({f"/{path}": page(as_page(path)) for path in SHELF}) as site:
        items = "".join(f"<item><link>{site.url(f'/{path}')}</link></item>" for path in SHELF)
        site.routes["/flux"] = feed(f'<rss version="2.0"><channel>{items}</channel></rss>')
        yield site


def name_source(place: Place, site: Site) -> None:
    """Name the feed of *site* as a source."""
    (place.corpus / "sources.toml").write_text(
        f'[[source]]\nname = "Essai"\nkind = "feed"\nurl = "{site.url("/flux")}"\n',
        encoding="utf-8",
    )


def must_have_crawled(place: Place) -> None:
    """Check that each article of the site is in the corpus once."""
    corpus = Corpus(place.corpus)
    titles = Counter(corpus.read(path).article.title for path in corpus.paths())
    for path in SHELF:
        count = titles[" ".join(article(path).title.split())]
        expect(count, "lost", f"not crawled: {path}")
        expect(count == 1, "duplicated", f"{count} times: {path}")
