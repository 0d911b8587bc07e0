"""What is asked of an article written for the library; each check names what is wrong."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from coopbot.article import Article, is_date
from coopbot.corpus import Entry
from tests.library.reading import prose, reading_ease

OURS = "Coopbot"
WORDS = range(350, 901)
SHELVES = {
    "comprendre": "comprendre",
    "creer": "créer",
    "financer": "financer",
    "gouverner": "gouverner",
    "reprendre": "reprendre",
    "collectivites": "collectivités",
    "territoires": "territoires",
    "portraits": "portraits",
    "reseaux": "réseaux",
    "en": "english",
}
# Law is never easy: 50 is "fairly difficult", what a newspaper writes for everybody.
EASE = 50.0
SOURCES = "## Sources"

_HEADING = re.compile(r"^##? +(.*)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+(?:\([^)\s]*\)[^)\s]*)*)\)")
_SOURCE = re.compile(r"- \[[^\]]+ — [^\]]+\]\(([^\s]+)\)")


def split_sources(body: str) -> tuple[str, str]:
    """Return *body* before its section of sources, and that section."""
    text, _, sources = body.partition(SOURCES)
    return text, sources


def problems(entry: Entry, known: frozenset[str]) -> Iterator[str]:
    """Yield what is wrong with *entry*; *known* are the paths of all articles."""
    article = entry.article
    shelf = entry.path.split("/")[0]
    if SHELVES.get(shelf) not in article.tags[:1]:
        yield f"its first tag is not its shelf's, {SHELVES.get(shelf)}"
    if not 2 <= len(article.tags) <= 4:
        yield "it has less than one tag or more than three beside its shelf's"
    if article.published is None or len(article.published) < len("2026-01-01"):
        yield "no date of writing"
    elif not is_date(article.published):
        yield f"no date: {article.published}"
    if article.language != ("en" if shelf == "en" else "fr"):
        yield f"its language is {article.language}"
    if (shelf == "en") != (article.translation_of in known):
        yield f"only English articles translate one that exists: {article.translation_of}"
    yield from _text_problems(article)
    yield from _source_problems(article)
    for target in internal_links(entry):
        if target not in known:
            yield f"a link to {target}, which does not exist"


def internal_links(entry: Entry) -> list[str]:
    """Return the articles that *entry* links to, as paths in the corpus."""
    folder = posixpath.dirname(entry.path)
    text, _ = split_sources(entry.article.body)
    return [
        posixpath.normpath(posixpath.join(folder, target.partition("#")[0]))
        for target in _LINK.findall(text)
        if not urlsplit(target).scheme
    ]


def _text_problems(article: Article) -> Iterator[str]:
    text, _ = split_sources(article.body)
    count = len(prose(text).split())
    if count not in WORDS:
        yield f"{count} words"
    headings = _HEADING.findall(text)
    if len(headings) < 3:
        yield f"{len(headings)} headings"
    if not all(heading.rstrip().endswith("?") for heading in headings):
        yield "a heading that is no question"
    if text.lstrip().startswith("#"):
        yield "no lead before the first heading"
    ease = reading_ease(text, article.language)
    if ease < EASE:
        yield f"hard to read: {ease:.0f}"


def _source_problems(article: Article) -> Iterator[str]:
    _, section = split_sources(article.body)
    lines = [line for line in section.splitlines() if line.strip()]
    listed = [match[1] for line in lines if (match := _SOURCE.fullmatch(line.strip()))]
    if len(listed) != len(lines) or not listed:
        yield "the last section, Sources, is not a list of [label — publisher](address)"
    if sorted(map(_plain, listed)) != sorted(map(_plain, article.sources)):
        yield "the sources of the front matter are not those of the last section"
    if len(set(article.sources)) != len(article.sources):
        yield "a source twice"


def _plain(address: str) -> str:
    return address.rstrip("/")
