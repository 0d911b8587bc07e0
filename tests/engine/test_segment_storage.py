"""Files of a Whoosh index: read where they lie, and closed when nobody reads them any more."""

from __future__ import annotations

import gc
import os
import tracemalloc
from pathlib import Path

import pytest
from whoosh.index import FileIndex, create_in

from coopbot.engine.schema import schema
from coopbot.engine.segment_storage import SegmentStorage
from coopbot.engine.segment_writer import ArraySegmentWriter


def test_a_file_is_closed_with_its_last_reader(tmp_path: Path) -> None:
    (tmp_path / "some").write_bytes(b"records")
    stream = SegmentStorage(str(tmp_path)).open_file("some")
    descriptor = stream.file.fileno()
    (tmp_path / "some").unlink()  # another generation took its place
    assert stream.read(3) == b"rec"
    del stream
    gc.collect()
    with pytest.raises(OSError, match=r"[Bb]ad file descriptor"):
        os.fstat(descriptor)


def test_opening_a_segment_reads_little_of_it(tmp_path: Path) -> None:
    create_in(str(tmp_path), schema())
    index = FileIndex(SegmentStorage(str(tmp_path)), schema=schema())
    writer = ArraySegmentWriter(index)
    for number in range(400):
        record = os.urandom(4_000).hex()
        writer.add_document(article=str(number), number=None, row=number, data=record, body="un")
    writer.commit()
    size = sum(path.stat().st_size for path in tmp_path.glob("*.seg"))
    tracemalloc.start()
    with index.reader() as reader:
        assert reader.stored_fields(399)["data"] == record
        _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < size / 4
