"""Was an index made by this program, and can it read one that was not? Digests instead of numbers.

Two of them: `fingerprint` of all the code that shapes an index, `layout` of what its documents
consist of. An index of another fingerprint is made anew; of the same layout, it answers meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from coopbot.engine.protocol import StoredArticle
from coopbot.engine.vectors import VectorStore
from coopbot.generations import Generation

_OF_QUESTIONS = frozenset(
    {
        "lexicon.py",
        "lexicon.txt",
        "lexicon_en.txt",
        "language.py",
        "domain.txt",
        "stop_words_en.txt",
        "rules.txt",
    }
)


@cache
def fingerprint() -> str:
    """Return a digest of the parts of the program that shape the index.

    Whoever changes the French chain, the passages or the schema need not remember to raise a
    version number: an index made by other code is noticed and rebuilt. What reads questions only
    is left out.
    """
    package = files("coopbot")
    names = (
        "french",
        "article.py",
        "passages.py",
        "profiles.py",
        "wordings.py",
        "engine/schema.py",
    )
    parts = [package.joinpath(*name.split("/")) for name in names]
    digest = hashlib.sha256()
    for file in sorted((f for part in parts for f in _sources(part)), key=lambda f: f.name):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def layout() -> str:
    """Return a digest of what the documents of an index consist of, as this program reads them."""
    schema = files("coopbot") / "engine" / "schema.py"
    names = [field.name for field in fields(StoredArticle)]
    return hashlib.sha256(schema.read_bytes() + repr(names).encode()).hexdigest()[:16]


def _sources(part: Traversable) -> Iterator[Traversable]:
    if part.is_file():
        yield part
        return
    for file in part.iterdir():
        if file.name.endswith((".py", ".txt", ".tsv")) and file.name not in _OF_QUESTIONS:
            yield file


def usable(generation: Generation, store: VectorStore, engine: str) -> bool:
    """Tell whether *generation* is what this program, encoder, *store* and *engine* would make."""
    ours = generation.manifest.fingerprint == fingerprint()
    return ours and is_readable(generation, store, engine) and has_vectors(generation, store)


def is_readable(generation: Generation, store: VectorStore, engine: str) -> bool:
    """Tell whether *generation* is of a kind that this program can ask, whatever code made it.

    French may have become other terms then: a few words are not found, until it is made anew.
    *engine* is what its storage is called.
    """
    manifest = generation.manifest
    return (
        manifest.layout == layout()
        and manifest.engine == engine
        and manifest.encoder == store.encoder
    )


def has_vectors(generation: Generation, store: VectorStore) -> bool:
    """Tell whether *store* is that of *generation*, and none of its rows is missing."""
    manifest = generation.manifest
    return manifest.vectors == store.identity and manifest.rows <= len(store)
