"""What tests share: the real encoder, unpacked once a run, and the real program as a process."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from whoosh.util.filelock import FileLock

from coopbot.encoder.usem3 import UniversalSentenceEncoder
from coopbot.library import Library
from coopbot.search.dictionary import Dictionary
from coopbot.settings import Settings

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)

# The same examples every time: a test that fails now and then proves nothing. No deadline: speed is
# for `make bench`. `pytest --hypothesis-profile=explore` looks further.
hypothesis_settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis_settings.register_profile("explore", max_examples=5_000, deadline=None)
hypothesis_settings.load_profile("steady")

RunCoopbot = Callable[..., subprocess.CompletedProcess[str]]
MakeLibrary = Callable[[Mapping[str, str]], Library]


def article_text(title: str, body: str, **front_matter: str) -> str:
    """Return an article file's text; *front_matter* values are written as they are."""
    lines = "".join(f"{name}: {value}\n" for name, value in front_matter.items())
    return f"---\ntitle: {title!r}\n{lines}---\n\n{body}\n"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def built_index(shared: Path) -> Path:
    """The index of the repository's corpus, with the encoder's cache; built by one worker."""
    index = shared / "index"
    lock = FileLock(str(shared / "building"))
    lock.acquire(blocking=True)
    try:
        if not (shared / "built").exists():
            Library(Settings(corpus=CORPUS, index=index, state=shared / "state")).refresh()
            (shared / "built").touch()
    finally:
        lock.release()
    return index


@pytest.fixture(scope="session")
def encoder(built_index: Path) -> UniversalSentenceEncoder:
    """The real encoder."""
    return UniversalSentenceEncoder(built_index / "encoder")


@pytest.fixture(scope="session")
def dictionary(built_index: Path) -> Dictionary:
    """The real dictionary."""
    return Dictionary(built_index / "dictionary")


@pytest.fixture(scope="session")
def library(
    built_index: Path, encoder: UniversalSentenceEncoder, dictionary: Dictionary
) -> Iterator[Library]:
    """The repository's own corpus, indexed: for reading only."""
    opened = Library(Settings(corpus=CORPUS, index=built_index), encoder, dictionary=dictionary)
    opened.open()
    yield opened
    opened.close()


@pytest.fixture
def make_library(
    tmp_path: Path, encoder: UniversalSentenceEncoder, dictionary: Dictionary
) -> Iterator[MakeLibrary]:
    """A function that writes articles (path to text) into a fresh corpus and indexes them."""
    made: list[Library] = []

    def make(articles: Mapping[str, str]) -> Library:
        corpus = tmp_path / "corpus"
        for path, text in articles.items():
            (corpus / path).parent.mkdir(parents=True, exist_ok=True)
            (corpus / path).write_text(text, encoding="utf-8")
        settings = Settings(corpus=corpus, index=tmp_path / "index", state=tmp_path / "state")
        new = Library(settings, encoder, clock=lambda: NOW, dictionary=dictionary)
        new.refresh()
        made.append(new)
        return new

    yield make
    for new in made:
        new.close()


@pytest.fixture
def index_copy(built_index: Path, tmp_path: Path) -> Path:
    """A private copy of the built index."""
    return Path(shutil.copytree(built_index, tmp_path / "index", copy_function=_link))


def _link(source: str, target: str) -> str:
    """Hard-link what never changes; copy what is written in place."""
    written = ("LOCK", "MAIN_WRITELOCK", "CURRENT")
    if Path(source).parent.name == "vectors" or Path(source).name in written:
        return shutil.copy2(source, target)
    os.link(source, target)
    return target


@pytest.fixture
def run_coopbot(tmp_path: Path) -> RunCoopbot:
    """A function that runs the real `coopbot` in an empty folder, with a clean environment."""

    def run(
        *arguments: str, environment: Mapping[str, str] | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        return subprocess.run(
            [sys.executable, "-m", "coopbot", *arguments],
            cwd=home,
            env=clean_environment(home) | dict(environment or {}),
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )

    return run


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment without this machine's settings; its home is *home*."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "error",
    }
