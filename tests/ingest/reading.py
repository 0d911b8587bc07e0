"""Reading a file as the tests want it: all records, or those of one kind."""

from __future__ import annotations

from typing import TypeVar

from coopbot.article import Article
from coopbot.errors import Refused
from coopbot.ingest.importers import Record, read_file
from coopbot.ingest.records import FeedReference, Reference

Kind = TypeVar("Kind", Article, Reference, FeedReference, Refused)


def read(name: str, content: str | bytes, url: str | None = None) -> list[Record]:
    """Return the records of the file *name*."""
    encoded = content.encode() if isinstance(content, str) else content
    return list(read_file(name, encoded, url=url, retrieved="2026-11-24"))


def only(kind: type[Kind], records: list[Record]) -> list[Kind]:
    """Return the records of one *kind*."""
    return [record for record in records if isinstance(record, kind)]


def one_article(name: str, content: str | bytes, url: str | None = None) -> Article:
    """Return the one article of the file *name*, which holds nothing else."""
    (record,) = read(name, content, url)
    assert isinstance(record, Article), record
    return record


def refusal(name: str, content: str | bytes, url: str | None = None) -> Refused:
    """Return the one refusal of the file *name*, which gives nothing else."""
    (record,) = read(name, content, url)
    assert isinstance(record, Refused), record
    return record
