"""Killed at any moment, `coopbot index` leaves the old index answering; the next one completes."""

from __future__ import annotations

import json
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from whoosh.util.filelock import FileLock

from coopbot.cli import main
from coopbot.encoder.usem3 import UniversalSentenceEncoder
from coopbot.library import Library
from coopbot.settings import Settings
from tests.cli.processes import command, unbuilt_index, wait_until
from tests.conftest import RunCoopbot, article_text, clean_environment

ARTICLES = 32
CHANGED = (0, 11, 21, 31)  # those that the new version differs in
KILLS = 3  # `make torture` does it by the hundred
FIRST_KILL = 0.15
OLD, NEW = "zibeline", "hermine"
WORDS = re.findall(
    r"\w+",
    """
    assemblée atelier associé brasserie capital commune coopérative crèche énergie épargne forêt
    habitat lait moulin mutuelle partage projet quartier réserve salarié semence statut usager
    usine verger village vote
    """,
)

Command = tuple[str, ...]
COMMANDS: dict[str, Command] = {"rebuild": ("index", "--rebuild"), "increment": ("index",)}


@dataclass(frozen=True)
class Ready:
    """An index of the old version, and how long each command takes to make the new one."""

    folder: Path
    seconds: dict[str, float]


@dataclass(frozen=True)
class Place:
    """A private copy: the corpus is new, the index old."""

    corpus: Path
    index: Path
    home: Path

    @property
    def folders(self) -> Command:
        """The options that name the folders."""
        return ("--corpus", str(self.corpus), "--index", str(self.index))

    def start(self, arguments: Command, **variables: str) -> subprocess.Popen[str]:
        """Start the program, with environment *variables* of its own."""
        return subprocess.Popen(
            command(*arguments, *self.folders),
            cwd=self.home,
            env=clean_environment(self.home) | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, *arguments: str) -> Any:
        """Run the program to its end and return the JSON it writes."""
        process = self.start((*arguments, "--json"))
        written, complaint = process.communicate(timeout=60)
        assert complaint == ""
        assert process.returncode == 0
        return json.loads(written.splitlines()[-1])

    def passwords(self, encoder: UniversalSentenceEncoder) -> set[str]:
        """Ask for what the versions differ in; return what the answers say."""
        library = Library(Settings(corpus=self.corpus, index=self.index), encoder)
        hits = library.ask("mot de passe du coffre", limit=len(CHANGED), abstain=False).hits
        library.close()
        assert len(hits) == len(CHANGED)
        return {word for hit in hits for word in (OLD, NEW) if word in hit.snippet.text}

    @property
    def live(self) -> str:
        """The name of the generation that answers."""
        return (self.index / "CURRENT").read_text(encoding="utf-8")


def write_corpus(folder: Path, password: str) -> None:
    """Write the articles; those in CHANGED name the *password*."""
    chance = random.Random(20261123)
    folder.mkdir(exist_ok=True)
    for number in range(ARTICLES):
        body = made_up(chance)
        if number in CHANGED:
            body = f"Le mot de passe du coffre {number} est {password}.\n\n## Suite\n\n{body}"
        text = article_text(f"Coopérative numéro {number}", body)
        (folder / f"{number:02}.md").write_text(text, encoding="utf-8")


def made_up(chance: random.Random) -> str:
    """Return a text of twenty sentences that the encoder has not met."""
    sentences = (" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _ in range(20))
    return "\n\n".join(sentences)


def place_at(folder: Path, ready: Path) -> Place:
    """Return a copy of the old index, beside the new articles."""
    index = folder / "index"
    shutil.copytree(ready / "index", index, ignore=shutil.ignore_patterns("encoder"))
    (index / "encoder").symlink_to(ready / "index" / "encoder")
    (folder / "home").mkdir()
    write_corpus(folder / "corpus", NEW)
    return Place(folder / "corpus", index, folder / "home")


@pytest.fixture(scope="session")
def ready(shared: Path, built_index: Path) -> Ready:
    """The old index and the durations; made by one worker for all."""
    folder = shared / "killed"
    folder.mkdir(exist_ok=True)
    lock = FileLock(str(shared / "killing"))
    lock.acquire(blocking=True)
    try:
        if not (folder / "seconds.json").exists():
            index = unbuilt_index(folder / "index", built_index)
            write_corpus(folder / "corpus", OLD)
            (folder / "home").mkdir()
            Place(folder / "corpus", index, folder / "home").run("index")
            seconds = {name: _timed(folder / name, folder, c) for name, c in COMMANDS.items()}
            (folder / "seconds.json").write_text(json.dumps(seconds), encoding="utf-8")
    finally:
        lock.release()
    return Ready(folder, json.loads((folder / "seconds.json").read_text(encoding="utf-8")))


def _timed(folder: Path, ready: Path, arguments: Command) -> float:
    """Return how many seconds the command takes when nothing disturbs it."""
    folder.mkdir()
    place = place_at(folder, ready)
    started = time.monotonic()
    place.run(*arguments)
    return time.monotonic() - started


@pytest.fixture
def place(tmp_path: Path, ready: Ready) -> Iterator[Place]:
    """A private copy of the old index, beside the new articles."""
    yield place_at(tmp_path, ready.folder)
    shutil.rmtree(tmp_path / "index")


@pytest.mark.parametrize("kill", range(KILLS))
@pytest.mark.parametrize("name", COMMANDS)
def test_killed_at_any_moment_the_old_index_answers_and_the_next_run_completes(
    place: Place,
    ready: Ready,
    encoder: UniversalSentenceEncoder,
    run_coopbot: RunCoopbot,
    name: str,
    kill: int,
) -> None:
    spread = (ready.seconds[name] - FIRST_KILL) / (KILLS - 1)
    jitter = random.Random(f"{name} {kill}").uniform(0, spread) if kill else 0
    before = place.live
    process = place.start(COMMANDS[name])
    try:
        process.communicate(timeout=FIRST_KILL + kill * spread + jitter)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate(timeout=60)
    assert process.returncode in ((-signal.SIGKILL, 0) if kill else (-signal.SIGKILL,))
    assert place.passwords(encoder) == ({OLD} if place.live == before else {NEW})
    completed = run_coopbot("index", "--json", *place.folders)
    assert (completed.returncode, completed.stderr) == (0, "")
    assert json.loads(completed.stdout.splitlines()[-1])["articles"] == ARTICLES
    assert place.passwords(encoder) == {NEW}
    assert main(["status", *place.folders, "--state", str(place.index / "state")], {}) == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_interrupted_it_says_so_in_a_sentence_and_the_old_index_answers(
    place: Place, encoder: UniversalSentenceEncoder, name: str
) -> None:
    # ignored in what a shell runs in the background, and inherited by all it starts
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chance = random.Random(20261201)
    for number in range(60):  # half a second of work, to be interrupted in
        text = article_text(f"Nouvelle coopérative {number}", made_up(chance))
        (place.corpus / f"new-{number:02}.md").write_text(text, encoding="utf-8")
    # an interrupted library may leave a file to Python to close, which only -W error tells of
    process = place.start(COMMANDS[name], PYTHONWARNINGS="")
    wait_until(lambda: list(place.index.glob("g*.new")))
    process.send_signal(signal.SIGINT)
    written, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert written == ""
    assert complaint.strip() == "Erreur : Interrompu. L'index d'avant est intact."
    assert place.passwords(encoder) == {OLD}


def test_killed_during_its_first_build_the_index_is_built_by_the_next_search(
    tmp_path: Path, ready: Ready, run_coopbot: RunCoopbot
) -> None:
    place = place_at(tmp_path, ready.folder)
    for file in place.index.iterdir():
        if file.name.startswith("g"):
            shutil.rmtree(file)
    (place.index / "CURRENT").unlink()
    process = place.start(("search", "coffre"))
    wait_until(lambda: list(place.index.glob("g*.new")))
    process.kill()
    process.communicate(timeout=60)
    assert not (place.index / "CURRENT").exists()
    result = run_coopbot("search", "mot de passe du coffre", *place.folders)
    assert result.returncode == 0
    assert NEW in result.stdout
