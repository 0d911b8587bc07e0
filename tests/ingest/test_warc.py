"""What was fetched, kept as it came."""

from __future__ import annotations

from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from coopbot.errors import IngestError
from coopbot.ingest.records import Page
from coopbot.ingest.warc import Archive
from tests.conftest import NOW


def test_pages_are_read_back_from_the_archive_as_they_came(tmp_path: Path) -> None:
    body = "<p>Été".encode("latin-1")
    page = Page("http://a.coop/", "http://a.coop/%C3%A9t%C3%A9", body, "text/html", "2026-11-23")
    with Archive(tmp_path / "warc", NOW, "Coopbot/1") as archive:
        archive.keep(page)
        archive.keep(page)
    with archive.path.open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.content_stream().read())
            for r in ArchiveIterator(file)
        ]
    assert records[0][0] == "warcinfo"
    assert b"Coopbot/1" in records[0][2]
    assert [record[0] for record in records[1:]] == ["resource", "resource"]
    assert records[1][1:] == ("http://a.coop/%C3%A9t%C3%A9", body)


def test_an_archive_is_never_written_over(tmp_path: Path) -> None:
    with Archive(tmp_path, NOW, "Coopbot/1"), pytest.raises(IngestError) as error:
        Archive(tmp_path, NOW, "Coopbot/1")
    assert "20261123120000" in error.value.text("fr")
