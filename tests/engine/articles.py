"""Small articles for engines, with made-up vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from coopbot.engine.embedded import EmbeddedEngine
from coopbot.engine.protocol import (
    DenseView,
    Engine,
    IndexedAlias,
    IndexedArticle,
    IndexedPassage,
    LexicalView,
    StoredArticle,
    Vector,
    WeightedTerm,
)
from coopbot.engine.vectors import VectorStore

DIMENSIONS = 8


def vector(text: str) -> Vector:
    """Return a vector of length 1 that stands for *text*, the same at every run."""
    seed = int.from_bytes(text.encode("utf-8"), "little")
    drawn = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn), dtype=np.float32)


def indexed(
    stored: StoredArticle,
    passages: Sequence[tuple[tuple[str, ...], str]] = (),
    headings: Sequence[str] = (),
    aliases: Sequence[str] = (),
) -> IndexedArticle:
    """Return an article of (headings, text) *passages*; its body is their texts."""
    return IndexedArticle(
        stored=stored,
        headings=tuple(headings),
        body="\n".join(text for _, text in passages),
        passages=tuple(
            IndexedPassage(number, above, text, vector(text), text)
            for number, (above, text) in enumerate(passages)
        ),
        title_vector=vector(stored.title),
        aliases=tuple(IndexedAlias(text, vector(text)) for text in aliases),
    )


def simple(article_id: str, title: str, *texts: str) -> IndexedArticle:
    """Return an article without front matter, of passages without headings."""
    return indexed(StoredArticle(article_id, f"{article_id}.md", title), [((), t) for t in texts])


def open_engine(root: Path) -> EmbeddedEngine:
    """Return the engine in *root*, its vectors beside its segments."""
    (root / "segments").mkdir(parents=True, exist_ok=True)
    store = VectorStore(root / "vectors", "made-up", DIMENSIONS)
    return EmbeddedEngine(root / "segments", store)


SCIC = StoredArticle(
    id="https://example.org/scic",
    path="creer/scic.md",
    title="Créer une Scic",
    link="https://example.org/scic",
    archive_url="https://archive.example/scic",
    site="example.org",
    author="É. Dupont",
    published="2011-05",
    language="fr",
    tags=("scic", "création"),
    sources=("https://a.coop/", "https://b.coop/"),
)
PASSAGES = [(("Étapes", "Statuts"), "« Écrire »\u00a0les statuts.\nLes signer."), ((), "Le vote.")]
ARTICLES = [
    indexed(SCIC, PASSAGES, ["Étapes", "Statuts"]),
    simple("scop", "La Scop", "Les salariés votent."),
    simple("cuma", "La Cuma", "Un tracteur partagé."),
]
EVERYTHING = [WeightedTerm(term) for term in ("scic", "scop", "cuma", "vote", "salar", "tracteur")]


def ids(engine: Engine) -> set[str]:
    return {hit.article for hit in engine.nearest(vector("x"), 99, DenseView.TITLE)}


def answers(engine: Engine) -> list[object]:
    return [
        *(engine.lexical(EVERYTHING, 99, view) for view in LexicalView),
        *(engine.nearest(vector("Le vote."), 99, view) for view in DenseView),
        engine.articles([a.stored.id for a in ARTICLES]),
        engine.passages([(SCIC.id, 0), (SCIC.id, 1), ("cuma", 0)]),
        engine.similar("salaries", 2),
    ]
