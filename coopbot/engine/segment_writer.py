"""A Whoosh writer that holds the postings of its segment as arrays until they are written.

Whoosh's own pool keeps a tuple for each posting, sorts all of them, on disk beyond a limit, and
hands them over one by one: a third of the time an index takes. Here a field's postings are three
arrays of numbers, sorted by NumPy; a term's are written as they stand. What is on disk is the same,
and the segment names Whoosh's own codec as its own. The postings are at hand for what is derived
from them, too, which then need not be read back.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec import whoosh3
from whoosh.writing import SegmentWriter

# Whoosh is typed in part: what we inherit of it is not.
_SegmentWriter: Any = SegmentWriter
_W3Codec: Any = whoosh3.W3Codec
_W3FieldWriter: Any = whoosh3.W3FieldWriter
_W3PostingsWriter: Any = whoosh3.W3PostingsWriter


@dataclass(frozen=True, slots=True)
class FieldPostings:
    """The postings of a field, one term after the other, terms and documents ascending.

    `counts` says how many postings each term has; `weights` how often it occurs in each document.
    """

    terms: Sequence[bytes]
    counts: NDArray[np.int64]
    docs: NDArray[np.int64]
    weights: NDArray[np.float32]


NO_POSTINGS = FieldPostings(
    [], np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
)


class ArraySegmentWriter(_SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer of an index, with arrays for its pool of postings."""

    def __init__(self, index: Any) -> None:
        super().__init__(index, codec=_Codec())
        self.pool = _Pool()

    @property
    def segment(self) -> str:
        """The name of the segment being written."""
        return str(self.newsegment.segment_id())

    def postings(self) -> Mapping[str, FieldPostings]:
        """Return the postings of each field of the segment, once it is committed."""
        return dict(self.pool.iter_postings())


class _Posting(NamedTuple):
    """What Whoosh gives its pool."""

    field: str
    term: bytes
    document: int
    weight: float
    value: bytes | None


class _Pool:
    """In place of Whoosh's `PostingPool`: a field's postings in the order they came."""

    def __init__(self) -> None:
        self._fields: dict[str, _Field] = {}
        self._sorted: dict[str, FieldPostings] = {}

    def add(self, posting: _Posting) -> None:
        """Take in a posting; its value is left out: no field of ours has any."""
        name, term, document, weight, _ = posting
        field = self._fields.get(name)
        if field is None:
            field = self._fields[name] = _Field()
        number = field.numbers.setdefault(term, len(field.numbers))
        field.postings.append(number)
        field.docs.append(document)
        field.weights.append(weight)

    def iter_postings(self) -> Iterator[tuple[str, FieldPostings]]:
        """Yield the fields by name, with their postings; none can be added any more."""
        for name in sorted(self._fields):
            self._sorted[name] = self._fields.pop(name).sorted()
        yield from self._sorted.items()

    def cleanup(self) -> None:
        """Nothing is on disk."""


class _Field:
    """Postings as they came: the number of the term, by `numbers`, the document, the weight."""

    def __init__(self) -> None:
        self.numbers: dict[bytes, int] = {}
        self.postings = array("i")
        self.docs = array("i")
        self.weights = array("f")

    def sorted(self) -> FieldPostings:
        terms = sorted(self.numbers)
        place = np.empty(len(terms), dtype=np.int64)
        place[[self.numbers[term] for term in terms]] = np.arange(len(terms))
        places = place[np.array(self.postings, dtype=np.int64)]
        docs = np.array(self.docs, dtype=np.int64)
        order = np.lexsort((docs, places))
        return FieldPostings(
            terms=terms,
            counts=np.bincount(places, minlength=len(terms)),
            docs=docs[order],
            weights=np.array(self.weights, dtype=np.float32)[order],
        )


class _Codec(_W3Codec):  # type: ignore[misc]
    """Whoosh's codec, writing whole lists of postings; its segments are Whoosh's own."""

    def new_segment(self, storage: Any, indexname: str) -> Any:
        return _W3Codec().new_segment(storage, indexname)

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(self, storage, segment)

    def postings_writer(self, dbfile: Any, *, byteids: bool = False) -> _PostingsWriter:
        return _PostingsWriter(
            dbfile,
            blocklimit=self._blocklimit,
            byteids=byteids,
            compression=self._compression,
            inlinelimit=self._inlinelimit,
        )


class _FieldWriter(_W3FieldWriter):  # type: ignore[misc]
    def add_postings(
        self, schema: Any, _lengths: Any, items: Iterator[tuple[str, FieldPostings]]
    ) -> None:
        """Write the postings of all fields; lengths of documents are kept elsewhere."""
        for name, postings in items:
            self.start_field(name, schema[name])
            docs, weights = array("I"), array("f")
            docs.frombytes(postings.docs.astype(np.uintc).tobytes())
            weights.frombytes(postings.weights.tobytes())
            start = 0
            for term, count in zip(postings.terms, postings.counts.tolist(), strict=True):
                self.start_term(term)
                self._postwriter.add_list(
                    docs[start : start + count], weights[start : start + count]
                )
                self.finish_term()
                start += count
            self.finish_field()


class _PostingsWriter(_W3PostingsWriter):  # type: ignore[misc]
    def add_list(self, docs: array[int], weights: array[float]) -> None:
        """Add all postings of a term, block by block; the last block is for `finish_postings`."""
        for start in range(0, len(docs), self._blocklimit):
            if start:
                self._write_block()
            self._ids = docs[start : start + self._blocklimit]
            self._weights = weights[start : start + self._blocklimit]
            self._maxweight = max(self._weights)
