"""`coopbot eval`: how well the right articles are put first."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopbot.cli.output import echo, echo_json
from coopbot.errors import SettingsError
from coopbot.messages import Texts
from coopbot.settings import Settings

if TYPE_CHECKING:
    from coopbot.evaluation import Evaluation, GoldenOutcome, Outcome
    from coopbot.indexing import Progress
    from coopbot.page_evaluation import FieldFigures, PageFigures, PageOutcome

    Modes = Mapping[str, Sequence[PageOutcome]]

_SHOWN = 3  # of what came instead
_MOST_WORST = 1_000


def params(say: Texts) -> list[click.Parameter]:
    """Return the parameters of the command."""
    return [
        click.Argument(["folder"], required=False, metavar=say("metavar.optional_folder")),
        click.Option(["--half"], metavar="tune|report", help=say("help.eval_half")),
        click.Option(["--worst"], metavar=say("metavar.number"), help=say("help.eval_worst")),
        click.Option(["--json", "as_json"], is_flag=True, help=say("help.json")),
    ]


def run(
    settings: Settings,
    say: Texts,
    folder: str | None,
    *,
    half: str | None,
    worst: str | None,
    as_json: bool,
) -> int:
    """Print the figures of the collection in *folder*, or of the golden questions; return 0."""
    from coopbot.evaluation import HALVES
    from coopbot.page_evaluation import is_page_folder

    count = _count(worst)
    if half is not None and half not in HALVES:
        raise SettingsError("eval_half", value=half, known=", ".join(HALVES))
    if folder is not None and is_page_folder(Path(folder)):
        _pages(say, Path(folder), half, count, as_json=as_json)
    elif folder is None:
        _golden(settings, say, half, count, as_json=as_json)
    else:
        _collection(settings, say, Path(folder), count, as_json=as_json)
    return 0


def _collection(settings: Settings, say: Texts, folder: Path, worst: int, *, as_json: bool) -> None:
    from coopbot.evaluation import MEASURES, evaluate, read_collection
    from coopbot.library import Library

    collection = read_collection(folder)
    with tempfile.TemporaryDirectory(prefix="coopbot-eval-") as place:
        home = Path(place)
        places = replace(settings, corpus=home / "corpus", index=home / "index")
        apart = f"{settings.qdrant_collection}-{home.name}"
        library = Library(replace(places, state=home / "state", qdrant_collection=apart))
        try:
            with _bars() as bar:
                found = evaluate(
                    collection, library, bar(say("index.progress")), bar(say("eval.progress"))
                )
        finally:
            library.storage.drop()
            library.close()
    if as_json:
        echo_json(
            {
                "collection": found.collection,
                "queries": len(found.outcomes),
                **{name: round(found.mean(name), 4) for name in MEASURES},
                "index_s": round(found.index_s, 1),
                "passages": found.passages,
                "p50_ms": round(found.percentile_ms(0.5), 2),
                "p95_ms": round(found.percentile_ms(0.95), 2),
            }
        )
    else:
        _print_collection(found, say)
    for outcome in found.worst(worst):
        _print_worst(outcome, as_json=as_json)


def _print_collection(found: Evaluation, say: Texts) -> None:
    from coopbot.evaluation import MEASURES

    count = len(found.outcomes)
    echo(say("eval.title", name=found.collection, queries=count, passages=found.passages))
    for name in MEASURES:
        echo(f"  {name:<12}{found.mean(name):>8.4f}")
    p50, p95 = (f"{found.percentile_ms(share):.1f}" for share in (0.5, 0.95))
    echo(say("eval.times", index=f"{found.index_s:.0f}", p50=p50, p95=p95))


def _print_worst(outcome: Outcome, *, as_json: bool) -> None:
    query = outcome.query
    if as_json:
        echo_json(
            {
                "question": query.text,
                "ndcg@10": round(outcome.measures["ndcg@10"], 4),
                "expected": dict(query.judgements),
                "found": outcome.found[:_SHOWN],
            }
        )
        return
    _print_miss(query.text, outcome.measures["ndcg@10"], list(query.judgements), outcome.found)


def _print_miss(question: str, ndcg: float, expected: Sequence[str], found: Sequence[str]) -> None:
    echo(f"\n{ndcg:.2f}  {question}")
    echo(f"      = {', '.join(expected[:_SHOWN])}")
    echo(f"      → {', '.join(found[:_SHOWN])}")


def _golden(settings: Settings, say: Texts, half: str | None, worst: int, *, as_json: bool) -> None:
    from coopbot.cli.building import open_or_build, renew
    from coopbot.evaluation import GOLDEN, evaluate_golden, golden_figures, read_golden
    from coopbot.library import Library

    questions = read_golden(settings.corpus / GOLDEN)
    questions = tuple(q for q in questions if half in (None, q.half))
    library = Library(settings)
    open_or_build(library, say)
    renew(library, say)
    with _bars() as bar:
        outcomes = evaluate_golden(questions, library, bar(say("eval.progress")))
    library.close()
    figures = golden_figures(outcomes)
    if as_json:
        rounded = {
            name: {key: round(value, 4) for key, value in values.items()}
            for name, values in figures.items()
        }
        echo_json({"collection": "golden", "half": half or "all", **rounded})
    else:
        for name, values in figures.items():
            echo(say(f"eval.golden_{name}", count=int(values["questions"])))
            for key, value in values.items():
                if key != "questions":
                    echo(f"  {key:<12}{value:>8.1%}")
    for outcome in _worst_golden(outcomes)[:worst]:
        _print_golden_miss(outcome, say, as_json=as_json)


def _pages(say: Texts, folder: Path, half: str | None, worst: int, *, as_json: bool) -> None:
    """Print how well the text of saved pages is found, in both modes."""
    from coopbot.page_evaluation import evaluate_fields, evaluate_pages, read_pages, worst_pages

    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    pages = tuple(page for page in read_pages(folder) if half in (None, page.half))
    with _bars() as bar:
        modes = {
            name: evaluate_pages(
                pages, careful=name == "careful", retrieved=today, progress=bar(say("eval.pages"))
            )
            for name in ("fast", "careful")
        }
    fields = evaluate_fields(pages, today)
    show = _print_pages_json if as_json else _print_pages
    show(say, folder.resolve().name, half, modes, fields)
    for outcome in worst_pages(modes["fast"], worst):
        values = {"precision": outcome.precision, "recall": outcome.recall}
        if as_json:
            rounded = {name: round(value, 4) for name, value in values.items()}
            echo_json({"page": outcome.page.key, "url": outcome.page.url, **rounded})
        else:
            shown = {name: f"{value:.3f}" for name, value in values.items()}
            echo(say("eval.page_worst", page=outcome.page.url or outcome.page.key, **shown))


def _print_pages(
    say: Texts, name: str, half: str | None, modes: Modes, fields: Mapping[str, FieldFigures]
) -> None:
    outcomes = modes["fast"]
    echo(say("eval.pages_title", name=name, pages=len(outcomes)))
    for mode, half_name, figures in _page_rows(modes, half):
        values = {key: f"{getattr(figures, key):.4f}" for key in ("precision", "recall", "f1")}
        values |= {"mode": say(f"eval.{mode}"), "half": half_name}
        echo(say("eval.pages_row", pages_s=f"{figures.pages_s:.1f}", **values))
    for field, found in fields.items():
        echo(say("eval.pages_field", field=say(f"eval.field_{field}"), **asdict(found)))
    refused = Counter(o.refusal.text(say.language) for o in outcomes if o.refusal)
    for reason, count in refused.most_common():
        echo(say("eval.pages_refused", count=count, reason=reason))


def _print_pages_json(
    _say: Texts, name: str, half: str | None, modes: Modes, fields: Mapping[str, FieldFigures]
) -> None:
    outcomes = modes["fast"]
    shown: dict[str, dict[str, object]] = {}
    for mode, half_name, figures in _page_rows(modes, half):
        rounded = {key: round(value, 4) for key, value in asdict(figures).items()}
        shown.setdefault(mode, {})[half_name] = rounded
    echo_json(
        {
            "collection": name,
            "pages": len(outcomes),
            **shown,
            "fields": {field: asdict(found) for field, found in fields.items()},
            "refused": Counter(o.refusal.key for o in outcomes if o.refusal),
        }
    )


def _page_rows(modes: Modes, half: str | None) -> Iterator[tuple[str, str, PageFigures]]:
    from coopbot.page_evaluation import HALVES, page_figures

    for mode, outcomes in modes.items():
        if half is None:
            yield mode, "all", page_figures(outcomes)
        for name in HALVES:
            if some := [outcome for outcome in outcomes if outcome.page.half == name]:
                yield mode, name, page_figures(some)


def _worst_golden(outcomes: Sequence[GoldenOutcome]) -> list[GoldenOutcome]:
    """Return what went wrong, the worst first: the right article far down, or a wrong "I know"."""
    wrong = [
        outcome
        for outcome in outcomes
        if outcome.answered != bool(outcome.question.articles)
        or outcome.measures.get("success@1") == 0.0
    ]
    return sorted(wrong, key=lambda o: (o.measures.get("ndcg@10", 0.0), o.question.text))


def _print_golden_miss(outcome: GoldenOutcome, say: Texts, *, as_json: bool) -> None:
    question = outcome.question
    ndcg = outcome.measures.get("ndcg@10", 0.0)
    if as_json:
        echo_json(
            {
                "question": question.text,
                "ndcg@10": round(ndcg, 4),
                "answered": outcome.answered,
                "expected": list(question.articles),
                "found": outcome.found[:_SHOWN],
            }
        )
        return
    state = say("eval.answered" if outcome.answered else "eval.declined")
    _print_miss(f"{question.text}  ({state})", ndcg, question.articles or ("–",), outcome.found)


@contextmanager
def _bars() -> Iterator[Callable[[str], Progress]]:
    """Yield a function that adds a progress bar, shown on a terminal only."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:

        def add(description: str) -> Progress:
            task = bars.add_task(description, total=None)
            return lambda done, total: bars.update(task, completed=done, total=total)

        yield add


def _count(value: str | None) -> int:
    if value is None:
        return 0
    if not value.isdecimal() or not 1 <= int(value) <= _MOST_WORST:
        raise SettingsError("limit_filter", value=value, most=_MOST_WORST)
    return int(value)
