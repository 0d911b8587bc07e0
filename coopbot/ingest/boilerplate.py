"""What is on a page beside its article: taken off the tree, then out of the blocks.

What counts is in `boilerplate.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from coopbot.french import fold
from coopbot.ingest.markdown import Block

_CODE = ("script", "style", "template", "svg", "iframe", "object", "embed", "canvas")
_AROUND = (
    "noscript", "nav", "footer", "aside", "form", "button", "select", "input", "textarea", "dialog",
)  # fmt: skip
_LARGEST_SHARE = 1 / 3
_POINTER_CHARACTERS = 250  # a longer paragraph is no pointer, nor a title
_LINE_CHARACTERS = 40
_PREFIX = "(?:block|widget|post|article|entry|page|site|js|c|m|o)[-_]{1,2}"
_WORDS = re.compile(r"[a-z0-9]+")
_FRENCH_BLANK = re.compile(r"\s+(?=[:;!?»])")


@dataclass(frozen=True, slots=True)
class _Lists:
    names: re.Pattern[str]
    content: re.Pattern[str]
    beginnings: re.Pattern[str]
    lines: frozenset[str]
    endings: re.Pattern[str]


def drop_code(tree: Any) -> None:
    """Take out of *tree* what nobody reads: scripts, styles, drawings, frames."""
    for element in list(tree.iter(*_CODE)):
        _drop(element)
    for cell in tree.iter("td", "th"):  # trafilatura makes cells of them: thousands, when lied to
        cell.attrib.pop("colspan", None)
        cell.attrib.pop("rowspan", None)
    for link in tree.xpath("//a//a"):  # HTML has none; extractors read their text over and over
        link.tag = "span"


def prune(tree: Any) -> None:
    """Take out of *tree* what cannot be the article: navigation, banners, forms, share bars.

    An element stays whatever it is called when it holds more than a third of the text: some pages
    are one form, or one "cookie" class.
    """
    most = _LARGEST_SHARE * _length(tree)
    for element in list(tree.iter(*_AROUND)):
        if _length(element) <= most:
            _drop(element)
    lists, known = _lists(), dict[str, bool]()
    for element in list(tree.iter("div", "section", "ul", "ol", "p", "span", "figure", "header")):
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if names not in known:
            around = lists.names.search(names) is not None
            known[names] = around and not lists.content.search(names)
        if known[names] and _length(element) <= most:
            _drop(element)


def trim(blocks: Sequence[Block], title: str | None) -> list[Block]:
    """Return *blocks* without the title they may begin with, and what points to other articles."""
    lists = _lists()
    kept: list[Block] = []
    half = sum(len(block.text) for block in blocks) / 2
    seen = 0
    for block in blocks:
        seen += len(block.text)
        if len(block.text) <= _POINTER_CHARACTERS:
            text = _comparable(block.text)
            short = len(text) <= _LINE_CHARACTERS
            if seen > half and (block.kind == "heading" or short) and lists.endings.match(text):
                break
            if _is_title(text, title) and not any(b.kind != "heading" for b in kept):
                continue
            if (short and text.strip(" :.!<>") in lists.lines) or lists.beginnings.match(text):
                continue
        kept.append(block)
    while kept and kept[-1].kind == "heading":
        kept.pop()
    return kept


def _is_title(folded: str, title: str | None) -> bool:
    return title is not None and _WORDS.findall(folded) == _WORDS.findall(fold(title))


@cache
def _lists() -> _Lists:
    source = files(__package__).joinpath("boilerplate.toml").read_text(encoding="utf-8")
    table = {name: list(values) for name, values in tomllib.loads(source).items()}
    folded = {name: [_comparable(v) for v in vs] for name, vs in table.items()}
    return _Lists(
        names=re.compile(rf"(?:^|\s|__)(?:{_PREFIX})?(?:{_any(table['names'])})(?=$|[\s_-])"),
        content=re.compile(rf"(?:^|\s)(?:{_any(table['content'])})"),
        beginnings=re.compile(_any(folded["beginnings"])),
        lines=frozenset(folded["lines"]),
        endings=re.compile(_any(folded["endings"])),
    )


def _comparable(text: str) -> str:
    """Return *text* folded, without the blank that French puts before a colon."""
    return _FRENCH_BLANK.sub("", fold(text)).strip()


def _any(texts: list[str]) -> str:
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))


def _length(element: Any) -> int:
    return len(element.text_content())


def _drop(element: Any) -> None:
    if element.getparent() is not None:
        element.drop_tree()
