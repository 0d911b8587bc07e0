"""The folder of articles: the only writer of `corpus/`, and its reader.

An article is `corpus/**/*.md`. Left out: names beginning with a dot or an underscore, and
README.md, so that a curator can keep notes beside the articles.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from unidecode import unidecode

from coopbot.article import Article, amended, canonical_url, dump, parse
from coopbot.errors import ArticleError, CorpusError
from coopbot.files import write_atomically
from coopbot.settings import SHIPPED

# A book of 300 pages is 1 MB of text; what is larger is a mistake (a PDF renamed, a dump).
MAX_ARTICLE_BYTES = 2_000_000
_MAX_SLUG = 80
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """An article and where it stands.

    `path` is relative to the corpus, with slashes. `id` is what the article is known by: its
    canonical address, else its path. `digest` is the SHA-256 of the file, in hexadecimal.
    """

    path: str
    digest: str
    article: Article

    @property
    def id(self) -> str:
        """What the article is known by in the index."""
        return self.article.url or self.path


@dataclass(frozen=True, slots=True)
class Known:
    """An article whose file is known already: its path, digest and id as in `Entry`, not parsed."""

    path: str
    digest: str
    id: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """The articles under *root*."""

    root: Path

    def paths(self) -> list[str]:
        """Return the relative paths of the article files, sorted.

        Raises CorpusError when the folder is missing or cannot be listed.
        """
        try:
            mode = self.root.stat().st_mode
        except FileNotFoundError as error:
            raise CorpusError("corpus_missing", path=self.root) from error
        except OSError as error:
            raise CorpusError("corpus_unreadable", path=self.root, reason=error.strerror) from error
        if not stat.S_ISDIR(mode):
            raise CorpusError("corpus_not_folder", path=self.root)
        found: list[str] = []
        for folder, folders, names in os.walk(self.root, onerror=_unreadable):
            here = Path(folder).relative_to(self.root).as_posix()
            before = "" if here == "." else f"{here}/"
            # a folder named like an article is a mistake to be told of
            found += [f"{before}{name}" for name in (*names, *folders)]
        return sorted(filter(_is_article, found))

    def read(self, path: str) -> Entry:
        """Return the article at the relative *path*.

        Raises ArticleError, naming file and line, when it cannot be read.
        """
        self._file(path)  # which must lie in the corpus
        content = self._content(path)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise ArticleError("article_encoding", path=path, line=line) from error
        return Entry(path, _digest(content), parse(text, path))

    def changed(self, known: Mapping[str, Known]) -> Iterator[Entry | Known | ArticleError]:
        """Yield what `entries` does, but for files that still are what is *known* by path.

        Those come as they are known: parsing a file takes twenty times as long as comparing it.
        """
        return self._each(known)

    def _content(self, path: str) -> bytes:
        file = os.path.join(self.root, path)  # noqa: PTH118 - three times as fast as a Path
        try:
            status = os.stat(file)  # noqa: PTH116
            if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
                raise ArticleError("article_not_file", path=path)  # reading a pipe would never end
            size = status.st_size
            if size > MAX_ARTICLE_BYTES:
                limit = f"{MAX_ARTICLE_BYTES / 1e6:.0f}"
                raise ArticleError(
                    "article_too_large", path=path, megabytes=f"{size / 1e6:.1f}", limit=limit
                )
            with open(file, "rb") as stream:  # noqa: PTH123
                return stream.read()
        except OSError as error:
            raise ArticleError("article_unreadable", path=path, reason=error.strerror) from error

    def entries(self) -> Iterator[Entry | ArticleError]:
        """Yield every article in path order; one that cannot be read comes as its error.

        Two files with the same address: the second is an error that names the first.
        """
        for entry in self._each({}):
            assert not isinstance(entry, Known)  # noqa: S101 - nothing is known
            yield entry

    def _each(self, known: Mapping[str, Known]) -> Iterator[Entry | Known | ArticleError]:
        first_with: dict[str, str] = {}
        for path in self.paths():
            entry: Entry | Known
            try:
                same = known.get(_printable(path))
                unchanged = same is not None and _digest(self._content(path)) == same.digest
                entry = same if same is not None and unchanged else self.read(path)
            except ArticleError as error:
                yield error
                continue
            if entry.id in first_with:
                yield ArticleError(
                    "article_duplicate", path=path, url=entry.id, other=first_with[entry.id]
                )
                continue
            first_with[entry.id] = path
            yield entry

    def save(self, article: Article, path: str | None = None) -> str:
        """Write *article* and return its relative path.

        Without *path*: over the article with the same address if there is one, else under a name
        made from site and title. The file is replaced whole or not at all. Raises CorpusError
        when the folder cannot be written or *path* leaves it, ValueError for an unusable address.
        """
        if article.url is not None:
            article = replace(article, url=canonical_url(article.url))
        same = self.path_of(article) if article.url is not None else None
        path = path or same or self.free_path(article)
        self._write(path, dump(article))
        return path

    def revise(self, path: str, article: Article) -> None:
        """Make the file at the relative *path* hold *article*, leaving what is the same as typed.

        Raises ArticleError when the file cannot be read, CorpusError when it cannot be written.
        """
        self.read(path)  # says what is wrong with a file that is no article
        text = self._file(path).read_text(encoding="utf-8-sig")
        self._write(path, amended(text, article, path))

    def check_ours(self) -> None:
        """Raise CorpusError when the articles are those that came with the program."""
        if self.root == SHIPPED:
            raise CorpusError("corpus_shipped")

    def _write(self, path: str, text: str) -> None:
        self.check_ours()
        file = self._file(path)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, text.encode("utf-8"))
        except OSError as error:
            raise CorpusError("corpus_unwritable", path=file, reason=error.strerror) from error

    def delete(self, path: str) -> None:
        """Remove the article at the relative *path*; raises CorpusError when there is none."""
        self.check_ours()
        file = self._file(path)
        try:
            file.unlink()
        except FileNotFoundError as error:
            raise CorpusError("corpus_no_such_article", path=path) from error
        except OSError as error:
            raise CorpusError("corpus_unwritable", path=file, reason=error.strerror) from error

    def _file(self, path: str) -> Path:
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or not _is_article(pure.as_posix()):
            raise CorpusError("corpus_path", path=path)
        return self.root / pure

    def path_of(self, article: Article) -> str | None:
        """Return where *article* is in the corpus already, None when it is not.

        The same article is the one with its address; without address, the one with its title and
        words. A curator may have given that one an address, tags or a date since: whoever only
        wants to add does not save over it.
        """
        if not self.root.is_dir():
            return None
        url = None if article.url is None else canonical_url(article.url)
        for entry in self.entries():
            if isinstance(entry, Entry) and _is_same(entry.article, article, url):
                return entry.path
        return None

    def free_path(self, article: Article) -> str:
        """Return a path, made from site and title, where no article stands yet."""
        folder = slug(article.site) if article.site else ""
        name = slug(article.title)
        if not _is_article(f"{name}.md"):  # "README"
            name = f"article-{name}"
        stem = "/".join(part for part in (folder, name) if part)
        number = 1
        while (self.root / (path := f"{stem}{f'-{number}' if number > 1 else ''}.md")).exists():
            number += 1
        return path


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _is_same(known: Article, article: Article, url: str | None) -> bool:
    if url is not None:
        return known.url == url
    return known.title == article.title and known.body.split() == article.body.split()


def _unreadable(error: OSError) -> None:
    """Stop at a folder that may not be read: what is in it is not gone."""
    raise CorpusError("corpus_unreadable", path=error.filename, reason=error.strerror) from error


def _printable(path: str) -> str:
    """Return *path* if it is text; raises ArticleError for a file name that is not UTF-8."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError as error:
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        raise ArticleError("article_name", path=shown) from error
    return path


def _is_article(path: str) -> bool:
    parts = path.split("/")
    hidden = any(part.startswith((".", "_")) for part in parts)
    return path.endswith(".md") and not hidden and parts[-1].lower() != "readme.md"


def slug(text: str) -> str:
    """Return *text* as a short file name: "Créer une Scic !" gives "creer-une-scic"."""
    name = _NOT_SLUG.sub("-", unidecode(text).lower()).strip("-")
    if len(name) > _MAX_SLUG:
        name = name[:_MAX_SLUG].rsplit("-", 1)[0]
    return name or "article"
