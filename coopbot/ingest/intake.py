"""Whatever is offered, to the corpus: addresses, files, references, articles.

address ──> fetch ──> page ──┬─ HTML ───────> extract ──> Article ──> shelf.py ──> corpus
                             ├─ feed ───────> References ──> each an address
file ────────────────────────┴─ anything else > importers ──> Articles, References
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeVar, overload
from urllib.parse import unquote, urlsplit

from coopbot.article import Article
from coopbot.corpus import Corpus
from coopbot.errors import FetchFailed, IngestError, Refused
from coopbot.ingest.charset import decode
from coopbot.ingest.extract import extract
from coopbot.ingest.feeds import is_feed, read_feed
from coopbot.ingest.importers import read_file
from coopbot.ingest.media import HTML, media_type
from coopbot.ingest.records import FeedReference, NotModified, Page, Reference, Validators
from coopbot.ingest.shelf import Became, Outcome, Shelf
from coopbot.ingest.sitemaps import is_sitemap, read_sitemap
from coopbot.settings import Settings

_AT_ONCE = 16  # references followed side by side; each host has its own, smaller bound
_DEEPEST = 2  # a list of feeds, its feeds, their articles
_MOST_OF_A_SITEMAP = 100

_T = TypeVar("_T")
Record = Article | Reference | FeedReference | Refused


@dataclass(frozen=True, slots=True)
class File:
    """The content of a file called `name`; `url` is where it is from, if that is known."""

    name: str
    content: bytes
    url: str | None = None


Offer = str | File | Reference | Article  # str: an address


class Getter(Protocol):
    """What gets pages: a Fetcher, or something around one."""

    @overload
    async def get(self, url: str, known: None = None) -> Page: ...

    @overload
    async def get(self, url: str, known: Validators | None) -> Page | NotModified: ...


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to read what is offered.

    Articles in other languages than `languages` (ISO 639-1) are refused; a `careful` reading
    takes longer and gets more texts whole. Articles get `tags` besides their own. A file or page
    that names more than `most` others is refused.
    """

    languages: tuple[str, ...] = ("fr",)
    careful: bool = False
    tags: tuple[str, ...] = ()
    most: int | None = None


class Intake:
    """Takes in what is offered; *today*, ISO 8601, is the day that files are had."""

    def __init__(
        self, shelf: Shelf, getter: Getter, today: str, wishes: Wishes | None = None
    ) -> None:
        self._shelf = shelf
        self._getter = getter
        self._today = today
        self._wishes = wishes or Wishes()

    async def take_all(self, offers: Iterable[Offer]) -> AsyncGenerator[Outcome, None]:
        """Yield what became of each of *offers*, and of all that they name.

        Raises CorpusError when the corpus cannot be written.
        """
        for offer in offers:
            async with aclosing(self._take(offer, 0)) as outcomes:
                async for outcome in outcomes:
                    yield outcome

    async def visit(
        self,
        reference: Reference,
        wishes: Wishes,
        known: Validators | None = None,
        digest: str | None = None,
    ) -> Outcome:
        """Return what became of the one article at the address of *reference*.

        UNCHANGED when it is as it was when *known* was got, or its text when *digest* was, and when
        the corpus had it before: what a person wrote there is not undone, until the page changes.
        """
        try:
            page = await self._getter.get(reference.url, known)
            if isinstance(page, NotModified):
                return Outcome(reference.url, Became.UNCHANGED, validators=page.validators)
            item = next(iter(await self._read(page, wishes)), None)
            if not isinstance(item, Article):
                raise item if isinstance(item, Refused) else Refused("not_an_article", url=page.url)
        except IngestError as error:
            return _unwanted(reference.url, error)
        read = hashlib.sha256(item.body.encode()).hexdigest()
        had = digest is None and item.url is not None and self._shelf.known(item.url) is not None
        if had or read == digest:
            outcome = Outcome(reference.url, Became.UNCHANGED)
        else:
            outcome = self._shelf.put(reference.url, _completed(item, reference, wishes))
        return replace(outcome, validators=page.validators, digest=read)

    async def _take(self, offer: Offer, depth: int) -> AsyncGenerator[Outcome, None]:
        if isinstance(offer, Article):
            yield self._shelf.put(offer.url or offer.title, offer)
            return
        if isinstance(offer, str):
            offer = Reference(offer)
        name = offer.name if isinstance(offer, File) else offer.url
        try:
            items = await self._items(offer)
        except IngestError as error:
            yield _unwanted(name, error)
            return
        reference = offer if isinstance(offer, Reference) else None
        references = [
            Reference(item.url, tags=item.tags) if isinstance(item, FeedReference) else item
            for item in items
            if isinstance(item, Reference | FeedReference)
        ]
        for item in items:
            if isinstance(item, Refused):
                yield _unwanted(name, item)
            elif isinstance(item, Article):
                yield self._shelf.put(name, _completed(item, reference, self._wishes))
        if references and depth == _DEEPEST:
            yield _unwanted(name, Refused("not_an_article", url=name))
            return
        if self._wishes.most is not None and len(references) > self._wishes.most:
            limit = self._wishes.most
            many = Refused("too_many_references", name=name, count=len(references), limit=limit)
            yield _unwanted(name, many)
            return
        following = side_by_side(
            (lambda r=r: self._taken(r, depth + 1) for r in references),  # type: ignore[misc]
            _AT_ONCE,
        )
        async with aclosing(following):
            async for outcomes in following:
                for outcome in outcomes:
                    yield outcome

    async def _taken(self, reference: Reference, depth: int) -> list[Outcome]:
        return [outcome async for outcome in self._take(reference, depth)]

    async def _items(self, offer: File | Reference) -> Sequence[Record]:
        if isinstance(offer, Reference):
            return await self._read(await self._getter.get(offer.url), self._wishes)
        if is_feed(offer.content):
            return read_feed(offer.content, offer.url or "")
        return await asyncio.to_thread(
            lambda: list(
                read_file(
                    offer.name,
                    offer.content,
                    retrieved=self._today,
                    url=offer.url,
                    careful=self._wishes.careful,
                    languages=self._wishes.languages,
                )
            )
        )

    async def _read(self, page: Page, wishes: Wishes) -> Sequence[Record]:
        return await asyncio.to_thread(read_page, page, wishes)


async def take_in(
    offers: Iterable[Offer],
    wishes: Wishes | None,
    corpus: Corpus,
    settings: Settings,
    now: dt.datetime,
    dry_run: bool,
    tell: Callable[[Outcome], None] | None = None,
    warc: Path | None = None,
) -> tuple[Outcome, ...]:
    """Take in *offers* by *settings*; see `Library.take_in`."""
    from coopbot.ingest.opening import open_getter

    shelf = Shelf(corpus, dry_run=dry_run)
    outcomes = []
    async with open_getter(settings, now, warc) as getter:
        taken = Intake(shelf, getter, now.date().isoformat(), wishes).take_all(offers)
        async with aclosing(taken):
            async for outcome in taken:
                outcomes.append(outcome)
                if tell is not None:
                    tell(outcome)
    return tuple(outcomes)


def read_page(page: Page, wishes: Wishes) -> Sequence[Record]:
    """Return what *page* holds: an article, the entries of a feed, what a document gives.

    Raises Refused.
    """
    if media_type(page.body, page.content_type) == HTML:
        text = decode(page.body, page.content_type)
        article = extract(
            text,
            page.url,
            retrieved=page.retrieved,
            careful=wishes.careful,
            languages=wishes.languages,
        )
        return [article]
    if is_feed(page.body):
        return read_feed(page.body, page.url)
    if is_sitemap(page.body):
        return read_sitemap(page.body, page.url).pages[:_MOST_OF_A_SITEMAP]
    name = _name_in(page.url)
    records = read_file(name, page.body, url=page.url, retrieved=page.retrieved)
    return [_in_language(record, wishes.languages) for record in records]


def _in_language(record: Record, languages: Sequence[str]) -> Record:
    """Return *record*, or why it is refused: a document in a language nobody asked for."""
    if not isinstance(record, Article) or not languages or record.language in languages:
        return record
    wanted = ", ".join(languages)
    return Refused("refused_language", language=record.language, wanted=wanted)


def _name_in(url: str) -> str:
    """Return the file name at the end of an address."""
    return PurePosixPath(unquote(urlsplit(url).path)).name or "index"


def _completed(article: Article, reference: Reference | None, wishes: Wishes) -> Article:
    """Return *article* with what *reference* knows and the page does not say."""
    tags = (*article.tags, *(reference.tags if reference else ()), *wishes.tags)
    article = replace(article, tags=tuple(dict.fromkeys(tags)))
    if reference is None:
        return article
    return replace(article, published=article.published or reference.published)


def _unwanted(offered: str, error: IngestError) -> Outcome:
    became = Became.FAILED if isinstance(error, FetchFailed) else Became.REFUSED
    return Outcome(offered, became, error=error)


async def side_by_side(
    works: Iterable[Callable[[], Awaitable[_T]]], most: int
) -> AsyncGenerator[_T, None]:
    """Yield what each of *works* gives, as they end; at most *most* are under way at once."""
    waiting = iter(works)
    under_way: set[asyncio.Task[_T]] = set()
    try:
        while True:
            while len(under_way) < most and (work := next(waiting, None)) is not None:
                under_way.add(asyncio.ensure_future(work()))
            if not under_way:
                return
            done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
