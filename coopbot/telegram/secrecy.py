"""The token never appears in logs, whoever writes them: it is part of every address called."""

from __future__ import annotations

import logging

_HIDDEN = "<token>"


def keep_secret(token: str) -> None:
    """Replace *token* in everything that is logged from now on, tracebacks included."""
    factory = logging.getLogRecordFactory()

    def guarded(*arguments: object, **values: object) -> logging.LogRecord:
        record = factory(*arguments, **values)
        message = record.getMessage()
        if token in message:
            record.msg, record.args = message.replace(token, _HIDDEN), ()
        return record

    logging.setLogRecordFactory(guarded)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Redacting(handler.formatter or logging.Formatter(), token))
    # one line for each request says nothing that our own log does not
    logging.getLogger("httpx").setLevel(logging.WARNING)


class _Redacting(logging.Formatter):
    """Formats as *inner* does, then hides the token: an exception's text is formatted late."""

    def __init__(self, inner: logging.Formatter, token: str) -> None:
        super().__init__()
        self._inner = inner
        self._token = token

    def format(self, record: logging.LogRecord) -> str:
        """Return the formatted record without the token."""
        return self._inner.format(record).replace(self._token, _HIDDEN)
