"""Texts encoded by processes beside this one, and articles that are on their way meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from coopbot.article import Article
from coopbot.corpus import Entry
from coopbot.encoder import ahead as ahead_module
from coopbot.encoder.ahead import Ahead
from coopbot.encoder.usem3 import UniversalSentenceEncoder
from coopbot.engine.vectors import VectorStore
from coopbot.vectorising import vectorised
from tests.small_corpus import Counting

TEXTS = [f"La coopérative numéro {number} a des associés \ud83d." for number in range(70)]


def from_the_first(patch: pytest.MonkeyPatch) -> None:
    """Have two processes encode, and no text before they do."""
    patch.setattr(ahead_module, "_FEW", 0)
    patch.setattr(ahead_module, "cores", lambda: 2)


@pytest.fixture(scope="module")
def many(encoder: UniversalSentenceEncoder) -> Iterator[Ahead]:
    """What sends texts to processes from the first on."""
    with pytest.MonkeyPatch.context() as patch:
        from_the_first(patch)
        ahead = Ahead(encoder)
        ahead.send(TEXTS[:1])
    with ahead:
        yield ahead


def entry(number: int, body: str) -> Entry:
    return Entry(f"{number}.md", "", Article(title=f"Titre {number}", body=body))


def test_vectors_from_processes_are_those_of_the_encoder(
    many: Ahead, encoder: UniversalSentenceEncoder
) -> None:
    waits = [many.send(TEXTS), many.send(TEXTS[:3])]
    first, second = (wait() for wait in waits)
    np.testing.assert_allclose(first, encoder.encode(TEXTS), atol=1e-5)
    np.testing.assert_allclose(second, first[:3], atol=1e-5)
    assert many.depth > 0


def test_a_process_that_was_killed_is_done_without(
    many: Ahead, encoder: UniversalSentenceEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    many.send(TEXTS)()
    crew = many._crew
    assert crew is not None
    worker = crew._idle.get()
    worker._process.kill()
    worker._process.wait()
    crew._idle.put(worker)
    with caplog.at_level(logging.WARNING):
        vectors = many.send(TEXTS)()
    np.testing.assert_allclose(vectors, encoder.encode(TEXTS), atol=1e-5)
    assert "has ended" in caplog.text


def test_the_processes_end_with_the_context(
    encoder: UniversalSentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_the_first(monkeypatch)
    with Ahead(encoder) as ahead:
        ahead.send(TEXTS)  # and nobody waits for it
        crew = ahead._crew
        assert crew is not None
        workers = [crew._idle.get(timeout=60) for _ in range(2)]
        processes = [worker._process for worker in workers]
        assert all(process.poll() is None for process in processes)
        for worker in workers:
            crew._idle.put(worker)
    assert all(process.poll() is not None for process in processes)


def test_few_texts_are_encoded_here(encoder: UniversalSentenceEncoder) -> None:
    with Ahead(encoder) as ahead:
        ahead.send(TEXTS[:2])()
        assert (ahead._crew, ahead.depth) == (None, 0)


def test_without_processes_texts_are_encoded_here(
    encoder: UniversalSentenceEncoder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    from_the_first(monkeypatch)
    monkeypatch.setattr("sys.executable", str(tmp_path / "gone"))
    with Ahead(encoder) as ahead, caplog.at_level(logging.WARNING):
        vectors = [ahead.send(TEXTS[:2])() for _ in range(2)]
    np.testing.assert_allclose(vectors, [encoder.encode(TEXTS[:2])] * 2, atol=1e-5)
    assert len(caplog.records) == 1


def test_an_encoder_that_no_other_process_can_make_encodes_here(
    encoder: UniversalSentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead_module, "_FEW", 0)
    counting = Counting(encoder)
    with Ahead(counting) as ahead:
        ahead.send(TEXTS[:2])()
    assert counting.texts == TEXTS[:2]


def test_articles_on_their_way_share_texts_and_come_in_order(
    encoder: UniversalSentenceEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_the_first(monkeypatch)
    monkeypatch.setattr("coopbot.vectorising._BATCH", 4)
    entries = [entry(number, f"Texte {number % 3}.") for number in [*range(16), 0, 1]]
    store = VectorStore(tmp_path, encoder.name, encoder.dimensions)
    found = list(vectorised(entries, store, encoder))
    assert [item.entry for item in found] == entries
    # each title and each of the texts behind each title, once
    assert len(store) == 2 * 16
    for item in found:
        texts = [item.entry.article.title, f"{item.entry.article.title}. {item.article.text}"]
        np.testing.assert_allclose(item.vectors, encoder.encode(texts), atol=2e-3)


def test_what_was_encoded_before_an_interruption_is_kept(
    encoder: UniversalSentenceEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_the_first(monkeypatch)
    monkeypatch.setattr("coopbot.vectorising._BATCH", 2)
    entries = [entry(number, f"Texte {number}.") for number in range(10)]
    store = VectorStore(tmp_path, encoder.name, encoder.dimensions)
    under_way = vectorised(entries, store, encoder)
    next(under_way)
    under_way.close()
    assert 4 <= len(store) < 20
    counting = Counting(encoder)
    list(vectorised(entries, VectorStore(tmp_path, encoder.name, 512), counting))
    assert len(store) == 20
    assert len(counting.texts) <= 16
