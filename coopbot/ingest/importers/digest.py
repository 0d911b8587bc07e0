"""Digests: one paragraph per article, title and excerpt run together, no address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from coopbot.article import Article
from coopbot.errors import Refused
from coopbot.french.folding import fold
from coopbot.french.language import guess_language
from coopbot.ingest.front_matter import one_line
from coopbot.ingest.importers.making import make_article
from coopbot.ingest.importers.text import Paragraph, paragraphs
from coopbot.ingest.importers.title_break import break_title
from coopbot.ingest.importers.words import lines

_SHORTEST = 100  # characters of a title and its excerpt
_LOOKED_AT = 200  # paragraphs that tell what the file is
_FEWEST = 2  # articles: one alone is no digest
_SHARE_SURE = 0.2
_SHARE_BROKEN = 0.8
_SENTENCE_END = re.compile(r"[.!?…](?=[»”\"')\]\s]|$)")
_LOWER = re.compile(r"\b[^\W\d_]{4,}\b")
_BULLET = re.compile(r"^([-–—•*]|\d{1,3}[.)])\s+")
_SHOWN = 60
_SAMPLE = 5_000  # characters that tell the language


def is_digest(text: str) -> bool:
    """Tell whether *text* is a digest rather than one article.

    In an article, paragraphs begin with a sentence that ends with a full stop. In a digest, nearly
    each has a break near its beginning, and in a good part of them a sentence is seen to start
    without punctuation before it, which hardly happens elsewhere. In English it does, where names
    and titles are full of capitals.
    """
    if guess_language(text[:_SAMPLE]) == "en":
        return False
    common = _common_words(text)
    long = list(islice((p for p in paragraphs(text) if _is_entry(p.text)), _LOOKED_AT))
    tried = (break_title(_bare(paragraph.text), common) for paragraph in long)
    broken = [each for each in tried if each is not None and each.by != "stop"]
    sure = sum(each.by == "word" for each in broken)
    enough = max(_FEWEST, _SHARE_SURE * len(long))
    return sure >= enough and len(broken) >= _SHARE_BROKEN * len(long)


def read_digest(name: str, text: str) -> Iterator[Article | Refused]:
    """Yield the articles of the digest *text*; lines that are none come as Refused."""
    common = _common_words(text)
    for paragraph in paragraphs(text):
        try:
            yield _article(name, paragraph, common)
        except Refused as refused:
            yield refused


def _article(name: str, paragraph: Paragraph, common: frozenset[str]) -> Article:
    text = _bare(paragraph.text)
    shown = one_line(text, _SHOWN)
    if not _is_entry(text):
        raise Refused("import_no_entry", path=name, line=paragraph.line, value=shown)
    broken = break_title(text, common)
    if broken is None:
        raise Refused("import_no_break", path=name, line=paragraph.line, value=shown)
    return make_article(name, broken.title, broken.text, site=broken.site)


def _is_entry(text: str) -> bool:
    """Tell whether *text* is long enough for a title and a sentence, and has one."""
    return len(text) >= _SHORTEST and bool(_SENTENCE_END.search(text))


def _bare(text: str) -> str:
    """Return *text* without its bullet and without what web pages leave behind."""
    for leftover in lines("leftovers.txt"):
        text = text.replace(leftover, "")
    return _BULLET.sub("", text).strip()


def _common_words(text: str) -> frozenset[str]:
    """Return the words that *text* writes in lower case, folded."""
    return frozenset(fold(word) for word in set(_LOWER.findall(text)) if word.islower())
