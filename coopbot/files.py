"""Writing files so that a crash leaves either the old content or the new, never half of it."""

from __future__ import annotations

import contextlib
import os
import tempfile
import zlib
from pathlib import Path

_CHUNK = 1 << 20


def write_atomically(path: Path, content: bytes | bytearray) -> None:
    """Put *content* in *path*, whole and on disk when this returns.

    Written beside it, flushed, then renamed over it: rename is atomic on POSIX and Windows.
    Raises OSError when the folder cannot be written; *path* is then as it was.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def checksum(path: Path) -> int:
    """Return the CRC-32 of the content of *path*; raises OSError."""
    crc = 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            crc = zlib.crc32(chunk, crc)
    return crc


def sync_folder(folder: Path) -> None:
    """Make the names in *folder* durable, where the system lets a folder be synchronised."""
    with contextlib.suppress(OSError, AttributeError):  # Windows has no such call
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
