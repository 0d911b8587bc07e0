"""The embedded engine: a Whoosh index in a folder, scored with NumPy.

Whoosh keeps the schema, the postings, the stored fields, the spelling, and commits atomically.
Scoring reads arrays derived from its segments (`postings.py`, `bm25f.py`) and the vector store.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index
from whoosh.reading import SegmentReader, TermNotFound

from coopbot.engine.bm25f import Bm25f, Mask, ScoredSegment
from coopbot.engine.collapse import best_of_runs
from coopbot.engine.postings import NO_NUMBER, SegmentArrays, segment_arrays
from coopbot.engine.protocol import (
    NO_FILTER,
    DenseView,
    Filter,
    Hit,
    IndexedArticle,
    LexicalView,
    StoredArticle,
    StoredPassage,
    Traits,
    Vector,
    WeightedTerm,
)
from coopbot.engine.schema import (
    ALIAS,
    ARTICLE,
    FIRST_ALIAS,
    KIND_OF,
    PASSAGE,
    VIEWS,
    documents,
    schema,
    stored_article,
    stored_passage,
    unit_id,
)
from coopbot.engine.vectors import VectorStore, text_key
from coopbot.errors import CoopbotError, IndexOutdated
from coopbot.french import fold

_WRITER_MEGABYTES = 256
_CACHED_MASKS = 16
_NUMBERS: Mapping[str, Callable[[NDArray[np.int32]], Mask]] = {
    ARTICLE: lambda number: number == NO_NUMBER,
    PASSAGE: lambda number: number >= 0,
    ALIAS: lambda number: number <= FIRST_ALIAS,
}
_KIND_OF_DENSE = {
    DenseView.PASSAGE: PASSAGE,
    DenseView.LEAD: PASSAGE,
    DenseView.TITLE: ARTICLE,
    DenseView.ALIAS: ALIAS,
}


class EmbeddedEngine:
    """The engine over the Whoosh index in *folder*, made if there is none yet.

    What was committed when the first question came is what is searched; `write` shows its own
    changes at once.
    """

    def __init__(self, folder: Path, vectors: VectorStore) -> None:
        self._folder = folder
        self._vectors = vectors
        if whoosh_index.exists_in(str(folder)):
            self._index = whoosh_index.open_dir(str(folder), schema=schema())
        else:
            self._index = whoosh_index.create_in(str(folder), schema())
        self._state: _State | None = None
        self._opening = threading.Lock()

    @classmethod
    def open(cls, folder: Path, vectors: VectorStore) -> EmbeddedEngine:
        """Return the engine over the index in *folder*, opened for questions.

        Raises IndexOutdated when there is none, or when what is there cannot be read.
        """
        try:
            engine = cls(folder, vectors) if whoosh_index.exists_in(str(folder)) else None
            if engine is not None:
                engine.prepare()
        except CoopbotError:
            raise
        except Exception as error:  # whatever a damaged file makes its reader stumble over
            raise IndexOutdated("index_damaged", path=folder) from error
        if engine is None:
            raise IndexOutdated("index_damaged", path=folder)
        return engine

    def write(self, upserts: Iterable[IndexedArticle], deletions: Iterable[str]) -> None:
        """Put *upserts* in place of the articles with their ids, and remove the *deletions*.

        All or nothing: whatever is raised on the way, the index is as it was. Vectors not yet in
        the store are added to it.
        """
        writer = self._index.writer(limitmb=_WRITER_MEGABYTES)
        try:
            for article_id in deletions:
                writer.delete_by_term("article", article_id)
            for article in upserts:
                self._add(writer, article)
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        self.close()

    def prepare(self) -> int:
        """Derive what questions need from the committed segments; return the live passages."""
        return self._opened.scorer(LexicalView.PASSAGE).documents

    def _add(self, writer: Any, article: IndexedArticle) -> None:
        texts = [
            article.stored.title,
            *(passage.encoded for passage in article.passages),
            *(alias.text for alias in article.aliases),
        ]
        made = [
            article.title_vector,
            *(passage.vector for passage in article.passages),
            *(alias.vector for alias in article.aliases),
        ]
        keys = [text_key(text) for text in texts]
        rows = self._vectors.find(keys)
        new = {key: i for i, (key, row) in enumerate(zip(keys, rows, strict=True)) if row is None}
        if new:
            self._vectors.append(list(new), np.array([made[i] for i in new.values()]))
            rows = self._vectors.find(keys)
        known = [row for row in rows if row is not None]
        first_alias = 1 + len(article.passages)
        passages, aliases = known[1:first_alias], known[first_alias:]
        writer.delete_by_term("article", article.stored.id)
        with writer.group():
            for document in documents(article, known[0], passages, aliases):
                writer.add_document(**document)

    def lexical(
        self,
        terms: Sequence[WeightedTerm],
        k: int,
        view: LexicalView,
        filter: Filter = NO_FILTER,
        *,
        collapse: bool = False,
    ) -> list[Hit]:
        """Return the *k* units with the highest BM25F score; see `Engine.lexical`."""
        return self._opened.lexical(terms, k, view, filter, collapse=collapse)

    def nearest(
        self,
        vector: Vector,
        k: int,
        view: DenseView,
        filter: Filter = NO_FILTER,
        *,
        collapse: bool = False,
    ) -> list[Hit]:
        """Return the *k* units with the highest cosine with *vector*; see `Engine.nearest`."""
        return self._opened.nearest(vector, k, view, filter, collapse=collapse)

    def vectors(self, keys: Sequence[tuple[str, int]]) -> NDArray[np.float32]:
        """Return the vectors of the passages (article id, number), one row each."""
        return self._opened.vectors(keys)

    def traits(self, ids: Iterable[str]) -> Mapping[str, Traits]:
        """Return the traits of the articles with these ids; unknown ids are left out."""
        return self._opened.traits(ids)

    def having(
        self,
        groups: Sequence[Collection[str]],
        view: LexicalView,
        filter: Filter = NO_FILTER,
    ) -> list[tuple[str, int | None]]:
        """Return (article id, passage number) of the units with a term of each of *groups*."""
        return self._opened.having(groups, view, filter)

    def articles(self, ids: Sequence[str]) -> Mapping[str, StoredArticle]:
        """Return the articles with these ids; unknown ids are left out."""
        found = ((i, self._opened.stored(unit_id(i, None))) for i in ids)
        return {i: stored_article(data) for i, data in found if data is not None}

    def passages(self, keys: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], StoredPassage]:
        """Return the passages with these (article id, number); unknown ones are left out."""
        found = ((key, self._opened.stored(unit_id(*key))) for key in keys)
        return {key: stored_passage(*key, data) for key, data in found if data is not None}

    def vocabulary(self, view: LexicalView) -> EmbeddedVocabulary:
        """Return the terms of *view*."""
        return EmbeddedVocabulary(self._opened, view)

    def close(self) -> None:
        """Release the readers; the next question opens what is committed then."""
        with self._opening:
            if self._state is not None:
                self._state.close()
            self._state = None

    @property
    def _opened(self) -> _State:
        with self._opening:
            if self._state is None:
                self._state = _State(self._folder, self._index, self._vectors)
            return self._state


class EmbeddedVocabulary:
    """The terms of one view of the embedded engine."""

    def __init__(self, state: _State, view: LexicalView) -> None:
        self._state = state
        self._view = view

    @property
    def documents(self) -> int:
        """How many units there are."""
        return self._state.scorer(self._view).documents

    def frequency(self, term: str) -> int:
        """Return in how many units *term* occurs."""
        return self._state.scorer(self._view).frequency(term)

    def similar(self, term: str, distance: int) -> list[tuple[str, int]]:
        """Return (term, frequency) of the terms at most *distance* edits away from *term*.

        Edits are those of Damerau and Levenshtein; the first letter is taken to be right.
        """
        if not term or distance < 1:
            return [(term, count)] if term and (count := self.frequency(term)) else []
        found = self._state.similar(term, distance, tuple(VIEWS[self._view]))
        # Whoosh counts two letters changing places as two edits
        found |= {term[:i] + term[i + 1] + term[i] + term[i + 2 :] for i in range(1, len(term) - 1)}
        counted = ((word, self.frequency(word)) for word in sorted(found))
        return [(word, count) for word, count in counted if count]


class _State:
    """One committed state of the index, open for reading."""

    def __init__(self, folder: Path, index: Any, vectors: VectorStore) -> None:
        self._reader = index.reader()
        self._leaves = [
            leaf for leaf, _ in self._reader.leaf_readers() if isinstance(leaf, SegmentReader)
        ]
        self._segments: list[SegmentArrays] = [segment_arrays(folder, r) for r in self._leaves]
        self._alive: list[Mask] = [_alive(leaf) for leaf in self._leaves]
        self._vectors = vectors
        # Whoosh's readers seek in shared files
        self._reading = threading.Lock()
        # `scorer(view)`, and `masks(kind, filter)`: which documents count. One question asks for
        # the same few filters again and again.
        self.scorer = lru_cache(maxsize=None)(self._make_scorer)
        self.masks = lru_cache(maxsize=_CACHED_MASKS)(self._make_masks)

    def close(self) -> None:
        self._reader.close()

    def lexical(
        self,
        terms: Sequence[WeightedTerm],
        k: int,
        view: LexicalView,
        where: Filter,
        *,
        collapse: bool,
    ) -> list[Hit]:
        scores = self.scorer(view).scores(terms)
        if where != NO_FILTER:
            for out, mask in zip(scores, self.masks(KIND_OF[view], where), strict=True):
                out[~mask] = 0
        chosen = [np.flatnonzero(out > 0) for out in scores]
        return self._best(scores, k, self._collapsed(scores, chosen) if collapse else chosen)

    def nearest(
        self, vector: Vector, k: int, view: DenseView, where: Filter, *, collapse: bool
    ) -> list[Hit]:
        scores: list[NDArray[np.float32]] = []
        chosen: list[NDArray[np.intp]] = []
        masks = self.masks(_KIND_OF_DENSE[view], where)
        lead = view is DenseView.LEAD
        for segment, mask in zip(self._segments, masks, strict=True):
            documents_ = np.flatnonzero(mask & (segment.number == 0) if lead else mask)
            out = np.zeros(mask.size, dtype=np.float32)
            out[documents_] = self._vectors.cosines(segment.row[documents_], vector)
            scores.append(out)
            chosen.append(documents_)
        return self._best(scores, k, self._collapsed(scores, chosen) if collapse else chosen)

    def vectors(self, keys: Sequence[tuple[str, int]]) -> NDArray[np.float32]:
        rows = []
        for article, number in keys:
            place, document = self._places[article]
            segment = self._segments[place]
            passage = document + 1 + number  # an article's passages follow it in order
            if passage >= segment.parent.size or segment.unit(passage) != (document, number):
                raise KeyError((article, number))
            rows.append(int(segment.row[passage]))
        return self._vectors.take(rows)

    def traits(self, ids: Iterable[str]) -> dict[str, Traits]:
        places = ((i, *self._places[i]) for i in ids if i in self._places)
        return {i: self._segments[segment].traits(document) for i, segment, document in places}

    def having(
        self, groups: Sequence[Collection[str]], view: LexicalView, where: Filter
    ) -> list[tuple[str, int | None]]:
        found: list[tuple[str, int | None]] = []
        masks = self.masks(KIND_OF[view], where)
        for number, (segment, mask) in enumerate(zip(self._segments, masks, strict=True)):
            postings = segment.views[view]
            for group in groups:
                has = np.zeros(mask.size, dtype=np.bool_)
                for term in group:
                    has[postings.docs[postings.find(term)]] = True
                mask = mask & has  # a new one: the mask is remembered for the filter
            found += [self._hit(number, d, 0.0)[:2] for d in np.flatnonzero(mask).tolist()]
        return found

    def stored(self, unit: str) -> str | None:
        """Return the stored data of *unit*, or None."""
        with self._reading:
            for leaf in self._leaves:
                for document in _documents(leaf, unit):
                    return str(leaf.stored_fields(document)["data"])
        return None

    def similar(self, term: str, distance: int, fields: Sequence[str]) -> set[str]:
        with self._reading:
            return {
                word
                for leaf in self._leaves
                for field in fields
                for word in leaf.terms_within(field, term, distance, prefix=1)
            }

    def _make_scorer(self, view: LexicalView) -> Bm25f:
        kind = self._kind_masks(KIND_OF[view])
        segments = [
            ScoredSegment(segment.views[view], mask)
            for segment, mask in zip(self._segments, kind, strict=True)
        ]
        return Bm25f(segments, list(VIEWS[view].values()))

    def _kind_masks(self, kind: str) -> list[Mask]:
        return [
            alive & _NUMBERS[kind](segment.number)
            for segment, alive in zip(self._segments, self._alive, strict=True)
        ]

    def _make_masks(self, kind: str, where: Filter) -> list[Mask]:
        masks = self._kind_masks(kind)
        if where == NO_FILTER:
            return masks
        # the documents of the articles that pass, then all documents that belong to those
        passing = self._passing(where)
        return [
            mask & allowed[segment.parent]
            for mask, allowed, segment in zip(masks, passing, self._segments, strict=True)
        ]

    def _passing(self, where: Filter) -> list[Mask]:
        if where == Filter(articles=where.articles) and where.articles is not None:
            return self._named(where.articles)
        passing = [np.zeros(alive.size, dtype=np.bool_) for alive in self._alive]
        for number, document, article in self._all_articles:
            passing[number][document] = _passes(article, where)
        return passing

    def _named(self, articles: frozenset[str]) -> list[Mask]:
        named = [np.zeros(alive.size, dtype=np.bool_) for alive in self._alive]
        for number, document in (self._places[a] for a in articles if a in self._places):
            named[number][document] = True
        return named

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        """Segment number and document of every live article, by id."""
        return {
            segment.article_id(document): (number, document)
            for number, (segment, mask) in enumerate(
                zip(self._segments, self._kind_masks(ARTICLE), strict=True)
            )
            for document in np.flatnonzero(mask).tolist()
        }

    @cached_property
    def _all_articles(self) -> list[tuple[int, int, StoredArticle]]:
        """Segment number, document and record of every live article; read for the first filter."""
        found: list[tuple[int, int, StoredArticle]] = []
        with self._reading:
            for number, (leaf, mask) in enumerate(
                zip(self._leaves, self._kind_masks(ARTICLE), strict=True)
            ):
                for document in np.flatnonzero(mask).tolist():
                    data = leaf.stored_fields(document)["data"]
                    found.append((number, document, stored_article(data)))
        return found

    def _collapsed(
        self, scores: Sequence[NDArray[np.float32]], chosen: Sequence[NDArray[np.intp]]
    ) -> list[NDArray[np.intp]]:
        """Return of the *chosen* documents of each segment the best of each article."""
        return [
            best_of_runs(segment.parent[documents_], out[documents_], documents_)
            for segment, out, documents_ in zip(self._segments, scores, chosen, strict=True)
        ]

    def _best(
        self,
        scores: Sequence[NDArray[np.float32]],
        k: int,
        chosen: Sequence[NDArray[np.intp]],
    ) -> list[Hit]:
        """Return the *k* best of the *chosen* documents of each segment; ties by id."""
        if k < 1:
            return []
        candidates: list[tuple[float, int, int]] = []
        for number, (out, documents_) in enumerate(zip(scores, chosen, strict=True)):
            if documents_.size > k:
                kth = np.partition(out[documents_], documents_.size - k)[documents_.size - k]
                documents_ = documents_[out[documents_] >= kth]
            candidates += [(float(out[d]), number, d) for d in documents_.tolist()]
        hits = [self._hit(number, document, score) for score, number, document in candidates]
        hits.sort(key=lambda hit: (-hit.score, hit.article, hit.passage or 0))
        return hits[:k]

    def _hit(self, number: int, document: int, score: float) -> Hit:
        segment = self._segments[number]
        passage = int(segment.number[document])
        return Hit(segment.article_id(document), None if passage < 0 else passage, score)


def _documents(leaf: SegmentReader, unit: str) -> list[int]:
    """Return the live documents with the key *unit* in *leaf*: one or none."""
    try:
        return list(leaf.postings("unit", unit).all_ids())  # Whoosh leaves out the deleted
    except TermNotFound:
        return []


def _alive(leaf: SegmentReader) -> Mask:
    alive = np.ones(leaf.doc_count_all(), dtype=np.bool_)
    alive[[d for d in range(alive.size) if leaf.is_deleted(d)]] = False
    return alive


def _passes(article: StoredArticle, where: Filter) -> bool:
    """Tell whether *article* passes; a date of reduced precision passes if it can."""
    return (
        (where.articles is None or article.id in where.articles)
        and (where.site is None or fold(article.site or "") == fold(where.site))
        and (where.tag is None or fold(where.tag) in map(fold, article.tags))
        and (where.language is None or article.language == where.language)
        and (where.since is None or _not_before(article.published, where.since))
        and (where.until is None or _not_before(where.until, article.published))
    )


def _not_before(later: str | None, earlier: str | None) -> bool:
    """Compare two dates at the precision both have; an unknown date compares with none."""
    if later is None or earlier is None:
        return False
    precision = min(len(later), len(earlier))
    return later[:precision] >= earlier[:precision]
