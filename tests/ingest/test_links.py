"""Links that died: what is a death, and what is only a bad day."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from coopbot.article import Article
from coopbot.corpus import Corpus
from coopbot.ingest.exchange import Limits
from coopbot.ingest.links import Archives, Checked, Checker, Life, record
from coopbot.state import Database
from coopbot.state.links import Links
from tests.ingest.clock import FakeClock
from tests.ingest.site import Site, bomb, page, robots, status

LIMITS = Limits(size=100_000, read=0.3, whole=0.6, attempts=1)


@dataclass
class Desk:
    """A corpus whose articles show addresses of a site."""

    corpus: Corpus
    database: Database
    clock: FakeClock
    site: Site

    def check(self) -> dict[str, Checked]:
        """Look at the links and write down what was found; return it by path of the site."""
        self.site.log.clear()

        async def look() -> list[Checked]:
            async with self.site.fetcher(self.clock, LIMITS) as fetcher:
                archives = Archives(self.site.url("/wayback"), self.site.url("/memento/"))
                links = Links(self.database)
                checker = Checker(self.corpus, fetcher, links, archives, self.clock.now)
                return [checked async for checked in checker.check()]

        found = asyncio.run(look())
        record(self.corpus, found)
        return {"/" + checked.address.split("/", 3)[3]: checked for checked in found}

    def dead(self) -> tuple[str, ...]:
        """Return the dead links that the article names."""
        return self.corpus.read("a.md").article.dead_links


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = FakeClock()
    database = Database(tmp_path / "state", clock.now)
    with Site.running({}) as site:
        yield Desk(Corpus(tmp_path / "corpus"), database, clock, site)
    database.close()


def test_only_a_page_that_is_gone_is_dead_at_once(desk: Desk) -> None:
    desk.site.routes |= {
        "/robots.txt": robots("User-agent: *\nDisallow: /interdit"),
        "/vivant": page("<p>Bonjour"),
        "/gros": bomb(1_000_000),
        "/parti": status(410),
        "/ferme": status(403),
        "/panne": status(500),
    }
    names = ("vivant", "gros", "absent", "parti", "ferme", "panne", "interdit")
    sources = tuple(desk.site.url(f"/{name}") for name in names)
    desk.corpus.save(Article("A", "Texte.", sources=sources), "a.md")
    desk.corpus.save(Article("B", "Texte.", url=desk.site.url("/absent")), "b.md")
    found = desk.check()
    assert {path: checked.life for path, checked in found.items()} == {
        "/vivant": Life.ALIVE,
        "/gros": Life.ALIVE,
        "/absent": Life.DEAD,
        "/parti": Life.DEAD,
        "/ferme": Life.UNSURE,
        "/panne": Life.UNSURE,
        "/interdit": Life.UNSURE,
    }
    assert found["/absent"].paths == ("a.md", "b.md")
    assert desk.dead() == (desk.site.url("/absent"), desk.site.url("/parti"))
    assert desk.corpus.read("b.md").article.dead_links == (desk.site.url("/absent"),)


def test_a_silent_site_is_dead_after_three_failures_over_two_days(desk: Desk) -> None:
    desk.site.routes |= {"/page": status(503)}
    desk.corpus.save(Article("A", "Texte.", url=desk.site.url("/page")), "a.md")
    lives = []
    for hours in (0, 1, 1, 47):
        desk.clock.seconds += hours * 3_600
        lives.append(desk.check()["/page"].life)
    assert lives == [Life.UNSURE, Life.UNSURE, Life.UNSURE, Life.DEAD]
    assert desk.dead() == (desk.site.url("/page"),)
    desk.site.routes |= {"/page": page("<p>De retour")}
    assert desk.check()["/page"].life is Life.ALIVE
    assert desk.dead() == ()
    desk.site.routes |= {"/page": status(503)}
    desk.clock.seconds += 86_400
    assert desk.check()["/page"].life is Life.UNSURE


def test_what_answered_lately_is_not_asked_again(desk: Desk) -> None:
    desk.site.routes |= {"/page": page("<p>Bonjour")}
    desk.corpus.save(Article("A", "Texte.", url=desk.site.url("/page")), "a.md")
    desk.check()
    assert desk.check()["/page"].life is Life.ALIVE
    assert desk.site.log == []
    desk.clock.seconds += 86_400
    desk.check()
    assert "/page" in desk.site.paths


def test_the_archived_copy_is_that_of_the_link_that_answers_show(desk: Desk) -> None:
    first, second = desk.site.url("/un"), desk.site.url("/deux")
    memento = '<https://m.example/{}>; rel="memento"; datetime="Sun, 01 Jul 2012 10:00:00 GMT"'
    desk.site.routes |= {
        f"/memento/{first}": page(memento.format("un"), "application/link-format"),
        f"/memento/{second}": page(memento.format("deux"), "application/link-format"),
    }
    desk.corpus.save(Article("A", "Texte.", sources=(first, second)), "a.md")
    kept = Article("B", "Texte.", url=first, archive_url="https://a.example/choisie")
    desk.corpus.save(kept, "b.md")
    found = desk.check()
    assert found["/un"].copy == "https://m.example/un"
    assert desk.corpus.read("a.md").article.archive_url == "https://m.example/un"
    assert desk.corpus.read("b.md").article.archive_url == "https://a.example/choisie"


def test_an_archive_that_does_not_answer_is_said_and_the_link_is_dead_all_the_same(
    desk: Desk,
) -> None:
    desk.site.routes |= {"/memento/" + desk.site.url("/un"): status(500)}
    desk.corpus.save(Article("A", "Texte.", url=desk.site.url("/un")), "a.md")
    found = desk.check()["/un"]
    assert found.life is Life.DEAD
    assert found.copy is None
    assert found.archive_error is not None
    assert desk.dead() == (desk.site.url("/un"),)
