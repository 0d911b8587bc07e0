"""An element tree to blocks of text, and blocks to Markdown that `coopbot/passages.py` reads back.

Headings, lists, quotes and small tables stay; links, images and typefaces become the text they
hold. The tree may be HTML or what trafilatura makes of it, which has names of its own
(https://trafilatura.readthedocs.io/, "XML output": head, list, item, quote, row, cell, lb).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

_HEADINGS = frozenset({"head", "h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"list", "ul", "ol", "dl", "menu"})
_ITEMS = frozenset({"item", "li", "dd", "dt"})
_QUOTES = frozenset({"quote", "blockquote"})
_ROWS = frozenset({"row", "tr"})
_CELLS = frozenset({"cell", "td", "th"})
_BREAKS = frozenset({"lb", "br", "hr"})
_PARAGRAPHS = frozenset(
    {"p", "div", "section", "article", "main", "header", "body", "html", "address", "details",
     "summary", "fieldset", "figure", "figcaption", "center", "pre", "tbody", "thead", "tfoot",
     "caption"}
)  # fmt: skip
_SILENT = frozenset(
    {"script", "style", "noscript", "template", "graphic", "img", "svg", "iframe", "head", "title"}
)
_WIDEST_CELL = 120  # characters; a table with longer ones holds the page's layout, not data
_DEEPEST_LIST = 3
_LAST_NUMBER = 99  # a longer marker would need a deeper indentation

_BLANKS = re.compile(r"[ \t\r\f\v]+")
_UNSEEN = re.compile("[\u00ad\u200b\u200c\u2060\ufeff]")  # they break words for whoever searches
_LINE_ENDS = re.compile(r" ?\n ?")
_PARAGRAPH_ENDS = re.compile(r"\n{2,}")
# what CommonMark would take for markup, within a line and at its beginning
_MARKUP = re.compile(
    r"[*`]|\\(?=[!-/:-@\[-`{-~])|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\[(?=[^\]]*\][(:\[])"
)
_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
_OPENING = re.compile(r"(#{1,6}(?=\s|$)|[-+](?=\s|$)|[>=~|]|-{2,}|_{3,})")
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")

Kind = Literal["heading", "paragraph", "item", "table"]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item or table.

    `level` is that of a heading, 1 to 6, or the depth of a list, from 1; a paragraph of a level
    above 0 belongs to the item before it. `marker` is the item's: "-" or its number. `quotes`
    tells how many quotations it is within. A table has its cells in `rows`, and in `text` too.
    """

    kind: Kind
    text: str
    level: int = 0
    marker: str = ""
    quotes: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(tree: Any) -> list[Block]:
    """Return the blocks of the element *tree*, in order; none is empty."""
    reader = _Reader()
    reader.read(tree)
    reader.close()
    return reader.found


def plain(found: Iterable[Block]) -> str:
    """Return the text of the blocks, one a line."""
    return "\n".join(block.text for block in found)


def render(found: Iterable[Block]) -> str:
    """Return the blocks as Markdown (CommonMark, with tables)."""
    parts: list[str] = []
    before: Block | None = None
    for block in found:
        if before is not None:
            close = before.kind == block.kind == "item" and before.quotes == block.quotes
            parts.append("\n" if close else "\n\n")
        prefix = "> " * block.quotes
        parts.append("\n".join((prefix + line).rstrip() for line in _lines(block)))
        before = block
    return "".join(parts)


def _lines(block: Block) -> Iterator[str]:
    if block.kind == "table":
        yield from _table_lines(block.rows)
        return
    if block.kind == "heading":
        yield "#" * block.level + " " + _escaped(block.text.replace("\n", " "))
        return
    indent = "    " * (block.level - 1 if block.kind == "item" else block.level)
    marker = f"{block.marker} " if block.kind == "item" else ""
    for number, line in enumerate(block.text.split("\n")):
        yield indent + (marker if number == 0 else " " * len(marker)) + _escaped(line)


def _table_lines(rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    width = max(len(row) for row in rows)
    for number, row in enumerate(rows):
        cells = [_escaped(cell).replace("|", "\\|") for cell in row]
        yield "| " + " | ".join(cells + [""] * (width - len(cells))) + " |"
        if number == 0:
            yield "|" + " --- |" * width


def _escaped(line: str) -> str:
    line = _UNDERSCORE.sub(r"\\_", _MARKUP.sub(lambda m: "\\" + m[0], line))
    if match := _NUMBER.match(line):
        return f"{match[1]}\\{line[match.start(2) :]}"
    return "\\" + line if _OPENING.match(line) else line


class _Reader:
    """Walks a tree, gathering inline text until a block ends."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self._text: list[str] = []
        self._quotes = 0
        self._numbers: list[int | None] = []  # of the lists we are in; None when not numbered
        self._marker: str | None = None  # of an item whose text is still to come

    def read(self, element: Any) -> None:
        """Gather what *element* holds, without its tail."""
        self._add(element.text)
        for child in element:
            self._read_child(child)
            self._add(child.tail)

    def _add(self, text: str | None) -> None:
        if text:
            # in HTML a line end is a blank
            self._text.append(_UNSEEN.sub("", text).replace("\n", " "))

    def _read_child(self, child: Any) -> None:
        tag = child.tag
        if not isinstance(tag, str):  # a comment
            return
        if tag in _HEADINGS and (tag != "head" or child.get("rend")):
            self._heading(child)
        elif tag in _SILENT:
            return
        elif tag in _BREAKS:
            self._text.append("\n" if tag != "hr" else "\n\n")
        elif tag in _LISTS:
            self._list(child)
        elif tag in _ITEMS:
            self._item(child)
        elif tag in _QUOTES:
            self.close()
            self._quotes += 1
            self.read(child)
            self.close()
            self._quotes -= 1
        elif tag == "table":
            self._table(child)
        elif tag in _PARAGRAPHS or tag in _ROWS or tag in _CELLS:
            self.close()
            self.read(child)
            self.close()
        else:
            self.read(child)

    def close(self) -> None:
        """End the block that is being gathered."""
        gathered, self._text = "".join(self._text), []
        for text in _PARAGRAPH_ENDS.split(_LINE_ENDS.sub("\n", _BLANKS.sub(" ", gathered))):
            if text.strip():
                self._emit(text.strip())

    def _emit(self, text: str) -> None:
        depth = min(len(self._numbers), _DEEPEST_LIST)
        if self._marker is not None and depth:
            self.found.append(Block("item", text, depth, self._marker, self._quotes))
            self._marker = None
        else:
            self.found.append(Block("paragraph", text, depth, quotes=self._quotes))

    def _heading(self, element: Any) -> None:
        self.close()
        name = element.get("rend") or element.tag
        level = int(name[1]) if re.fullmatch(r"h[1-6]", name) else 2
        if text := inline(element):
            self.found.append(Block("heading", text, level, quotes=self._quotes))

    def _list(self, element: Any) -> None:
        self.close()
        numbered = "ol" in (element.tag, element.get("rend"))
        self._numbers.append(0 if numbered else None)
        self.read(element)
        self.close()
        self._numbers.pop()

    def _item(self, element: Any) -> None:
        self.close()
        marker = "-"
        if self._numbers and (number := self._numbers[-1]) is not None:
            self._numbers[-1] = number + 1
            marker = f"{number + 1}." if number < _LAST_NUMBER else "-"
        self._marker = marker
        self.read(element)
        self.close()
        self._marker = None

    def _table(self, element: Any) -> None:
        self.close()
        rows = [
            tuple(inline(cell) for cell in row if cell.tag in _CELLS)
            for row in element.iter(*_ROWS)
        ]
        rows = [row for row in rows if any(row)]
        nested = next(element.iterdescendants("table"), None) is not None
        widest = max((len(cell) for row in rows for cell in row), default=0)
        if nested or widest > _WIDEST_CELL or max(map(len, rows), default=0) < 2:
            self.read(element)
            self.close()
        else:
            text = "\n".join(" ".join(filter(None, row)) for row in rows)
            self.found.append(Block("table", text, quotes=self._quotes, rows=tuple(rows)))


def inline(element: Any) -> str:
    """Return the text of *element* on one line, the no-break spaces of French typography kept."""
    pieces = []
    for part in element.iter():
        if isinstance(part.tag, str) and (part is element or part.tag not in _SILENT):
            if part.tag in _BREAKS or part.tag in _PARAGRAPHS or part.tag in _ITEMS:
                pieces.append(" ")
            pieces.append(part.text or "")
        if part is not element:
            pieces.append(part.tail or "")
    return _BLANKS.sub(" ", _UNSEEN.sub("", "".join(pieces)).replace("\n", " ")).strip()
