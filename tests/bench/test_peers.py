"""Each engine answers from an index of its own what an exhaustive BM25 answers."""

from __future__ import annotations

import pytest

from coopbot.bench.exhaustive import best, overlap
from coopbot.bench.home import Home
from coopbot.bench.peers import ENGINES, TOP, Engine, installed, make_peer
from coopbot.bench.updates import measure_updates
from tests.bench.conftest import PASSAGES
from tests.conftest import clean_environment

# The formulas differ in the idf, and in how exactly the length of a passage is kept.
_LEAST = {"coopbot": 0.95, "whoosh": 0.85, "tantivy": 0.9, "bm25s": 0.99, "sqlite": 0.9}


@pytest.fixture(scope="module")
def indexed(home: Home) -> Home:
    """The home with Coopbot's index, which two engines share."""
    home.note_built("hybrid", make_peer("hybrid").build(home))
    return home


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine in _LEAST])
def test_an_engine_finds_what_an_exhaustive_bm25_finds(indexed: Home, engine: Engine) -> None:
    if not installed(engine):
        pytest.skip(f"{engine} is not installed")
    peer = make_peer(engine)
    assert peer.build(indexed)["seconds"] >= 0
    assert peer.size(indexed) > 0
    opened = peer.open(indexed)
    asked = indexed.questions()
    found = [opened.top(question) for question in asked]
    opened.close()
    assert all(len(numbers) <= TOP for numbers in found)
    expected = best(indexed.stems(), [question.terms for question in asked], TOP)
    assert overlap(found, expected) >= _LEAST[engine]


def test_the_whole_answer_shows_passages_of_ten_articles(indexed: Home) -> None:
    opened = make_peer("hybrid").open(indexed)
    found = opened.top(indexed.questions()[0])
    opened.close()
    assert len(set(found)) == TOP
    assert all(0 <= number < PASSAGES for number in found)


def test_the_time_of_the_encoder_is_told_apart(indexed: Home) -> None:
    built = indexed.built("hybrid") or {}
    assert 0 < built["encoding_s"] < built["seconds"]
    assert built["texts"] >= PASSAGES
    assert built["text_alone_s"] > 0


def test_another_process_answers_with_an_article_that_is_added_meanwhile(indexed: Home) -> None:
    updates = measure_updates(indexed, clean_environment(indexed.folder))
    assert 0 < updates.writing_s < updates.until_answered_s
    assert updates.slowest_ms >= updates.during_p99_ms >= updates.during_p50_ms > 0
    assert updates.quiet_p50_ms > 0
    # the index that was measured is not the one that changed
    assert len(list(indexed.corpus.rglob("*.md"))) == indexed.about().articles
