"""Damaged files: whatever they hold, the answer is records and refusals.

`python -m benchmarks.damaged_files` tries many more, and says how long the slowest takes.
"""

from __future__ import annotations

import gc
from collections import Counter
from typing import get_args

from coopbot.article import Article, dump, parse
from coopbot.errors import Refused
from coopbot.ingest.importers import Record
from coopbot.messages import LANGUAGES
from tests.ingest.mutations import mutated, originals
from tests.ingest.reading import read

COUNT = 350


def test_damaged_files_give_records_and_refusals() -> None:
    seen: Counter[str] = Counter()
    # what other tests left behind must not be finalised where a damaged file leads too deep
    gc.collect()
    for number, (name, content) in enumerate(mutated(COUNT, seed=6)):
        records = read(name, content)
        assert records, (number, name)
        for record in records:
            check(record)
            seen[type(record).__name__] += 1
    # damage that left nothing to read would prove little
    assert min(seen[kind.__name__] for kind in get_args(Record)) > COUNT / 50


def check(record: Record) -> None:
    """Assert that *record* can be stored or shown."""
    if isinstance(record, Refused):
        assert all(record.text(language) for language in LANGUAGES)
    elif isinstance(record, Article):
        assert parse(dump(record), "a.md") == record
    else:
        assert record.url.startswith(("http://", "https://"))
        assert all(tag.strip() for tag in record.tags)


def test_the_files_are_right_before_they_are_damaged() -> None:
    for name, content in originals():
        assert not isinstance(read(name, content)[0], Refused) or name == "veille.txt", name
