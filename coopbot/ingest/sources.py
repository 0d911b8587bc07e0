"""The sources that `crawl` visits: `corpus/sources.toml`, which curators write."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

from coopbot.article import canonical_url
from coopbot.errors import SourcesError
from coopbot.ingest.listings import is_selector

FILE = "sources.toml"
DEFAULT_MOST = 30
_CODE = re.compile(r"[a-z]{2}")
_HEADER = re.compile(r"\s*\[\[\s*source\s*\]\]")


class Kind(StrEnum):
    """What is at the address of a source."""

    FEED = "feed"  # or a page that names one
    SITEMAP = "sitemap"
    LISTING = "listing"
    PAGE = "page"


class Frequency(StrEnum):
    """How often a source is worth a visit."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def span(self) -> dt.timedelta:
        """The least time between two visits; a little short, for a timer that runs early."""
        days = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.MONTHLY: 28}[self]
        return dt.timedelta(days=days) - dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Source:
    """Where new articles come from.

    Its articles get `tags` and, where they do not tell, `language`. `selector` picks the links of
    a listing. Of the addresses it names those count that match one of `include` (all when it is
    empty) and none of `exclude`; `*` stands for anything. `most` new ones are taken in a visit.
    """

    name: str
    kind: Kind
    url: str
    tags: tuple[str, ...] = ()
    language: str = "fr"
    frequency: Frequency = Frequency.WEEKLY
    selector: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    most: int = DEFAULT_MOST

    def wants(self, address: str) -> bool:
        """Tell whether *address*, named by this source, is one of those meant."""
        included = not self.include or any(fnmatchcase(address, p) for p in self.include)
        return included and not any(fnmatchcase(address, p) for p in self.exclude)


def read_sources(path: Path) -> tuple[Source, ...]:
    """Return the sources that the file *path* names, in its order.

    Raises SourcesError, naming file and line, for the first thing in it that will not do.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SourcesError("sources_missing", path=path) from error
    except OSError as error:
        raise SourcesError("sources_unreadable", path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise SourcesError("sources_encoding", path=path) from error
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also for numbers and nesting without end
        raise SourcesError("sources_invalid", path=path, reason=error) from error
    entries = table.get("source")
    if set(table) - {"source"} or not isinstance(entries, list):
        raise SourcesError("sources_none", path=path)
    places = _Places(path, text)
    sources: list[Source] = []
    for number, entry in enumerate(entries):
        source = _source(entry, _Entry(places, number))
        if source.name in {other.name for other in sources}:
            line = places.line(number, "name")
            raise SourcesError("sources_twice", path=path, line=line, name=source.name)
        sources.append(source)
    return tuple(sources)


class _Places:
    """Where the entries of a sources file stand; its parser does not tell."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self._lines = text.splitlines()
        self._starts = [i for i, line in enumerate(self._lines) if _HEADER.match(line)]

    def line(self, number: int, field: str | None) -> int:
        """Return the line, from 1, of *field* in entry *number*, else that of the entry."""
        if number >= len(self._starts):  # written in another way TOML has
            return 1
        start = self._starts[number]
        following = [*self._starts, len(self._lines)][number + 1]
        written = re.compile(rf"\s*{re.escape(field or '')}\s*=")
        found = (i for i in range(start, following) if written.match(self._lines[i]))
        return next(found, start) + 1


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the file, for saying where something is wrong."""

    places: _Places
    number: int

    @property
    def path(self) -> Path:
        """The file."""
        return self.places.path

    def line(self, field: str | None = None) -> int:
        """Return the line of *field*, or of the entry."""
        return self.places.line(self.number, field)


def _source(entry: object, place: _Entry) -> Source:
    if not isinstance(entry, dict):
        raise SourcesError("sources_none", path=place.path)
    known = Source.__dataclass_fields__
    for field in entry:
        if field not in known:
            raise SourcesError(
                "sources_field",
                path=place.path,
                line=place.line(field),
                field=field,
                known=", ".join(known),
            )
    for field in ("name", "kind", "url"):
        if field not in entry:
            raise SourcesError("sources_lacks", path=place.path, line=place.line(), lacking=field)
    values = {field: _value(field, value, place) for field, value in entry.items()}
    source = Source(**values)  # type: ignore[arg-type]
    if source.kind is Kind.LISTING and source.selector is None:
        raise SourcesError("sources_lacks", path=place.path, line=place.line(), lacking="selector")
    return source


def _value(field: str, value: object, place: _Entry) -> object:
    if field in ("tags", "include", "exclude"):
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise SourcesError("sources_list", path=place.path, line=place.line(field), field=field)
        return tuple(v.strip() for v in value)
    if field == "most":
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise SourcesError(
                "sources_number", path=place.path, line=place.line(field), field=field, value=value
            )
        return value
    if not isinstance(value, str) or not value.strip():
        raise SourcesError("sources_text", path=place.path, line=place.line(field), field=field)
    return _text(field, value.strip(), place)


def _text(field: str, value: str, place: _Entry) -> object:
    choices: Mapping[str, type[StrEnum]] = {"kind": Kind, "frequency": Frequency}
    if field in choices:
        known = choices[field]
        if value not in list(known):
            raise SourcesError(
                "sources_choice",
                path=place.path,
                line=place.line(field),
                field=field,
                value=value,
                known=", ".join(known),
            )
        return known(value)
    if field == "url":
        try:
            return canonical_url(value)
        except ValueError as error:
            raise SourcesError(
                "sources_url", path=place.path, line=place.line(field), value=value
            ) from error
    if field == "language" and not _CODE.fullmatch(value):
        raise SourcesError("sources_language", path=place.path, line=place.line(field), value=value)
    if field == "selector" and not is_selector(value):
        raise SourcesError("sources_selector", path=place.path, line=place.line(field), value=value)
    return value
