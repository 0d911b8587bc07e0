"""From what a file says of an article to a record: cleaned and bounded, or refused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import PurePath

from coopbot.article import Article, canonical_url, clean_text
from coopbot.corpus import MAX_ARTICLE_BYTES
from coopbot.errors import Refused
from coopbot.french.folding import fold
from coopbot.french.language import guess_language
from coopbot.ingest.front_matter import LONGEST, LONGEST_ADDRESS, field_line, one_line
from coopbot.ingest.importers.words import lines
from coopbot.ingest.records import FeedReference, Reference

_MAX_EXCERPT = 2_000  # characters
_MAX_TAGS = 30
_MAX_TAG = 60
_SHOWN = 80  # characters of a value in a refusal
_SAMPLE = 5_000  # characters that tell the language

# What programs write in the title field by themselves: "Microsoft Word - note.docx", "untitled".
_NO_TITLE = re.compile(
    r"(microsoft|openoffice|libreoffice|powerpoint|untitled|sans titre|sans nom|document\d*$|"
    r"layout \d|slide \d|diapositive \d|pdf)|.*\.(docx?|odt|pdf|indd|qxd|pptx?|rtf|tmp)$",
    re.IGNORECASE,
)


def make_article(
    name: str,
    title: str,
    body: str,
    *,
    url: str | None = None,
    site: str | None = None,
    author: str | None = None,
    published: str | None = None,
) -> Article:
    """Return the article *title* with *body*, found in the file *name*, its language guessed.

    Raises Refused when it has no text, or more than an article may have.
    """
    body = clean_text(body).strip()
    if not re.search(r"\w", body):
        raise Refused("import_no_text", path=name)
    if len(body) > MAX_ARTICLE_BYTES // 2 and len(body.encode()) > MAX_ARTICLE_BYTES * 9 // 10:
        raise Refused("import_long", path=name, limit=f"{MAX_ARTICLE_BYTES / 1e6:.0f}")
    return Article(
        title=field_line(title) or title_from_name(name),
        body=body,
        url=url,
        site=field_line(site),
        author=field_line(author),
        published=published,
        language=guess_language(body[:_SAMPLE]) or "fr",
    )


def make_reference(
    name: str,
    line: int,
    url: str | None,
    title: str | None = None,
    excerpt: str | None = None,
    tags: Iterable[str] = (),
) -> Reference | Refused:
    """Return what line *line* of the file *name* says of an article elsewhere.

    Refused when *url* is no address of the web, or one of a Pearltrees collection: such links
    (aliases) lead to what somebody else keeps, not to an article.
    """
    address = web_address(url)
    if address is None:
        shown = one_line(url or title, _SHOWN) or ""
        return Refused("import_address", path=name, line=line, value=shown)
    if re.match(r"https?://([\w-]+\.)*pearltrees\.com(:\d+)?/", address):
        return Refused("import_alias", path=name, line=line, value=one_line(title or url, _SHOWN))
    return Reference(
        url=address,
        title=one_line(title, LONGEST),
        excerpt=one_line(excerpt, _MAX_EXCERPT),
        tags=clean_tags(tags),
    )


def make_feed(
    name: str,
    line: int,
    url: str | None,
    title: str | None = None,
    homepage: str | None = None,
    tags: Iterable[str] = (),
) -> FeedReference | Refused:
    """Return the feed that line *line* of the file *name* names; Refused when it is no address."""
    address = web_address(url)
    if address is None:
        return Refused("import_address", path=name, line=line, value=one_line(url, _SHOWN) or "")
    return FeedReference(address, one_line(title, LONGEST), web_address(homepage), clean_tags(tags))


def web_address(url: str | None) -> str | None:
    """Return *url* in its canonical form, None when it is no address of the web."""
    if not url or len(url) > LONGEST_ADDRESS:
        return None
    url = clean_text(url).strip()
    if re.match(r"www\.\w", url, re.IGNORECASE):
        url = f"https://{url}"
    try:
        return canonical_url(url)
    except ValueError:
        return None


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return *tags* without doubles, and without those that say nothing ("Barre personnelle")."""
    kept: dict[str, str] = {}
    for tag in tags:
        text = one_line(tag, _MAX_TAG)
        if text and fold(text) not in _say_nothing():
            kept.setdefault(fold(text), text)
    return tuple(kept.values())[:_MAX_TAGS]


@cache
def _say_nothing() -> frozenset[str]:
    return frozenset(fold(line) for line in lines("not_tags.txt"))


def sane_title(title: object) -> str | None:
    """Return the title in a document's properties, None for one that a program made up."""
    text = one_line(title, LONGEST) if isinstance(title, str) else None
    if text is None or _NO_TITLE.match(text) or " " not in text or len(text) < len("Les Scop"):
        return None
    return text


def sane_author(author: object) -> str | None:
    """Return the author in a document's properties, None for an account ("jdupont", "Admin")."""
    text = one_line(author, LONGEST) if isinstance(author, str) else None
    return text if text and " " in text and "@" not in text else None


def title_from_name(name: str) -> str:
    """Return a title for want of a better one: "bilan_2023-v2.pdf" gives "bilan 2023 v2"."""
    stem = PurePath(name.replace("\\", "/")).stem
    return one_line(re.sub(r"[_\s]+|(?<=\w)-(?=\w)", " ", stem), LONGEST) or "article"
