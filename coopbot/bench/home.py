"""The folder in which all engines find the same passages and the same questions.

    HOME/about.json        what the passages are
    HOME/passages.txt      the stems of a passage a line; its position is its number
    HOME/questions.json    what is asked
    HOME/corpus/           the articles that are cut into these passages
    HOME/index/            Coopbot's index
    HOME/NAME/             the index of the engine NAME
    HOME/built-NAME.json   what making it took

Nothing here imports more than it must: the fresh process of every engine does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

EncoderKind = Literal["own", "stand-in"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a collection, and its stems, each once."""

    text: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a home holds: `made` of its passages are the mixer's.

    `analysis_s` are the seconds the French chain took for all passages, `question_ms` the median
    of the milliseconds it took for a question. `encoder` is the one of Coopbot's index: its "own"
    or the "stand-in".
    """

    passages: int
    made: int
    articles: int
    analysis_s: float
    question_ms: float
    encoder: EncoderKind
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """The home in *folder*; `shared` is where homes share what Coopbot unpacks once."""

    folder: Path
    shared: Path

    @property
    def corpus(self) -> Path:
        """The folder of the articles."""
        return self.folder / "corpus"

    @property
    def index(self) -> Path:
        """The folder of Coopbot's index."""
        return self.folder / "index"

    def of(self, engine: str) -> Path:
        """Return the folder of the index of *engine*."""
        return self.folder / engine

    def stems(self) -> Iterator[list[str]]:
        """Yield the stems of each passage."""
        with (self.folder / "passages.txt").open(encoding="utf-8") as lines:
            for line in lines:
                yield line.split()

    def about(self) -> About:
        """Return what the home holds; raises FileNotFoundError before it is filled."""
        values = json.loads((self.folder / "about.json").read_bytes())
        return About(**(values | {"sources": tuple(values["sources"])}))

    def describe(self, about: About) -> None:
        """Write down that the home is filled with what *about* says."""
        self.write("about.json", asdict(about))

    def questions(self) -> list[Asked]:
        """Return what is asked."""
        values = json.loads((self.folder / "questions.json").read_bytes())
        return [Asked(text, tuple(terms)) for text, terms in values]

    def ask(self, questions: list[Asked]) -> None:
        """Write down what is asked."""
        self.write("questions.json", [[asked.text, asked.terms] for asked in questions])

    def built(self, engine: str) -> dict[str, Any] | None:
        """Return what making the index of *engine* took, None when it is not made."""
        try:
            values: dict[str, Any] = json.loads(self._built(engine).read_bytes())
        except FileNotFoundError:
            return None
        return values

    def note_built(self, engine: str, figures: Mapping[str, Any]) -> None:
        """Write down what making the index of *engine* took."""
        self.write(self._built(engine).name, figures)

    def write(self, name: str, values: Any) -> None:
        """Write *values* as JSON into the file *name*."""
        text = json.dumps(values, ensure_ascii=False)
        (self.folder / name).write_text(text, encoding="utf-8")

    def _built(self, engine: str) -> Path:
        return self.folder / f"built-{engine}.json"


def article_path(first: int) -> str:
    """Return the path in the corpus of the article whose first passage is number *first*."""
    return f"{first // 1_000:05d}/{first:08d}.md"


def position(path: str, passage: int) -> int:
    """Return which of all passages is number *passage* of the article at *path*."""
    return int(path[-11:-3]) + passage
