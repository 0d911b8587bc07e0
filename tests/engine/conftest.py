"""The engines that the contract is shown of."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from coopbot.engine.protocol import Engine
from coopbot.engine.qdrant.servers import connect
from coopbot.engine.qdrant.storage import QdrantStorage
from coopbot.engine.qdrant.writing import Layout
from coopbot.engine.storage import Storage
from coopbot.engine.vectors import VectorStore
from tests.engine.articles import DIMENSIONS, open_engine

SERVER = "COOPBOT_TEST_QDRANT_URL"

OpenEngine = Callable[[Path], Engine]


def local_storage(client: QdrantClient) -> QdrantStorage:
    """Return the storage of *client*, which is in local mode."""
    return QdrantStorage("test", Layout(), lambda _writing: [("local", client)])


def open_with(storage: Storage, root: Path) -> Engine:
    """Return the engine that *storage* has in *root*."""
    folder = root / "segments"
    folder.mkdir(parents=True, exist_ok=True)
    return storage.make(folder, VectorStore(root / "vectors", "made-up", DIMENSIONS))


@pytest.fixture(scope="module", params=["embedded", "qdrant", "server"])
def open_in(request: pytest.FixtureRequest) -> Iterator[OpenEngine]:
    """Return what opens the engine in a folder: embedded, Qdrant's local mode, a real server."""
    if request.param == "embedded":
        yield open_engine
    elif request.param == "qdrant":
        clients: dict[Path, QdrantStorage] = {}

        def in_memory(root: Path) -> Engine:
            if root not in clients:
                clients[root] = local_storage(QdrantClient(":memory:"))
            return open_with(clients[root], root)

        yield in_memory
    else:
        url = os.environ.get(SERVER)
        if not url:
            pytest.skip(f"{SERVER} names no Qdrant server")
        key = os.environ.get("COOPBOT_QDRANT_API_KEY")
        storage = QdrantStorage(
            f"test-{secrets.token_hex(4)}", Layout(), lambda _writing: connect([url], key, 30)
        )
        yield lambda root: open_with(storage, root)
        storage.drop()
        storage.close()
