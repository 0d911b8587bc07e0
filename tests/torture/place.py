"""A corpus, its index and its state to torture, and what must hold of them afterwards."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coopbot.encoder.usem3 import UniversalSentenceEncoder
from coopbot.engine.vectors import VectorStore
from coopbot.integrity import damaged_files
from coopbot.library import Library
from coopbot.search.dictionary import Dictionary
from coopbot.settings import Settings
from tests.cli.test_killed import ARTICLES, CHANGED, NEW, OLD, write_corpus
from tests.torture.programs import Programs, Result, Run
from tests.torture.violations import expect

QUESTION = "mot de passe du coffre"


@dataclass(frozen=True)
class Stage:
    """What all rounds share: the running of programs, and a place of the old version to copy."""

    folder: Path
    programs: Programs
    encoder: UniversalSentenceEncoder

    @classmethod
    def made(cls, folder: Path, programs: Programs, encoder_cache: Path) -> Stage:
        """Return a stage in *folder*; the encoder is unpacked in *encoder_cache* if need be."""
        stage = cls(folder, programs, UniversalSentenceEncoder(encoder_cache))
        template = Place(folder / "template", stage)
        if template.folder.exists():  # made for all of them
            return stage
        template.folder.mkdir()
        encoder_cache.mkdir(exist_ok=True)
        write_corpus(template.folder / "corpus", OLD)
        template.index.mkdir()
        (template.index / "encoder").symlink_to(encoder_cache.resolve())
        template.library().refresh()
        # the new texts' vectors too: most kills are to fall into the writing of the index
        write_corpus(template.folder / "corpus", NEW)
        template.library().refresh()
        write_corpus(template.folder / "corpus", OLD)
        template.library().refresh(rebuild=True)
        return stage

    def copy(self, name: str, password: str = OLD) -> Place:
        """Return a fresh copy of the old index, beside articles with *password*."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder / "template", folder, symlinks=True)
        if password != OLD:
            write_corpus(folder / "corpus", password)
        return Place(folder, self)


@dataclass(frozen=True)
class Place:
    """A corpus, an index and a state in *folder*."""

    folder: Path
    stage: Stage

    @property
    def corpus(self) -> Path:
        """The folder of articles."""
        return self.folder / "corpus"

    @property
    def index(self) -> Path:
        """The folder of the index."""
        return self.folder / "index"

    @property
    def state(self) -> Path:
        """The folder of the state."""
        return self.folder / "state"

    @property
    def live(self) -> str:
        """The name of the live generation."""
        return (self.index / "CURRENT").read_text(encoding="utf-8").strip()

    @property
    def options(self) -> tuple[str, ...]:
        """The options that name the folders."""
        named = {"--corpus": self.corpus, "--index": self.index, "--state": self.state}
        return tuple(word for option, path in named.items() for word in (option, str(path)))

    def start(self, *arguments: str, **how: Any) -> Run:
        """Start the program on this place."""
        return self.stage.programs.start(arguments[0], *self.options, *arguments[1:], **how)

    def run(self, *arguments: str, **how: Any) -> Result:
        """Run the program on this place to its end."""
        return self.start(*arguments, **how).wait()

    def library(self) -> Library:
        """Open the place within this process."""
        settings = Settings(corpus=self.corpus, index=self.index, state=self.state)
        dictionary = Dictionary(self.stage.folder / "dictionary")
        return Library(settings, self.stage.encoder, dictionary=dictionary)

    def passwords(self) -> set[str]:
        """Return what the index answers: which of the versions."""
        library = self.library()
        try:
            hits = library.ask(QUESTION, limit=len(CHANGED), abstain=False).hits
        finally:
            library.close()
        expect(len(hits) == len(CHANGED), "lost", f"{len(hits)} of {len(CHANGED)} hits")
        return {word for hit in hits for word in (OLD, NEW) if word in hit.snippet.text}

    def files(self) -> Mapping[str, str]:
        """Return the digest of every article file; names with a dot in front are no articles."""
        return {
            path.relative_to(self.corpus).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.corpus.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }

    def must_answer(self, passwords: set[str]) -> None:
        """Check what the index answers now."""
        found = self.passwords()
        expect(found == passwords, "lost", f"answers {found} instead of {passwords}")

    def must_be_whole(self, articles: int = ARTICLES) -> None:
        """Check that the next run repairs all, and that nothing is left of what went wrong."""
        done = self.run("index", "--json").must(0)
        held = json.loads(done.out.splitlines()[-1])["articles"]
        expect(held >= articles, "lost", f"{held} articles in the index instead of {articles}")
        expect(held <= articles, "duplicated", f"{held} articles instead of {articles}")
        self.run("status").must(0)
        encoder = self.stage.encoder
        store = VectorStore(self.index / "vectors", encoder.name, encoder.dimensions)
        damaged = damaged_files(self.library().generations, store, "embedded")
        expect(not damaged, "other", f"still damaged: {damaged}")
        left = [*self.index.glob("*.new"), *self.index.glob("**/.*.tmp")]
        expect(not left, "other", f"left behind: {left}")
        expect(len([*self.index.glob("g*")]) <= 2, "other", "more generations than two")
