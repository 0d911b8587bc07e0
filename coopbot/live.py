"""The generation that answers: opened when it is first needed, and anew when another goes live."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from cachetools import LRUCache

from coopbot.catalogue import Catalogue
from coopbot.engine.protocol import Engine, StoredArticle
from coopbot.engine.storage import Storage
from coopbot.engine.vectors import VectorStore
from coopbot.errors import IndexOutdated
from coopbot.fingerprint import is_readable, usable
from coopbot.generations import Generation, Generations
from coopbot.integrity import check_quickly
from coopbot.profiles import Profiles, load_profiles
from coopbot.search.answer import Answer
from coopbot.search.replacements import Replacements

_ANSWERS = 1_000  # remembered

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Opened:
    """A generation in use: what was asked for of all its articles, and the answers given lately.

    `current` tells that this very code made it. The same questions come again, and every button
    under an answer asks for it anew.
    """

    mark: tuple[str, int, int]
    generation: Generation
    engine: Engine
    profiles: Profiles
    current: bool
    catalogue: Catalogue | None = None
    replacements: Replacements[StoredArticle] | None = None
    answers: LRUCache[Hashable, Answer] = field(default_factory=lambda: LRUCache(_ANSWERS))


class Live:
    """The live one of *generations*, in *storage*; *vectors* gives the vector store."""

    def __init__(
        self, generations: Generations, storage: Storage, vectors: Callable[[], VectorStore]
    ) -> None:
        self._generations = generations
        self._storage = storage
        self._vectors = vectors
        self._opened: Opened | None = None
        self._opening = threading.Lock()

    @property
    def opened(self) -> Opened | None:
        """The generation that answered last, None before `open`."""
        return self._opened

    def open(self) -> Opened:
        """Return the live generation, opened anew when another one went live.

        One that cannot be used, which a later version made beside us, does not take the place of
        the one in use. Raises IndexMissing, IndexOutdated, IndexError_ when there is none to use.
        """
        with self._opening:
            mark = self._generations.live_mark()
            if self._opened is None:
                self._opened = self._open(mark)
            elif self._opened.mark != mark:
                self._follow(self._opened, mark)
            return self._opened

    def close(self) -> None:
        """Release the index."""
        with self._opening:
            if self._opened is not None:
                self._opened.engine.close()
            self._opened = None

    def _follow(self, former: Opened, mark: tuple[str, int, int]) -> None:
        try:
            self._opened = self._open(mark)
        except IndexOutdated as error:
            _log.error("the new index cannot be used, the former one answers: %s", error)
            former.mark = mark

    def _open(self, mark: tuple[str, int, int]) -> Opened:
        generation, vectors = self._generations.current(), self._vectors()
        if not is_readable(generation, vectors, self._storage.name):
            raise IndexOutdated("index_outdated", path=generation.folder)
        check_quickly(generation, vectors)
        engine = self._storage.open(generation.folder, vectors)
        current = usable(generation, vectors, self._storage.name)
        return Opened(mark, generation, engine, load_profiles(generation.folder), current)
