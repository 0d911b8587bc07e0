"""Links that died, and their archived copies.

A link is dead when its site says that the page is gone, or when the site has not answered for some
time: one bad day is no death. A site that refuses robots, or asks for a password, tells nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from coopbot.article import Article
from coopbot.corpus import Corpus, Entry
from coopbot.errors import FetchFailed, IngestError, Unavailable
from coopbot.ingest.archives import archived
from coopbot.ingest.intake import Getter, side_by_side
from coopbot.ingest.records import Page
from coopbot.state.links import Links

_AT_ONCE = 16
_FRESH = dt.timedelta(hours=20)  # a link that answered so lately is not asked again
_MOST_FAILURES = 3
_PATIENCE = dt.timedelta(days=2)
_GONE = ("fetch_missing",)
_LOST = ("fetch_dns",)  # the whole site, perhaps for a day only
_THERE = ("fetch_too_large",)


class Life(StrEnum):
    """Whether an address leads anywhere."""

    ALIVE = "alive"
    DEAD = "dead"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of an address that the articles at `paths` show.

    `error` says why it is not alive; `copy` is its archived copy, `archive_error` why none could be
    looked up.
    """

    address: str
    paths: tuple[str, ...]
    life: Life
    error: IngestError | None = None
    copy: str | None = None
    archive_error: IngestError | None = None


@dataclass(frozen=True, slots=True)
class Archives:
    """The base addresses of the archives that are asked for copies; see archives.py."""

    wayback: str
    memento: str


@dataclass(frozen=True, slots=True)
class Checker:
    """Looks at the links of a corpus."""

    corpus: Corpus
    getter: Getter
    links: Links
    archives: Archives
    now: Callable[[], dt.datetime]

    async def check(self) -> AsyncIterator[Checked]:
        """Yield what was found of each address, as answers come.

        Raises CorpusError when the corpus cannot be read.
        """
        shown: dict[str, list[Entry]] = {}
        for entry in self.corpus.entries():
            if isinstance(entry, Entry):
                for address in addresses(entry.article):
                    shown.setdefault(address, []).append(entry)
        works = [
            lambda a=address, e=entries: self._look(a, e) for address, entries in shown.items()
        ]
        async for checked in side_by_side(works, _AT_ONCE):
            yield checked

    async def _look(self, address: str, entries: list[Entry]) -> Checked:
        paths = tuple(entry.path for entry in entries)
        last = self.links.last(address)
        if last and not last.failures and dt.timedelta() <= self.now() - last.made < _FRESH:
            return Checked(address, paths, Life.ALIVE)
        try:
            await self.getter.get(address)
        except FetchFailed as error:
            if error.key in _THERE:
                self.links.answered(address)
                return Checked(address, paths, Life.ALIVE)
            life = self._judged(address, error)
            if life is not Life.DEAD:
                return Checked(address, paths, life, error)
            return await self._with_copy(Checked(address, paths, life, error), entries[0].article)
        self.links.answered(address)
        return Checked(address, paths, Life.ALIVE)

    def _judged(self, address: str, error: FetchFailed) -> Life:
        if error.key in _GONE:
            self.links.failed(address)
            return Life.DEAD
        if not isinstance(error, Unavailable) and error.key not in _LOST:
            return Life.UNSURE
        self.links.failed(address)
        last = self.links.last(address)
        long = last and last.failing_since and self.now() - last.failing_since >= _PATIENCE
        return Life.DEAD if last and last.failures >= _MOST_FAILURES and long else Life.UNSURE

    async def _with_copy(self, checked: Checked, article: Article) -> Checked:
        day = article.published or article.retrieved
        try:
            copy = await archived(
                checked.address, day, self._body, self.archives.wayback, self.archives.memento
            )
        except IngestError as error:
            return replace(checked, archive_error=error)
        return replace(checked, copy=copy)

    async def _body(self, address: str) -> bytes | None:
        try:
            page: Page = await self.getter.get(address)
        except FetchFailed as error:
            if error.key in _GONE:
                return None
            raise
        return page.body


def addresses(article: Article) -> tuple[str, ...]:
    """Return the addresses that *article* shows."""
    return tuple(dict.fromkeys([*([article.url] if article.url else []), *article.sources]))


def record(corpus: Corpus, found: Iterable[Checked]) -> list[str]:
    """Write what was *found* into the articles' files; return the paths of those that changed.

    Dead links are listed; the archived copy of the link that results show becomes `archive_url`,
    unless there is one. Raises CorpusError, ArticleError.
    """
    by_path: dict[str, dict[str, Checked]] = {}
    for checked in found:
        for path in checked.paths:
            by_path.setdefault(path, {})[checked.address] = checked
    changed = []
    for path, known in sorted(by_path.items()):
        article = corpus.read(path).article
        updated = _updated(article, known)
        if updated != article:
            corpus.revise(path, updated)
            changed.append(path)
    return changed


def _updated(article: Article, known: dict[str, Checked]) -> Article:
    def is_dead(address: str) -> bool:
        found = known.get(address)
        if found is None or found.life is Life.UNSURE:
            return address in article.dead_links
        return found.life is Life.DEAD

    dead = tuple(address for address in addresses(article) if is_dead(address))
    shown = known.get(article.link) if article.link else None
    copy = shown.copy if shown and shown.life is Life.DEAD else None
    return replace(article, dead_links=dead, archive_url=article.archive_url or copy)
