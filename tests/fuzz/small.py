"""A small library to ask, and conversations over it: made once, for the whole run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from coopbot.article import Article
from coopbot.corpus import Corpus
from coopbot.dialogue import Dialogue
from coopbot.encoder import Vector, Vectors
from coopbot.library import Library
from coopbot.settings import Settings
from coopbot.state.database import Database
from coopbot.state.questions import Questions
from tests.engine.articles import DIMENSIONS, vector

_NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
_ARTICLES = (
    Article(
        "Créer une Scic", "La Scic réunit des associés.\n\n## Capital\n\nDes parts sociales.\n"
    ),
    Article(
        "La Scop <b>", "Les salarié·e·s votent en assemblée générale.", tags=("emploi", "a & b")
    ),
    Article("La Cuma", "Un tracteur partagé.", url="https://x.example/?a=1&b=2", site="Bêta"),
    Article("Workers", "A worker cooperative belongs to its workers.", language="en"),
    Article("Le vote", "Une personne, une voix.", published="2024-05", site="Bêta"),
)


class MadeUp:
    """An encoder whose vectors mean nothing, and cost nothing."""

    name = "made-up"
    dimensions = DIMENSIONS

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of *texts*."""
        return np.array([self.encode_question(text) for text in texts])

    def encode_question(self, text: str) -> Vector:
        """Return the vector of *text*."""
        return vector(text)


@cache
def library() -> Library:
    """Return the library."""
    folder = Path(mkdtemp(prefix="coopbot-fuzz-"))
    corpus = Corpus(folder / "corpus")
    for article in _ARTICLES:
        corpus.save(article)
    settings = Settings(corpus=corpus.root, index=folder / "index", state=folder / "state")
    made = Library(settings, MadeUp(), clock=lambda: _NOW)
    made.refresh()
    made.open()
    return made


@cache
def dialogue() -> Dialogue:
    """Return conversations over the library."""
    database = Database(library().settings.state, library().now)
    return Dialogue(library(), Questions(database, b"pepper"))
