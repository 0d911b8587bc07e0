"""The folder of a Whoosh index, read record by record.

Whoosh maps the file of a segment into memory, and then copies all of it, to read a few records of
each question: at 100,000 passages 190 MB. Here it seeks and reads, as on systems that cannot map.
"""

from __future__ import annotations

import os
import weakref
from io import BufferedReader
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile

_FileStorage: Any = FileStorage  # not typed


class SegmentStorage(_FileStorage):  # type: ignore[misc]
    """Whoosh's storage in the folder *path*, whose files close with whoever last used them.

    A reader that was replaced may still be answering: nobody else can tell when it is done.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path, supports_mmap=False)

    def open_file(self, name: str, **options: Any) -> StructFile:
        """Return the file called *name*, open for reading; raises OSError."""
        return StructFile(_opened(self._fpath(name)), name=name, **options)


def _opened(path: str) -> BufferedReader:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    stream = open(descriptor, "rb", closefd=False)  # noqa: SIM115
    weakref.finalize(stream, os.close, descriptor)
    return stream
