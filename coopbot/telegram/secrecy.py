"""What must not be in a log, whoever writes it: the token, and what people write.

The token is part of every address called. The Telegram library shows whole calls and updates, with
names and questions: of what it logs, only the sentence is kept, without what fills it.
"""

from __future__ import annotations

import logging
import re

_HIDDEN = "<token>"
_FILLED = re.compile(r"%(\(\w+\))?[-+ #0-9.]*[a-zA-Z]")


def keep_secret(token: str) -> None:
    """Hide *token*, and what people write, in everything that is logged from now on."""
    factory = logging.getLogRecordFactory()

    def guarded(*arguments: object, **values: object) -> logging.LogRecord:
        record = factory(*arguments, **values)
        message = _discreet(record)
        record.msg, record.args = message.replace(token, _HIDDEN), ()
        return record

    logging.setLogRecordFactory(guarded)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Redacting(handler.formatter or logging.Formatter(), token))
    # one line for each request says nothing that our own log does not
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.WARNING)


def _discreet(record: logging.LogRecord) -> str:
    root = record.name.partition(".")[0]
    if root == "telegram":
        return _FILLED.sub("…", str(record.msg))
    if root == "asyncio":  # a sentence, then what the variables hold
        return record.getMessage().partition("\n")[0]
    return record.getMessage()


class _Redacting(logging.Formatter):
    """Formats as `inner` does, then hides the token: an exception's text is formatted late."""

    def __init__(self, inner: logging.Formatter, token: str) -> None:
        super().__init__()
        self.inner = inner
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """Return the formatted record without the token."""
        return self.inner.format(record).replace(self._token, _HIDDEN)
