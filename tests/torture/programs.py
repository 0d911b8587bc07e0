"""Running the program: forked from a warm process, or started anew, and killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.conftest import ROOT, clean_environment
from tests.torture.violations import expect

LONGEST = 90.0  # seconds that anything may take
_LEAKS = ("Traceback", "inattendu", "Errno")


@dataclass(frozen=True)
class Result:
    """How a run ended: `code` is negative when a signal ended it."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str
    seconds: float

    def must(self, *codes: int, says: str = "") -> Self:
        """Return the result if it ended with one of *codes*, and no programmer's word leaked."""
        expect(self.code in codes, "exit code", self)
        expect(not any(leak in self.out + self.err for leak in _LEAKS), "exit code", self)
        expect(says in self.out + self.err, "exit code", f"{says!r} is not said: {self}")
        return self

    @property
    def killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.code == -signal.SIGKILL


@dataclass
class Run:
    """A run under way."""

    pid: int
    arguments: tuple[str, ...]
    folder: Path
    programs: Programs
    process: subprocess.Popen[bytes] | None
    started: float = field(default_factory=time.monotonic)

    def signal(self, number: int) -> None:
        """Send a signal; one that has ended gets none."""
        with suppress(ProcessLookupError):  # nobody has waited for it: the number is still its own
            os.kill(self.pid, number)

    def wait(self) -> Result:
        """Return how it ended; what takes too long is killed, and that is a violation."""
        late = threading.Timer(LONGEST, self.signal, [signal.SIGABRT])
        late.start()
        code = self.process.wait() if self.process else self.programs.waited(self.pid)
        late.cancel()
        expect(code != -signal.SIGABRT, "other", f"took {LONGEST:g} s: {self.arguments}")
        out, err = (self.folder / name for name in ("out", "err"))
        return Result(self.arguments, code, _text(out), _text(err), time.monotonic() - self.started)


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.exists() else ""


class Programs:
    """Starts runs of the program."""

    def __init__(self, zygote: subprocess.Popen[str], folder: Path) -> None:
        self._zygote = zygote
        self._folder = folder
        self._count = 0

    @classmethod
    @contextmanager
    def ready(cls, folder: Path) -> Iterator[Self]:
        """Have the warm process at hand; what runs write is kept in *folder*."""
        folder.mkdir()
        variables = clean_environment(folder) | {"OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": ""}
        with subprocess.Popen(
            [sys.executable, "-m", "tests.torture.zygote"],
            cwd=ROOT,
            env=variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        ) as zygote:
            yield cls(zygote, folder)
            assert zygote.stdin is not None
            zygote.stdin.close()

    def start(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        file_size: int | None = None,
        clock: float = 0.0,
        anew: bool = False,
    ) -> Run:
        """Start the program with *arguments*; *anew*, as a shell does, and not as a fork.

        It can write files of up to *file_size* bytes; its clock is wrong by *clock* seconds.
        """
        self._count += 1
        folder = self._folder / str(self._count)
        folder.mkdir()
        variables = clean_environment(folder) | {"PYTHONWARNINGS": ""} | dict(environment or {})
        if anew:
            with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
                process = subprocess.Popen(
                    [sys.executable, "-m", "coopbot", *arguments],
                    cwd=folder,
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                )
            return Run(process.pid, arguments, folder, self, process)
        asked = {
            "do": "start",
            "arguments": arguments,
            "cwd": str(folder),
            "environment": variables,
            "out": str(folder / "out"),
            "err": str(folder / "err"),
            "file_size": file_size,
            "clock": clock,
        }
        return Run(int(self._ask(asked)["pid"]), arguments, folder, self, None)

    def run(self, *arguments: str, **how: Any) -> Result:
        """Run the program to its end."""
        return self.start(*arguments, **how).wait()

    def waited(self, pid: int) -> int:
        """Return the exit code of the fork *pid*."""
        return int(self._ask({"do": "wait", "pid": pid})["code"])

    def _ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        assert self._zygote.stdin is not None
        assert self._zygote.stdout is not None
        self._zygote.stdin.write(json.dumps(asked) + "\n")
        self._zygote.stdin.flush()
        answer: dict[str, Any] = json.loads(self._zygote.stdout.readline())
        return answer
