"""Test collections to figures: how well the right articles are put first, and how fast.

A collection is a folder as BEIR has them (Thakur et al. 2021, https://arxiv.org/abs/2104.08663):

    corpus.jsonl[.gz]   {"_id", "title", "text"}, one document a line
    queries.jsonl       {"_id", "text"}
    qrels.tsv           query-id, corpus-id, score, one judgement a line, under a line of headings

Its documents become articles, and take the way of every article: corpus, passages, vectors, index.
Its questions are asked as a person's would be, except that the library never abstains. The measures
are those of ir-measures (https://ir-measur.es), which hands them to trec_eval.
"""

from __future__ import annotations

import gzip
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from coopbot.article import Article, clean_text
from coopbot.corpus import Corpus
from coopbot.errors import EvaluationError
from coopbot.library import Library
from coopbot.messages import LANGUAGES, Language, is_language

if TYPE_CHECKING:
    from coopbot.indexing import Progress

DEPTH = 100  # hits that count for recall
MEASURES = ("ndcg@10", "mrr@10", "success@1", "recall@100")
GOLDEN = "questions.tsv"  # in the corpus folder
GOLDEN_COLUMNS = ("half", "need", "language", "question", "articles")
HALVES = ("tune", "report")
GOLDEN_DEPTH = 10
_TITLE_CHARACTERS = 120  # of a document without title, from its first line

Judgements = Mapping[str, int]  # document id to grade


@dataclass(frozen=True, slots=True)
class Query:
    """A question of a collection and the documents that answer it, by grade."""

    id: str
    text: str
    judgements: Judgements


@dataclass(frozen=True, slots=True)
class Collection:
    """The questions of the folder *root* that have judgements, and its documents."""

    root: Path
    queries: tuple[Query, ...]

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.root.resolve().name

    def documents(self) -> Iterator[tuple[str, Article]]:
        """Yield (document id, article); raises EvaluationError, naming file and line."""
        path = _corpus_file(self.root)
        for line, values in _json_lines(path):
            identifier, text = _field(values, "_id", path, line), _field(values, "text", path, line)
            text = clean_text(text)
            title = " ".join(clean_text(str(values.get("title") or "")).split())
            yield identifier, Article(title=title or _first_line(text), body=text)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question: its measures by name, and the documents found, best first."""

    query: Query
    measures: Mapping[str, float]
    found: tuple[str, ...]
    took_ms: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of a collection; `index_s` are the seconds its index took, encoder included."""

    collection: str
    outcomes: tuple[Outcome, ...]
    articles: int
    passages: int
    index_s: float

    def mean(self, measure: str) -> float:
        """Return the mean of *measure* over all questions."""
        return statistics.fmean(outcome.measures[measure] for outcome in self.outcomes)

    def percentile_ms(self, share: float) -> float:
        """Return the time below which that *share* of the questions was answered."""
        times = sorted(outcome.took_ms for outcome in self.outcomes)
        return times[min(int(share * len(times)), len(times) - 1)]

    def worst(self, count: int) -> list[Outcome]:
        """Return the *count* questions that did worst, by nDCG, then by reciprocal rank."""
        ordered = sorted(
            self.outcomes, key=lambda o: (o.measures["ndcg@10"], o.measures["mrr@10"], o.query.id)
        )
        return ordered[:count]


def read_collection(root: Path) -> Collection:
    """Return the collection in the folder *root*.

    Raises EvaluationError, naming file and line, when a file is missing or misshapen.
    """
    _corpus_file(root)
    judged: dict[str, dict[str, int]] = {}
    path = root / "qrels.tsv"
    for line, text in enumerate(_lines(path), 1):
        parts = text.rstrip("\n").split("\t")
        if line == 1 or not text.strip():
            continue
        if len(parts) != 3 or not parts[2].lstrip("-").isdecimal():
            raise EvaluationError("eval_line", path=path, line=line)
        if int(parts[2]) > 0:
            judged.setdefault(parts[0], {})[parts[1]] = int(parts[2])
    path = root / "queries.jsonl"
    queries = [
        Query(identifier, _field(values, "text", path, line), judged[identifier])
        for line, values in _json_lines(path)
        if (identifier := _field(values, "_id", path, line)) in judged
    ]
    if not queries:
        raise EvaluationError("eval_no_queries", path=root)
    return Collection(root, tuple(queries))


def write_corpus(collection: Collection, corpus: Corpus) -> dict[str, str]:
    """Write the documents of *collection* as articles; return their ids by path."""
    id_of: dict[str, str] = {}
    for number, (identifier, article) in enumerate(collection.documents()):
        path = f"{number // 1_000:04d}/{number:07d}.md"
        id_of[corpus.save(article, path)] = identifier
    if not id_of:
        raise EvaluationError("eval_no_documents", path=collection.root)
    return id_of


def evaluate(
    collection: Collection,
    library: Library,
    index_progress: Progress | None = None,
    query_progress: Progress | None = None,
) -> Evaluation:
    """Return the figures of *collection*; *library* is an empty one, to be filled with it.

    Raises EvaluationError, and what `Library.refresh` raises.
    """
    id_of = write_corpus(collection, library.corpus)
    started = time.perf_counter()
    report = library.refresh(progress=index_progress)
    index_s = time.perf_counter() - started
    library.open()
    found: dict[str, tuple[str, ...]] = {}
    took: dict[str, float] = {}
    for done, query in enumerate(collection.queries, 1):
        took[query.id] = library.ask(query.text, abstain=False).took_ms
        ordered = library.order(query.text, DEPTH)
        found[query.id] = tuple(id_of[article.path] for article in ordered)
        if query_progress is not None:
            query_progress(done, len(collection.queries))
    measured = measure({q.id: q.judgements for q in collection.queries}, found)
    outcomes = tuple(
        Outcome(query, measured[query.id], found[query.id], took[query.id])
        for query in collection.queries
    )
    return Evaluation(collection.name, outcomes, report.articles, report.passages, index_s)


def measure(
    judgements: Mapping[str, Judgements], found: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Return each question's measures: *found* are its documents, best first.

    Raises EvaluationError when ir-measures is not installed.
    """
    try:
        import ir_measures
    except ImportError as error:
        raise EvaluationError("eval_not_installed") from error

    metrics = {
        "ndcg@10": ir_measures.nDCG @ 10,
        "mrr@10": ir_measures.RR @ 10,
        "success@1": ir_measures.Success @ 1,
        "success@3": ir_measures.Success @ 3,
        "recall@100": ir_measures.R @ DEPTH,
    }
    # trec_eval orders by score and breaks ties its own way: distinct scores leave it no choice
    run = {
        query: {document: -float(rank) for rank, document in enumerate(documents)}
        for query, documents in found.items()
    }
    measured: dict[str, dict[str, float]] = {q: dict.fromkeys(metrics, 0.0) for q in judgements}
    name_of = {metric: name for name, metric in metrics.items()}
    qrels = {query: dict(grades) for query, grades in judgements.items()}
    for value in ir_measures.iter_calc(list(metrics.values()), qrels, run):
        measured[value.query_id][name_of[value.measure]] = float(value.value)
    return measured


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A line of questions.tsv: what somebody asks, and the paths of the articles that answer it.

    `half` is "tune" for those that weights and thresholds may be set on, "report" for those that
    only tell. Wordings of one need share `need`. Without `articles` it must be declined.
    """

    half: str
    need: str
    language: Language
    text: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GoldenOutcome:
    """What became of a golden question; `found` are paths, translations counted as their original.

    `measures` is empty for a question that must be declined.
    """

    question: GoldenQuestion
    answered: bool
    found: tuple[str, ...]
    measures: Mapping[str, float]


def read_golden(path: Path) -> tuple[GoldenQuestion, ...]:
    """Return the questions of the file *path*, tab-separated under a line of headings.

    Raises EvaluationError, naming file and line.
    """
    questions = []
    for line, text in enumerate(_lines(path), 1):
        if line == 1 or not text.strip():
            continue
        parts = text.rstrip("\n").split("\t")
        if len(parts) != len(GOLDEN_COLUMNS) or parts[0] not in HALVES:
            raise EvaluationError("eval_line", path=path, line=line)
        half, need, language, question, articles = parts
        if not is_language(language):
            raise EvaluationError("eval_line", path=path, line=line)
        questions.append(GoldenQuestion(half, need, language, question, tuple(articles.split())))
    if not questions:
        raise EvaluationError("eval_no_queries", path=path)
    return tuple(questions)


def evaluate_golden(
    questions: Sequence[GoldenQuestion], library: Library, progress: Progress | None = None
) -> tuple[GoldenOutcome, ...]:
    """Return what becomes of *questions*, asked of the library's own corpus.

    Raises EvaluationError when one expects an article that the index does not have.
    """
    original = _originals(library)
    found: dict[int, tuple[str, ...]] = {}
    answered: dict[int, bool] = {}
    for number, question in enumerate(questions):
        for path in question.articles:
            if path not in original:
                raise EvaluationError("eval_no_article", question=question.text, path=path)
        answered[number] = library.ask(question.text, language=question.language).answered
        ordered = library.order(question.text, GOLDEN_DEPTH, question.language)
        found[number] = tuple(dict.fromkeys(original[article.path] for article in ordered))
        if progress is not None:
            progress(number + 1, len(questions))
    measured = measure(
        {str(n): dict.fromkeys(q.articles, 1) for n, q in enumerate(questions) if q.articles},
        {str(n): paths for n, paths in found.items() if questions[n].articles},
    )
    return tuple(
        GoldenOutcome(question, answered[n], found[n], measured.get(str(n), {}))
        for n, question in enumerate(questions)
    )


def golden_figures(outcomes: Sequence[GoldenOutcome]) -> dict[str, dict[str, float]]:
    """Return the figures of *outcomes* per language, and of those that must be declined."""
    figures: dict[str, dict[str, float]] = {}
    for language in LANGUAGES:
        asked = [o for o in outcomes if o.measures and o.question.language == language]
        if asked:
            figures[language] = {"questions": len(asked)}
            for name in ("success@1", "success@3", "ndcg@10"):
                figures[language][name] = statistics.fmean(o.measures[name] for o in asked)
            figures[language]["answered"] = statistics.fmean(o.answered for o in asked)
    foreign = [o for o in outcomes if not o.question.articles]
    if foreign:
        declined = statistics.fmean(not o.answered for o in foreign)
        figures["foreign"] = {"questions": len(foreign), "declined": declined}
    return figures


def _originals(library: Library) -> dict[str, str]:
    """Return, for the path of every article, that of the article it is a translation of."""
    articles = library.catalogue().articles
    path_of = {name: a.path for a in articles for name in (a.id, a.path)}
    return {a.path: path_of.get(a.translation_of or "", a.path) for a in articles}


def _corpus_file(root: Path) -> Path:
    for name in ("corpus.jsonl", "corpus.jsonl.gz"):
        if (root / name).is_file():
            return root / name
    raise EvaluationError("eval_missing", path=root / "corpus.jsonl")


def _first_line(text: str) -> str:
    first = text.strip().split("\n", 1)[0].strip()
    if len(first) <= _TITLE_CHARACTERS:
        return first or "?"
    return first[:_TITLE_CHARACTERS].rsplit(" ", 1)[0]


def _json_lines(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for line, text in enumerate(_lines(path), 1):
        if not text.strip():
            continue
        try:
            values = json.loads(text)
        except ValueError as error:
            raise EvaluationError("eval_line", path=path, line=line) from error
        if not isinstance(values, dict):
            raise EvaluationError("eval_line", path=path, line=line)
        yield line, values


def _field(values: Mapping[str, Any], name: str, path: Path, line: int) -> str:
    value = values.get(name)
    if not isinstance(value, str):
        raise EvaluationError("eval_line", path=path, line=line)
    return value


def _lines(path: Path) -> Iterator[str]:
    opener: Callable[..., IO[str]] = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as stream:
            yield from stream
    except FileNotFoundError as error:
        raise EvaluationError("eval_missing", path=path) from error
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise EvaluationError("eval_unreadable", path=path, reason=error) from error
