"""Corpus to index: what changed since the live generation, into a new one.

    article file ──> passages ──> vectors ──> engine ──> published generation

An article is touched only when its file's digest changed. A file that can no longer be read keeps
its last readable version in the index, until a rebuild: a typing slip in its front matter should
not make an article vanish from the answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from coopbot.arrays import ALL
from coopbot.article import Article
from coopbot.corpus import Corpus, Entry, Known
from coopbot.encoder import Encoder
from coopbot.engine.protocol import (
    IndexedAlias,
    IndexedArticle,
    IndexedPassage,
    StoredArticle,
)
from coopbot.engine.storage import Storage
from coopbot.engine.vectors import VectorStore
from coopbot.errors import (
    ArticleError,
    CorpusError,
    IndexDamaged,
    IndexError_,
    IndexMissing,
    IndexOutdated,
)
from coopbot.fingerprint import fingerprint, has_vectors, is_readable, layout, usable
from coopbot.generations import Generation, Generations, IndexedFile, Manifest
from coopbot.integrity import damaged_caches
from coopbot.off_topic import FILE as OFF_TOPIC
from coopbot.off_topic import OffTopic, read_off_topic
from coopbot.passages import encoded
from coopbot.profiles import Described, described, save_profiles
from coopbot.vectorising import vectorised, vectors_of


class Action(StrEnum):
    """What became of an article file."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Change:
    """One file that was touched, or skipped with the reason `error`."""

    path: str
    action: Action
    error: ArticleError | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What `update` did: `changes` in path order, and what the index then holds.

    `mended` are the files that were not what had been written, and were made again.
    """

    changes: tuple[Change, ...]
    articles: int
    passages: int
    rebuilt: bool
    mended: tuple[Path, ...] = ()

    @property
    def skipped(self) -> tuple[Change, ...]:
        """The files that could not be read."""
        return tuple(c for c in self.changes if c.action is Action.SKIPPED)


@dataclass(frozen=True, slots=True)
class Plan:
    """What differs between the corpus and a generation."""

    upserts: tuple[Entry, ...]
    removals: tuple[str, ...]  # article ids
    changes: tuple[Change, ...]
    kept: dict[str, IndexedFile]  # articles of the generation that stay as they are
    off_topic: OffTopic


Progress = Callable[[int, int], None]  # articles done, articles to do


def compare(
    corpus: Corpus,
    manifest: Manifest | None,
    entries: Iterable[Entry | Known | ArticleError] | None = None,
) -> Plan:
    """Return what must change for an index of this *manifest* to hold what *corpus* holds.

    *entries* are those of the corpus, where they were read already. Raises CorpusError when the
    folder cannot be read or holds no article that can: an unmounted volume must not empty an index.
    """
    upserts: list[Entry] = []
    changes: list[Change] = []
    kept: dict[str, IndexedFile] = {}
    indexed = manifest.articles if manifest else {}
    by_path = {file.path: article_id for article_id, file in indexed.items()}
    empty = True
    if entries is None:
        entries = corpus.changed({f.path: Known(f.path, f.digest, i) for i, f in indexed.items()})
    for entry in entries:
        empty = False
        if isinstance(entry, ArticleError):
            changes.append(Change(entry.path, Action.SKIPPED, entry))
            if entry.path in by_path:
                kept[by_path[entry.path]] = indexed[by_path[entry.path]]
            continue
        if isinstance(entry, Known) or (
            indexed.get(entry.id) == IndexedFile(entry.path, entry.digest)
        ):
            kept[entry.id] = indexed[entry.id]
            continue
        known = entry.id in indexed or entry.path in by_path
        upserts.append(entry)
        changes.append(Change(entry.path, Action.CHANGED if known else Action.ADDED))
    if empty:
        raise CorpusError("corpus_empty", path=corpus.root)
    if not upserts and not kept:
        raise CorpusError("corpus_all_unreadable", path=corpus.root, count=len(changes))
    staying = kept.keys() | {entry.id for entry in upserts}
    removals = tuple(article_id for article_id in indexed if article_id not in staying)
    replaced = {entry.path for entry in upserts}
    gone = [indexed[i].path for i in removals if indexed[i].path not in replaced]
    changes += [Change(path, Action.REMOVED) for path in gone]
    off_topic = read_off_topic(corpus.root)
    known_digest = manifest.off_topic if manifest else ""
    if off_topic.digest != known_digest:
        changes.append(Change(OFF_TOPIC, _became(known_digest, off_topic.digest)))
    changes.sort(key=lambda change: change.path)
    return Plan(tuple(upserts), removals, tuple(changes), kept, off_topic)


def _became(before: str, after: str) -> Action:
    if not before:
        return Action.ADDED
    return Action.CHANGED if after else Action.REMOVED


def update(
    corpus: Corpus,
    generations: Generations,
    encoder: Encoder,
    storage: Storage,
    now: dt.datetime,
    *,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Bring the index in line with *corpus* and return what was done.

    With *rebuild*, or when the live generation was made by other code, another encoder or for
    another *storage*, all of it is made anew (vectors of unchanged texts are kept). Damaged files
    are made anew too. Raises CorpusError, IndexError_, EngineError.
    """
    with generations.writing():
        try:
            store = _store(generations, encoder)
            live, mended = _sound(generations, store, storage)
            base = None if rebuild or live is None else _base(live, store, storage)
            plan = compare(corpus, base.manifest if base else None)
            if base and all(change.action is Action.SKIPPED for change in plan.changes):
                manifest = base.manifest
                report = Report(plan.changes, len(manifest.articles), manifest.passages, False)
            else:
                tell = progress or _no_progress
                report = _write(plan, generations, store, base, encoder, storage, now, tell)
        except OSError as error:  # the disk is full
            reason = error.strerror
            raise IndexError_("index_unwritable", path=generations.root, reason=reason) from error
        return replace(report, mended=mended)


def _no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""


def _sound(
    generations: Generations, store: VectorStore, storage: Storage
) -> tuple[Generation | None, tuple[Path, ...]]:
    """Return the live generation if all of it is what was written, and the files that are not.

    Of these, what is made again by whoever misses it is removed, and damaged vectors forgotten.
    """
    mended: list[Path] = []
    live: Generation | None = None
    try:
        live = generations.current()
    except IndexDamaged as error:
        mended.append(Path(error.path))
    except (IndexMissing, IndexOutdated):
        pass
    for cache in damaged_caches(generations, live):
        cache.unlink()
        mended.append(cache)
    ours = live is not None and is_readable(live, store, storage.name)
    lack = live is not None and ours and not has_vectors(live, store)
    rows = store.damaged()
    if rows:
        store.forget(rows)
    if rows or lack:
        mended.append(store.path)
    file = live.damaged(ALL) if live else None
    if file is not None:
        mended.append(file)
    return (None if file else live), tuple(mended)


def _base(live: Generation, store: VectorStore, storage: Storage) -> Generation | None:
    """Return the *live* generation if a new one can start from it."""
    try:
        if not usable(live, store, storage.name):
            return None
        storage.open(live.folder, store).close()
        if storage.worn(live.folder):
            return None
    except IndexOutdated:  # damaged, or gone from the servers
        return None
    return live


def _store(generations: Generations, encoder: Encoder) -> VectorStore:
    return VectorStore(generations.vectors, encoder.name, encoder.dimensions)


def _write(
    plan: Plan,
    generations: Generations,
    store: VectorStore,
    base: Generation | None,
    encoder: Encoder,
    storage: Storage,
    now: dt.datetime,
    progress: Progress,
) -> Report:
    folder = generations.begin(base)
    engine = storage.make(folder, store)
    changed: list[Described] = []
    with closing(_encoded(plan.upserts, store, encoder, progress)) as articles:
        engine.write(_noting(plan.upserts, articles, changed), plan.removals)
    passages = engine.prepare()
    engine.close()
    foreign = vectors_of(plan.off_topic.questions, store, encoder)
    save_profiles(folder, changed, plan.kept.keys(), foreign, plan.off_topic.questions)
    written = {entry.id: IndexedFile(entry.path, entry.digest) for entry in plan.upserts}
    manifest = Manifest(
        fingerprint=fingerprint(),
        encoder=encoder.name,
        made=now.isoformat(timespec="seconds"),
        vectors=store.identity,
        rows=len(store),
        passages=passages,
        engine=storage.name,
        articles=plan.kept | written,
        layout=layout(),
        off_topic=plan.off_topic.digest,
    )
    live = generations.publish(folder, manifest)
    storage.published(live.folder, generations.folders())
    return Report(plan.changes, len(manifest.articles), passages, base is None)


def _encoded(
    entries: Sequence[Entry], store: VectorStore, encoder: Encoder, progress: Progress
) -> Generator[IndexedArticle]:
    """Yield *entries* with the vectors of their titles and passages."""
    progress(0, len(entries))
    for done, item in enumerate(vectorised(entries, store, encoder), 1):
        vectors = iter(item.vectors)
        title_vector = next(vectors)
        yield IndexedArticle(
            stored=stored(item.entry),
            headings=item.article.headings,
            body=item.article.text,
            passages=tuple(
                IndexedPassage(
                    p.number, p.headings, p.text, next(vectors), encoded(item.entry.article, p)
                )
                for p in item.article.passages
            ),
            title_vector=title_vector,
            aliases=tuple(IndexedAlias(text, next(vectors)) for text in item.aliases),
        )
        progress(done, len(entries))


def _noting(
    entries: Sequence[Entry], articles: Iterable[IndexedArticle], changed: list[Described]
) -> Iterator[IndexedArticle]:
    """Yield *articles*, which are *entries* in their order, and note what describes each."""
    for entry, article in zip(entries, articles, strict=True):
        changed.append(described(article, len(entry.article.asked)))
        yield article


def stored(entry: Entry) -> StoredArticle:
    """Return what an engine is to give back of *entry*."""
    article: Article = entry.article
    return StoredArticle(
        id=entry.id,
        path=entry.path,
        title=article.title,
        link=article.link,
        archive_url=article.archive_url,
        site=article.site,
        author=article.author,
        published=article.published,
        language=article.language,
        tags=article.tags,
        sources=article.sources,
        translation_of=article.translation_of,
        superseded_by=article.superseded_by,
        title_en=article.title_en,
        summary_en=article.summary_en,
    )
