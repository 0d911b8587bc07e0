"""Articles to vectors: those of their titles, passages and aliases, from the store or the encoder.

While one batch of articles is put into the index, the next ones are being encoded (`Ahead`). What
is encoded is stored at once, so that a build that was interrupted goes on where it stopped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from coopbot.article import Article
from coopbot.corpus import Entry
from coopbot.encoder import Encoder, Vectors
from coopbot.encoder.ahead import Ahead, Wait
from coopbot.engine.vectors import VectorStore, text_key
from coopbot.passages import Prepared, encoded, prepare

_BATCH = 32  # articles whose texts are encoded together


@dataclass(frozen=True, slots=True)
class Vectorised:
    """An article cut into passages, its aliases; `vectors` has a row for the title, then those."""

    entry: Entry
    article: Prepared
    aliases: tuple[str, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class _Batch:
    """Articles on their way; `wait` gives the vectors of the texts that have the keys `new`."""

    entries: Sequence[Entry]
    prepared: Sequence[Prepared]
    keys: Sequence[Sequence[bytes]]  # of the texts of each
    new: Sequence[bytes]
    wait: Wait | None


def vectorised(
    entries: Sequence[Entry], store: VectorStore, encoder: Encoder
) -> Generator[Vectorised]:
    """Yield *entries* with their vectors; those not in *store* are made, and stored at once."""
    remaining = iter(entries)
    under_way: deque[_Batch] = deque()
    with Ahead(encoder) as ahead:
        while batch := list(islice(remaining, _BATCH)):
            under_way.append(_begun(batch, store, ahead, under_way))
            while len(under_way) > ahead.depth:
                yield from _finished(under_way.popleft(), store)
        while under_way:
            yield from _finished(under_way.popleft(), store)


def vectors_of(texts: Sequence[str], store: VectorStore, encoder: Encoder) -> Vectors:
    """Return the vectors of *texts*; those not in *store* are made, and stored at once."""
    keys = [text_key(text) for text in texts]
    text_of = dict(zip(keys, texts, strict=True))
    new = _missing(text_of, store)
    if new:
        store.append(new, encoder.encode([text_of[key] for key in new]))
    return _stored(keys, store)


def aliases(article: Article) -> tuple[str, ...]:
    """Return other ways to say what *article* is about."""
    english = ". ".join(part for part in (article.title_en, article.summary_en) if part)
    return (*([english] if english else []), *article.asked)


def _begun(
    entries: Sequence[Entry], store: VectorStore, ahead: Ahead, under_way: Sequence[_Batch]
) -> _Batch:
    prepared = [prepare(entry.article) for entry in entries]
    texts = [_texts(*both) for both in zip(entries, prepared, strict=True)]
    keys = [[text_key(text) for text in group] for group in texts]
    text_of = {
        key: text
        for group in zip(keys, texts, strict=True)
        for key, text in zip(*group, strict=True)
    }
    coming = {key for batch in under_way for key in batch.new}
    new = [key for key in _missing(text_of, store) if key not in coming]
    wait = ahead.send([text_of[key] for key in new]) if new else None
    return _Batch(entries, prepared, keys, new, wait)


def _texts(entry: Entry, article: Prepared) -> list[str]:
    passages = (encoded(entry.article, passage) for passage in article.passages)
    return [entry.article.title, *passages, *aliases(entry.article)]


def _finished(batch: _Batch, store: VectorStore) -> Iterator[Vectorised]:
    if batch.wait is not None:
        store.append(batch.new, batch.wait())
    for entry, article, keys in zip(batch.entries, batch.prepared, batch.keys, strict=True):
        yield Vectorised(entry, article, aliases(entry.article), _stored(keys, store))


def _missing(keys: Iterable[bytes], store: VectorStore) -> list[bytes]:
    """Return those of *keys*, each once, that *store* has no vector for."""
    wanted = list(keys)
    return [key for key, row in zip(wanted, store.find(wanted), strict=True) if row is None]


def _stored(keys: Sequence[bytes], store: VectorStore) -> Vectors:
    return store.take([row for row in store.find(keys) if row is not None])
