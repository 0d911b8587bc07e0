"""The lines of pages to text: headings and paragraphs, without what was only layout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass

from coopbot.french.folding import fold
from coopbot.french.wordlists import words as listed_in_french
from coopbot.ingest.importers.words import words

_EDGE = 2  # lines at the top and at the foot of a page that may be header and footer
_OFTEN = 3  # pages: what stands at their edges is no text by then
_FEW_PAGES = 4
_LARGER = 1.15  # a heading's letters, against those of the text
_MAX_HEADING = 150  # characters
_MAX_PARAGRAPH = 5_000
_TAIL = 100  # characters at the end of a line that tell how it ends
_FULL = 0.75  # of the usual length: a line that is shorter may end a paragraph
_DEEPEST = 4  # level of headings
_PAGE_NUMBER = re.compile(
    r"(page\s*)?[-–—|]?\s*(\d{1,4}|[ivxl]{1,6})\s*[-–—|]?(\s*(/|sur|of|de)\s*\d{1,4})?",
    re.IGNORECASE,
)
_LEADERS = re.compile(r"(\s?[.…_]){5,}\s*\w{0,5}\s*$")  # a table of contents
_BULLET = re.compile(r"^[•●▪■◦‣·*–—-]\s+")
_ENDS = re.compile(r"[.!?…:;][»”\"')\]\u00a0\u202f ]*$")
_HYPHENS = ("-", "\u00ad", "\u2010")
_CUT = re.compile(r"([^\W\d_]+(?:[-\u2010][^\W\d_]+)*)([-\u00ad\u2010])$")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page and the height of its letters, in points; pages count from 0."""

    text: str
    size: float
    page: int = 0


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading or a paragraph."""

    text: str
    size: float
    heading: bool


def article_text(pages: list[list[Line]], title: str | None) -> tuple[str | None, str]:
    """Return the largest line, if one stands out before the text, and the text in Markdown.

    The largest line is not repeated in the text. When *title* is given, it is that line that is
    left out of the text.
    """
    lines = list(_without_edges(pages))
    known = _vocabulary(lines)
    blocks = list(_blocks(lines, known))
    place = _title_place(blocks, title)
    largest = None if place is None else blocks.pop(place).text
    return largest, "\n\n".join(_marked(blocks))


def _marked(blocks: list[_Block]) -> Iterator[str]:
    """Yield the Markdown of *blocks*: headings have their level by their size."""
    sizes = sorted({block.size for block in blocks if block.heading}, reverse=True)
    levels = {size: "#" * min(2 + rank, _DEEPEST) for rank, size in enumerate(sizes)}
    for block in blocks:
        yield f"{levels[block.size]} {block.text}" if block.heading else block.text


def _without_edges(pages: list[list[Line]]) -> Iterator[Line]:
    """Yield the lines without blank ones, page numbers, and headers and footers that repeat."""
    cleaned = [[line for line in map(_clean, page) if line.text] for page in pages]
    repeated = Counter(key for page in cleaned for key in {_key(page[n]) for n in _edges(page)})
    often = 2 if len(pages) <= _FEW_PAGES else _OFTEN
    for page in cleaned:
        edges = set(_edges(page))
        for number, line in enumerate(page):
            numbered = _PAGE_NUMBER.fullmatch(line.text)
            if number in edges and (numbered or repeated[_key(line)] >= often):
                continue
            if not _LEADERS.search(line.text[-_TAIL:]):
                yield line


def _clean(line: Line) -> Line:
    text = re.sub(r"[ \t]+", " ", line.text.translate(_LIGATURES)).strip()
    return Line(text, line.size, line.page)


def _edges(page: list[Line]) -> list[int]:
    return [n for n in range(len(page)) if n < _EDGE or n >= len(page) - _EDGE]


def _key(line: Line) -> tuple[float, str]:
    """Return what is the same in a header on all pages: not the page's number."""
    return line.size, re.sub(r"\d+", "#", fold(line.text))


def _vocabulary(lines: list[Line]) -> frozenset[str]:
    """Return the words of the text, as written within lines, in lower case."""
    return frozenset(
        word.lower()
        for line in lines
        for word in _WORD.findall(line.text.rsplit(" ", 1)[0] if _is_cut(line.text) else line.text)
    )


def _blocks(lines: list[Line], known: Set[str]) -> Iterator[_Block]:
    usual = _usual_size(lines)
    width = _usual_width(lines, usual)
    text, last = "", None
    for line in lines:
        full = len(text) > _MAX_PARAGRAPH
        if last is not None and (full or _parts(last, line, usual, width)):
            yield _block(text, last.size, usual)
            text = ""
        text = _joined(text, line.text, known)
        last = line
    if last is not None:
        yield _block(text, last.size, usual)


def _usual_size(lines: list[Line]) -> float:
    """Return the size of most letters: that of the text."""
    letters: Counter[float] = Counter()
    for line in lines:
        letters[line.size] += len(line.text)
    return max(letters, key=lambda size: letters[size], default=0.0)


def _usual_width(lines: list[Line], usual: float) -> int:
    """Return the length, in characters, that nine lines in ten of the text do not exceed."""
    lengths = sorted(len(line.text) for line in lines if line.size == usual)
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _parts(line: Line, following: Line, usual: float, width: int) -> bool:
    """Tell whether a paragraph or heading ends between *line* and *following*."""
    heading = line.size >= _LARGER * usual
    if heading or following.size >= _LARGER * usual:
        numbered = following.text[:1].isdigit()
        return line.size != following.size or line.page != following.page or numbered
    if _BULLET.match(following.text):
        return True
    return bool(_ENDS.search(line.text[-_TAIL:])) and len(line.text) < _FULL * width


def _block(text: str, size: float, usual: float) -> _Block:
    larger = size >= _LARGER * usual and len(text) <= _MAX_HEADING
    return _Block(_BULLET.sub("- ", text), size, larger and not text.endswith((".", ",", ";")))


def _joined(text: str, following: str, known: Set[str]) -> str:
    """Return *text* and the line *following*, a word that was cut between them made whole."""
    cut = _CUT.search(text[-_TAIL:])
    rest = _WORD.match(following)
    if cut is None or rest is None:
        return f"{text} {following}".strip()
    hyphen = "-" if _keeps_hyphen(cut, rest[0], known) else ""
    return text[:-1] + hyphen + following


def _is_cut(line: str) -> bool:
    return line.endswith(_HYPHENS)


def _keeps_hyphen(cut: re.Match[str], rest: str, known: Set[str]) -> bool:
    """Tell whether the hyphen at the end of a line is the word's own: "peut-" and "être"."""
    if cut[2] == "\u00ad":
        return False
    if not rest[0].islower():  # Anne-Marie
        return True
    start, end = cut[1].lower(), rest.lower()
    if start + end in known:
        return False
    if f"{start}-{end}" in known or "-" in cut[1]:
        return True
    return fold(end) in listed_in_french("clitics.txt") or f"{start}-{end}" in words(
        "hyphenated.txt"
    )


def _title_place(blocks: list[_Block], title: str | None) -> int | None:
    """Return which of *blocks* is the title: *title* itself, else the largest before the text."""
    if title is not None:
        places = (n for n, b in enumerate(blocks[:10]) if fold(b.text) == fold(title))
        return next(places, None)
    before = [n for n, block in enumerate(blocks[:10]) if block.heading]
    return max(before, key=lambda n: (blocks[n].size, -n), default=None)
