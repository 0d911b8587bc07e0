"""`coopbot init`: one's own copy of the articles, to add to and correct."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from coopbot.cli.output import echo
from coopbot.errors import CorpusError
from coopbot.messages import Texts
from coopbot.settings import SHIPPED, Settings

_CORPUS = "corpus"


def params(say: Texts) -> list[click.Parameter]:
    """Return the parameters of the command."""
    return [
        click.Argument(
            ["folder"], required=False, default=".", metavar=say("metavar.optional_folder")
        )
    ]


def run(_settings: Settings, say: Texts, folder: str) -> int:
    """Put a copy of the articles that come with the program into *folder*."""
    target = Path(folder) / _CORPUS
    if target.exists():
        raise CorpusError("init_exists", path=target)
    half = target.with_name(f".{_CORPUS}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(_articles(), half)
        half.rename(target)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(half, ignore_errors=True)
        reason = getattr(error, "strerror", None) or error
        raise CorpusError("corpus_unwritable", path=target, reason=reason) from error
    count = sum(1 for _ in target.rglob("*.md"))
    echo(say("init.done", count=count, path=target, folder=target.parent))
    return 0


def _articles() -> Path:
    """Return the folder of the articles: in the wheel, or beside the code in a clone."""
    return SHIPPED if SHIPPED.is_dir() else Path(__file__).parents[2] / _CORPUS
