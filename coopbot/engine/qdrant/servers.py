"""Asking Qdrant: one server after the other, again when that may help, errors in words.

Any node of a cluster answers for all of it, so a node that does not answer, or answers "not now",
is passed over for the next one. Questions wait little; writes, which may be repeated because points
have their ids, wait out a restart.
"""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from coopbot.errors import EngineError, IndexOutdated, SettingsError

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_T = TypeVar("_T")

# What the extra of pyproject.toml asks for.
REQUIREMENT = "qdrant-client>=1.20,<1.21"
OLDEST = (1, 12)  # version of a server that has all that is asked for
ASKING = (0.2,)  # seconds between two rounds of all servers
WRITING = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
WRITE_SECONDS = 60.0
_NOT_NOW = frozenset({408, 429, 500, 502, 503, 504})  # HTTP status codes
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_log = logging.getLogger(__name__)


def connect(
    urls: Sequence[str], api_key: str | None, seconds: float
) -> list[tuple[str, QdrantClient]]:
    """Return a client for each of *urls*, that waits *seconds* for an answer; nothing is sent.

    Raises SettingsError when the client library is not installed.
    """
    try:
        from qdrant_client import QdrantClient
    except ImportError as error:
        raise SettingsError(
            "qdrant_not_installed", python=sys.executable, requirement=REQUIREMENT
        ) from error
    clients = []
    for url in urls:
        parts = urlsplit(url)
        if api_key and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            _log.warning("the key of Qdrant goes to %s unencrypted", parts.hostname)
        with warnings.catch_warnings():
            # said above; the version is looked at in `Servers.check`
            warnings.simplefilter("ignore", UserWarning)
            client = QdrantClient(
                url=url,
                port=parts.port or (443 if parts.scheme == "https" else 6333),
                api_key=api_key,
                timeout=seconds,  # type: ignore[arg-type]  # rounded up to whole seconds
                check_compatibility=False,
            )
        clients.append((url, client))
    return clients


class Servers:
    """The servers of a cluster, by *clients*, with what each is called.

    *waits* are the pauses between two rounds of all of them, *sleep* makes one.
    """

    def __init__(
        self,
        clients: Sequence[tuple[str, QdrantClient]],
        waits: Sequence[float],
        sleep: Callable[[float], None],
    ) -> None:
        self._clients = clients
        self._waits = waits
        self._sleep = sleep
        self._first = 0  # that answered last
        self._checked = False
        self._checking = threading.Lock()

    def ask(self, call: Callable[[QdrantClient], _T]) -> _T:
        """Return what *call* gives, of the first server that answers.

        Raises EngineError: none answers, the key is wrong, the server is too old or refuses. Raises
        IndexOutdated when the collection is gone.
        """
        with self._checking:
            if not self._checked:
                _check(self._try(lambda client: client.info()).version)
                self._checked = True
        return self._try(call)

    def close(self) -> None:
        """Close the connections."""
        for _, client in self._clients:
            client.close()

    def _try(self, call: Callable[[QdrantClient], _T]) -> _T:
        failure: CouldNotAsk | None = None
        for wait in (*self._waits, None):
            for offset in range(len(self._clients)):
                place = (self._first + offset) % len(self._clients)
                try:
                    found = _once(*self._clients[place], call)
                except CouldNotAsk as error:
                    failure = error
                    _log.info("%s does not answer: %s", error.url, error.reason)
                    continue
                self._first = place
                return found
            if wait is not None:
                self._sleep(wait)
        shown = ", ".join(url for url, _ in self._clients)
        reason = failure.reason if failure else "?"
        raise EngineError("qdrant_unreachable", url=shown, reason=reason) from failure


class CouldNotAsk(Exception):
    """The server at *url* does not answer now, for *reason*; another one, or later, may help."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


def _once(url: str, client: QdrantClient, call: Callable[[QdrantClient], _T]) -> _T:
    from qdrant_client.common.client_exceptions import QdrantException
    from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

    try:
        return call(client)
    except QdrantException as error:  # 429, with a Retry-After
        raise CouldNotAsk(url, str(error)) from error
    except ResponseHandlingException as error:  # no connection, no answer in time, or no JSON
        raise CouldNotAsk(url, _reason(error.source)) from error
    except UnexpectedResponse as error:
        if error.status_code in _NOT_NOW:
            raise CouldNotAsk(url, f"HTTP {error.status_code}") from error
        if error.status_code in (401, 403):
            raise EngineError("qdrant_key", url=url) from error
        if error.status_code == 404:
            raise IndexOutdated("qdrant_gone", url=url) from error
        raise EngineError("qdrant_refused", url=url, reason=_told(error.content)) from error


def _check(version: str) -> None:
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdecimal())
    if len(numbers) < len(OLDEST) or numbers[0] != OLDEST[0] or numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise EngineError("qdrant_version", found=version, wanted=oldest)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _told(content: bytes) -> str:
    return content[:300].decode("utf-8", "replace")
