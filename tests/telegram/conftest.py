"""The real bot process, driven through a loopback Bot API server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.botapi.server import BotApiServer
from tests.conftest import CORPUS, clean_environment

READY_SECONDS = 30.0


class BotProcess:
    """`coopbot bot` on a private copy of corpus and index; its log is in `log`."""

    def __init__(self, folder: Path, index: Path, server: BotApiServer) -> None:
        self.folder = folder
        self.server = server
        self.corpus = folder / "corpus"
        self.state = folder / "state"
        self.log = folder / "bot.log"
        self._index = index
        self._process: subprocess.Popen[bytes] | None = None
        self.environment: dict[str, str] = {}

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start the process and wait until it listens."""
        self.environment |= environment or {}
        polls = len(self.server.called("getUpdates"))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "coopbot", "bot"],
                cwd=self.folder,
                env=clean_environment(self.folder)
                | {
                    "COOPBOT_CORPUS": str(self.corpus),
                    "COOPBOT_INDEX": str(self._index),
                    "COOPBOT_STATE": str(self.state),
                    "COOPBOT_TELEGRAM_TOKEN": self.server.token,
                    "COOPBOT_TELEGRAM_BASE_URL": self.server.base_url,
                }
                | self.environment,
                stdout=log,
                stderr=log,
            )
        self.server.wait_for(
            lambda: len(self.server.called("getUpdates")) > polls or self.server.webhook.is_set,
            READY_SECONDS,
        )

    @property
    def pid(self) -> int:
        """The number of the running process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End the process as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def stop(self, seconds: float = 10.0) -> int:
        """End the process politely and return its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGTERM)
        return self._process.wait(seconds)


@pytest.fixture
def server() -> Iterator[BotApiServer]:
    with BotApiServer.running() as running:
        yield running


@pytest.fixture
def bot(tmp_path: Path, index_copy: Path, server: BotApiServer) -> Iterator[BotProcess]:
    """The bot, not yet started."""
    shutil.copytree(CORPUS, tmp_path / "corpus")
    process = BotProcess(tmp_path, index_copy, server)
    yield process
    if process._process is not None and process._process.poll() is None:
        process.stop()
    text = process.log.read_text(encoding="utf-8") if process.log.exists() else ""
    assert server.token not in text
    sys.stdout.write(text)  # pytest shows it when the test failed
