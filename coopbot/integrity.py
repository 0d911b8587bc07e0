"""Is every file of the index what was written? All of them can be made again from the corpus.

What a reader checks when it opens the index is bounded (`arrays.QUICK`), so that a question does
not wait for a disk; `coopbot index` and `coopbot status` read all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from coopbot.arrays import ALL, QUICK, DamagedArrays, load
from coopbot.engine.vectors import VectorStore
from coopbot.errors import IndexDamaged
from coopbot.fingerprint import has_vectors, is_readable
from coopbot.generations import Generation, Generations


def check_quickly(generation: Generation, store: VectorStore) -> None:
    """Raise IndexDamaged for a file of *generation*, or *store*, that is not what was written.

    Large files are left out; so are the caches of encoder and dictionary, which are made again
    without a word when the question needs them.
    """
    if not has_vectors(generation, store) or (
        store.path.stat().st_size <= QUICK and store.damaged()
    ):
        raise IndexDamaged("index_damaged", path=store.path)
    damaged = generation.damaged(QUICK) or next(_unsound(generation.folder, QUICK), None)
    if damaged is not None:
        raise IndexDamaged("index_damaged", path=damaged)


def damaged_files(generations: Generations, store: VectorStore, engine: str) -> list[Path]:
    """Return all files of the index that are not what was written; all of it is read.

    *engine* is what the index was made for.
    Raises IndexMissing, or IndexOutdated for an index that is sound but of another version.
    """
    try:
        live = generations.current()
    except IndexDamaged as error:
        return [Path(error.path)]
    sealed = live.damaged(ALL)
    lack = is_readable(live, store, engine) and not has_vectors(live, store)
    vectors = [store.path] if lack or store.damaged() else []
    return [*([sealed] if sealed else []), *vectors, *damaged_caches(generations, live)]


def damaged_caches(generations: Generations, generation: Generation | None) -> list[Path]:
    """Return the files made from others, by whoever misses them, that are not what was written."""
    folders = [generations.encoder, generations.dictionary]
    if generation is not None:
        folders.append(generation.folder)
    return [file for folder in folders for file in _unsound(folder, ALL)]


def _unsound(folder: Path, most: int) -> Iterator[Path]:
    """Yield the files of arrays in *folder* that are not what was written."""
    for file in sorted(folder.glob("*.*")):
        if file.suffix in (".arrays", ".impacts"):
            try:
                load(file, verify=most)
            except DamagedArrays:
                yield file
