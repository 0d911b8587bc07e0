"""Saved pages with their true text: read, extracted, measured; what is misshapen is named."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopbot.errors import EvaluationError
from coopbot.page_evaluation import (
    evaluate_fields,
    evaluate_pages,
    is_page_folder,
    page_figures,
    precision_recall,
    read_pages,
    worst_pages,
)
from tests.conftest import RunCoopbot
from tests.ingest.pages import PARAGRAPHS, TITLE, article_page, entries, page

TODAY = "2026-11-24"
TRUTH = "\n".join(PARAGRAPHS)
HEAD = (
    '<script type="application/ld+json">{"@type": "Article", "headline": "Vingt-deux foyers '
    'sous un toit coopératif", "author": {"name": "Zoé Marchal"}, '
    '"datePublished": "2026-03-05"}</script>'
)


def write(folder: Path) -> Path:
    """Write three pages: one found whole, one of which less is true, one that is a list."""
    (folder / "html").mkdir(parents=True)
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    top = "<p class='byline'>Par Zoé Marchal</p><time datetime='2026-03-06'>6 mars</time>"
    (folder / "html" / "a.html").write_text(
        article_page(body=paragraphs, head=HEAD, top=top), encoding="utf-8"
    )
    (folder / "html" / "b.html.gz").write_bytes(gzip.compress(article_page().encode()))
    (folder / "html" / "c.html").write_text(page(entries()), encoding="utf-8")
    truth = {
        "a": {"articleBody": TRUTH, "url": "https://toits.example/a"},
        "b": {"articleBody": PARAGRAPHS[0], "headline": TITLE},
        "c": {"articleBody": "Rien de tout cela n'est un article."},
    }
    (folder / "ground-truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return folder


def ticks() -> Iterator[float]:
    now = 0.0
    while True:
        yield now
        now += 0.25


def test_pages_are_measured_by_the_path_every_page_takes(tmp_path: Path) -> None:
    pages = read_pages(write(tmp_path / "pages"))
    assert [(p.key, p.half) for p in pages] == [("a", "report"), ("b", "tune"), ("c", "report")]
    clock = ticks()
    outcomes = evaluate_pages(pages, careful=False, retrieved=TODAY, clock=lambda: next(clock))
    first, second, third = outcomes
    assert (first.precision, first.recall, first.refusal) == (1.0, 1.0, None)
    assert second.recall == 1.0
    assert 0.15 < second.precision < 0.3  # one paragraph of four, between headings
    assert third.precision == 0.0
    assert third.refusal is not None
    assert third.refusal.key == "refused_list"
    figures = page_figures(outcomes)
    assert figures.recall == pytest.approx(2 / 3)
    assert figures.f1 == pytest.approx(
        2 * figures.precision * figures.recall / (figures.precision + figures.recall)
    )
    assert figures.pages_s == pytest.approx(4.0)
    assert [o.page.key for o in worst_pages(outcomes, 2)] == ["c", "b"]


def test_words_count_in_runs_of_four_as_often_as_they_occur() -> None:
    truth = "un deux trois quatre cinq"
    assert precision_recall(truth, truth) == (1.0, 1.0)
    assert precision_recall("un deux, trois : quatre", truth) == (1.0, 0.5)
    assert precision_recall(f"{truth} {truth}", truth) == (2 / 7, 1.0)
    assert precision_recall("", truth) == (0.0, 0.0)
    assert precision_recall("un deux", "un deux") == (1.0, 1.0)


def test_what_a_page_tells_machines_is_the_truth_the_program_does_not_see(tmp_path: Path) -> None:
    found = evaluate_fields(read_pages(write(tmp_path / "pages")), TODAY)
    assert (found["title"].pages, found["title"].right) == (2, 2)
    assert (found["author"].pages, found["author"].right) == (1, 1)
    # the visible date is another than that of the JSON-LD: it was hidden indeed
    assert (found["published"].pages, found["published"].wrong) == (1, 1)


@pytest.mark.parametrize(
    ("file", "content", "key"),
    [
        ("ground-truth.json", "[]", "eval_no_documents"),
        ("ground-truth.json", "{", "eval_unreadable"),
        ("ground-truth.json", '{"a": {"url": "x"}}', "eval_unreadable"),
        ("html/a.html", None, "eval_unreadable"),
        ("html/b.html.gz", "no gzip", "eval_unreadable"),
    ],
)
def test_a_misshapen_folder_is_refused(
    tmp_path: Path, file: str, content: str | None, key: str
) -> None:
    folder = write(tmp_path / "pages")
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError) as caught:
        read_pages(folder)
    assert caught.value.key == key


def test_a_folder_of_questions_is_none_of_pages(tmp_path: Path) -> None:
    assert not is_page_folder(tmp_path)


def test_the_command_prints_both_modes_and_the_worst(
    tmp_path: Path, run_coopbot: RunCoopbot
) -> None:
    folder = write(tmp_path / "pages")
    done = run_coopbot("eval", str(folder), "--json", "--worst", "1")
    assert done.returncode == 0, done.stderr
    figures, worst = (json.loads(line) for line in done.stdout.splitlines())
    assert (figures["collection"], figures["pages"]) == ("pages", 3)
    assert set(figures["fast"]) == set(figures["careful"]) == {"all", "tune", "report"}
    assert set(figures["fast"]["all"]) == {"pages", "precision", "recall", "f1", "pages_s"}
    assert figures["refused"] == {"refused_list": 1}
    assert worst["page"] == "c"
    shown = run_coopbot("eval", str(folder), "--half", "tune", anew=True)
    assert shown.returncode == 0, shown.stderr
    assert shown.stderr == ""
    assert "1 pages enregistrées" in shown.stdout
