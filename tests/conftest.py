"""What tests share: the real encoder, unpacked once a run, and the real program as a process."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from whoosh.util.filelock import FileLock

from coopbot.encoder.usem3 import UniversalSentenceEncoder
from coopbot.library import Library
from coopbot.search.dictionary import Dictionary
from coopbot.settings import Settings
from tests.forks import Forks

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "corpus"
SHELF = (
    "README.md",
    "creer/calendrier-de-creation.md",
    "creer/creer-une-scic.md",
    "creer/creer-une-scop.md",
    "creer/entrer-dans-une-cae.md",
    "creer/le-capital-social-et-les-parts.md",
    "creer/rediger-les-statuts.md",
)
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
    """The index of the repository's corpus, with all caches; built by one worker."""
    index = shared / "index"
    with once(shared, "built") as first:
        if first:
            Library(Settings(corpus=CORPUS, index=index, state=shared / "state")).refresh()
            Dictionary(index / "dictionary").has("coopérative", "fr")  # makes its cache
    return index


@pytest.fixture(scope="session")
def shelf(shared: Path) -> Path:
    """A corpus small enough to be read and indexed often: some articles of the repository's."""
    corpus = shared / "shelf"
    with once(shared, "shelved") as first:
        if first:
            for name in SHELF:
                (corpus / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(CORPUS / name, corpus / name)
    return corpus


@pytest.fixture(scope="session")
def shelf_index(shared: Path, shelf: Path, built_index: Path) -> Path:
    """The index of the shelf, complete as the one of the whole corpus."""
    index = shared / "shelf-index"
    with once(shared, "shelf-built") as first:
        if first:
            link_caches(built_index, index)
            Library(Settings(corpus=shelf, index=index, state=shared / "state")).refresh()
    return index


@contextmanager
def once(shared: Path, name: str) -> Iterator[bool]:
    """Tell whether this is the first worker to come here; the others wait until it is done."""
    lock, done = FileLock(str(shared / f"{name}.lock")), shared / name
    lock.acquire(blocking=True)
    try:
        yield not done.exists()
        done.touch()
    finally:
        lock.release()


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
    return copied(built_index, tmp_path / "index")


def copied(index: Path, folder: Path) -> Path:
    """Make *folder* a copy of *index* and return it."""
    return Path(shutil.copytree(index, folder, copy_function=_link))


def link_caches(built: Path, index: Path) -> None:
    """Give *index* what takes long to make and depends on no article."""
    for cache in ("encoder", "dictionary"):
        shutil.copytree(built / cache, index / cache, copy_function=os.link)


def _link(source: str, target: str) -> str:
    """Hard-link what never changes; copy what is written in place."""
    written = ("LOCK", "MAIN_WRITELOCK", "CURRENT")
    if Path(source).parent.name == "vectors" or Path(source).name in written:
        return shutil.copy2(source, target)
    os.link(source, target)
    return target


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """What starts the real program quickly."""
    with Forks.running(clean_environment(tmp_path_factory.mktemp("forks"))) as running:
        yield running


@pytest.fixture
def run_coopbot(tmp_path: Path, forks: Forks) -> RunCoopbot:
    """A function that runs the real `coopbot` in an empty folder, with a clean environment."""

    def run(
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        anew: bool = False,
        timeout: float = 60,
    ) -> subprocess.CompletedProcess[str]:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        variables = clean_environment(home) | dict(environment or {})
        # what Python itself reads, it reads when it starts
        if not anew and not any(name.startswith("PYTHON") for name in environment or {}):
            return forks.run(arguments, home, variables, timeout)
        return subprocess.run(
            [sys.executable, "-m", "coopbot", *arguments],
            cwd=home,
            env=variables,
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
