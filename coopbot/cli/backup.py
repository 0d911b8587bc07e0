"""`coopbot backup` and `coopbot restore`: copies of the lasting data."""

from __future__ import annotations

from pathlib import Path

import click

from coopbot.cli.output import echo
from coopbot.messages import Texts
from coopbot.settings import Settings


def params(say: Texts) -> list[click.Parameter]:
    """Return the parameters of both commands."""
    return [click.Argument(["file"], metavar=say("metavar.file"))]


def back_up(settings: Settings, say: Texts, *, file: str) -> int:
    """Copy the state to *file*."""
    from coopbot.state import backups

    backups.back_up(settings.state, Path(file))
    echo(say("backup.done", path=file))
    return 0


def restore(settings: Settings, say: Texts, *, file: str) -> int:
    """Put *file* in the place of the state, and say where the former is kept."""
    from coopbot.library import utc_now
    from coopbot.state import backups

    former = backups.restore(settings.state, Path(file), utc_now)
    echo(say("backup.restored", path=file))
    if former is not None:
        echo(say("backup.former", path=former))
    return 0
