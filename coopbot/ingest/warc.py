"""What was fetched, kept as it came: WARC 1.1 (ISO 28500), one file a run.

Pages are kept as `resource` records, their content after HTTP's own encoding.
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from coopbot.errors import IngestError

if TYPE_CHECKING:
    from coopbot.ingest.records import Page


class Archive:
    """A WARC file in *folder*, named after the time of its making.

    Raises IngestError when the library that writes it is not installed, or the folder cannot be
    written. Used in a `with`.
    """

    def __init__(self, folder: Path, now: dt.datetime, software: str) -> None:
        try:
            from warcio.warcwriter import WARCWriter
        except ImportError as error:
            raise IngestError("warc_not_installed") from error
        self.path = folder / f"coopbot-{now:%Y%m%d%H%M%S}.warc.gz"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = self.path.open("xb")
        except OSError as error:
            raise IngestError("warc_unwritable", path=self.path, reason=error.strerror) from error
        self._writer: Any = WARCWriter(self._file, gzip=True, warc_version="1.1")
        about = {"software": software, "format": "WARC File Format 1.1"}
        self._writer.write_record(self._writer.create_warcinfo_record(self.path.name, about))

    def keep(self, page: Page) -> None:
        """Write *page* down."""
        record = self._writer.create_warc_record(
            page.url,
            "resource",
            payload=io.BytesIO(page.body),
            length=len(page.body),
            warc_content_type=page.content_type or "application/octet-stream",
        )
        self._writer.write_record(record)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._file.close()
