"""The index folder: generations, of which one is live, swapped atomically.

    index/CURRENT       name of the live generation, replaced in one step
    index/g000007/      a generation: never changed once published
    index/g000008.new/  one being made; what a crash leaves is removed by the next writer
    index/vectors/      vectors by text, shared by all generations, only appended to
    index/encoder/      the encoder's unpacked weights
    index/LOCK          held by the one writer

A new generation starts from hard links to the live one's files: Whoosh never changes a file it
has committed, so an increment costs what changed. Readers of the old generation keep it open until
they turn to the new one; the generation before the live one is kept for those just opening it.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from whoosh.util.filelock import FileLock

from coopbot.errors import IndexError_, IndexMissing, IndexOutdated
from coopbot.files import sync_folder, write_atomically

FORMAT = 1
CURRENT = "CURRENT"
MANIFEST = "manifest.json"
_NAME = re.compile(r"g(\d{6,})")
_UNPUBLISHED = ".new"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """An article file as it was indexed: path in the corpus, and digest of its content."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made from: `articles` by id; `made` is an ISO time, UTC.

    `fingerprint` stands for the parts of the program that shape the index.
    """

    fingerprint: str
    encoder: str
    made: str
    passages: int = 0
    articles: Mapping[str, IndexedFile] = field(default_factory=dict)
    format: int = FORMAT

    def dump(self) -> bytes:
        """Return the manifest as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode("utf-8")

    @classmethod
    def parse(cls, content: bytes) -> Manifest:
        """Return the manifest that *content* holds; raises ValueError, TypeError or KeyError."""
        values = json.loads(content)
        articles = {i: IndexedFile(**file) for i, file in values.pop("articles").items()}
        return cls(articles=articles, **values)


@dataclass(frozen=True, slots=True)
class Generation:
    """A published generation: its folder and its manifest."""

    folder: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Generations:
    """The generations in the index folder *root*."""

    root: Path

    @property
    def vectors(self) -> Path:
        """The folder of the vector store."""
        return self.root / "vectors"

    @property
    def encoder(self) -> Path:
        """The folder of the encoder's cache."""
        return self.root / "encoder"

    def current_name(self) -> str:
        """Return the name of the live generation; raises IndexMissing when there is none."""
        try:
            name = (self.root / CURRENT).read_text(encoding="utf-8").strip()
        except FileNotFoundError as error:
            raise IndexMissing("index_missing", path=self.root) from error
        except (OSError, UnicodeDecodeError) as error:
            raise IndexError_("index_unreadable", path=self.root, reason=error) from error
        if not _NAME.fullmatch(name):
            raise IndexOutdated("index_damaged", path=self.root / CURRENT)
        return name

    def current(self) -> Generation:
        """Return the live generation.

        Raises IndexMissing when there is none, IndexOutdated when it is damaged or of another
        format, IndexError_ when the folder cannot be read.
        """
        folder = self.root / self.current_name()
        try:
            manifest = Manifest.parse((folder / MANIFEST).read_bytes())
        except (ValueError, TypeError, KeyError, AttributeError, FileNotFoundError) as error:
            raise IndexOutdated("index_damaged", path=folder) from error
        except OSError as error:
            raise IndexError_("index_unreadable", path=folder, reason=error.strerror) from error
        if manifest.format != FORMAT:
            raise IndexOutdated("index_format", path=folder, found=manifest.format, wanted=FORMAT)
        return Generation(folder, manifest)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock; raises IndexError_ when another process does, or read-only."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = FileLock(str(self.root / "LOCK"))
            acquired = lock.acquire()
        except OSError as error:
            raise IndexError_("index_unwritable", path=self.root, reason=error.strerror) from error
        if not acquired:
            raise IndexError_("index_locked", path=self.root)
        try:
            self._sweep()
            yield
        finally:
            lock.release()

    def begin(self, base: Generation | None) -> Path:
        """Return the folder of a new generation that holds what *base* holds."""
        folder = self.root / f"g{self._last_number() + 1:06d}{_UNPUBLISHED}"
        folder.mkdir()
        if base is not None:
            for file in base.folder.iterdir():
                if file.name != MANIFEST and file.is_file():
                    _link(file, folder / file.name)
        return folder

    def publish(self, folder: Path, manifest: Manifest) -> Generation:
        """Make the generation begun in *folder* the live one."""
        write_atomically(folder / MANIFEST, manifest.dump())
        for file in folder.iterdir():
            _sync(file)
        published = folder.with_name(folder.name.removesuffix(_UNPUBLISHED))
        folder.rename(published)
        sync_folder(self.root)
        write_atomically(self.root / CURRENT, f"{published.name}\n".encode())
        _log.info("generation %s is live", published.name)
        self._sweep()
        return Generation(published, manifest)

    def _sweep(self) -> None:
        """Remove unfinished generations, and all but the live one and the one before it."""
        try:
            live = self.current_name()
        except IndexError_:
            live = None
        finished = sorted(p for p in self.root.iterdir() if _NAME.fullmatch(p.name))
        before = [p for p in finished if live is not None and p.name < live]
        unfinished = self.root.glob(f"g*{_UNPUBLISHED}")
        beyond = [p for p in finished if live is None or p.name > live]
        for folder in [*unfinished, *before[:-1], *beyond]:
            shutil.rmtree(folder, ignore_errors=True)

    def _last_number(self) -> int:
        names = (_NAME.match(path.name) for path in self.root.iterdir())
        return max((int(name[1]) for name in names if name), default=0)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)


def _sync(file: Path) -> None:
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
