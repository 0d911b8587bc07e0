"""The way to the web that the settings describe."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, overload

from coopbot.ingest.connection import Network
from coopbot.ingest.exchange import Limits
from coopbot.ingest.fetch import Fetcher, user_agent
from coopbot.ingest.records import NotModified, Page, Validators
from coopbot.ingest.warc import Archive

if TYPE_CHECKING:
    from coopbot.ingest.intake import Getter
    from coopbot.settings import Settings


@asynccontextmanager
async def open_getter(
    settings: Settings, now: dt.datetime, warc: Path | None = None
) -> AsyncIterator[Getter]:
    """Yield what gets pages by *settings*, and keeps them in a WARC file in the folder *warc*.

    Raises IngestError when that file cannot be written.
    """
    network = Network(private=settings.private_networks)
    limits = Limits(interval=settings.request_interval)
    async with Fetcher(settings.contact, network=network, limits=limits) as fetcher:
        if warc is None:
            yield fetcher
            return
        with Archive(warc, now, user_agent(settings.contact)) as archive:
            yield _Keeping(fetcher, archive)


@dataclass(frozen=True, slots=True)
class _Keeping:
    """A Fetcher all whose pages are archived."""

    fetcher: Fetcher
    archive: Archive

    @overload
    async def get(self, url: str, known: None = None) -> Page: ...

    @overload
    async def get(self, url: str, known: Validators | None) -> Page | NotModified: ...

    async def get(self, url: str, known: Validators | None = None) -> Page | NotModified:
        page = await self.fetcher.get(url, known)
        if isinstance(page, Page):
            self.archive.keep(page)
        return page
