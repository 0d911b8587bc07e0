"""Was an index made by this program? A digest of the code that shapes it, instead of a number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

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
    parts = [package / "french", package / "passages.py", package / "engine" / "schema.py"]
    digest = hashlib.sha256()
    for file in sorted((f for part in parts for f in _sources(part)), key=lambda f: f.name):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _sources(part: Traversable) -> Iterator[Traversable]:
    if part.is_file():
        yield part
        return
    for file in part.iterdir():
        if file.name.endswith((".py", ".txt", ".tsv")) and file.name not in _OF_QUESTIONS:
            yield file


def usable(generation: Generation, store: VectorStore) -> bool:
    """Tell whether questions can be asked of *generation*, as program, encoder and *store* are."""
    return is_ours(generation, store) and has_vectors(generation, store)


def is_ours(generation: Generation, store: VectorStore) -> bool:
    """Tell whether this program made *generation*, with the encoder of *store*."""
    manifest = generation.manifest
    return manifest.fingerprint == fingerprint() and manifest.encoder == store.encoder


def has_vectors(generation: Generation, store: VectorStore) -> bool:
    """Tell whether *store* is that of *generation*, and none of its rows is missing."""
    manifest = generation.manifest
    return manifest.vectors == store.identity and manifest.rows <= len(store)
