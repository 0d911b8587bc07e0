"""Article, the record that travels, and its text form: Markdown under YAML front matter.

    ---
    title: "Créer une Scic : les étapes"
    published: 2026-11-23
    tags: [scic, création]
    sources:
      - https://www.les-scic.coop
    ---

    La Scic se crée en ...

Only the title is required. A person can write such a file with any editor.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit, urlunsplit

import yaml

from coopbot.errors import ArticleError

try:  # five times faster; some systems build the library without it
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

FENCE = "---"
# ISO 8601, also with reduced precision: old articles are often known by month or year only.
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
# C0 and C1 controls other than tab and newline: never text; YAML refuses them, terminals obey them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Article:
    """One article of the corpus.

    `body` is Markdown. Dates are ISO 8601, `2011`, `2011-05` or `2011-05-03`. `language` is an
    ISO 639-1 code. `url` is None for an article written for the corpus; `sources` are the
    addresses it cites, best one first. `translation_of` and `superseded_by` name another
    article, by its path in the corpus or its address: the one this is a translation of, and the
    newer one that says what holds today. `title_en` and `summary_en` are for readers of English, of
    an article in another language: its title, and what it says in two or three sentences. `asked`
    are questions it answers, in the words of those who ask them. `dead_links` are those of its
    addresses, `url` and `sources`, that no longer lead anywhere.
    """

    title: str
    body: str = ""
    url: str | None = None
    site: str | None = None
    author: str | None = None
    published: str | None = None
    retrieved: str | None = None
    language: str = "fr"
    tags: tuple[str, ...] = ()
    licence: str | None = None
    archive_url: str | None = None
    sources: tuple[str, ...] = ()
    translation_of: str | None = None
    superseded_by: str | None = None
    title_en: str | None = None
    summary_en: str | None = None
    asked: tuple[str, ...] = ()
    dead_links: tuple[str, ...] = ()

    @property
    def link(self) -> str | None:
        """The address to open for more: the article's own, else the first source it cites."""
        return self.url or (self.sources[0] if self.sources else None)


_DEEPEST = 50  # brackets in a line
_BLANK = re.compile(r"\s")
_BLANKS = re.compile(r"[ \t\n]+")
_TIME = re.compile(r"[T ]\d{2}:\d{2}.*")  # behind a date
_FRONT_MATTER = tuple(f.name for f in fields(Article) if f.name != "body")
_LISTS = ("tags", "sources", "asked", "dead_links")
_DATES = ("published", "retrieved")
_ADDRESSES = ("url", "archive_url")


def canonical_url(url: str) -> str:
    """Return *url* with scheme and host in lower case and without fragment.

    Two spellings of one address then name one article. Raises ValueError when it is not an
    absolute http(s) address.
    """
    url = url.strip()
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or _BLANK.search(url):
        raise ValueError(url)
    user, at, _ = parts.netloc.rpartition("@")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port is not None else ""  # raises ValueError for "x:port"
    netloc = f"{user}{at}{host}{port}"
    return urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", parts.query, ""))


def is_date(text: str) -> bool:
    """Tell whether *text* is an ISO date, perhaps of reduced precision: 2011-02-30 is none."""
    if not _DATE.fullmatch(text):
        return False
    try:
        return len(text) < len("2011-05-03") or bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def clean_text(text: str) -> str:
    """Return *text* with `\\n` line ends and without control characters."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def dump(article: Article) -> str:
    """Return the text form of *article*; `parse` reads it back to an equal record."""
    head = "".join(_dumped(name, getattr(article, name)) for name in _FRONT_MATTER)
    return f"{FENCE}\n{head}{FENCE}\n\n{article.body.strip(chr(10))}\n"


def _dumped(name: str, value: object) -> str:
    """Return the lines of a front matter field, "" for a value that goes without saying."""
    if value in (None, ()):
        return ""
    written = {name: list(value) if isinstance(value, tuple) else value}
    return yaml.safe_dump(written, allow_unicode=True, width=10_000)


def amended(text: str, article: Article, path: str) -> str:
    """Return *text*, the content of the file *path*, changed so that it holds *article*.

    What is the same stays as a person typed it, comments and all. Raises ArticleError when *text*
    cannot be read.
    """
    old = parse(text, path)
    lines = clean_text(text).rstrip("\n").split("\n")
    end = next(i for i, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE)
    head, body = lines[1:end], lines[end + 1 :]
    for name in _FRONT_MATTER:
        if getattr(article, name) != getattr(old, name):
            head = _with_field(head, name, _dumped(name, getattr(article, name)).splitlines())
    if article.body != old.body:
        body = ["", article.body.strip("\n")]
    changed = "\n".join([FENCE, *head, FENCE, *body, ""])
    try:
        return changed if parse(changed, path) == article else dump(article)
    except ArticleError:  # typed in a way that cannot be changed line by line
        return dump(article)


def _with_field(head: list[str], name: str, written: list[str]) -> list[str]:
    """Return *head* with the lines *written* in place of those of *name*, else at its end."""
    start = next((i for i, line in enumerate(head) if re.match(rf"{name}\s*:", line)), len(head))
    end = start + 1
    while end < len(head) and (head[end][:1] in " -\t" or not head[end]):
        end += 1
    return [*head[:start], *written, *head[end:]]


def parse(text: str, path: str) -> Article:
    """Return the Article that *text*, the content of the file *path*, holds.

    Raises ArticleError, with the line, when the front matter is missing, is not YAML, has an
    unknown or misshapen field, or names no title.
    """
    lines = clean_text(text).split("\n")
    if lines[0].rstrip() != FENCE:
        raise ArticleError("article_no_front_matter", path=path, line=1)
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise ArticleError("article_front_matter_open", path=path, line=1)
    matter, line_of = _load_front_matter("\n".join(lines[1:end]), path)
    values = {name: _field(name, value, path, line_of[name]) for name, value in matter.items()}
    if not values.get("title"):
        raise ArticleError("article_no_title", path=path, line=line_of.get("title", 1))
    body = "\n".join(lines[end + 1 :]).strip("\n")
    return Article(body=body, **{k: v for k, v in values.items() if v is not None})  # type: ignore[arg-type]


class _AsTyped(Loader):
    """Reads scalars as text: YAML would make False of the title "No" and 750 of "12:30"."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - how the library is told
        first: [pair for pair in pairs if pair[0] == "tag:yaml.org,2002:null"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors = {  # noqa: RUF012
        tag: constructor
        for tag, constructor in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.rpartition(":")[2] in ("null", "str", "seq", "map")
    }


def _load_front_matter(source: str, path: str) -> tuple[Mapping[str, object], dict[str, int]]:
    """Return the mapping, its scalars as they were typed, and the line in the file of each key."""
    for number, written in enumerate(source.split("\n"), 2):
        if written.count("[") + written.count("{") > _DEEPEST:  # the parser is recursive
            raise ArticleError("article_yaml", path=path, line=number, problem="[[[…")
    try:
        line_of, matter = _read_yaml(source)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        problem = getattr(error, "problem", None) or "YAML"
        raise ArticleError("article_yaml", path=path, line=line, problem=problem) from error
    except (RecursionError, ValueError) as error:
        raise ArticleError("article_yaml", path=path, line=1, problem="YAML") from error
    if not isinstance(matter, dict):
        raise ArticleError("article_no_title", path=path, line=1)
    for name in matter:
        if name not in _FRONT_MATTER:
            line = line_of.get(str(name), 1)
            known = ", ".join(_FRONT_MATTER)
            raise ArticleError("article_field", path=path, line=line, field=name, known=known)
    return matter, line_of


def _read_yaml(source: str) -> tuple[dict[str, int], object]:
    """Return the line in the file of each key of the YAML mapping, and what the YAML makes.

    It is parsed once for both: parsing is nearly all the time that reading a corpus takes.
    """
    loader = _AsTyped(source)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}, None
        keys = [key for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []
        line_of = {str(key.value): key.start_mark.line + 2 for key in keys}
        return line_of, loader.construct_document(node)
    finally:
        loader.dispose()


def _field(name: str, value: object, path: str, line: int) -> str | tuple[str, ...] | None:
    if name in _LISTS:
        return _list(name, value, path, line)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ArticleError("article_text", path=path, line=line, field=name)
    text = _one_line(value)
    if not text:
        return None
    if name in _DATES:
        return _date(name, text, path, line)
    return _address(name, text, path, line) if name in _ADDRESSES else text


def _list(name: str, value: object, path: str, line: int) -> tuple[str, ...]:
    items = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(i, str | None) for i in items):
        raise ArticleError("article_list", path=path, line=line, field=name)
    texts = [_one_line(item) for item in items if item is not None]
    if name in ("sources", "dead_links"):
        texts = [_address(name, text, path, line) for text in texts]
    return tuple(texts)


def _date(name: str, text: str, path: str, line: int) -> str:
    date = text[:10] if _TIME.fullmatch(text[10:]) else text
    if not is_date(date):
        raise ArticleError("article_date", path=path, line=line, field=name, value=text)
    return date


def _address(name: str, text: str, path: str, line: int) -> str:
    try:
        return canonical_url(text)
    except ValueError as error:
        raise ArticleError("article_url", path=path, line=line, field=name, value=text) from error


def _one_line(text: str) -> str:
    """Return *text* with single spaces; the no-break spaces of French typography stay."""
    # YAML makes control characters of "\e", after the file's own were cleaned away
    return _BLANKS.sub(" ", clean_text(text)).strip(" ")
