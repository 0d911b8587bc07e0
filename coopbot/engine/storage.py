"""Where the articles of a generation are: in its folder, or on servers; the setting `engine`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from coopbot.engine.embedded import EmbeddedEngine
from coopbot.engine.protocol import Engine
from coopbot.engine.vectors import VectorStore
from coopbot.errors import SettingsError
from coopbot.settings import Settings


class Storage(Protocol):
    """What ties an engine to the generations of an index."""

    @property
    def name(self) -> str:
        """What manifests call it: an index made for another one is made anew."""
        ...

    def make(self, folder: Path, vectors: VectorStore) -> Engine:
        """Return the engine of the generation in the making in *folder*."""
        ...

    def open(self, folder: Path, vectors: VectorStore) -> Engine:
        """Return the engine of the generation in *folder*; raises IndexOutdated, EngineError."""
        ...

    def worn(self, folder: Path) -> bool:
        """Tell whether the generation in *folder* is better made anew than added to."""
        ...

    def published(self, live: Path, kept: Sequence[Path]) -> None:
        """Hear that the generation in *live* went live; those in *kept* may still be asked."""
        ...

    def drop(self) -> None:
        """Remove what is not in the index folder."""
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class EmbeddedStorage:
    """Everything is in the folders of the generations."""

    name = "embedded"

    def make(self, folder: Path, vectors: VectorStore) -> Engine:
        """Return the engine over the index in *folder*, made if there is none yet."""
        return EmbeddedEngine(folder, vectors)

    def open(self, folder: Path, vectors: VectorStore) -> Engine:
        """Return the engine over the index in *folder*; raises IndexOutdated."""
        return EmbeddedEngine.open(folder, vectors)

    def worn(self, folder: Path) -> bool:  # noqa: ARG002
        """Never: every state has the statistics of all its articles."""
        return False

    def published(self, live: Path, kept: Sequence[Path]) -> None:
        """Nothing to do: `Generations` sweeps the folders."""

    def drop(self) -> None:
        """Nothing to do: all of it is in the index folder."""

    def close(self) -> None:
        """Nothing to do."""


def make_storage(settings: Settings) -> Storage:
    """Return the storage that *settings* choose; raises SettingsError."""
    if settings.engine == "embedded":
        return EmbeddedStorage()
    # imported here: it brings its own library
    from coopbot.engine.qdrant.servers import WRITE_SECONDS, connect
    from coopbot.engine.qdrant.storage import QdrantStorage
    from coopbot.engine.qdrant.writing import Layout

    if not settings.qdrant_url:
        raise SettingsError("qdrant_url_missing")
    return QdrantStorage(
        alias=settings.qdrant_collection,
        layout=Layout(
            shards=settings.qdrant_shards,
            replicas=settings.qdrant_replicas,
            write_consistency=settings.qdrant_write_consistency,
            on_disk=settings.qdrant_on_disk,
            quantisation=settings.qdrant_quantisation,
        ),
        connect=lambda writing: connect(
            settings.qdrant_url,
            settings.qdrant_api_key,
            WRITE_SECONDS if writing else settings.qdrant_timeout,
        ),
    )
