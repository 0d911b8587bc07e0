"""`crawl` on a real web site: it takes what is right, says why not of the rest, and resumes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from coopbot.corpus import Corpus
from coopbot.ingest.crawl import Crawler, Ended, Round
from coopbot.ingest.exchange import Limits
from coopbot.ingest.intake import Intake
from coopbot.ingest.shelf import Outcome, Shelf
from coopbot.ingest.sources import Frequency, Kind, Source
from coopbot.state import Database
from coopbot.state.visits import Visits
from tests.ingest.articles import RESERVES, SCIC, SCOP, STEPS, article, as_page, paywalled
from tests.ingest.clock import FakeClock
from tests.ingest.site import (
    Site,
    bomb,
    cached,
    endless,
    feed,
    garbage,
    page,
    redirect,
    robots,
    silent,
    sitemap,
    status,
)

LIMITS = Limits(size=2_000_000, read=0.3, whole=0.6, attempts=2)


class Stopped(BaseException):
    """The process is killed."""


@dataclass
class Desk:
    """A corpus, a state and a site, which crawls at different times share."""

    corpus: Corpus
    database: Database
    clock: FakeClock
    site: Site
    asked: list[str] = field(default_factory=list)  # by the last crawl, without robots.txt

    def source(self, path: str, kind: Kind = Kind.FEED, host: str = "a.example") -> Source:
        """Return a source at *path*."""
        name = f"{host}{path}"
        return Source(name, kind, self.site.url(path, host), tags=("essai",), selector="h2 a")

    def feed(self, *paths: str, host: str = "a.example") -> str:
        """Return RSS that names *paths*."""
        items = (
            f"<item><title>Titre du flux</title><link>{self.site.url(p, host)}</link>"
            "<pubDate>Fri, 02 Jan 2015 08:00:00 GMT</pubDate><category>flux</category></item>"
            for p in paths
        )
        return f'<rss version="2.0"><channel><title>Flux</title>{"".join(items)}</channel></rss>'

    def crawl(
        self,
        *sources: Source,
        stop_after: int | None = None,
        eager: bool = False,
        dry_run: bool = False,
    ) -> list[Round]:
        """Visit *sources*; `asked` is then what the site was asked for."""
        self.site.log.clear()
        told = 0

        def tell(_source: Source, _outcome: Outcome, _left: int) -> None:
            nonlocal told
            told += 1
            if told == stop_after:
                raise Stopped

        async def visit() -> list[Round]:
            async with self.site.fetcher(self.clock, LIMITS) as fetcher:
                shelf = Shelf(self.corpus, dry_run=dry_run)
                intake = Intake(shelf, fetcher, self.clock.now().date().isoformat())
                visits = Visits(self.database)
                crawler = Crawler(intake, fetcher, visits, self.clock.now, eager, dry_run)
                return [ended async for ended in crawler.crawl(sources, tell)]

        try:
            return sorted(asyncio.run(visit()), key=lambda r: sources.index(r.source))
        finally:
            self.asked = [path for path in self.site.paths if path != "/robots.txt"]

    def later(self, days: float) -> None:
        """Let *days* pass."""
        self.clock.seconds += days * 86_400

    @property
    def titles(self) -> set[str]:
        """The titles in the corpus."""
        return {plain(self.corpus.read(path).article.title) for path in self.corpus.paths()}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty corpus, and a site without pages."""
    (tmp_path / "corpus").mkdir()
    clock = FakeClock()
    database = Database(tmp_path / "state", clock.now)
    with Site.running({}) as site:
        yield Desk(Corpus(tmp_path / "corpus"), database, clock, site)
    database.close()


def plain(title: str) -> str:
    """Return *title* with blanks of one kind."""
    return " ".join(title.split())


def title_of(*paths: str) -> set[str]:
    """Return the titles of the articles of the repository's corpus at *paths*."""
    return {plain(article(path).title) for path in paths}


def became(ended: Round) -> dict[str, str]:
    """Return what became of each path."""
    return {
        "/" + outcome.offered.split("/", 3)[3]: str(
            outcome.error.key if outcome.error else outcome.became
        )
        for outcome in ended.outcomes
    }


def test_what_is_right_is_taken_and_the_rest_is_refused_with_its_reason(desk: Desk) -> None:
    paths = ["/scic", "/vieux", "/copie", "/payant", "/absent", "/interdit", "/prive", "/bombe"]
    paths += ["/muet", "/sans-fin", "/boucle", "/casse", "/scop"]
    desk.site.routes |= {
        "/robots.txt": robots("User-agent: *\nDisallow: /interdit"),
        "/flux": feed(desk.feed(*paths)),
        "/scic": page(as_page(SCIC)),
        "/vieux": redirect("/etapes"),
        "/etapes": page(as_page(STEPS)),
        "/copie": page(as_page(SCIC)),
        "/payant": page(paywalled(SCOP)),
        "/prive": status(403),
        "/bombe": bomb(50_000_000),
        "/muet": silent(),
        "/sans-fin": endless(),
        "/boucle": redirect("/boucle"),
        "/casse": garbage(b"HTTP/1.1 \0\xff\r\n\r\n"),
        "/scop": page(as_page(SCOP).encode("windows-1252", "xmlcharrefreplace"), "text/html"),
    }
    (ended,) = desk.crawl(desk.source("/flux"))
    found = became(ended)
    assert {path: found.pop(path) for path in ("/scic", "/vieux", "/copie", "/scop")} == {
        "/scic": "added",
        "/vieux": "added",
        "/copie": "duplicate",
        "/scop": "added",
    }
    assert "added" not in found.values()
    assert {path: found[path] for path in ("/absent", "/interdit", "/prive", "/boucle")} == {
        "/absent": "fetch_missing",
        "/interdit": "fetch_robots",
        "/prive": "fetch_denied",
        "/boucle": "fetch_redirects",
    }
    assert found["/muet"] == found["/sans-fin"] == "fetch_timeout"
    assert found["/bombe"] == "fetch_too_large"
    for outcome in ended.outcomes:
        if outcome.error is not None:
            assert outcome.error.text("fr")
    assert desk.titles == title_of(SCIC, STEPS, SCOP)


def test_an_article_has_the_tags_of_its_source_and_what_only_the_feed_knows(desk: Desk) -> None:
    dateless = as_page(SCIC, head="")
    desk.site.routes |= {"/flux": feed(desk.feed("/scic")), "/scic": page(dateless)}
    desk.crawl(desk.source("/flux"))
    (path,) = desk.corpus.paths()
    taken = desk.corpus.read(path).article
    assert {plain(taken.title)} == title_of(SCIC)
    assert taken.published == "2015-01-02"
    assert {"flux", "essai"} <= set(taken.tags)
    assert taken.url == desk.site.url("/scic", "a.example")
    assert taken.retrieved == "2026-11-23"


def test_every_kind_of_source_names_articles(desk: Desk) -> None:
    host = "a.example"
    desk.site.routes |= {
        "/": page('<head><link rel=alternate type="application/atom+xml" href="/flux">'),
        "/flux": feed(desk.feed("/scic")),
        "/plan.xml": page(
            f"<sitemapindex><sitemap><loc>{desk.site.url('/absent.xml', host)}</loc></sitemap>"
            f"<sitemap><loc>{desk.site.url('/pages.xml', host)}</loc></sitemap></sitemapindex>",
            "application/xml",
        ),
        "/pages.xml": sitemap(desk.site.url("/scop", host), desk.site.url("/agenda/1", host)),
        "/liste": page('<h2><a href="/etapes">Étapes</a></h2><a href="/contact">Contact</a>'),
        "/scic": page(as_page(SCIC)),
        "/scop": page(as_page(SCOP)),
        "/etapes": page(as_page(STEPS)),
        "/reserves": page(as_page(RESERVES)),
    }
    rounds = desk.crawl(
        desk.source("/"),
        replace(desk.source("/plan.xml", Kind.SITEMAP), exclude=("*/agenda/*",)),
        desk.source("/liste", Kind.LISTING),
        desk.source("/reserves", Kind.PAGE),
    )
    assert [became(ended) for ended in rounds] == [
        {"/scic": "added"},
        {"/scop": "added"},
        {"/etapes": "added"},
        {"/reserves": "added"},
    ]


def test_one_bad_source_never_stops_the_others(desk: Desk) -> None:
    desk.site.routes |= {
        "/erreur": status(500),
        "/page": page("<p>Rien"),
        "/liste": page("<p>Rien"),
        "/flux": feed(desk.feed("/scic", host="b.example")),
        "/scic": page(as_page(SCIC)),
    }
    rounds = desk.crawl(
        desk.source("/erreur"),
        desk.source("/page"),
        desk.source("/page", Kind.SITEMAP),
        desk.source("/liste", Kind.LISTING),
        desk.source("/absent", Kind.FEED, "c.example"),
        desk.source("/flux", Kind.FEED, "b.example"),
    )
    assert [ended.error.key for ended in rounds[:-1] if ended.error] == [
        "fetch_status",
        "feed_not_one",
        "sitemap_not_one",
        "listing_empty",
        "fetch_missing",
    ]
    assert rounds[-1].ended is Ended.DONE
    assert desk.titles == title_of(SCIC)


def test_only_what_is_new_is_fetched_and_not_before_it_is_due(desk: Desk) -> None:
    source = desk.source("/flux")
    desk.site.routes |= {
        "/flux": cached(desk.feed("/scic", "/absent", "/payant"), '"1"'),
        "/scic": page(as_page(SCIC)),
        "/payant": page(paywalled(SCOP)),
        "/etapes": page(as_page(STEPS)),
    }
    desk.crawl(source)
    assert desk.asked == ["/flux", "/scic", "/absent", "/payant"]
    (ended,) = desk.crawl(source)
    assert ended.ended is Ended.NOT_DUE
    assert desk.asked == []
    (ended,) = desk.crawl(source, eager=True)
    assert desk.asked == ["/flux", "/absent"]  # what failed may be there now
    desk.site.routes |= {"/absent": page(as_page(RESERVES))}
    desk.later(7)
    desk.crawl(source)
    assert desk.titles == title_of(SCIC, RESERVES)
    desk.later(7)
    (ended,) = desk.crawl(source)
    assert ended.ended is Ended.NOTHING_NEW
    assert desk.asked == ["/flux"]
    assert desk.site.log[-1].headers["If-None-Match"] == '"1"'
    desk.site.routes |= {"/flux": cached(desk.feed("/etapes", "/scic"), '"2"')}
    desk.later(7)
    desk.crawl(source)
    assert desk.asked == ["/flux", "/etapes"]


def test_a_failed_address_is_let_be_in_the_end(desk: Desk) -> None:
    source = desk.source("/flux")
    desk.site.routes |= {"/flux": feed(desk.feed("/absent"))}
    for _ in range(5):
        desk.crawl(source)
        assert desk.asked == ["/flux", "/absent"]
        desk.later(7)
    desk.crawl(source)
    assert desk.asked == ["/flux"]


def test_an_interrupted_crawl_goes_on_where_it_stopped(desk: Desk) -> None:
    source = desk.source("/flux")
    desk.site.routes |= {
        "/flux": cached(desk.feed("/scic", "/scop", "/etapes"), '"1"'),
        "/scic": page(as_page(SCIC)),
        "/scop": page(as_page(SCOP)),
        "/etapes": page(as_page(STEPS)),
    }
    with pytest.raises(Stopped):
        desk.crawl(source, stop_after=2)
    assert desk.asked == ["/flux", "/scic", "/scop"]
    desk.crawl(source)
    assert desk.asked == ["/flux", "/etapes"]
    assert desk.titles == title_of(SCIC, SCOP, STEPS)


def test_a_source_gives_at_most_so_many_new_articles_and_the_others_next_time(desk: Desk) -> None:
    source = replace(desk.source("/flux"), most=2, frequency=Frequency.DAILY)
    desk.site.routes |= {
        "/flux": cached(desk.feed("/scic", "/scop", "/etapes"), '"1"'),
        "/scic": page(as_page(SCIC)),
        "/scop": page(as_page(SCOP)),
        "/etapes": page(as_page(STEPS)),
    }
    (ended,) = desk.crawl(source)
    assert (len(ended.outcomes), ended.waiting) == (2, 1)
    desk.later(1)
    (ended,) = desk.crawl(source)
    assert became(ended) == {"/etapes": "added"}


def test_a_page_that_changed_is_renewed_but_what_a_person_put_right_stays(desk: Desk) -> None:
    source = desk.source("/page", Kind.PAGE)
    desk.site.routes |= {"/page": page(as_page(SCIC))}
    desk.crawl(source)
    (path,) = desk.corpus.paths()
    taken = desk.corpus.read(path).article
    corrected = replace(taken, title="Un meilleur titre", body="Corrigé à la main.")
    desk.corpus.save(corrected, path)
    desk.later(7)
    (ended,) = desk.crawl(source)
    assert became(ended) == {"/page": "unchanged"}
    assert desk.corpus.read(path).article == corrected
    added = "<p>Depuis janvier 2027, les Scic publient leur bilan coopératif chaque année.</p>"
    desk.site.routes |= {"/page": page(as_page(SCIC, end=added))}
    desk.later(7)
    (ended,) = desk.crawl(source)
    assert became(ended) == {"/page": "updated"}
    renewed = desk.corpus.read(path).article
    assert renewed.title == "Un meilleur titre"
    assert "bilan coopératif chaque année" in renewed.body


def test_an_article_that_was_there_or_was_removed_by_hand_stays_so(desk: Desk) -> None:
    source = desk.source("/page", Kind.PAGE)
    desk.site.routes |= {"/page": page(as_page(SCIC))}
    own = replace(article(SCIC), url=source.url, body="Notre propre résumé.")
    path = desk.corpus.save(own)
    (ended,) = desk.crawl(source)
    assert became(ended) == {"/page": "unchanged"}
    assert desk.corpus.read(path).article.body == "Notre propre résumé."
    desk.corpus.delete(path)
    desk.later(7)
    (ended,) = desk.crawl(source)
    assert became(ended) == {"/page": "unchanged"}
    assert desk.corpus.paths() == []


def test_a_dry_run_stores_nothing_and_remembers_nothing(desk: Desk) -> None:
    source = desk.source("/flux")
    desk.site.routes |= {"/flux": feed(desk.feed("/scic")), "/scic": page(as_page(SCIC))}
    for _ in range(2):
        (ended,) = desk.crawl(source, dry_run=True)
        assert became(ended) == {"/scic": "added"}
    assert desk.corpus.paths() == []
    assert became(desk.crawl(source)[0]) == {"/scic": "added"}


def test_a_sitemap_that_says_that_a_page_changed_makes_it_be_looked_at_again(desk: Desk) -> None:
    def plan(day: str) -> str:
        address = desk.site.url("/scic", "a.example")
        return f"<urlset><url><loc>{address}</loc><lastmod>{day}</lastmod></url></urlset>"

    source = desk.source("/plan", Kind.SITEMAP)
    desk.site.routes |= {"/plan": feed(plan("2026-11-01")), "/scic": page(as_page(SCIC))}
    desk.crawl(source)
    desk.later(7)
    desk.crawl(source)
    assert desk.asked == ["/plan"]
    desk.site.routes |= {"/plan": feed(plan("2026-11-27"))}
    desk.later(7)
    (ended,) = desk.crawl(source)
    assert became(ended) == {"/scic": "unchanged"}
    assert desk.asked == ["/plan", "/scic"]
