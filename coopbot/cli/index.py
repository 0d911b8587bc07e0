"""`coopbot index`: bring the index in line with the articles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from coopbot.cli.output import echo, echo_json, warn
from coopbot.messages import Texts
from coopbot.settings import Settings

if TYPE_CHECKING:
    from coopbot.errors import ArticleError
    from coopbot.indexing import Report


def params(say: Texts) -> list[click.Parameter]:
    """Return the parameters of the command."""
    return [
        click.Option(["--rebuild"], is_flag=True, help=say("help.index_rebuild")),
        click.Option(["--json", "as_json"], is_flag=True, help=say("help.json")),
    ]


def run(settings: Settings, say: Texts, *, rebuild: bool, as_json: bool) -> int:
    """Bring the index in line with the corpus and print what was done."""
    from coopbot.cli.building import refresh_with_progress
    from coopbot.library import Library

    library = Library(settings)
    report = refresh_with_progress(library, say, rebuild=rebuild)
    for path in report.mended:
        warn(say("index.mended", path=path))
    if as_json:
        _print_json(report, library.replacements().errors(), say)
    else:
        _print(report, say)
    return 0


def _print_json(report: Report, odd: Iterable[ArticleError], say: Texts) -> None:
    for change in report.changes:
        item = {"path": change.path, "action": change.action}
        if change.error is not None:
            item["error"] = change.error.text(say.language)
        echo_json(item)
    for error in odd:
        text = error.text(say.language)
        echo_json({"path": error.path, "action": "warning", "warning": text})
    summary = {
        "action": "done",
        "articles": report.articles,
        "passages": report.passages,
        "rebuilt": report.rebuilt,
    }
    echo_json(summary)


def _print(report: Report, say: Texts) -> None:
    from coopbot.indexing import Action

    counts = {action: sum(c.action is action for c in report.changes) for action in Action}
    touched = [c for c in report.changes if c.action is not Action.SKIPPED]
    values = {"articles": report.articles, "passages": report.passages}
    if report.rebuilt:
        echo(say("index.rebuilt", **values))
        return
    for change in touched:
        echo(f"{say(f'index.{change.action}')} {change.path}")
    if not touched:
        echo(say("index.up_to_date", **values))
        return
    by_name = {str(action): count for action, count in counts.items()}
    echo(say("index.done", **values, **by_name))
