"""SQLite's full-text search, FTS5 (https://www.sqlite.org/fts5.html)."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path

from coopbot.bench.home import Asked, Home
from coopbot.bench.peers.protocol import TOP

NAME = "sqlite"
# stems are letters and figures, but for the point of a decimal
_TABLE = """CREATE VIRTUAL TABLE passages USING fts5(
    stems, content='', tokenize="unicode61 remove_diacritics 0 tokenchars '.'")"""
_QUERY = "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?"


class SqliteFts5:
    """A table without contents of its own; bm25() has k1 1.2 and b 0.75.

    With positions: without them FTS5 has no frequencies either."""

    def build(self, home: Home) -> dict[str, float]:
        """Make the index, in one transaction, then merge it into one b-tree."""
        started = time.perf_counter()
        shutil.rmtree(home.of(NAME), ignore_errors=True)
        home.of(NAME).mkdir()
        with sqlite3.connect(_file(home)) as database:
            database.execute(_TABLE)
            rows = ((number, " ".join(stems)) for number, stems in enumerate(home.stems()))
            database.executemany("INSERT INTO passages(rowid, stems) VALUES (?, ?)", rows)
            database.execute("INSERT INTO passages(passages) VALUES ('optimize')")
        database.execute("VACUUM")
        database.close()
        return {"seconds": time.perf_counter() - started}

    def open(self, home: Home) -> OpenedSqlite:
        """Return the index, opened read-only."""
        return OpenedSqlite(_file(home))

    def size(self, home: Home) -> int:
        """Return the bytes of the database."""
        return _file(home).stat().st_size


class OpenedSqlite:
    """The database in *file*, opened for questions."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)

    def top(self, asked: Asked) -> list[int]:
        """Return the numbers of the best passages."""
        query = " OR ".join('"' + term.replace('"', '""') + '"' for term in asked.terms)
        return [number for (number,) in self._database.execute(_QUERY, (query, TOP))]

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def _file(home: Home) -> Path:
    return home.of(NAME) / "passages.db"
