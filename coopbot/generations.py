"""The index folder: generations, of which one is live, swapped atomically.

    index/CURRENT       name of the live generation, replaced in one step
    index/g000007/      a generation: never changed once published
    index/g000008.new/  one being made; what a crash leaves is removed by the next writer
    index/vectors/      vectors by text, shared by all generations, only appended to
    index/encoder/      the encoder's unpacked weights
    index/dictionary/   the words of French and English
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
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from whoosh.util.filelock import FileLock

from coopbot.errors import IndexDamaged, IndexError_, IndexMissing, IndexOutdated
from coopbot.files import checksum, sync_folder, write_atomically

FORMAT = 3
CURRENT = "CURRENT"
MANIFEST = "manifest.json"
_NAME = re.compile(r"g(\d{6,})")
_LONGEST_NAME = 100  # bytes of what CURRENT may hold
_UNPUBLISHED = ".new"
# Files without a seal in the manifest: those with checksums of their own, and empty ones.
_UNSEALED = (".arrays", ".impacts", "LOCK", MANIFEST)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IndexedFile:
    """An article file as it was indexed: path in the corpus, and digest of its content."""

    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Seal:
    """What a file was when its generation was published: bytes, and their CRC-32."""

    size: int
    crc32: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was made from: `articles` by id; `made` is an ISO time, UTC.

    `engine` is the storage it was made for; `fingerprint` stands for the parts of the program that
    shape the index, `layout` for what its documents consist of; `vectors` is the identity of the
    vector store, of which the first `rows` rows are used; `off_topic` is the digest of the
    questions that no article answers; `files` seals the generation's files by name.
    """

    fingerprint: str
    encoder: str
    made: str
    vectors: str = ""
    rows: int = 0
    passages: int = 0
    engine: str = "embedded"
    articles: Mapping[str, IndexedFile] = field(default_factory=dict)
    format: int = FORMAT
    layout: str = ""
    off_topic: str = ""
    files: Mapping[str, Seal] = field(default_factory=dict)

    def dump(self) -> bytes:
        """Return the manifest as JSON, with a checksum of its own."""
        articles = {i: {"path": f.path, "digest": f.digest} for i, f in self.articles.items()}
        values = asdict(replace(self, articles={})) | {"articles": articles}
        return _json({"crc32": zlib.crc32(_json(values)), **values})

    @classmethod
    def parse(cls, content: bytes) -> Manifest:
        """Return the manifest that *content* holds; raises ValueError, TypeError or KeyError."""
        values = json.loads(content)
        if values.pop("crc32") != zlib.crc32(_json(values)):
            raise ValueError("checksum")
        articles = {i: IndexedFile(**file) for i, file in values.pop("articles").items()}
        files = {name: Seal(**seal) for name, seal in values.pop("files").items()}
        return cls(articles=articles, files=files, **values)


def _json(values: Mapping[str, object]) -> bytes:
    # no indentation: with it, json takes ten times as long, which every increment would wait for
    return json.dumps(values, ensure_ascii=False).encode("utf-8")


@dataclass(frozen=True, slots=True)
class Generation:
    """A published generation: its folder and its manifest."""

    folder: Path
    manifest: Manifest

    def damaged(self, most: int) -> Path | None:
        """Return a file that is not as it was published, None when all are; raises OSError.

        Of files larger than *most* bytes only the size is looked at.
        """
        for name, seal in self.manifest.files.items():
            path = self.folder / name
            try:
                if path.stat().st_size != seal.size:
                    return path
                if seal.size <= most and checksum(path) != seal.crc32:
                    return path
            except FileNotFoundError:
                return path
        return None


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

    @property
    def dictionary(self) -> Path:
        """The folder of the dictionary's cache."""
        return self.root / "dictionary"

    def live_mark(self) -> tuple[str, int, int]:
        """Return what changes whenever another generation goes live, even under the same name.

        Raises what `current_name` raises.
        """
        name, status = self._live_file()
        return name, status.st_ino, status.st_mtime_ns

    def current_name(self) -> str:
        """Return the name of the live generation; raises IndexMissing when there is none."""
        return self._live_file()[0]

    def _live_file(self) -> tuple[str, os.stat_result]:
        """Return the name of the live generation, and the status of the file that has it.

        Every question asks for it: with the fewest calls of the system.
        """
        try:
            descriptor = os.open(self.root / CURRENT, os.O_RDONLY)
            try:
                content, status = os.read(descriptor, _LONGEST_NAME), os.fstat(descriptor)
            finally:
                os.close(descriptor)
            name = content.decode("utf-8").strip()
        except FileNotFoundError as error:
            raise IndexMissing("index_missing", path=self.root) from error
        except UnicodeDecodeError as error:
            raise IndexDamaged("index_damaged", path=self.root / CURRENT) from error
        except OSError as error:
            raise IndexError_("index_unreadable", path=self.root, reason=error.strerror) from error
        if not _NAME.fullmatch(name):
            raise IndexDamaged("index_damaged", path=self.root / CURRENT)
        return name, status

    def current(self) -> Generation:
        """Return the live generation.

        Raises IndexMissing when there is none, IndexOutdated when it is damaged or of another
        format, IndexError_ when the folder cannot be read.
        """
        folder = self.root / self.current_name()
        if not folder.is_dir():
            raise IndexDamaged("index_damaged", path=self.root / CURRENT)
        try:
            content = (folder / MANIFEST).read_bytes()
            found = json.loads(content)["format"]
            if found != FORMAT:
                raise IndexOutdated("index_format", path=folder, found=found, wanted=FORMAT)
            manifest = Manifest.parse(content)
        except (ValueError, TypeError, KeyError, AttributeError, FileNotFoundError) as error:
            raise IndexDamaged("index_damaged", path=folder / MANIFEST) from error
        except OSError as error:
            raise IndexError_("index_unreadable", path=folder, reason=error.strerror) from error
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
        """Make the generation begun in *folder* the live one, its files sealed in *manifest*."""
        manifest = replace(manifest, files=_seals(folder))
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
        for folder in self.root.glob(f"g*{_UNPUBLISHED}"):
            shutil.rmtree(folder, ignore_errors=True)
        for half in (*self.root.glob(".*.tmp"), *self.root.glob("*/.*.tmp")):
            half.unlink(missing_ok=True)
        try:
            live = self.current_name()
        except IndexError_:
            return  # which one is live cannot be told: none goes before another is published
        numbered = {_number(p.name): p for p in self.root.iterdir() if _NAME.fullmatch(p.name)}
        before = sorted(number for number in numbered if number < _number(live))
        kept = {_number(live), *before[-1:]}
        for number, folder in numbered.items():
            if number not in kept:
                shutil.rmtree(folder, ignore_errors=True)

    def folders(self) -> list[Path]:
        """Return the folders of the published generations."""
        return [path for path in self.root.iterdir() if _NAME.fullmatch(path.name)]

    def _last_number(self) -> int:
        named = (path.name for path in self.root.iterdir() if _NAME.match(path.name))
        return max(map(_number, named), default=0)


def _seals(folder: Path) -> dict[str, Seal]:
    files = sorted(file for file in folder.iterdir() if not file.name.endswith(_UNSEALED))
    return {file.name: Seal(file.stat().st_size, checksum(file)) for file in files}


def _number(name: str) -> int:
    match = _NAME.match(name)
    return int(match[1]) if match else 0


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)


def _sync(file: Path) -> None:
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
