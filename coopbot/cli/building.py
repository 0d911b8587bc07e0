"""Building the index from the command line: a progress bar on a terminal, silence in a pipe."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from coopbot.cli import interrupts
from coopbot.cli.output import warn
from coopbot.errors import (
    CoopbotError,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    StateError,
)
from coopbot.library import Library
from coopbot.messages import Texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from coopbot.indexing import Report
    from coopbot.state import Database
    from coopbot.state.backups import Mended


_log = logging.getLogger(__name__)


def open_or_build(library: Library, say: Texts) -> None:
    """Open *library*, making its index first when there is none that this program can read.

    One of another version that it can read is opened; `renew` or `renew_meanwhile` makes it anew.
    """
    try:
        library.open()
    except IndexMissing:
        refresh_with_progress(library, say, announce="search.building")
    except IndexDamaged as error:
        warn(say("search.mending", path=error.path))
        refresh_with_progress(library, say)
    except IndexOutdated:
        refresh_with_progress(library, say, announce="search.rebuilding")
    else:
        return
    library.open()


def renew(library: Library, say: Texts) -> None:
    """Make the index anew if another version made it; if that cannot be, say why."""
    if not library.is_of_other_code():
        return
    try:
        refresh_with_progress(library, say, announce="search.rebuilding")
    except CoopbotError as error:  # the question was answered all the same
        if error.key != "index_locked":  # another process is at it
            warn(say("index.warning", error=error.text(say.language)))


def renew_meanwhile(library: Library) -> None:
    """Start making the index anew if another version made it; the former one answers meanwhile."""

    def make() -> None:
        try:
            library.refresh()
        except CoopbotError as error:
            _log.error("the index could not be made anew: %s", error)

    if library.is_of_other_code():
        threading.Thread(target=make, name="renew", daemon=True).start()


def open_state(library: Library, say: Texts) -> Database:
    """Open the state, beside a bot that may use it; its newest copy replaces a damaged one."""
    from coopbot.state import Database, backups

    folder = library.settings.state
    try:
        return Database(folder, library.now)
    except StateError as error:
        if error.key != "state_damaged":
            raise
    with backups.held(folder):
        return backups.open_state(folder, library.now, state_mended(say))


def state_mended(say: Texts) -> Callable[[Mended], None]:
    """Return what says that a damaged state was replaced."""
    return lambda mended: warn(
        say("backup.mended", path=mended.path, aside=mended.aside, backup=mended.backup)
    )


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
    elif announce:
        _log.info("the index is being made", extra={"because": announce.partition(".")[2]})
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with (
        interrupts.noticed() as check,
        Progress(
            *columns,
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        ) as bar,
    ):
        task = bar.add_task(say("index.progress"), total=None)

        def tell(done: int, total: int) -> None:
            check()
            bar.update(task, completed=done, total=total)

        report = library.refresh(rebuild=rebuild, progress=tell)
    for change in report.skipped:
        if change.error is not None:
            warn(say("search.skipped", error=change.error.text(say.language)))
    for error in library.replacements().errors():
        warn(say("index.warning", error=error.text(say.language)))
    return report
