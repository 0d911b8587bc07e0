"""What the tests of indexing share: a small corpus, and how to look at what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from coopbot.encoder import Encoder, Vector, Vectors
from coopbot.indexing import Report
from coopbot.library import Library
from tests.conftest import NOW, article_text

URL = "https://example.org/cuma"
ARTICLES = {
    "scic.md": article_text("Créer une Scic", "La Scic réunit plusieurs catégories d'associés."),
    "scop.md": article_text("La Scop", "La Scop appartient à ses salariés.\n\n## Vote\n\nUn, une."),
    "cuma.md": article_text("La Cuma", "Les agriculteurs partagent un tracteur.", url=URL),
}
BROKEN = "---\ntitle: La Scop : un titre sans guillemets\n---\n"


class Counting:
    """The encoder it is given, noting the texts of articles it is asked for."""

    def __init__(self, encoder: Encoder, name: str | None = None) -> None:
        self.name = name or encoder.name
        self.dimensions = encoder.dimensions
        self.texts: list[str] = []
        self._encoder = encoder

    def prepare(self) -> None:
        """Nothing is loaded before it is needed."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of *texts*."""
        self.texts += texts
        return self._encoder.encode(texts)

    def encode_question(self, text: str) -> Vector:
        """Return the vector of *text*."""
        return self._encoder.encode_question(text)


def put(library: Library, path: str, text: str) -> None:
    (library.corpus.root / path).write_text(text, encoding="utf-8")


def again(library: Library, encoder: Encoder) -> Library:
    """Return the same library as another process opens it."""
    return Library(library.settings, encoder, clock=lambda: NOW)


def changes(report: Report) -> list[tuple[str, str]]:
    return [(change.path, change.action.value) for change in report.changes]


def found(library: Library, question: str) -> list[str]:
    return [hit.article.path for hit in library.ask(question, abstain=False).hits]


def everything(root: Path) -> Mapping[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def generation_names(library: Library) -> list[str]:
    return sorted(path.name for path in library.generations.root.glob("g*"))
