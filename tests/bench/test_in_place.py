"""`coopbot bench` without a folder: the articles in place, whatever they are about."""

from __future__ import annotations

from pathlib import Path

from tests.cli.processes import written_corpus
from tests.conftest import RunCoopbot, article_text


def test_articles_that_answer_none_of_its_questions_are_measured_too(
    tmp_path: Path, built_index: Path, run_coopbot: RunCoopbot
) -> None:
    articles = {"moon.md": article_text("Les phases de la Lune", "La Lune croît puis décroît.")}
    options = written_corpus(tmp_path, articles, built_index)
    done = run_coopbot("bench", *options, "--runs", "1", "--language", "en")
    assert done.returncode == 0, done.stderr
    assert "Speed (1 articles, 1 passages)" in done.stdout
    assert "the whole search command" in done.stdout
