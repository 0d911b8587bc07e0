"""bm25s (https://github.com/xhluca/bm25s): scores computed in advance, in sparse matrices."""

from __future__ import annotations

import shutil
import time
from typing import Any

import bm25s

from coopbot.bench.home import Asked, Home
from coopbot.bench.peers import bytes_of
from coopbot.bench.peers.protocol import TOP

NAME = "bm25s"


class BM25S:
    """Its NumPy backend (no numba), memory-mapped, Lucene's BM25 with k1 1.2 and b 0.75."""

    def build(self, home: Home) -> dict[str, float]:
        """Make the index."""
        started = time.perf_counter()
        shutil.rmtree(home.of(NAME), ignore_errors=True)
        made = bm25s.BM25(k1=1.2, b=0.75, method="lucene", backend="numpy")
        made.index(list(home.stems()), show_progress=False)
        made.save(str(home.of(NAME)), show_progress=False)
        return {"seconds": time.perf_counter() - started}

    def open(self, home: Home) -> OpenedBM25S:
        """Return the index, memory-mapped."""
        folder = str(home.of(NAME))
        return OpenedBM25S(bm25s.BM25.load(folder, mmap=True, show_progress=False))

    def size(self, home: Home) -> int:
        """Return the bytes of the index."""
        return bytes_of(home.of(NAME))


class OpenedBM25S:
    """The *opened* index."""

    def __init__(self, opened: Any) -> None:
        self._index = opened
        self._most = min(TOP, int(opened.scores["num_docs"]))

    def top(self, asked: Asked) -> list[int]:
        """Return the numbers of the best passages."""
        found, scores = self._index.retrieve(
            [list(asked.terms)],
            k=self._most,
            show_progress=False,
            n_threads=0,
            backend_selection="numpy",
        )
        return [int(n) for n, score in zip(found[0], scores[0], strict=True) if score > 0]

    def close(self) -> None:
        """Forget the index."""
        self._index = None
