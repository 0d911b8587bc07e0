"""The real program, forked from a process that has imported its libraries once.

Importing them is most of the time that a short command takes, and tests run hundreds. A fork is a
process like any other: its own arguments, folder, environment, streams, memory, exit code, and the
interpreter's own end with all its warnings. It differs from a started one in that imports are
done, and strings hash alike in all of them: tests of imports, of terminals and of Python's own
settings start the program anew, and so does at least one test of every command.

    test ──order, streams──> server ──fork──> watcher ──fork──> `coopbot ...`
      ^──────────────number, exit code────────────┘
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

_LONGEST = 200_000  # bytes of an order


class Forked:
    """A program that runs."""

    def __init__(self, arguments: Sequence[str], report: IO[str]) -> None:
        self.arguments = arguments
        self.pid = int(report.readline())
        self._report = report
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, None while the program runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self._code

    def wait(self, seconds: float) -> int:
        """Return the exit code, negative for a signal; raises TimeoutExpired."""
        if self._code is None:
            with selectors.DefaultSelector() as selector:
                selector.register(self._report, selectors.EVENT_READ)
                if not selector.select(seconds):
                    raise subprocess.TimeoutExpired(list(self.arguments), seconds)
            with self._report:
                self._code = int(self._report.readline())
        return self._code

    def kill(self) -> None:
        """End the program as a power cut would."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


class Forks:
    """What starts programs: a process that has imported all of coopbot."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control

    @classmethod
    @contextlib.contextmanager
    def running(cls, environment: Mapping[str, str]) -> Iterator[Forks]:
        """Run a server in *environment*, whose variables for Python its forks go by."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with (
            ours,
            theirs,
            subprocess.Popen(
                [sys.executable, "-m", __spec__.name, str(theirs.fileno())],
                env=dict(environment),
                pass_fds=[theirs.fileno()],
                # Python makes its streams when it starts, for what it finds there: pipes
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as server,
        ):
            theirs.close()
            yield cls(ours)
            ours.close()
            said = server.communicate(timeout=30)
        assert (server.returncode, *said) == (0, b"", b"")

    def start(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        streams: tuple[int, int, int],
    ) -> Forked:
        """Run `coopbot` in *folder*; *streams* are its standard input, output and error."""
        order = {"arguments": arguments, "folder": str(folder), "environment": dict(environment)}
        reading, writing = os.pipe()
        try:
            message = json.dumps(order).encode()
            assert len(message) < _LONGEST
            socket.send_fds(self._control, [message], [*streams, writing])
        finally:
            os.close(writing)
        return Forked(arguments, os.fdopen(reading, encoding="ascii", buffering=1))

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        seconds: float,
    ) -> subprocess.CompletedProcess[str]:
        """Run `coopbot` to its end, its output in pipes; raises TimeoutExpired."""
        (out, out_end), (error, error_end) = os.pipe(), os.pipe()
        with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - its number is what counts
            streams = (nothing.fileno(), out_end, error_end)
            try:
                process = self.start(arguments, folder, environment, streams)
            finally:
                os.close(out_end)
                os.close(error_end)
        deadline = time.monotonic() + seconds
        try:
            written = _read_all((out, error), deadline)
            code = process.wait(deadline - time.monotonic())
        except (TimeoutError, subprocess.TimeoutExpired):
            process.kill()
            process.wait(seconds)
            raise subprocess.TimeoutExpired(list(arguments), seconds) from None
        finally:
            os.close(out)
            os.close(error)
        texts = (content.decode("utf-8") for content in written)
        return subprocess.CompletedProcess(list(arguments), code, *texts)


def _read_all(pipes: Sequence[int], deadline: float) -> list[bytes]:
    """Return what comes out of *pipes* until they are closed; raises TimeoutError."""
    read = {pipe: bytearray() for pipe in pipes}
    with selectors.DefaultSelector() as selector:
        for pipe in pipes:
            selector.register(pipe, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(max(0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                chunk = os.read(key.fd, 65_536)
                read[key.fd] += chunk
                if not chunk:
                    selector.unregister(key.fd)
    return [bytes(content) for content in read.values()]


def _serve(control: socket.socket) -> bytes | None:
    """Fork for each order; return the order in the forks, None in the server when it is done."""
    while True:
        order, descriptors, _, _ = socket.recv_fds(control, _LONGEST, 4)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:  # a watcher that is done
                pass
        if not order:
            return None
        if _fork() == 0:
            break
        for descriptor in descriptors:
            os.close(descriptor)
    *streams, report = descriptors
    pid = _fork()
    if pid == 0:
        os.close(report)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        return order
    for stream in streams:
        os.close(stream)
    os.write(report, f"{pid}\n".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
        os.write(report, f"{code}\n".encode())
    os._exit(0)


def _fork() -> int:
    with warnings.catch_warnings():
        # of the threads that linear algebra started, which it stops before and starts after
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _import_all() -> None:
    """Import what commands would, each when it needs it."""
    import coopbot

    for module in pkgutil.walk_packages(coopbot.__path__, "coopbot."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _main() -> None:
    """Serve; in a fork, become the program."""
    _import_all()
    # what is there already is not looked through by each fork, and so not copied
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as control:
        order = _serve(control)
    if order is None:
        return
    # ignored in what a shell runs in the background, and inherited by all it starts
    signal.signal(signal.SIGINT, signal.default_int_handler)
    values = json.loads(order)
    os.environ.clear()
    os.environ.update(values["environment"])
    os.chdir(values["folder"])
    sys.path[0] = values["folder"]
    sys.argv[1:] = values["arguments"]
    runpy.run_module("coopbot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _main()
