"""Texts encoded by other processes, while this one goes on with other work.

Encoding is most of what an index takes, and the rest is Python that holds the interpreter's lock:
threads of one process would stop each other. So many texts go to a process for each core, which
reads texts and writes vectors until its pipe is closed, by us or by our end, however it comes.
Few texts are encoded here and now: starting a process takes as long as a hundred of them.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Self

import numpy as np

import coopbot
from coopbot.encoder.common import cores
from coopbot.encoder.protocol import Encoder, Repeatable, Vectors

_FEW = 500  # texts encoded before processes are started
_CHUNK = 32  # texts that a process encodes at a time: 0.2 s
_MOST = 8  # processes: more than this process could index the texts of
_LENGTH = struct.Struct("<I")
# What is imported there is what was imported here, whatever the working folder has become.
_PROGRAM = "import sys; sys.path[:] = {path!r}; from coopbot.encoder.ahead import work; work()"

_log = logging.getLogger(__name__)

Wait = Callable[[], Vectors]  # returns what was sent for, once it is there


class Ahead:
    """Encodes texts with *encoder*, many of them ahead; the processes end with the context.

    `depth` is how many lots of texts are worth sending before the first is waited for: none
    as long as they are encoded here.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._sent = 0
        self._crew: _Crew | None = None
        self._alone = not (isinstance(encoder, Repeatable) and cores() > 1 and sys.executable)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._crew is not None:
            self._crew.close()

    @property
    def depth(self) -> int:
        """How many lots of texts to send ahead."""
        return 0 if self._crew is None else 2

    def send(self, texts: Sequence[str]) -> Wait:
        """Have *texts* encoded; what is returned returns their vectors, or raises as `encode`."""
        self._sent += len(texts)
        if self._crew is None and self._sent > _FEW and not self._alone:
            self._start()
        if self._crew is not None:
            return self._crew.send(texts)
        vectors = self._encoder.encode(texts)
        return lambda: vectors

    def _start(self) -> None:
        assert isinstance(self._encoder, Repeatable)  # noqa: S101 - or it would be alone
        try:
            self._crew = _Crew(self._encoder, min(cores(), _MOST))
        except OSError as error:
            _log.warning("no process to encode could be started: %s", error)
            self._alone = True


class _Crew:
    """*size* processes that encode as *encoder* does; raises OSError when none can be started."""

    def __init__(self, encoder: Repeatable, size: int) -> None:
        self._encoder = encoder
        self._closed = False
        self._told = False
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._resources = ExitStack()
        with self._resources:
            self._threads = ThreadPoolExecutor(size, thread_name_prefix="encoding")
            self._resources.callback(self._threads.shutdown, cancel_futures=True)
            for _ in range(size):
                worker = _Worker(encoder)
                self._resources.callback(worker.close)
                self._idle.put(worker)
            self._resources = self._resources.pop_all()

    def close(self) -> None:
        self._closed = True
        self._resources.close()

    def send(self, texts: Sequence[str]) -> Wait:
        chunks = [texts[at : at + _CHUNK] for at in range(0, len(texts), _CHUNK)]
        sent = [self._threads.submit(self._encode, chunk) for chunk in chunks]
        return lambda: np.concatenate([future.result() for future in sent])

    def _encode(self, texts: Sequence[str]) -> Vectors:
        worker = self._idle.get()
        try:
            return worker.encode(texts)
        except (OSError, EOFError) as error:
            if self._closed:
                raise
            # whatever ended it, the texts can be encoded here
            if not self._told:
                _log.warning("a process that encodes has ended (%r): going on without it", error)
            self._told = True
            return self._encoder.encode(texts)
        finally:
            self._idle.put(worker)


class _Worker:
    """One process and its two pipes."""

    def __init__(self, encoder: Repeatable) -> None:
        self._dimensions = encoder.dimensions
        ours = str(Path(coopbot.__file__).parent.parent)
        program = _PROGRAM.format(path=[ours, *sys.path])
        # BLAS would start threads of its own; the terminal's interrupts are for us alone
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, *encoder.recipe],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of *texts*; raises OSError or EOFError when the process is gone."""
        assert self._process.stdin is not None  # noqa: S101 - it has pipes
        assert self._process.stdout is not None  # noqa: S101
        content = json.dumps(texts).encode("ascii")
        self._process.stdin.write(_LENGTH.pack(len(content)) + content)
        self._process.stdin.flush()
        values = _exactly(self._process.stdout, len(texts) * self._dimensions * 4)
        return np.frombuffer(values, dtype=np.float32).reshape(len(texts), self._dimensions)

    def close(self) -> None:
        """End the process: it has nothing to put in order."""
        self._process.kill()
        self._process.communicate()


def work() -> None:
    """Encode what comes by standard input until it ends; the arguments are an encoder's recipe."""
    from coopbot.encoder import make_encoder

    name, cache = sys.argv[1:]
    encoder = make_encoder(name, Path(cache))  # type: ignore[arg-type]
    come, go = sys.stdin.buffer, sys.stdout.buffer
    try:
        while length := come.read(_LENGTH.size):
            texts = json.loads(_exactly(come, _LENGTH.unpack(length)[0]))
            go.write(encoder.encode(texts).tobytes())
            go.flush()
    except (BrokenPipeError, EOFError):  # whoever asked was killed
        os._exit(1)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return content
