"""Impacts are kept beside their segment, and made again when they no longer hold."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from coopbot.engine.embedded import EmbeddedEngine
from coopbot.engine.protocol import Hit, LexicalView, WeightedTerm
from tests.engine.articles import open_engine, simple

TERMS = [WeightedTerm("scic"), WeightedTerm("vot", 0.5), WeightedTerm("tracteur")]


def written(root: Path) -> EmbeddedEngine:
    engine = open_engine(root)
    engine.write([simple("a", "La Scic", "La Scic vote."), simple("b", "Le vote", "Un vote.")], [])
    engine.prepare()
    return engine


def scores(engine: EmbeddedEngine) -> list[Sequence[Hit]]:
    return [engine.lexical(TERMS, 100, view) for view in LexicalView]


def files(root: Path) -> list[Path]:
    return sorted((root / "segments").glob("*.impacts"))


def test_what_was_kept_is_read_again_as_it_is(tmp_path: Path) -> None:
    written(tmp_path).close()
    (file,) = files(tmp_path)
    before = file.stat().st_ino
    engine = open_engine(tmp_path)
    engine.prepare()
    engine.close()
    assert file.stat().st_ino == before


@pytest.mark.parametrize("content", [b"", b"nonsense", None])
def test_what_is_damaged_or_gone_is_made_again_with_the_same_scores(
    tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    engine = written(tmp_path)
    expected = scores(engine)
    engine.close()
    (file,) = files(tmp_path)
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        engine = open_engine(tmp_path)
        assert scores(engine) == expected
        engine.close()
    assert ("made anew" in caplog.text) == (content is not None)
    assert len(files(tmp_path)) == 1


def test_longer_articles_beside_it_change_what_a_segment_kept(tmp_path: Path) -> None:
    engine = written(tmp_path / "grown")
    engine.write([simple("c", "Le tracteur de la Cuma", "Un tracteur. " * 40)], [])
    grown = scores(engine)
    engine.close()
    whole = open_engine(tmp_path / "whole")
    whole.write(
        [
            simple("a", "La Scic", "La Scic vote."),
            simple("b", "Le vote", "Un vote."),
            simple("c", "Le tracteur de la Cuma", "Un tracteur. " * 40),
        ],
        [],
    )
    assert [[h[:2] for h in hits] for hits in grown] == [
        [h[:2] for h in hits] for hits in scores(whole)
    ]
    assert np.allclose(
        [h.score for hits in grown for h in hits],
        [h.score for hits in scores(whole) for h in hits],
        atol=1e-5,
    )
    whole.close()
