"""tantivy (https://github.com/quickwit-oss/tantivy-py), a search engine library in Rust."""

from __future__ import annotations

import shutil
import time

import tantivy

from coopbot.bench.home import Asked, Home
from coopbot.bench.peers import bytes_of
from coopbot.bench.peers.protocol import TOP

NAME = "tantivy"
_HEAP_BYTES = 1_000_000_000  # all passages of a comparison fit: nothing is flushed before the end


class Tantivy:
    """A field with frequencies but no positions; its BM25 has k1 1.2 and b 0.75.

    One writing thread. Its binding cannot ask for a merge, but a commit of what fits the writer's
    memory is one segment.
    """

    def build(self, home: Home) -> dict[str, float]:
        """Make the index; return how many segments it has."""
        started = time.perf_counter()
        shutil.rmtree(home.of(NAME), ignore_errors=True)
        home.of(NAME).mkdir()
        made = tantivy.Index(_schema(), path=str(home.of(NAME)))
        _register(made)
        writer = made.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for number, terms in enumerate(home.stems()):
            document = tantivy.Document()
            document.add_text("stems", " ".join(terms))
            document.add_unsigned("number", number)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        seconds = time.perf_counter() - started
        made.reload()
        return {"seconds": seconds, "segments": made.searcher().num_segments}

    def open(self, home: Home) -> OpenedTantivy:
        """Return the index, opened for questions."""
        return OpenedTantivy(tantivy.Index.open(str(home.of(NAME))))

    def size(self, home: Home) -> int:
        """Return the bytes of the index."""
        return bytes_of(home.of(NAME))


class OpenedTantivy:
    """The *opened* index, with one searcher for all questions."""

    def __init__(self, opened: tantivy.Index) -> None:
        self._schema = opened.schema
        self._searcher = opened.searcher()

    def top(self, asked: Asked) -> list[int]:
        """Return the numbers of the best passages."""
        terms = (
            tantivy.Query.term_query(self._schema, "stems", term, "freq") for term in asked.terms
        )
        wanted = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        # without the count, which would forbid it to skip what cannot be among the best
        found = self._searcher.search(wanted, limit=TOP, count=False).hits
        addresses = [address for _, address in found]
        numbers = self._searcher.fast_field_values("number", addresses)
        return [number for number in numbers if isinstance(number, int)]

    def close(self) -> None:
        """Release the searcher; the binding closes files when it is collected."""
        del self._searcher


def _schema() -> tantivy.Schema:
    fields = tantivy.SchemaBuilder()
    fields.add_text_field("stems", tokenizer_name="blanks", index_option="freq")
    fields.add_unsigned_field("number", fast=True)
    return fields.build()


def _register(index: tantivy.Index) -> None:
    blanks = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer("blanks", blanks)
