"""What leaves the program: text that cannot command a terminal, JSON that is always UTF-8."""

from __future__ import annotations

import json
import logging
import re
import sys
from typing import Any

import click

from coopbot.cli import logs

_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def echo(text: str, *, err: bool = False) -> None:
    """Print *text* without control characters; a file name may hold any."""
    click.echo(_NOT_PRINTABLE.sub("�", text), err=err)


def echo_json(values: Any) -> None:
    """Print *values* as one line of JSON; what is not printable is escaped."""
    line = json.dumps(values, ensure_ascii=False)
    click.echo(_NOT_PRINTABLE.sub(lambda c: f"\\u{ord(c[0]):04x}", line))


def complain(message: str) -> None:
    """Print an error on stderr, in red where there is colour."""
    _on_stderr(message, "red", logging.ERROR)


def warn(message: str) -> None:
    """Print a warning on stderr, in yellow where there is colour."""
    _on_stderr(message, "yellow", logging.WARNING)


def announce(message: str) -> None:
    """Print on stderr what is going on."""
    _on_stderr(message, "", logging.INFO)


def _on_stderr(message: str, style: str, level: int) -> None:
    if logs.is_json():
        logs.report(level, message)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print(Text(_NOT_PRINTABLE.sub("�", message), style))


def accept_any_text() -> None:
    """Let output in another encoding than UTF-8 lack a character rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
