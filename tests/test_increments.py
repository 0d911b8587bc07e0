"""An index grown by small steps answers exactly like one built in one go."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopbot.encoder import Encoder, Vector, Vectors
from coopbot.library import Library
from coopbot.search.answer import AnswerHit
from coopbot.settings import Settings
from tests.conftest import NOW, article_text

QUESTIONS = ("comment créer une Scic ?", "la Scop et ses salariés", "le tracteur", "réserves vote")
_TITLES = ("Créer une Scic", "La Scop", "La Cuma")
_BODIES = (
    "Une Scic réunit des associés. Les statuts se votent.",
    "Les salariés de la Scop votent.\n\n## Les réserves\n\nElles sont impartageables.",
    "Un tracteur sert à plusieurs fermes. " * 8,
    "",
)
_FILES = ("a.md", "b.md", "c.md", "d.md")

_article = st.tuples(st.sampled_from(_TITLES), st.sampled_from(_BODIES), st.booleans())
_step = st.dictionaries(st.sampled_from(_FILES), st.none() | _article, min_size=1, max_size=3)
Step = dict[str, tuple[str, str, bool] | None]


class Remembering:
    """The encoder it is given, asked once for each text."""

    def __init__(self, encoder: Encoder) -> None:
        self.name, self.dimensions = encoder.name, encoder.dimensions
        self._encoder = encoder
        self._known: dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]] = {}

    def prepare(self) -> None:
        """Nothing is loaded before it is needed."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of *texts*."""
        for text in texts:
            if text not in self._known:
                self._known[text] = self._encoder.encode([text])[0]
        return np.array([self._known[text] for text in texts])

    def encode_question(self, text: str) -> Vector:
        """Return the vector of *text*."""
        return self._encoder.encode_question(text)


@pytest.fixture(scope="module")
def remembering(encoder: Encoder) -> Encoder:
    return Remembering(encoder)


def change(corpus: Path, step: Step) -> None:
    for name, article in step.items():
        if article is None:
            (corpus / name).unlink(missing_ok=True)
            continue
        title, body, has_address = article
        more = {"url": f"https://example.org/{name}"} if has_address else {}
        (corpus / name).write_text(article_text(title, body, **more), encoding="utf-8")


@contextmanager
def grown_and_fresh(encoder: Encoder, steps: list[Step]) -> Iterator[tuple[Library, Library]]:
    """Give an index updated after each of *steps*, and one made of what they end with."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        change(corpus, {"always.md": ("La Scop", _BODIES[0], False)})
        grown = Library(Settings(corpus, Path(folder) / "grown"), encoder, lambda: NOW)
        grown.refresh()
        for step in steps:
            change(corpus, step)
            grown.refresh()
        fresh = Library(Settings(corpus, Path(folder) / "fresh"), encoder, lambda: NOW)
        fresh.refresh()
        yield grown, fresh
        grown.close()
        fresh.close()


def hits(library: Library) -> list[AnswerHit]:
    answers = (library.ask(question, limit=10, abstain=False) for question in QUESTIONS)
    return [hit for answer in answers for hit in answer.hits]


SEVERAL_SEGMENTS: list[Step] = [
    {"a.md": ("Créer une Scic", _BODIES[0], True), "b.md": ("La Scop", _BODIES[1], False)},
    {"a.md": ("La Scop", _BODIES[1], False), "c.md": ("La Cuma", _BODIES[2], True)},
    {"b.md": None, "c.md": ("La Cuma", _BODIES[2], False)},
]


@settings(deadline=None, derandomize=True, max_examples=9)
@given(st.lists(_step, min_size=1, max_size=4))
@example(SEVERAL_SEGMENTS)
def test_changes_step_by_step_answer_exactly_as_an_index_from_scratch(
    remembering: Encoder, steps: list[Step]
) -> None:
    with grown_and_fresh(remembering, steps) as (grown, fresh):
        assert hits(grown) == hits(fresh)
        now, then = grown.generation().manifest, fresh.generation().manifest
        assert (now.articles, now.passages) == (then.articles, then.passages)
