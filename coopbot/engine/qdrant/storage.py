"""Which collection belongs to which generation of the index.

A collection is made for a rebuild; increments go into it, as states of it. The name that others
know it by, the alias, is switched to it when its first generation is published; the collection
before it goes when no generation is of it any more.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coopbot.arrays import DamagedArrays
from coopbot.engine.qdrant.engine import QdrantEngine
from coopbot.engine.qdrant.servers import ASKING, WRITING, Servers
from coopbot.engine.qdrant.statistics import FILE, Statistics, read
from coopbot.engine.qdrant.writing import Layout, Writer
from coopbot.engine.vectors import VectorStore
from coopbot.errors import CoopbotError, IndexDamaged

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_TOKEN_BYTES = 6
_TOKEN = re.compile(f"[0-9a-f]{{{2 * _TOKEN_BYTES}}}")
# From this share of articles put or removed on, the mean lengths that all were weighed by are those
# of another library: docs/scale-out.md has what a half costs.
_MOVED = 0.5

_log = logging.getLogger(__name__)

Connect = Callable[[bool], Sequence[tuple[str, "QdrantClient"]]]


class QdrantStorage:
    """The collections behind *alias*, whose names begin with it.

    *connect* gives the clients of the servers, for writing or not; see `servers.connect`.
    """

    name = "qdrant"

    def __init__(
        self,
        alias: str,
        layout: Layout,
        connect: Connect,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.alias = alias
        self._layout = layout
        self._connect = connect
        self._sleep = sleep
        self._open: dict[bool, Servers] = {}

    def make(self, folder: Path, vectors: VectorStore) -> QdrantEngine:
        """Return the engine of the generation in the making in *folder*."""
        fresh = f"{self.alias}-{secrets.token_hex(_TOKEN_BYTES)}"
        return QdrantEngine(
            folder, self._servers(writing=True), vectors.dimensions, fresh, self._layout
        )

    def open(self, folder: Path, vectors: VectorStore) -> QdrantEngine:
        """Return the engine of the generation in *folder*, opened for questions.

        Raises IndexDamaged when its statistics are, IndexOutdated when its collection is gone,
        EngineError.
        """
        if self._statistics(folder) is None:
            raise IndexDamaged("index_damaged", path=folder / FILE)
        engine = QdrantEngine(
            folder, self._servers(writing=False), vectors.dimensions, "", self._layout
        )
        engine.prepare()
        return engine

    def worn(self, folder: Path) -> bool:
        """Tell whether so much has changed since its collection was made that it is to be anew."""
        found = self._statistics(folder)
        return found is not None and found.moved > _MOVED * max(found.measured, 1)

    def published(self, live: Path, kept: Sequence[Path]) -> None:
        """Show the generation in *live* under the alias; remove what those *kept* do not need.

        What fails is told in the log and done after the next one: the generation answers already.
        """
        try:
            self._show(live, kept)
        except CoopbotError as error:
            _log.warning("the alias %s was not brought up to date: %s", self.alias, error)

    def drop(self) -> None:
        """Remove the alias and all its collections; raises EngineError."""
        servers = self._servers(writing=True)
        self._alias(servers, None)
        self._remove(servers, frozenset())

    def close(self) -> None:
        """Close the connections; the next use makes others."""
        while self._open:
            self._open.popitem()[1].close()

    def _show(self, live: Path, kept: Sequence[Path]) -> None:
        servers = self._servers(writing=True)
        shown = self._statistics(live)
        if shown is None:
            raise IndexDamaged("index_damaged", path=live / FILE)
        self._alias(servers, shown.collection)
        states = [found for found in map(self._statistics, (live, *kept)) if found is not None]
        self._remove(servers, frozenset(found.collection for found in states))
        oldest = min(s.number for s in states if s.collection == shown.collection)
        Writer(servers, live, shown.collection).clear(oldest)

    def _alias(self, servers: Servers, collection: str | None) -> None:
        """Let the alias name *collection*, or nothing, in one step."""
        from qdrant_client import models

        aliases = {
            a.alias_name: a.collection_name
            for a in servers.ask(lambda client: client.get_aliases()).aliases
        }
        if aliases.get(self.alias) == collection:
            return
        steps: list[models.AliasOperations] = []
        if self.alias in aliases:
            gone = models.DeleteAlias(alias_name=self.alias)
            steps.append(models.DeleteAliasOperation(delete_alias=gone))
        if collection is not None:
            made = models.CreateAlias(alias_name=self.alias, collection_name=collection)
            steps.append(models.CreateAliasOperation(create_alias=made))
        servers.ask(lambda client: client.update_collection_aliases(steps))

    def _remove(self, servers: Servers, but: frozenset[str]) -> None:
        """Remove the collections of this alias *but* some."""
        every = servers.ask(lambda client: client.get_collections()).collections
        for name in (found.name for found in every):
            prefix, _, token = name.rpartition("-")
            if prefix == self.alias and _TOKEN.fullmatch(token) and name not in but:
                self._delete(servers, name)

    def _delete(self, servers: Servers, name: str) -> None:
        servers.ask(lambda client: client.delete_collection(name))
        _log.info("collection %s removed", name)

    def _statistics(self, folder: Path) -> Statistics | None:
        try:
            return read(folder)
        except DamagedArrays as error:
            raise IndexDamaged("index_damaged", path=folder / FILE) from error

    def _servers(self, *, writing: bool) -> Servers:
        if writing not in self._open:
            waits = WRITING if writing else ASKING
            self._open[writing] = Servers(self._connect(writing), waits, self._sleep)
        return self._open[writing]
