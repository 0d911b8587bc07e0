"""People's files: bookmarks, feeds lists, tables, digests, documents. Web pages: test_mutations."""

from __future__ import annotations

from collections.abc import Sequence

from tests.ingest.mutations import originals
from tests.ingest.reading import read
from tests.ingest.test_importers_mutations import check as check_record

# By the first byte of the input; what a file is, is told by its content before its name.
_NAMES = ("a.html", "a.rdf", "a.opml", "a.csv", "a.txt", "a.md", "a.pdf", "a.docx")


def seeds() -> Sequence[bytes]:
    """Return a file of each format."""
    found = []
    for name, content in originals():
        suffix = name.rpartition(".")[2]
        found.append(bytes([[n.rpartition(".")[2] for n in _NAMES].index(suffix)]) + content)
    return found


def check(data: bytes) -> None:
    """Check that *data*, after the byte that chooses a name, gives records and refusals."""
    name = _NAMES[data[0] % len(_NAMES)] if data else "a.txt"
    records = read(name, data[1:])
    assert records
    for record in records:
        check_record(record)
