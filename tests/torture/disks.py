"""Disks that are full or may not be written to: small file systems in memory, mounted for a round.

Where mounting is not allowed, a full disk is a limit on the size of files (RLIMIT_FSIZE), and what
may not be written to is left out.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

_PAGE = 4_096  # what a tmpfs counts in


@cache
def can_mount() -> bool:
    """Tell whether this process may mount file systems."""
    if shutil.which("mount") is None:
        return False
    with TemporaryDirectory() as folder:
        if not _mount("-t", "tmpfs", "-o", "size=64k", "none", folder):
            return False
        subprocess.run(["umount", folder], check=True)  # noqa: S607
    return True


@contextmanager
def small_disk(folder: Path, source: Path, left: int) -> Iterator[None]:
    """Make *folder* a disk that holds what *source* holds and has *left* bytes to spare."""
    files = [file for file in source.rglob("*") if file.is_file() and not file.is_symlink()]
    size = sum(-(-file.stat().st_size // _PAGE) * _PAGE for file in files)
    _must_mount("-t", "tmpfs", "-o", f"size={size + left}", "none", str(folder))
    try:
        shutil.copytree(source, folder, symlinks=True, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607


def enlarge(folder: Path) -> None:
    """Give the disk at *folder* more room than is needed."""
    _must_mount("-o", "remount,size=256m", str(folder))


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write into *folder*, not even root."""
    _must_mount("--bind", str(folder), str(folder))
    try:
        _must_mount("-o", "remount,ro,bind", str(folder))
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607


def _mount(*arguments: str) -> bool:
    done = subprocess.run(["mount", *arguments], capture_output=True, check=False)  # noqa: S607
    return done.returncode == 0


def _must_mount(*arguments: str) -> None:
    if not _mount(*arguments):
        raise OSError(f"mount {' '.join(arguments)}")
