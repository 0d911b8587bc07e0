"""A source to the articles it names."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from coopbot.errors import IngestError, Refused
from coopbot.ingest.charset import decode
from coopbot.ingest.feeds import feed_links, is_feed, read_feed
from coopbot.ingest.intake import Getter
from coopbot.ingest.listings import read_listing
from coopbot.ingest.records import NotModified, Page, Reference, Validators
from coopbot.ingest.sitemaps import read_sitemap
from coopbot.ingest.sources import Kind, Source

_MOST_SITEMAPS = 20  # of an index, newest first
_DEEPEST = 2  # an index of indexes


@dataclass(frozen=True, slots=True)
class Found:
    """The references a source gives, and what tells later whether it changed."""

    references: tuple[Reference, ...]
    validators: Validators = field(default_factory=Validators)


async def discover(source: Source, getter: Getter, known: Validators | None = None) -> Found | None:
    """Return what *source* names, in its order; None when it is as it was when *known* was got.

    Raises Refused when it is not what it is said to be, FetchFailed when it cannot be had.
    """
    if source.kind is Kind.PAGE:
        return Found((Reference(source.url),))
    if source.kind is Kind.SITEMAP:
        return Found(tuple(await _walk(source.url, getter)))
    page = await getter.get(source.url, known)
    if isinstance(page, NotModified):
        return None
    if source.kind is Kind.LISTING:
        html = decode(page.body, page.content_type)
        selector = source.selector or "a"
        references = await asyncio.to_thread(read_listing, html, page.url, selector)
        if not references:
            raise Refused("listing_empty", url=page.url, selector=selector)
        return Found(tuple(references), page.validators)
    return await _feed(page, getter)


async def _feed(page: Page, getter: Getter) -> Found:
    """Return the entries of the feed that *page* is, else of the first that it names."""
    if is_feed(page.body):
        entries = await asyncio.to_thread(read_feed, page.body, page.url)
        return Found(tuple(entries), page.validators)
    named = feed_links(page.body, page.url)
    if not named:
        raise Refused("feed_not_one", url=page.url)
    feed = await getter.get(named[0])
    # no validators: it is the page that is asked for next time
    return Found(tuple(await asyncio.to_thread(read_feed, feed.body, feed.url)))


async def _walk(address: str, getter: Getter, depth: int = 0) -> list[Reference]:
    """Return the pages of a sitemap, or of the sitemaps of an index, newest first.

    A sitemap of an index that cannot be read is left out, unless none can.
    """
    page = await getter.get(address)
    sitemap = await asyncio.to_thread(read_sitemap, page.body, page.url)
    pages = list(sitemap.pages)
    failed: IngestError | None = None
    below = sitemap.sitemaps[:_MOST_SITEMAPS] if depth < _DEEPEST else ()
    for part in below:
        try:
            pages += await _walk(part.url, getter, depth + 1)
        except IngestError as error:
            failed = error
    if failed is not None and not pages:
        raise failed
    return sorted(pages, key=lambda page: page.modified or "", reverse=True)
