"""Telling how far something is, on a terminal; nothing in a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Told what is being done, and how many are done of how many, as far as that is known.
Advance = Callable[[str, int, int | None], None]


@contextmanager
def progress(description: str) -> Iterator[Advance]:
    """Yield a function that moves the progress bar on stderr; it goes away at the end."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(description, total=None)

        def advance(what: str, done: int, total: int | None) -> None:
            shown = f"{description} {escape(what[:50])}"
            bar.update(task, description=shown, completed=done, total=total)

        yield advance
