"""The Whoosh schema, and how an article becomes Whoosh documents.

An article is one document of kind "article" followed by one of kind "passage" for each passage,
written as a group, so that they stay in one segment. Whoosh gets the terms ready-made, joined by
spaces: the French chain is applied once, here and to questions alike. Of a posting, Whoosh keeps
how often the term occurs, as its weight; lengths and scores are `postings.py`'s.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer
from whoosh.fields import ID, STORED, TEXT, Schema
from whoosh.formats import Existence

from coopbot.engine.protocol import (
    DenseView,
    IndexedArticle,
    LexicalView,
    StoredArticle,
    StoredPassage,
)
from coopbot.french import exact_terms_and_stems, stem_terms

ARTICLE, PASSAGE, ALIAS = "article", "passage", "alias"
FIRST_ALIAS = -2  # where a passage has its number; the next alias has -3

# BM25F weights of the fields of each view (Robertson and Zaragoza 2009, "The Probabilistic
# Relevance Framework: BM25 and Beyond", section 3.6).
VIEWS: Mapping[LexicalView, Mapping[str, float]] = {
    LexicalView.STEM: {"title": 3.0, "headings": 1.5, "tags": 2.0, "aliases": 3.0, "body": 1.0},
    LexicalView.EXACT: {
        "title_exact": 3.0,
        "headings_exact": 1.5,
        "tags_exact": 2.0,
        "aliases_exact": 3.0,
        "body_exact": 1.0,
    },
    LexicalView.TITLE: {"title": 1.0},
    LexicalView.PASSAGE: {"passage_headings": 0.7, "passage": 1.0},
}
KIND_OF: Mapping[LexicalView, str] = {
    view: PASSAGE if view is LexicalView.PASSAGE else ARTICLE for view in LexicalView
}
KIND_OF_DENSE: Mapping[DenseView, str] = {
    DenseView.PASSAGE: PASSAGE,
    DenseView.LEAD: PASSAGE,
    DenseView.TITLE: ARTICLE,
    DenseView.ALIAS: ALIAS,
}


class Terms(TEXT):
    """A field of terms that stand ready, joined by blanks. A posting's weight says how often."""

    def __init__(self) -> None:
        super().__init__(analyzer=SpaceSeparatedTokenizer(), phrase=False)
        self.format = Existence()
        self.scorable = False

    def index(self, value: str, **_: Any) -> Iterator[tuple[bytes, int, int, bytes]]:  # type: ignore[override]
        """Yield (term, occurrences, weight, nothing) of each term of *value*."""
        for term, count in Counter(value.split()).items():
            yield term.encode(), count, count, b""


@cache
def schema() -> Schema:
    """Return the Whoosh schema."""
    terms = Terms()
    return Schema(
        article=ID(stored=True),
        number=STORED,  # of the passage; None for the article itself, below 0 for an alias
        row=STORED,  # in the vector store
        data=STORED,  # JSON of StoredArticle, or of StoredPassage without what is beside it
        **{name: terms for view in VIEWS.values() for name in view},
    )


def documents(
    article: IndexedArticle, title_row: int, passage_rows: list[int], alias_rows: list[int]
) -> Iterator[dict[str, Any]]:
    """Yield the Whoosh documents of *article*: itself, its passages, its aliases.

    Rows are those of their vectors.
    """
    stored = article.stored
    fields = {
        "title": stored.title,
        "headings": "\n".join(article.headings),
        "tags": "\n".join(stored.tags),
        "aliases": "\n".join(alias.text for alias in article.aliases),
        "body": article.body,
    }
    document: dict[str, Any] = {
        "article": stored.id,
        "number": None,
        "row": title_row,
        "data": json.dumps(asdict(stored), ensure_ascii=False),
    }
    for name, text in fields.items():
        document[name], document[f"{name}_exact"] = _stems_and_words(text)
    yield document
    for passage, row in zip(article.passages, passage_rows, strict=True):
        yield {
            "article": stored.id,
            "number": passage.number,
            "row": row,
            "data": json.dumps([passage.headings, passage.text], ensure_ascii=False),
            "passage": " ".join(stem_terms(passage.text)),
            "passage_headings": " ".join(stem_terms("\n".join(passage.headings))),
        }
    for position, row in enumerate(alias_rows):
        yield {
            "article": stored.id,
            "number": FIRST_ALIAS - position,
            "row": row,
            "data": "",
        }


def stored_article(data: str) -> StoredArticle:
    """Return the article that the stored field *data* holds."""
    values = json.loads(data)
    lists = {name: tuple(values[name]) for name in ("tags", "sources")}
    return StoredArticle(**(values | lists))


def stored_passage(article: str, number: int, data: str) -> StoredPassage:
    """Return the passage that the stored field *data* holds."""
    headings, text = json.loads(data)
    return StoredPassage(article, number, tuple(headings), text)


def _stems_and_words(text: str) -> tuple[str, str]:
    words, stems = exact_terms_and_stems(text)
    return " ".join(stems), " ".join(words)
