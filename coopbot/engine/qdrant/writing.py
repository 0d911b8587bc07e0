"""Writing a state of a collection: counted, weighed, sent; nothing of it shows before the end.

Impacts need the mean lengths of all articles, so what is to be written is counted first, and waits
in a temporary file beside the statistics. Then points go out in batches, each of which may be sent
again; what they replace, or what is removed, is marked as gone from this state on.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from coopbot.engine.protocol import NO_FILTER, IndexedArticle, LexicalView
from coopbot.engine.qdrant.points import (
    ALIVE,
    DENSE,
    INDEXED,
    SPARSE,
    Draft,
    conditions,
    drafts,
    of_articles,
    point,
)
from coopbot.engine.qdrant.servers import Servers
from coopbot.engine.qdrant.statistics import Means, Statistics, Tally
from coopbot.engine.schema import KIND_OF

if TYPE_CHECKING:
    from qdrant_client import models

_T = TypeVar("_T")

_BATCH = 256  # points in a request: 3 MB of JSON
_ARTICLES = 500  # in a condition
PAGE = 1_000  # points read at a time


@dataclass(frozen=True, slots=True)
class Layout:
    """How a new collection is laid out on the servers; see docs/scale-out.md."""

    shards: int = 1
    replicas: int = 1
    write_consistency: int = 1
    on_disk: bool = False
    quantisation: str = "none"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes states of `collection`, whose statistics go into `folder`."""

    servers: Servers
    folder: Path
    collection: str

    def create(self, layout: Layout, dimensions: int) -> None:
        """Make the collection, empty, for vectors of *dimensions*; raises EngineError."""
        from qdrant_client import models

        dense = models.VectorParams(
            size=dimensions,
            distance=models.Distance.DOT,  # of vectors of length 1: the cosine
            datatype=models.Datatype.FLOAT16,
            on_disk=layout.on_disk,
        )
        sparse = models.SparseVectorParams(index=models.SparseIndexParams(on_disk=layout.on_disk))
        self.servers.ask(
            lambda client: (
                # made already, if the answer to an earlier request was lost
                client.collection_exists(self.collection)
                or client.create_collection(
                    self.collection,
                    vectors_config=dict.fromkeys(DENSE.values(), dense),
                    sparse_vectors_config=dict.fromkeys(SPARSE.values(), sparse),
                    shard_number=layout.shards,
                    replication_factor=layout.replicas,
                    write_consistency_factor=layout.write_consistency,
                    on_disk_payload=True,
                    quantization_config=_quantisation(layout.quantisation),
                )
            )
        )
        for name, kind in INDEXED.items():
            self._index(name, models.PayloadSchemaType(kind))

    def write(
        self,
        base: Statistics | None,
        upserts: Iterable[IndexedArticle],
        deletions: Iterable[str],
    ) -> None:
        """Write the state after *base*: *upserts* put, *deletions* removed.

        Whatever is raised on the way, no state that there was is changed. Raises EngineError,
        OSError.
        """
        state = base.number + 1 if base else 1
        tally = Tally(base)
        with tempfile.TemporaryFile(dir=self.folder) as waiting:
            put = _counted(upserts, tally, state, waiting)
            gone = sorted({*put, *deletions}) if base else []
            if base:
                self.undo(base)
                self._count_out(gone, tally, base)
                tally.moved += len(gone)
            waiting.seek(0)
            self._send(waiting, tally.means())
        if base:
            self._mark(gone, base, state)
        tally.save(self.folder, self.collection, state)

    def undo(self, base: Statistics) -> None:
        """Take back what a writer that did not come to its end wrote after *base*."""
        from qdrant_client import models

        after = models.Range(gt=base.number)
        begun = models.FieldCondition(key="since", range=after)
        self.servers.ask(
            lambda client: client.delete(
                self.collection, models.FilterSelector(filter=models.Filter(must=[begun]))
            )
        )
        marked = models.FieldCondition(key="until", range=models.Range(gt=base.number, lt=ALIVE))
        self._until(ALIVE, [marked])

    def clear(self, state: int) -> None:
        """Remove the points that neither *state* nor a later one shows."""
        from qdrant_client import models

        over = models.FieldCondition(key="until", range=models.Range(lte=state))
        self.servers.ask(
            lambda client: client.delete(
                self.collection, models.FilterSelector(filter=models.Filter(must=[over]))
            )
        )

    def _index(self, name: str, kind: models.PayloadSchemaType) -> None:
        self.servers.ask(
            lambda client: client.create_payload_index(
                self.collection, field_name=name, field_schema=kind
            )
        )

    def _send(self, waiting: IO[bytes], means: Means) -> None:
        weighed = (point(draft, means) for draft in _read(waiting))
        while batch := list(islice(weighed, _BATCH)):
            self._upsert(batch)

    def _upsert(self, batch: list[models.PointStruct]) -> None:
        self.servers.ask(lambda client: client.upsert(self.collection, batch, wait=True))

    def _count_out(self, articles: Sequence[str], tally: Tally, base: Statistics) -> None:
        """Take the units that *base* has of *articles* out of *tally*."""
        names = list(SPARSE.values())
        for chunk in _chunks(articles):
            must = [*conditions(NO_FILTER, base.number), of_articles(chunk)]
            for record in scroll(self.servers, self.collection, must, ["kind"], vectors=names):
                for view in LexicalView:
                    if KIND_OF[view] == (record.payload or {})["kind"]:
                        tally.remove(view, _numbers(record.vector, SPARSE[view]))

    def _mark(self, articles: Sequence[str], base: Statistics, state: int) -> None:
        for chunk in _chunks(articles):
            self._until(state, [*conditions(NO_FILTER, base.number), of_articles(chunk)])

    def _until(self, state: int, must: Sequence[models.FieldCondition]) -> None:
        from qdrant_client import models

        chosen = models.Filter(must=list(must))
        self.servers.ask(
            lambda client: client.set_payload(
                self.collection, {"until": state}, points=chosen, wait=True
            )
        )


def scroll(
    servers: Servers,
    collection: str,
    must: Sequence[models.FieldCondition],
    payload: bool | list[str],
    vectors: Sequence[str] = (),
    should: Sequence[models.Filter] = (),
) -> Iterator[models.Record]:
    """Yield the points of *collection* that fulfil all of *must*, and one of *should* if any."""
    from qdrant_client import models

    where = models.Filter(must=list(must), should=list(should) or None)
    offset: Any = None
    while True:
        at = offset

        def page(client: Any, at: Any = at) -> tuple[list[models.Record], Any]:
            found: tuple[list[models.Record], Any] = client.scroll(
                collection,
                scroll_filter=where,
                limit=PAGE,
                offset=at,
                with_payload=payload,
                with_vectors=list(vectors) or False,
            )
            return found

        records, offset = servers.ask(page)
        yield from records
        if offset is None:
            return


def _counted(
    upserts: Iterable[IndexedArticle], tally: Tally, state: int, waiting: IO[bytes]
) -> list[str]:
    """Put the points of *upserts* in *waiting*, counted; return the ids of the articles."""
    put = []
    for article in upserts:
        put.append(article.stored.id)
        for draft in drafts(article, tally, state):
            pickle.dump(draft, waiting)
    return put


def _read(waiting: IO[bytes]) -> Iterator[Draft]:
    while True:
        try:
            yield pickle.load(waiting)  # noqa: S301 - nameless, and written by this process
        except EOFError:
            return


def _chunks(articles: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(articles), _ARTICLES):
        yield articles[start : start + _ARTICLES]


def _numbers(vectors: Any, name: str) -> Collection[int]:
    vector = vectors.get(name) if vectors else None
    return vector.indices if vector is not None else ()


def _quantisation(name: str) -> Any:
    from qdrant_client import models

    if name == "int8":
        return models.ScalarQuantization(
            scalar=models.ScalarQuantizationConfig(type=models.ScalarType.INT8, always_ram=True)
        )
    if name == "binary":
        return models.BinaryQuantization(binary=models.BinaryQuantizationConfig(always_ram=True))
    return None
