"""Our writer of Whoosh's segments: what is on disk is what Whoosh's own writer would write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from whoosh import index as whoosh_index
from whoosh.codec.whoosh3 import W3Codec

from coopbot.engine.schema import schema
from coopbot.engine.segment_writer import ArraySegmentWriter

# More documents with "tous" than a block has; some more often than others; an accent, a figure.
DOCUMENTS = [
    {
        "article": f"article-{number}",
        "number": None,
        "row": number,
        "data": "{}",
        "body": "tous " * (1 + number % 3) + f"seul{number} été 1.5",
        "passage": "tous" if number % 7 else "",
    }
    for number in range(300)
]


def content(folder: Path) -> dict[str, Any]:
    """Return all that can be read of the index in *folder*."""
    with whoosh_index.open_dir(str(folder)).reader() as reader:
        return {
            "postings": [
                (field, term, document, weight)
                for field, term, document, weight, _ in reader.iter_postings()
            ],
            "frequencies": [
                (*term, reader.doc_frequency(*term), reader.frequency(*term))
                for term in reader.all_terms()
            ],
            "stored": list(reader.all_stored_fields()),
        }


def write(folder: Path, *, ours: bool) -> None:
    folder.mkdir()
    index = whoosh_index.create_in(str(folder), schema())
    # small steps, which Whoosh merges, and a deletion
    for start, end in ((0, 200), (200, 210), (210, 300)):
        writer: Any = ArraySegmentWriter(index) if ours else index.writer()
        writer.delete_by_term("article", f"article-{start - 1}")
        for document in DOCUMENTS[start:end]:
            writer.add_document(**document)
        writer.commit()


def test_a_segment_reads_as_one_that_whoosh_wrote(tmp_path: Path) -> None:
    write(tmp_path / "ours", ours=True)
    write(tmp_path / "whoosh", ours=False)
    ours = content(tmp_path / "ours")
    assert ours == content(tmp_path / "whoosh")
    assert len([p for p in ours["postings"] if p[:2] == ("body", b"tous")]) == 298


def test_a_segment_names_whooshs_own_codec(tmp_path: Path) -> None:
    write(tmp_path / "ours", ours=True)
    index = whoosh_index.open_dir(str(tmp_path / "ours"))
    assert {type(s.codec()) for s in index._segments()} == {W3Codec}


def test_postings_are_at_hand_once_written(tmp_path: Path) -> None:
    index = whoosh_index.create_in(str(tmp_path), schema())
    writer = ArraySegmentWriter(index)
    writer.add_document(article="a", row=0, data="{}", body="un deux un")
    writer.commit()
    body = writer.postings()["body"]
    assert body.terms == [b"deux", b"un"]
    assert (body.counts.tolist(), body.docs.tolist()) == ([1, 1], [0, 0])
    assert body.weights.tolist() == pytest.approx([1, 2])
