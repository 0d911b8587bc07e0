"""Test collections and golden questions: read, asked, measured; what is misshapen is located."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import pytest

from coopbot.encoder import Encoder
from coopbot.errors import EvaluationError
from coopbot.evaluation import (
    evaluate,
    evaluate_golden,
    golden_figures,
    measure,
    read_collection,
    read_golden,
)
from coopbot.library import Library
from coopbot.settings import Settings
from tests.conftest import MakeLibrary, RunCoopbot, article_text

DOCUMENTS = (
    ("d1", "Créer une Scic", "La Scic réunit trois catégories d'associés.\nElle se crée en SARL."),
    ("d2", "", "Le tracteur de la Cuma est partagé par les agriculteurs.\nChacun le conduit."),
    ("d3", "Recette", "La tarte aux pommes demande du beurre."),
)
QUERIES = (("q1", "comment créer une Scic"), ("q2", "qui partage le tracteur ?"), ("q3", "rien"))
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td3\t1\nq2\td2\t1\n"


def write(folder: Path, *, zipped: bool = False) -> Path:
    folder.mkdir(exist_ok=True)
    documents = [{"_id": i, "title": t, "text": x} for i, t, x in DOCUMENTS]
    corpus = "".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents)
    if zipped:
        (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(corpus.encode()))
    else:
        (folder / "corpus.jsonl").write_text(corpus, encoding="utf-8")
    queries = "".join(json.dumps({"_id": i, "text": t}) + "\n" for i, t in QUERIES)
    (folder / "queries.jsonl").write_text(queries, encoding="utf-8")
    (folder / "qrels.tsv").write_text(QRELS, encoding="utf-8")
    return folder


@pytest.mark.parametrize("zipped", [False, True])
def test_a_collection_is_indexed_and_asked_by_the_real_path(
    tmp_path: Path, encoder: Encoder, zipped: bool
) -> None:
    collection = read_collection(write(tmp_path / "small", zipped=zipped))
    places = {name: tmp_path / name for name in ("corpus", "index", "state")}
    library = Library(Settings(**places), encoder)  # type: ignore[arg-type]
    found = evaluate(collection, library)
    assert (found.collection, found.articles, len(found.outcomes)) == ("small", 3, 2)
    assert {o.query.id: o.found[0] for o in found.outcomes} == {"q1": "d1", "q2": "d2"}
    assert found.mean("success@1") == 1.0
    assert found.outcomes[0].measures["ndcg@10"] > 0.9
    assert found.percentile_ms(0.5) > 0
    library.close()


def test_measures_are_those_of_the_textbook() -> None:
    measured = measure({"q": {"a": 2, "b": 1}, "r": {"a": 1}}, {"q": ["b", "x", "a"], "r": []})
    ideal = 2 + 1 / math.log2(3)
    assert measured["q"]["ndcg@10"] == pytest.approx((1 + 2 / math.log2(4)) / ideal)
    assert measured["q"]["mrr@10"] == 1.0
    assert measured["q"]["recall@100"] == 1.0
    assert set(measured["r"].values()) == {0.0}


@pytest.mark.parametrize(
    ("file", "content", "key", "line"),
    [
        ("queries.jsonl", '{"_id": "q1", "text": "x"}\n{"_id": 3}\n', "eval_line", 2),
        ("queries.jsonl", "no json\n", "eval_line", 1),
        ("qrels.tsv", "a\tb\tc\nq1\td1\n", "eval_line", 2),
        ("qrels.tsv", "a\tb\tc\n", "eval_no_queries", None),
        ("qrels.tsv", None, "eval_missing", None),
        ("corpus.jsonl", None, "eval_missing", None),
    ],
)
def test_a_misshapen_collection_is_refused_with_file_and_line(
    tmp_path: Path, file: str, content: str | None, key: str, line: int | None
) -> None:
    folder = write(tmp_path / "small")
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationError) as caught:
        read_collection(folder)
    assert caught.value.key == key
    assert caught.value.values.get("line") == line


GOLDEN_LINES = (
    "half\tneed\tlanguage\tquestion\tarticles",
    "tune\tcreate\tfr\tcomment créer une Scic ?\tscic.md",
    "tune\tcreate\ten\thow to set up a Scic\tscic.md",
    "report\tcake\tfr\trecette de la tarte aux pommes\t",
)


def test_a_translation_counts_as_its_original(make_library: MakeLibrary, tmp_path: Path) -> None:
    library = make_library(
        {
            "scic.md": article_text("Créer une Scic", "La Scic se crée avec trois associés."),
            "en.md": article_text(
                "How to set up a Scic",
                "Set up a Scic with three members.",
                language="en",
                translation_of="scic.md",
            ),
            "scop.md": article_text("La Scop", "La Scop appartient à ses salariés."),
        }
    )
    path = tmp_path / "questions.tsv"
    path.write_text("\n".join(GOLDEN_LINES) + "\n", encoding="utf-8")
    outcomes = evaluate_golden(read_golden(path), library)
    figures = golden_figures(outcomes)
    assert figures["fr"]["success@1"] == figures["en"]["success@1"] == 1.0
    assert figures["foreign"] == {"questions": 1, "declined": 1.0}
    assert all(len(outcome.found) == 2 for outcome in outcomes)


@pytest.mark.parametrize("line", ["tune\tx\tfr", "other\tx\tfr\tq\ta.md", "tune\tx\tde\tq\ta.md"])
def test_a_misshapen_golden_question_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "questions.tsv"
    path.write_text(f"{GOLDEN_LINES[0]}\n{line}\n", encoding="utf-8")
    with pytest.raises(EvaluationError) as caught:
        read_golden(path)
    assert (caught.value.key, caught.value.values["line"]) == ("eval_line", 2)


def test_the_command_prints_the_figures_and_what_went_worst(
    tmp_path: Path, run_coopbot: RunCoopbot
) -> None:
    folder = write(tmp_path / "small")
    done = run_coopbot("eval", str(folder), "--json", "--worst", "1")
    assert done.returncode == 0, done.stderr
    figures, worst = (json.loads(line) for line in done.stdout.splitlines())
    assert figures["collection"] == "small"
    assert set(figures) >= {"queries", "ndcg@10", "mrr@10", "success@1", "recall@100", "index_s"}
    assert set(worst) == {"question", "ndcg@10", "expected", "found"}
    assert run_coopbot("eval", str(tmp_path / "nowhere")).returncode == 2
