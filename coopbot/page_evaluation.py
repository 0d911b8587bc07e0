"""Saved pages with their true text to figures: how much of each article is found, and how fast.

A folder as the article extraction benchmark of Scrapinghub has it
(https://github.com/scrapinghub/article-extraction-benchmark):

    ground-truth.json     {KEY: {"articleBody", "url", ...}}, perhaps with "headline", "author",
                          "datePublished"
    html/KEY.html[.gz]    the pages as they came

Measured is the text before any refusal, as that benchmark does: multisets of runs of four words,
precision and recall of each page, their means over the pages, the F1 of the two means. The pages
are also taken by halves, by the parity of their place in the order of keys: settle something on the
one ("tune"), report on the other.
"""

from __future__ import annotations

import gzip
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coopbot.errors import EvaluationError, Refused
from coopbot.french.folding import fold_term

if TYPE_CHECKING:
    from coopbot.indexing import Progress

TRUTH = "ground-truth.json"
HALVES = ("tune", "report")
FIELDS = ("title", "author", "published")
_TRUE_FIELDS = {"title": "headline", "author": "author", "published": "datePublished"}


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page and the truth about it: its text, and its title, author and date where known."""

    key: str
    half: str
    url: str | None
    html: str
    text: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """What became of a page; `refusal` is why `extract` would refuse it.

    `seconds` are those of a core, from the HTML to text and metadata.
    """

    page: SavedPage
    precision: float
    recall: float
    seconds: float
    refusal: Refused | None


@dataclass(frozen=True, slots=True)
class PageFigures:
    """Means over pages; `f1` is that of the two means, `pages_s` the pages a second of a core."""

    pages: int
    precision: float
    recall: float
    f1: float
    pages_s: float


@dataclass(frozen=True, slots=True)
class FieldFigures:
    """Of the pages where a field is known, how many are found right, and wrong; else not found."""

    pages: int
    right: int
    wrong: int


def is_page_folder(folder: Path) -> bool:
    """Tell whether *folder* holds saved pages with their true text."""
    return (folder / TRUTH).is_file()


def read_pages(folder: Path) -> tuple[SavedPage, ...]:
    """Return the pages of *folder* in the order of their keys.

    Raises EvaluationError, naming the file, when one is missing or misshapen.
    """
    path = folder / TRUTH
    try:
        truths = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise EvaluationError("eval_unreadable", path=path, reason=error) from error
    if not isinstance(truths, dict) or not truths:
        raise EvaluationError("eval_no_documents", path=path)
    pages = []
    for number, (key, truth) in enumerate(sorted(truths.items())):
        if not isinstance(truth, dict) or not isinstance(truth.get("articleBody"), str):
            raise EvaluationError("eval_unreadable", path=path, reason=key)
        known = {ours: _text(truth.get(theirs)) for ours, theirs in _TRUE_FIELDS.items()}
        pages.append(
            SavedPage(
                key=key,
                half=HALVES[1 - number % 2],
                url=_text(truth.get("url")),
                html=_read_html(folder / "html", key),
                text=truth["articleBody"],
                fields={name: value for name, value in known.items() if value},
            )
        )
    return tuple(pages)


def evaluate_pages(
    pages: Sequence[SavedPage],
    *,
    careful: bool,
    retrieved: str,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.process_time,
) -> tuple[PageOutcome, ...]:
    """Return what becomes of *pages*; *retrieved* is today's date, *clock* tells CPU seconds."""
    from coopbot.ingest.extract import extract, read_page
    from coopbot.ingest.markdown import plain

    outcomes = []
    for done, page in enumerate(pages, 1):
        started = clock()
        try:
            text = plain(
                read_page(page.html, page.url, retrieved=retrieved, careful=careful).blocks
            )
        except Refused:
            text = ""
        seconds = clock() - started
        refusal: Refused | None = None
        try:
            extract(page.html, page.url, retrieved=retrieved, languages=())
        except Refused as error:
            refusal = error
        precision, recall = precision_recall(text, page.text)
        outcomes.append(PageOutcome(page, precision, recall, seconds, refusal))
        if progress is not None:
            progress(done, len(pages))
    return tuple(outcomes)


def precision_recall(text: str, truth: str) -> tuple[float, float]:
    """Return the precision and the recall of the runs of four words of *text*, against *truth*."""
    from coopbot.ingest.opinions import shingles

    found, wanted = shingles(text), shingles(truth)
    common = (found & wanted).total()
    precision = common / found.total() if found else 0.0
    return precision, common / wanted.total() if wanted else 1.0


def page_figures(outcomes: Sequence[PageOutcome]) -> PageFigures:
    """Return the means over *outcomes*, at least one."""
    precision = statistics.fmean(outcome.precision for outcome in outcomes)
    recall = statistics.fmean(outcome.recall for outcome in outcomes)
    both = precision + recall
    return PageFigures(
        pages=len(outcomes),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / both if both else 0.0,
        pages_s=len(outcomes) / max(sum(outcome.seconds for outcome in outcomes), 1e-9),
    )


def evaluate_fields(pages: Sequence[SavedPage], retrieved: str) -> dict[str, FieldFigures]:
    """Return how often title, author and date are right, where the truth is known.

    Where the folder does not tell, the page's own JSON-LD is the truth, and hidden from the
    program, which would else believe it.
    """
    from coopbot.ingest import boilerplate, metadata
    from coopbot.ingest.tree import parse

    counts = {name: Counter[str]() for name in FIELDS}
    for page in pages:
        try:
            tree = parse(page.html)
        except Refused:
            continue
        stated = metadata.stated(metadata.json_ld(tree), retrieved)
        boilerplate.drop_code(tree)
        found = metadata.read(tree, (), page.url, retrieved)
        for name in FIELDS:
            if truth := page.fields.get(name) or stated.get(name):
                counts[name][_judged(name, getattr(found, name), truth)] += 1
    return {
        name: FieldFigures(count.total(), count["right"], count["wrong"])
        for name, count in counts.items()
        if count
    }


def _judged(name: str, found: str | None, truth: str) -> str:
    """Return "right", "wrong" or "none". Of a title or author, one may hold a part of the other."""
    if found is None:
        return "none"
    if name == "published":
        return "right" if found[:10] == truth[:10] else "wrong"
    shorter, longer = sorted((fold_term(found), fold_term(truth)), key=len)
    return "right" if shorter and shorter in longer else "wrong"


def _read_html(folder: Path, key: str) -> str:
    path = folder / f"{key}.html"
    try:
        if path.is_file():
            content = path.read_bytes()
        else:
            path = folder / f"{key}.html.gz"
            content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as error:
        raise EvaluationError("eval_unreadable", path=path, reason=error) from error
    return content.decode("utf-8", errors="replace")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def worst_pages(outcomes: Sequence[PageOutcome], count: int) -> Iterator[PageOutcome]:
    """Yield the *count* pages of which least was found, or most that is not theirs."""
    yield from sorted(outcomes, key=lambda o: (o.precision + o.recall, o.page.key))[:count]
