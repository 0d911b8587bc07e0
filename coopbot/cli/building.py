"""Building the index from the command line: a progress bar on a terminal, silence in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coopbot.cli.output import warn
from coopbot.errors import IndexMissing, IndexOutdated
from coopbot.library import Library
from coopbot.messages import Texts

if TYPE_CHECKING:
    from coopbot.indexing import Report


def open_or_build(library: Library, say: Texts) -> None:
    """Open *library*, making its index first when there is none or it is of another version."""
    try:
        library.open()
    except IndexMissing:
        refresh_with_progress(library, say, announce="search.building")
    except IndexOutdated:
        refresh_with_progress(library, say, announce="search.rebuilding")
    else:
        return
    library.open()


def refresh_with_progress(
    library: Library, say: Texts, *, rebuild: bool = False, announce: str | None = None
) -> Report:
    """Bring the index in line with the corpus; name on stderr what was skipped, or is odd."""
    # imported here: a search on an index that is up to date needs none of it
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if announce and console.is_terminal:
        console.print(say(announce))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(say("index.progress"), total=None)
        report = library.refresh(
            rebuild=rebuild,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    for change in report.skipped:
        if change.error is not None:
            warn(say("search.skipped", error=change.error.text(say.language)))
    for error in library.replacements().errors():
        warn(say("index.warning", error=error.text(say.language)))
    return report
