"""What the tests of the command line share: the program as a process, and as people see it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from coopbot.corpus import Corpus
from tests.conftest import CORPUS, clean_environment, link_caches

# The article that the promised question is answered with, and the first line of that answer.
STEPS_PATH = "creer/creer-une-scic.md"
STEPS = Corpus(CORPUS).read(STEPS_PATH).article.title
FIRST_LINE = f"1. {STEPS}\n"

Completed = subprocess.CompletedProcess[str]
Search = Callable[..., Completed]

# What must never reach a terminal from a question, an article or a file's name.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# What a programmer sees and a person should not: exceptions, errno, codecs, untranslated click.
_LEAKS = re.compile(
    r"Traceback|inattendu|unexpected|Errno|codec|\w(?:Error|Exception|Warning):|"
    r"Got |Missing |does not"
)


def command(*arguments: str) -> list[str]:
    """Return the command line of the real program."""
    return [sys.executable, "-m", "coopbot", *arguments]


def assert_refused(result: Completed, *words: str, prefix: str = "Erreur : ") -> None:
    """Check that *result* is exit code 2 and one clear line on stderr that has the *words*."""
    assert result.returncode == 2, result
    assert result.stdout == ""
    assert_clear(result.stderr, *words, prefix=prefix)


def assert_clear(stderr: str, *words: str, prefix: str = "Erreur : ") -> None:
    """Check that *stderr* is one line a person understands, and that it has the *words*."""
    line = stderr.removesuffix("\n")
    assert line.startswith(prefix), stderr
    assert "\n" not in line
    assert not _LEAKS.search(line), line
    assert not CONTROLS.search(line), line
    for word in words:
        assert word in line


def in_terminal(
    arguments: Sequence[str],
    home: Path,
    *,
    columns: int = 80,
    environment: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Run the program in a pseudo-terminal; return its exit code and what it wrote there."""
    home.mkdir(exist_ok=True)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    # a terminal that shows colours, whatever the tests themselves run in
    variables = clean_environment(home) | {"TERM": "xterm-256color"} | dict(environment or {})
    with subprocess.Popen(
        command(*arguments), cwd=home, env=variables, stdin=slave, stdout=slave, stderr=slave
    ) as process:
        os.close(slave)
        written = bytearray()
        with contextlib.suppress(OSError):  # EIO: the other end is closed
            while chunk := os.read(master, 65_536):
                written += chunk
        code = process.wait(timeout=60)
    os.close(master)
    return code, written.decode("utf-8").replace("\r\n", "\n")


def written_corpus(folder: Path, articles: Mapping[str, str], built: Path) -> tuple[str, ...]:
    """Write *articles* under *folder*; return the options that name them and their index to be.

    The index, which the first search builds, borrows the encoder of the *built* one.
    """
    (folder / "corpus").mkdir()
    for name, text in articles.items():
        (folder / "corpus" / name).write_text(text, encoding="utf-8")
    index = unbuilt_index(folder / "index", built)
    return ("--corpus", str(folder / "corpus"), "--index", str(index))


def run(
    arguments: Sequence[str], home: Path, prefix: Sequence[str] = (), said: str | None = None
) -> Completed:
    """Run the program in a pipe, with a clean environment, in the folder *home*.

    *said* is what it reads.
    """
    home.mkdir(exist_ok=True)
    return subprocess.run(
        [*prefix, *command(*arguments)],
        env=clean_environment(home),
        cwd=home,
        input=said,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def run_without_privileges(arguments: Sequence[str], home: Path) -> Completed:
    """Run the program bound by file permissions, as root is not; skip where that cannot be."""
    if os.geteuid() != 0:
        return run(arguments, home)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root, and no setpriv to give up its rights")
    rights = "-dac_override,-dac_read_search"
    return run(arguments, home, [setpriv, "--bounding-set", rights, "--inh-caps", rights])


def unbuilt_index(folder: Path, built_index: Path) -> Path:
    """Return *folder* as an index not yet built, with what takes long to make: caches, vectors."""
    folder.mkdir(parents=True, exist_ok=True)
    link_caches(built_index, folder)
    shutil.copytree(built_index / "vectors", folder / "vectors")
    return folder


def overwrite(path: Path, content: bytes) -> None:
    """Give *path* another content; a hard link elsewhere keeps the old one."""
    path.unlink()
    path.write_bytes(content)


def live_generation(index: Path) -> Path:
    """Return the folder of the generation that answers."""
    return index / (index / "CURRENT").read_text(encoding="utf-8").strip()


def wait_until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Return once *condition* holds; fail when it does not within *seconds*."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
