"""What the program writes about itself, on stderr: one line an event, as text or as JSON.

An event is a short sentence and values beside it: `_log.info("answered", extra={"took_ms": 12})`
becomes `2026-11-23T12:00:00.000Z INFO coopbot.telegram: answered took_ms=12`, with --log-json an
object with the keys time, level, logger, event, took_ms. An error adds `error`, its kind and what
it says, and `at`, the places of the program it came through, the innermost first.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
import sqlite3
import traceback
from collections.abc import Mapping
from typing import Any

from coopbot.errors import CoopbotError, QuestionError

_STANDARD = logging.LogRecord("", 0, "", 0, "", (), None).__dict__.keys() | {"message", "asctime"}
_BARE = re.compile(r"[^\s\"=\\]+")
_NOT_PRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def set_up(*, debug: bool, as_json: bool) -> None:
    """Write events to stderr from now on.

    Errors only; with *as_json*, what happens too; with *debug*, everything, and for each error the
    lines of the program it came through.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if as_json else TextLines(stack=debug))
    logging.basicConfig(level=logging.DEBUG if debug else logging.ERROR, handlers=[handler])
    logging.getLogger("coopbot").setLevel(logging.INFO if as_json and not debug else logging.NOTSET)


def is_json() -> bool:
    """Tell whether stderr holds nothing but JSON."""
    return any(isinstance(inner(h.formatter), JsonLines) for h in logging.getLogger().handlers)


def inner(formatter: logging.Formatter | None) -> logging.Formatter | None:
    """Return the formatter that *formatter* wraps, or itself."""
    return getattr(formatter, "inner", formatter)


class JsonLines(logging.Formatter):
    """An event as an object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as one line of JSON."""
        head = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line = json.dumps({**head, **_values(record)}, ensure_ascii=False, default=str)
        return _NOT_PRINTABLE.sub(lambda c: f"\\u{ord(c[0]):04x}", line)


class TextLines(logging.Formatter):
    """An event as text; with *stack*, an error's way through the program below it."""

    def __init__(self, *, stack: bool) -> None:
        super().__init__()
        self._stack = stack

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as one line, and more only for the stack of an error."""
        head = f"{_time(record)} {record.levelname} {record.name}: {record.getMessage()}"
        pairs = (f"{name}={_shown(value)}" for name, value in _values(record).items())
        line = _printable(" ".join([head, *pairs]))
        error = _error(record)
        if not self._stack or error is None:
            return line
        # format_tb shows lines of the program, not what variables hold
        return "\n".join([line, *traceback.format_tb(error.__traceback__)]).rstrip()


def _values(record: logging.LogRecord) -> Mapping[str, Any]:
    values = {name: v for name, v in record.__dict__.items() if name not in _STANDARD}
    error = _error(record)
    if error is not None:
        values |= {"error": said(error), "at": _places(error)}
    return values


def _error(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def said(error: BaseException) -> str:
    """Return the kind of *error* and, unless a person's words may be in it, what it says.

    What the system, SQLite or Telegram says is about them. Any other text may quote a question.
    """
    kind = type(error).__name__
    if isinstance(error, CoopbotError):
        return f"{kind}: {error.key if isinstance(error, QuestionError) else error}"
    foreign = type(error).__module__.startswith("telegram.")
    if foreign or isinstance(error, OSError | sqlite3.Error):
        return f"{kind}: {error}"
    return kind


def _places(error: BaseException) -> str:
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return " < ".join(f"{_module(f.filename)}:{f.lineno} {f.name}" for f in frames)


def _module(filename: str) -> str:
    parts = filename.replace("\\", "/").split("/")
    return "/".join(parts[-2:])


def _time(record: logging.LogRecord) -> str:
    time = dt.datetime.fromtimestamp(record.created, dt.UTC)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _shown(value: object) -> str:
    text = str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _printable(text: str) -> str:
    return _NOT_PRINTABLE.sub("�", text.replace("\n", " "))


def report(level: int, message: str) -> None:
    """Write *message*, meant for the person, as an event: for stderr that holds only JSON."""
    logging.getLogger("coopbot.cli").log(level, message)
