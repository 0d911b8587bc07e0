"""The text of a page: what one extractor finds, or, where that looks poor, what several agree on.

    trafilatura, precision ── covers the page's prose? ── yes ──> its blocks
                                     │ no, or careful
    trafilatura, recall ─────┐       │
    readability-lxml ────────┼── the one most like the others and the page's prose
    trafilatura, precision ──┘

Measured on 181 saved pages by `coopbot eval`, the figures are in docs/quality.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from coopbot.ingest.boilerplate import trim
from coopbot.ingest.libraries import trafilatura
from coopbot.ingest.markdown import Block, blocks, inline, plain

SHORT = 300  # characters
COVERED = 0.7  # of the page's prose
_PROSE_CHARACTERS = 80  # a paragraph shorter than this may be a caption or a button
_PROSE_LINKS = 0.4  # share of links above which a paragraph points elsewhere
_EDGE = 60  # characters of a paragraph by which it is recognised
_SHINGLE = 4  # words
_MOST_READING = 5_000_000  # of 181 saved articles, the largest takes 900,000
_WORD = re.compile(r"\w+")
_BLANKS = re.compile(r"\s{2,}")

Shingles = Counter[tuple[str, ...]]


def best(tree: Any, title: str | None, *, careful: bool) -> list[Block]:
    """Return the blocks of the article in the pruned *tree*, empty when no extractor finds any.

    With *careful*, every extractor is asked about every page: half as fast, and a little more
    often right. *tree* is left as it was.
    """
    prose = list(_prose(tree))
    first = trim(_trafilatura(tree, recall=False), title)
    text = plain(first)
    if not careful and len(text) >= SHORT and _coverage(prose, text) >= COVERED:
        return first
    others = [_trafilatura(tree, recall=True), _readability(tree)]
    return _agreed([first, *(trim(other, title) for other in others)], prose)


def shingles(text: str) -> Shingles:
    """Return how often each run of four words occurs in *text*; a shorter text is one run."""
    words = _WORD.findall(text)
    runs = range(max(len(words) - _SHINGLE + 1, min(len(words), 1)))
    return Counter(tuple(words[i : i + _SHINGLE]) for i in runs)


def _trafilatura(tree: Any, *, recall: bool) -> list[Block]:
    found = trafilatura().bare_extraction(
        tree,
        # our own cascade stands for its "not fast"
        fast=True,
        favor_precision=not recall,
        favor_recall=recall,
        include_comments=False,
    )
    body = getattr(found, "body", None)
    return [] if body is None else blocks(body)


def _readability(tree: Any) -> list[Block]:
    from lxml.etree import ParserError
    from lxml.html import document_fromstring
    from readability import Document
    from readability.readability import Unparseable

    tree = deepcopy(tree)  # readability changes it
    if _squeeze(tree) > _MOST_READING:
        return []
    try:
        return blocks(document_fromstring(Document(tree).summary()))
    except (Unparseable, ParserError):  # no opinion
        return []


def _squeeze(tree: Any) -> int:
    """Leave one blank where *tree* has several in a row, even over the borders of elements.

    Readability's expressions take the square of the length of such a run. Returned is how many
    characters it will read: each as often as elements hold it.
    """
    from lxml.etree import iterwalk

    after_blank = True
    depth = characters = 0
    for event, element in iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        place = "text" if event == "start" else "tail"
        if text := getattr(element, place):
            text = _BLANKS.sub(" ", text)
            text = text.lstrip() if after_blank else text
            setattr(element, place, text)
            after_blank = text[-1].isspace() if text else after_blank
            characters += depth * len(text)
    return characters


def _prose(tree: Any) -> Iterable[str]:
    """Yield the text of the paragraphs that are sentences rather than links, wherever they are."""
    for paragraph in tree.iter("p"):
        # one within another: code too broken to count on, and read over and over
        if len(paragraph.text_content()) < _PROSE_CHARACTERS or paragraph.find(".//p") is not None:
            continue
        text = inline(paragraph)
        links = sum(len(link.text_content()) for link in paragraph.iter("a"))
        if len(text) >= _PROSE_CHARACTERS and links < _PROSE_LINKS * len(text):
            yield text


def _coverage(prose: Sequence[str], text: str) -> float:
    """Return which share of the page's *prose* is in *text*."""
    total = sum(map(len, prose))
    joined = " ".join(text.split())
    found = sum(len(p) for p in prose if p[:_EDGE] in joined or p[-_EDGE:] in joined)
    return found / total if total else 1.0


def _agreed(opinions: Sequence[list[Block]], prose: Sequence[str]) -> list[Block]:
    """Return the opinion most like the others; the first of equals."""
    said = [shingles(plain(opinion)) for opinion in opinions]
    said.append(shingles("\n".join(prose)))
    agreement = [
        sum(_likeness(mine, other) for j, other in enumerate(said) if i != j)
        for i, mine in enumerate(said[:-1])
    ]
    return opinions[agreement.index(max(agreement))]


def _likeness(left: Shingles, right: Shingles) -> float:
    """Return the F1 of one text measured against the other."""
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0
