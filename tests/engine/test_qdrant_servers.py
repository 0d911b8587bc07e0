"""What becomes of answers and of the index when Qdrant is slow, full, gone, old, or locked."""

from __future__ import annotations

import socket
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from coopbot.engine.protocol import LexicalView
from coopbot.engine.qdrant.servers import ASKING, WRITING, connect
from coopbot.engine.qdrant.storage import QdrantStorage
from coopbot.engine.qdrant.writing import Layout
from coopbot.engine.storage import make_storage
from coopbot.engine.vectors import VectorStore
from coopbot.errors import EngineError, SettingsError
from coopbot.settings import Settings
from tests.conftest import ROOT
from tests.engine.articles import ARTICLES, DIMENSIONS, answers, ids, simple
from tests.engine.conftest import local_storage, open_with
from tests.engine.qdrant_server import KEY, StandIn, serving


@pytest.fixture
def node() -> Iterator[StandIn]:
    """A server that answers."""
    made = StandIn(QdrantClient(":memory:"))
    with serving(made):
        yield made


@pytest.fixture
def nowhere() -> Iterator[str]:
    """The address of a port where nobody listens, and nobody will."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def storage_at(
    *urls: str, key: str | None = KEY, slept: list[float] | None = None
) -> QdrantStorage:
    """Return the storage at *urls*, which notes in *slept* how long it would have waited."""
    pauses = slept if slept is not None else []
    return QdrantStorage(
        "test", Layout(), lambda _writing: connect(urls, key, 1.0), sleep=pauses.append
    )


def filled(node: StandIn, root: Path) -> list[object]:
    """Write articles to *node* and return what they answer."""
    engine = open_with(storage_at(node.url), root)
    engine.write(ARTICLES, [])
    return answers(engine)


def refusal(storage: QdrantStorage, root: Path) -> EngineError:
    """Return what is said when the engine in *root* is opened for questions."""
    with pytest.raises(EngineError) as caught:
        storage.open(root / "segments", VectorStore(root, "made-up", DIMENSIONS))
    return caught.value


def refusing(status: int, *ends: str) -> Callable[[str, str], int | None]:
    """Return what refuses the paths with one of *ends*."""
    return lambda _method, path: status if path.endswith(ends) else None


def test_over_http_the_answers_are_those_of_local_mode(node: StandIn, tmp_path: Path) -> None:
    local = open_with(local_storage(QdrantClient(":memory:")), tmp_path / "local")
    local.write(ARTICLES, [])
    assert filled(node, tmp_path / "http") == answers(local)


@pytest.mark.parametrize(
    ("status", "key", "error", "pauses"),
    [
        (None, "another", "qdrant_key", []),
        (None, None, "qdrant_key", []),
        (403, KEY, "qdrant_key", []),
        (400, KEY, "qdrant_refused", []),
        (503, KEY, "qdrant_unreachable", list(ASKING)),
        (0, KEY, "qdrant_unreachable", list(ASKING)),
    ],
)
def test_a_server_that_refuses_or_is_slow_is_told_with_its_address(
    node: StandIn,
    tmp_path: Path,
    status: int | None,
    key: str | None,
    error: str,
    pauses: list[float],
) -> None:
    filled(node, tmp_path)
    node.failing = lambda _method, _path: status
    slept: list[float] = []
    told = refusal(storage_at(node.url, key=key, slept=slept), tmp_path)
    assert told.key == error
    assert slept == pauses
    assert node.url in told.text("fr")


def test_a_server_that_is_gone_is_told_with_its_address(
    node: StandIn, nowhere: str, tmp_path: Path
) -> None:
    filled(node, tmp_path)
    told = refusal(storage_at(nowhere), tmp_path)
    assert told.key == "qdrant_unreachable"
    assert nowhere in told.text("en")


@pytest.mark.parametrize("version", ["1.11.9", "0.11.0", "2.0.0", "unknown"])
def test_a_server_of_another_version_is_told(node: StandIn, tmp_path: Path, version: str) -> None:
    filled(node, tmp_path)
    node.version = version
    told = refusal(storage_at(node.url), tmp_path)
    assert told.key == "qdrant_version"
    assert version in told.text("fr")


def test_another_server_answers_for_one_that_does_not(
    node: StandIn, nowhere: str, tmp_path: Path
) -> None:
    expected = filled(node, tmp_path)
    busy = StandIn(node.client, failing=lambda _method, _path: 503)
    slept: list[float] = []
    with serving(busy):
        engine = open_with(storage_at(nowhere, busy.url, node.url, slept=slept), tmp_path)
        assert answers(engine) == expected
    assert slept == []
    assert busy.requests == ["GET /"]  # the one that answered is asked first from then on


def test_a_write_waits_for_a_server_that_starts_again(node: StandIn, tmp_path: Path) -> None:
    slept: list[float] = []

    def comes_back(_method: str, path: str) -> int | None:
        return 503 if path.endswith("/points") and len(slept) < 3 else None

    node.failing = comes_back
    engine = open_with(storage_at(node.url, slept=slept), tmp_path)
    engine.write(ARTICLES, [])
    assert slept == list(WRITING[:3])
    assert engine.prepare() == 4


@pytest.mark.parametrize("where", ["/points", "/points/payload"])
def test_a_write_that_stops_halfway_shows_nothing_and_is_taken_back_by_the_next(
    node: StandIn, tmp_path: Path, where: str
) -> None:
    before = filled(node, tmp_path)
    (collection,) = node.client.get_collections().collections
    count = node.client.count(collection.name).count
    written = 0

    def breaks(method: str, path: str) -> int | None:
        nonlocal written
        written += path.endswith(where) and method in ("PUT", "POST")
        return 503 if path.endswith(where) and written > 1 else None

    node.failing = breaks
    many = [simple(f"n{number}", "Nouvelle", "Un texte.", "Un autre.") for number in range(90)]
    with pytest.raises(EngineError):
        open_with(storage_at(node.url), tmp_path).write([*many, simple("scop", "Autre")], ["cuma"])
    node.failing = refusing(0)
    assert node.client.count(collection.name).count > count
    engine = open_with(storage_at(node.url), tmp_path)
    assert answers(engine) == before
    engine.write([], ["cuma"])
    assert ids(engine) == {ARTICLES[0].stored.id, "scop"}
    assert engine.vocabulary(LexicalView.TITLE).documents == 2
    assert node.client.count(collection.name).count == count


def test_while_a_rebuild_is_half_written_the_alias_and_the_index_answer_as_before(
    node: StandIn, tmp_path: Path
) -> None:
    before = filled(node, tmp_path / "old")
    storage = storage_at(node.url)
    old = tmp_path / "old" / "segments"
    storage.published(old, [old])
    aliases = node.client.get_aliases()
    node.failing = refusing(503, "/points")
    with pytest.raises(EngineError):
        open_with(storage, tmp_path / "new").write(ARTICLES[:1], [])
    node.failing = refusing(0)
    assert len(node.client.get_collections().collections) == 2
    assert node.client.get_aliases() == aliases
    assert answers(open_with(storage, tmp_path / "old")) == before
    storage.published(old, [old])
    assert len(node.client.get_collections().collections) == 1


def test_an_alias_that_cannot_be_switched_is_told_in_the_log_and_the_index_answers(
    node: StandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = filled(node, tmp_path)
    folder = tmp_path / "segments"
    node.failing = refusing(503, "/aliases")
    storage = storage_at(node.url)
    storage.published(folder, [folder])
    assert "alias test" in caplog.text
    assert answers(open_with(storage, tmp_path)) == before


def test_a_key_that_goes_over_the_network_unencrypted_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for url in ("http://qdrant.example", "https://qdrant.example", "http://127.0.0.1:1"):
        for _, client in connect([url], KEY, 1.0):
            client.close()
    assert [KEY in message for message in caplog.messages] == [False]
    assert "qdrant.example" in caplog.text


def test_the_engine_is_chosen_by_the_setting_and_needs_an_address() -> None:
    chosen = make_storage(Settings(engine="qdrant", qdrant_url=("http://127.0.0.1:1",)))
    assert (chosen.name, make_storage(Settings()).name) == ("qdrant", "embedded")
    with pytest.raises(SettingsError) as caught:
        make_storage(Settings(engine="qdrant"))
    assert "COOPBOT_QDRANT_URL" in caught.value.text("fr")


def test_without_the_client_library_the_command_that_installs_it_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "qdrant_client", None)
    with pytest.raises(SettingsError) as caught:
        connect(["http://127.0.0.1:1"], None, 1.0)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["qdrant"][0] in caught.value.text("en")
