"""The embedded engine: a Whoosh index in a folder, scored with NumPy.

Whoosh keeps the schema, the postings, the stored fields, the spelling, and commits atomically.
Scoring reads arrays derived from its segments (`postings.py`, `bm25f.py`) and the vector store.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index
from whoosh.reading import SegmentReader

from coopbot.engine.committed import Committed
from coopbot.engine.postings import segment_arrays, segment_name
from coopbot.engine.protocol import (
    NO_FILTER,
    Candidates,
    DenseView,
    Filter,
    Hit,
    IndexedArticle,
    LexicalView,
    StoredArticle,
    StoredPassage,
    Vector,
    Version,
    WeightedTerm,
)
from coopbot.engine.schema import (
    documents,
    schema,
)
from coopbot.engine.segment_storage import SegmentStorage
from coopbot.engine.segment_writer import ArraySegmentWriter
from coopbot.engine.vectors import VectorStore, text_key
from coopbot.errors import CoopbotError, IndexDamaged


class EmbeddedEngine:
    """The engine over the Whoosh index in *folder*, made if there is none yet.

    What was committed when the first question came is what is searched; `write` shows its own
    changes at once.
    """

    def __init__(self, folder: Path, vectors: VectorStore) -> None:
        self._folder = folder
        self._vectors = vectors
        if not whoosh_index.exists_in(str(folder)):
            whoosh_index.create_in(str(folder), schema())
        self._index = whoosh_index.FileIndex(SegmentStorage(str(folder)), schema=schema())
        self._state: Committed | None = None
        self._opening = threading.Lock()

    @classmethod
    def open(cls, folder: Path, vectors: VectorStore) -> EmbeddedEngine:
        """Return the engine over the index in *folder*, opened for questions.

        Raises IndexDamaged when there is none, or when what is there cannot be read.
        """
        try:
            engine = cls(folder, vectors) if whoosh_index.exists_in(str(folder)) else None
            if engine is not None:
                engine.prepare()
        except CoopbotError:
            raise
        except Exception as error:  # whatever a damaged file makes its reader stumble over
            raise IndexDamaged("index_damaged", path=folder) from error
        if engine is None:
            raise IndexDamaged("index_damaged", path=folder)
        return engine

    def write(self, upserts: Iterable[IndexedArticle], deletions: Iterable[str]) -> None:
        """Put *upserts* in place of the articles with their ids, and remove the *deletions*.

        All or nothing: whatever is raised on the way, the index is as it was. Vectors not yet in
        the store are added to it.
        """
        writer = ArraySegmentWriter(self._index)
        try:
            for article_id in deletions:
                writer.delete_by_term("article", article_id)
            for article in upserts:
                self._add(writer, article)
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        self._derive(writer)
        self.close()

    def prepare(self) -> int:
        """Derive what questions need from the committed segments; return the live passages."""
        return self._opened.scorer(LexicalView.PASSAGE).documents

    def _derive(self, writer: ArraySegmentWriter) -> None:
        """Derive the arrays of the segment that *writer* committed, while its postings are there.

        Whoever misses them derives them from the segment.
        """
        with self._index.reader() as reader:
            for leaf, _ in reader.leaf_readers():
                if isinstance(leaf, SegmentReader) and segment_name(leaf) == writer.segment:
                    segment_arrays(self._folder, leaf, self._vectors, writer.postings())

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

    def gather(
        self,
        terms: Mapping[LexicalView, Sequence[WeightedTerm]],
        vector: Vector,
        k: int,
        filter: Filter = NO_FILTER,
    ) -> Candidates:
        """Return the articles that any list has among its *k* best; see `Engine.gather`."""
        return self._opened.gather(terms, vector, k, filter)

    def matching(self, articles: Sequence[str], terms: Sequence[str]) -> NDArray[np.bool_]:
        """Tell which of *articles*, a row each, have which of *terms*, by stems."""
        return self._opened.matching(articles, terms)

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
        article = self._opened.article
        return {i: found for i in ids if (found := article(i)) is not None}

    def versions(self, ids: Sequence[str]) -> Mapping[str, Version]:
        """Return what of the articles with these ids tells their order; see `Engine.versions`."""
        version = self._opened.version
        return {i: found for i in ids if (found := version(i)) is not None}

    def passages(self, keys: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], StoredPassage]:
        """Return the passages with these (article id, number); unknown ones are left out."""
        return self._opened.passages(keys)

    def vocabulary(self, view: LexicalView) -> EmbeddedVocabulary:
        """Return the terms of *view*."""
        return EmbeddedVocabulary(self._opened, view)

    def similar(self, word: str, distance: int) -> list[tuple[str, int]]:
        """Return (word, articles with it) of the words near *word*; see `Engine.similar`."""
        frequency = self.vocabulary(LexicalView.EXACT).frequency
        counted = ((w, frequency(w)) for w in sorted(self._opened.similar(word, distance)))
        return [(other, count) for other, count in counted if count]

    def close(self) -> None:
        """Release the readers; the next question opens what is committed then."""
        with self._opening:
            if self._state is not None:
                self._state.close()
            self._state = None

    @property
    def _opened(self) -> Committed:
        with self._opening:
            if self._state is None:
                self._state = Committed(self._folder, self._index, self._vectors)
            return self._state


class EmbeddedVocabulary:
    """The terms of one view of the embedded engine."""

    def __init__(self, state: Committed, view: LexicalView) -> None:
        self._state = state
        self._view = view

    @property
    def documents(self) -> int:
        """How many units there are."""
        return self._state.scorer(self._view).documents

    def frequency(self, term: str) -> int:
        """Return in how many units *term* occurs."""
        return self._state.scorer(self._view).frequency(term)
