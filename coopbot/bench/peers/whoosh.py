"""Whoosh as it comes: its own searcher with its own optimisations, over the same stems."""

from __future__ import annotations

import shutil
import time
from typing import Any

from whoosh import index
from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
from whoosh.fields import STORED, TEXT, Schema
from whoosh.query.compound import Or
from whoosh.query.terms import Term
from whoosh.scoring import BM25F

from coopbot.bench.home import Asked, Home
from coopbot.bench.peers import bytes_of
from coopbot.bench.peers.protocol import TOP

NAME = "whoosh"
_MEGABYTES = 256  # as Coopbot's own writer has


class PlainWhoosh:
    """A field without positions, one segment, BM25F with its k1 1.2 and b 0.75."""

    def build(self, home: Home) -> dict[str, float]:
        """Make the index, of one segment."""
        started = time.perf_counter()
        shutil.rmtree(home.of(NAME), ignore_errors=True)
        home.of(NAME).mkdir()
        stems = TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False)
        made = index.create_in(str(home.of(NAME)), Schema(stems=stems, number=STORED))
        writer = made.writer(limitmb=_MEGABYTES)
        for number, terms in enumerate(home.stems()):
            writer.add_document(stems=" ".join(terms), number=number)
        writer.commit(optimize=True)
        made.close()
        return {"seconds": time.perf_counter() - started}

    def open(self, home: Home) -> OpenedWhoosh:
        """Return the index, opened for questions."""
        return OpenedWhoosh(index.open_dir(str(home.of(NAME)), readonly=True))

    def size(self, home: Home) -> int:
        """Return the bytes of the index."""
        return bytes_of(home.of(NAME))


class OpenedWhoosh:
    """The *opened* index, with one searcher for all questions."""

    def __init__(self, opened: Any) -> None:
        self._index = opened
        self._searcher = opened.searcher(weighting=BM25F())

    def top(self, asked: Asked) -> list[int]:
        """Return the numbers of the best passages."""
        wanted = Or([Term("stems", term) for term in asked.terms])
        return [hit["number"] for hit in self._searcher.search(wanted, limit=TOP)]

    def close(self) -> None:
        """Close searcher and index."""
        self._searcher.close()
        self._index.close()
