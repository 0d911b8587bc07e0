"""Postings of a Whoosh segment as NumPy arrays, derived once and kept beside it.

A committed segment never changes, so neither do its arrays; they are found by the segment's name.
What is missing, foreign or damaged is derived again from the segment. Per view (field group):

    terms, ends      the terms, sorted, as one run of UTF-8 bytes, and where each ends
    slots            their hash table (`coopbot.slots`)
    indptr           term i has the postings indptr[i]:indptr[i+1]
    docs             document number of each posting, ascending within a term
    freqs            occurrences, one column per field of the view
    lengths          terms per document and field

And of the exact words the arrays of `coopbot.engine.nearby`.
"""

from __future__ import annotations

import json
import logging
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import SegmentReader

from coopbot.arrays import Arrays, DamagedArrays, load, save
from coopbot.engine.nearby import NearbyWords, nearby_arrays
from coopbot.engine.protocol import LexicalView, StoredArticle
from coopbot.engine.schema import VIEWS, stored_article
from coopbot.engine.segment_writer import NO_POSTINGS, FieldPostings
from coopbot.engine.sieve import Planes, planes
from coopbot.engine.vectors import VectorStore
from coopbot.french import fold
from coopbot.slots import find, slots

FORMAT = 6
NO_NUMBER = -1  # of an article, where a passage has its number
_NEARBY = "nearby."
MAX_FREQUENCY = np.iinfo(np.uint16).max

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Postings:
    """The arrays of one view of one segment; see the module's page."""

    terms: memoryview
    ends: memoryview
    slots: memoryview
    indptr: NDArray[np.int64]
    docs: NDArray[np.int32]
    freqs: NDArray[np.uint16]
    lengths: NDArray[np.uint32]

    def term(self, position: int) -> bytes:
        """Return the term at *position*."""
        start = self.ends[position - 1] if position else 0
        return bytes(self.terms[start : self.ends[position]])

    def position(self, term: str) -> int | None:
        """Return which of the terms *term* is, None if it is none of them."""
        return find(term.encode("utf-8"), self.slots, self.term)

    def of(self, position: int) -> slice:
        """Return where the postings of the term at *position* are."""
        return slice(int(self.indptr[position]), int(self.indptr[position + 1]))

    def documents(self, term: str) -> NDArray[np.int32]:
        """Return the documents with *term*, ascending, deleted ones too."""
        position = self.position(term)
        return self.docs[self.of(position) if position is not None else slice(0)]


class Traits(NamedTuple):
    """What of an article filters look at, site and tags folded, and what makes it a `Version`."""

    id: str
    path: str
    site: str
    published: str | None
    language: str
    translation_of: str | None
    superseded_by: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SegmentArrays:
    """A segment: its postings per view, and per document its article, passage number and row.

    The documents of an article stand together: itself, its passages, its aliases;
    `passage_counts` and `alias_counts` say how many.

    `parent` is the document number of the article a document belongs to (itself for an article);
    `number` the passage number, -1 for an article; `row` that of its vector in the store; `planes`
    the signs of all vectors (`sieve.py`); `ids` and `id_ends` the ids of the articles, as the terms
    are kept, and `trait_texts` and `trait_ends` their traits, as JSON.
    `words` are the exact ones.
    """

    name: str
    views: dict[LexicalView, Postings]
    parent: NDArray[np.int32]
    number: NDArray[np.int32]
    row: NDArray[np.int32]
    planes: Planes
    passage_counts: NDArray[np.int64]
    alias_counts: NDArray[np.int64]
    ids: memoryview
    id_ends: memoryview
    words: NearbyWords
    trait_texts: memoryview
    trait_ends: memoryview

    def article_id(self, document: int) -> str:
        """Return the id of the article that *document* is or belongs to."""
        return _text(self.ids, self.id_ends, int(self.parent[document]))

    def article_ids(self) -> Iterator[bytes]:
        """Yield the id of every document that is an article, as UTF-8; b"" for the others."""
        start = 0
        for end in self.id_ends:
            yield bytes(self.ids[start:end])
            start = end

    def traits(self, article: int) -> Traits:
        """Return the traits of the article that is document *article*."""
        *values, tags = json.loads(_text(self.trait_texts, self.trait_ends, article))
        return Traits._make([*values, tuple(tags)])


def _text(texts: memoryview, ends: memoryview, position: int) -> str:
    start = ends[position - 1] if position else 0
    return bytes(texts[start : ends[position]]).decode("utf-8")


def segment_name(reader: SegmentReader) -> str:
    """Return the name of the segment that *reader* reads."""
    segment = reader.segment()
    assert segment is not None  # noqa: S101 - only a reader of several segments has none
    return str(segment.segment_id())


def segment_arrays(
    folder: Path,
    reader: SegmentReader,
    vectors: VectorStore,
    postings: Mapping[str, FieldPostings] | None = None,
) -> SegmentArrays:
    """Return the arrays of the segment that *reader* reads, derived and saved if need be.

    Its rows are those of *vectors*, its *postings* are read when they are not at hand.
    """
    name = segment_name(reader)
    path = folder / f"{name}.arrays"
    try:
        arrays = load(path)
        if arrays.meta.get("format") == FORMAT and arrays.meta.get("docs") == _size(reader):
            return _opened(name, arrays)
        _log.warning("%s has another format: derived anew", path)
    except FileNotFoundError:
        pass
    except KeyError as error:
        _log.warning("%s lacks %s: derived anew", path, error)
    except DamagedArrays as error:
        _log.warning("derived anew: %s is damaged", error)
    made = _derive(reader, vectors, postings or _postings_by_field(reader))
    derived = Arrays(made, {"format": FORMAT, "docs": _size(reader)})
    try:
        save(path, derived.arrays, derived.meta)
    except OSError as error:  # a read-only index answers all the same, only slower to open
        _log.warning("%s not written: %s", path, error)
        return _opened(name, derived)
    return _opened(name, load(path))


def _size(reader: SegmentReader) -> int:
    return int(reader.doc_count_all())


def _opened(name: str, arrays: Arrays) -> SegmentArrays:
    views = {
        view: Postings(
            terms=arrays[f"{view}.terms"].data,
            ends=arrays[f"{view}.ends"].data,
            slots=arrays[f"{view}.slots"].data,
            **{n: arrays[f"{view}.{n}"] for n in ("indptr", "docs", "freqs", "lengths")},
        )
        for view in LexicalView
    }
    parent, number = arrays["parent"], arrays["number"]
    return SegmentArrays(
        name=name,
        views=views,
        parent=parent,
        number=number,
        row=arrays["row"],
        planes=arrays["planes"],
        passage_counts=np.bincount(parent[number >= 0], minlength=parent.size),
        alias_counts=np.bincount(parent[number < NO_NUMBER], minlength=parent.size),
        ids=arrays["ids"].data,
        id_ends=arrays["id_ends"].data,
        words=NearbyWords(
            {
                name.removeprefix(_NEARBY): array
                for name, array in arrays.arrays.items()
                if name.startswith(_NEARBY)
            }
        ),
        trait_texts=arrays["trait_texts"].data,
        trait_ends=arrays["trait_ends"].data,
    )


def _derive(
    reader: SegmentReader, vectors: VectorStore, by_field: Mapping[str, FieldPostings]
) -> dict[str, NDArray[Any]]:
    derived = _units(reader)
    derived["planes"] = planes(vectors.stored(derived["row"]))
    for view, weights in VIEWS.items():
        merged = _merge([by_field.get(name, NO_POSTINGS) for name in weights], _size(reader))
        derived.update({f"{view}.{name}": array for name, array in merged.items()})
    exact = [by_field.get(name, NO_POSTINGS).terms for name in VIEWS[LexicalView.EXACT]]
    words = sorted(set().union(*exact))
    nearby = nearby_arrays([word.decode("utf-8") for word in words])
    return derived | {f"{_NEARBY}{name}": array for name, array in nearby.items()}


def _units(reader: SegmentReader) -> dict[str, NDArray[Any]]:
    """Return parent, number and row of every document, and the ids and traits of the articles."""
    size = _size(reader)
    number = np.full(size, NO_NUMBER, dtype=np.int32)
    row = np.zeros(size, dtype=np.int32)
    articles: list[str] = []
    article_document: dict[str, int] = {}
    ids = [b""] * size
    traits = [b""] * size
    for document in range(size):
        stored = reader.stored_fields(document)
        articles.append(stored["article"])
        row[document] = stored["row"]
        if stored.get("number") is None:
            article_document[stored["article"]] = document
            ids[document] = stored["article"].encode("utf-8")
            traits[document] = _traits(stored_article(stored["data"]))
        else:
            number[document] = stored["number"]
    # A passage whose article is missing cannot be: they are written as a group. KeyError if it is.
    parent = np.array([article_document[article] for article in articles], dtype=np.int32)
    return {
        "parent": parent,
        "number": number,
        "row": row,
        "ids": np.frombuffer(b"".join(ids), dtype=np.uint8),
        "id_ends": np.cumsum([len(i) for i in ids], dtype=np.int64),
        "trait_texts": np.frombuffer(b"".join(traits), dtype=np.uint8),
        "trait_ends": np.cumsum([len(t) for t in traits], dtype=np.int64),
    }


def _traits(article: StoredArticle) -> bytes:
    traits = Traits(
        article.id,
        article.path,
        fold(article.site or ""),
        article.published,
        article.language,
        article.translation_of,
        article.superseded_by,
        tuple(fold(tag) for tag in article.tags),
    )
    return json.dumps(traits).encode()  # ASCII: names of files may hold halves of characters


def _postings_by_field(reader: SegmentReader) -> dict[str, FieldPostings]:
    """Return the postings of every field that a view has; deleted documents are left out."""
    wanted = {name for weights in VIEWS.values() for name in weights}
    return {name: _read(reader, name) for name in wanted}


def _read(reader: SegmentReader, field: str) -> FieldPostings:
    terms, counts, docs, weights = [], array("q"), array("q"), array("f")
    for term in reader.lexicon(field):
        before = len(docs)
        matcher = reader.postings(field, term)
        while matcher.is_active():
            docs.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
        terms.append(bytes(term))
        counts.append(len(docs) - before)
    return FieldPostings(
        terms=terms,
        counts=np.array(counts, dtype=np.int64),
        docs=np.array(docs, dtype=np.int64),
        weights=np.array(weights, dtype=np.float32),
    )


def _merge(fields: Sequence[FieldPostings], size: int) -> dict[str, NDArray[Any]]:
    """Bring the postings of several fields together, one column each."""
    terms = sorted(set().union(*(field.terms for field in fields)))
    place_of = {term: place for place, term in enumerate(terms)}
    keys = []  # term and document of a posting in one number, so that they sort together
    for field in fields:
        places = np.array([place_of[term] for term in field.terms], dtype=np.int64)
        keys.append(np.repeat(places, field.counts) * size + field.docs)
    found = np.unique(np.concatenate(keys))
    freqs = np.zeros((found.size, len(fields)), dtype=np.uint16)
    lengths = np.zeros((size, len(fields)), dtype=np.uint32)
    for column, (field, its_keys) in enumerate(zip(fields, keys, strict=True)):
        counts = np.minimum(field.weights, MAX_FREQUENCY).astype(np.uint16)
        freqs[np.searchsorted(found, its_keys), column] = counts
        lengths[:, column] = np.bincount(field.docs, weights=counts, minlength=size)
    indptr = np.searchsorted(found, np.arange(len(terms) + 1, dtype=np.int64) * size)
    return {
        "terms": np.frombuffer(b"".join(terms), dtype=np.uint8),
        "ends": np.cumsum([len(term) for term in terms], dtype=np.int64),
        "slots": slots(terms),
        "indptr": indptr.astype(np.int64),
        "docs": (found % max(size, 1)).astype(np.int32),
        "freqs": freqs,
        "lengths": lengths,
    }
