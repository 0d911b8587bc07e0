"""`coopbot crawl`: what the sources have that is new."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopbot.cli.output import echo, echo_json
from coopbot.errors import SourcesError
from coopbot.messages import Texts
from coopbot.settings import Settings

if TYPE_CHECKING:
    from coopbot.ingest.crawl import Round, Tell
    from coopbot.ingest.shelf import Outcome
    from coopbot.ingest.sources import Source
    from coopbot.library import Library

_COLUMNS = ("added", "updated", "unchanged", "duplicate", "refused", "failed")

_log = logging.getLogger(__name__)


def params(say: Texts) -> list[click.Parameter]:
    """Return the parameters of the command."""
    return [
        click.Argument(["names"], nargs=-1, metavar=say("metavar.names")),
        click.Option(["--dry-run"], is_flag=True, help=say("help.crawl_dry_run")),
        click.Option(["--warc"], metavar=say("metavar.folder"), help=say("help.warc")),
        click.Option(["--json", "as_json"], is_flag=True, help=say("help.json")),
    ]


def run(
    settings: Settings,
    say: Texts,
    names: tuple[str, ...],
    *,
    dry_run: bool,
    warc: str | None,
    as_json: bool,
) -> int:
    """Visit the sources; return 0 when all could be read, 1 when one could not."""
    from coopbot.cli import outcomes as show
    from coopbot.cli.building import refresh_with_progress
    from coopbot.cli.progress import progress
    from coopbot.ingest.sources import FILE, read_sources
    from coopbot.library import Library

    sources = _chosen(read_sources(settings.corpus / FILE), names, settings.corpus / FILE)
    library = Library(settings)
    if not dry_run:
        library.corpus.check_ours()
    done = 0
    with progress(say("crawl.progress")) as advance:

        def tell(source: Source, outcome: Outcome, left: int) -> None:
            nonlocal done
            done += 1
            advance(f"{source.name} ({left})", done, None)
            if as_json:
                echo_json({"source": source.name, **show.as_json(outcome, say)})

        rounds = asyncio.run(
            _crawl(library, say, sources, tell, dry_run, bool(names), Path(warc) if warc else None)
        )
    rounds.sort(key=lambda r: sources.index(r.source))
    for ended in rounds:
        level = logging.WARNING if ended.error else logging.INFO
        _log.log(level, "source visited", extra=_as_json(ended, say))
    # also when nothing changed: a run before this one may have been interrupted before it came here
    there = not dry_run and library.corpus.paths()
    report = refresh_with_progress(library, say) if there else None
    if as_json:
        for ended in rounds:
            echo_json(_as_json(ended, say))
        total = show.counts(o for r in rounds for o in r.outcomes)
        articles = {"articles": report.articles} if report else {}
        echo_json({"action": "done", **total, **articles})
    else:
        _print(rounds, say, dry_run=dry_run)
        if report:
            echo(say("add.indexed", articles=report.articles))
    return 1 if any(r.error is not None for r in rounds) else 0


def _chosen(sources: Sequence[Source], names: Sequence[str], path: Path) -> list[Source]:
    """Return the sources called *names*, or all; raises SourcesError for an unknown name."""
    from coopbot.french import fold

    by_name = {fold(source.name): source for source in sources}
    for name in names:
        if fold(name) not in by_name:
            known = ", ".join(source.name for source in sources)
            raise SourcesError("sources_unknown", path=path, name=name, known=known)
    return [by_name[fold(name)] for name in dict.fromkeys(names)] if names else list(sources)


async def _crawl(
    library: Library,
    say: Texts,
    sources: Sequence[Source],
    tell: Tell,
    dry_run: bool,
    eager: bool,
    warc: Path | None,
) -> list[Round]:
    from coopbot.cli.building import open_state
    from coopbot.ingest.crawl import Crawler
    from coopbot.ingest.intake import Intake
    from coopbot.ingest.opening import open_getter
    from coopbot.ingest.shelf import Shelf
    from coopbot.state.visits import Visits

    database = open_state(library, say)
    try:
        shelf = Shelf(library.corpus, dry_run=dry_run)
        async with open_getter(library.settings, library.now(), warc) as getter:
            intake = Intake(shelf, getter, library.now().date().isoformat())
            visits = Visits(database)
            crawler = Crawler(intake, getter, visits, library.now, eager, dry_run)
            return [ended async for ended in crawler.crawl(sources, tell)]
    finally:
        database.close()


def _as_json(ended: Round, say: Texts) -> dict[str, Any]:
    from coopbot.cli import outcomes as show

    values: dict[str, Any] = {"source": ended.source.name, "action": f"source_{ended.ended}"}
    values |= show.counts(ended.outcomes) | {"waiting": ended.waiting}
    if ended.error is not None:
        values |= {"reason": ended.error.key, "error": ended.error.text(say.language)}
    return values


def _print(rounds: Sequence[Round], say: Texts, *, dry_run: bool) -> None:
    from coopbot.cli import outcomes as show

    outcomes = [outcome for ended in rounds for outcome in ended.outcomes]
    for outcome in outcomes:
        if outcome.became != "unchanged":
            echo(show.line(outcome, say, dry_run=dry_run))
    for ended in rounds:
        if ended.error is not None:
            echo(
                say(
                    "crawl.broken_source",
                    name=ended.source.name,
                    error=ended.error.text(say.language),
                )
            )
    head = [say("crawl.source"), *(say(f"crawl.{column}") for column in _COLUMNS), ""]
    rows = [[r.source.name, *_cells(r), _note(r, say)] for r in rounds]
    total = show.counts(outcomes)
    rows.append([say("crawl.total"), *(str(total[column]) for column in _COLUMNS), ""])
    if sys.stdout.isatty():
        _table(head, rows)
    else:
        for row in (head, *rows):
            echo("\t".join(row).rstrip())


def _cells(ended: Round) -> list[str]:
    from coopbot.cli import outcomes as show

    found = show.counts(ended.outcomes)
    return [str(found[column] or "") for column in _COLUMNS]


def _note(ended: Round, say: Texts) -> str:
    if ended.waiting:
        return say("crawl.waiting", count=ended.waiting)
    return "" if ended.ended == "done" else say(f"crawl.{ended.ended}")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for number, title in enumerate(head):
        table.add_column(title, justify="right" if 0 < number < len(head) - 1 else "left")
    for row in rows[:-1]:
        table.add_row(*(Text(cell) for cell in row))
    table.add_section()
    table.add_row(*(Text(cell) for cell in rows[-1]))
    Console(highlight=False).print(table)
