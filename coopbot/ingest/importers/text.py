"""Text files: their characters, their paragraphs, and the article a plain text is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from coopbot.article import Article, clean_text
from coopbot.errors import Refused
from coopbot.ingest.importers.making import make_article, title_from_name
from coopbot.ingest.importers.title_break import MAX_TITLE, break_title

_WRAPPED = 120  # characters: a file without longer lines was wrapped to a width
_UNICODE = (  # longest first: the mark of UTF-32 begins with that of UTF-16
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_ITEM = re.compile(r"\s*([-–—•*>#|]|\d{1,3}[.)])\s")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph on one line, and the line of the file it begins on (1-based)."""

    line: int
    text: str


def decode(content: bytes) -> str:
    """Return the text of *content*: by its byte order mark, as UTF-8, else as Windows-1252.

    Line ends are `\\n`, control characters are gone. Never raises: the five bytes that
    Windows-1252 does not define become U+FFFD.
    """
    encoding = next((name for mark, name in _UNICODE if content.startswith(mark)), None)
    if encoding is not None:
        return clean_text(content.decode(encoding, "replace"))
    try:
        return clean_text(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return clean_text(content.decode("cp1252", "replace"))


def paragraphs(text: str) -> list[Paragraph]:
    """Return the paragraphs of *text*, the lines of one that was wrapped to a width joined.

    A line break ends a paragraph unless the line was full: the next word would not have fit.
    Blank lines always do, and so do list items.
    """
    lines = text.split("\n")
    width = max(map(len, lines))
    found: list[Paragraph] = []
    for number, (previous, line) in enumerate(pairwise(["", *lines]), 1):
        if not line.strip():
            continue
        if _is_continued(previous, line, width):
            found[-1] = Paragraph(found[-1].line, f"{found[-1].text} {line.strip()}")
        else:
            found.append(Paragraph(number, line.strip()))
    return found


def _is_continued(line: str, following: str, width: int) -> bool:
    if not line.strip() or width > _WRAPPED or _ITEM.match(following):
        return False
    return len(line.rstrip()) + 1 + len(following.split()[0]) > width


def read_text(name: str, text: str, url: str | None) -> Article:
    """Return the article that the plain *text* of the file *name* is.

    Its title is a first line without full stop, or what was run together with the first
    paragraph, else the name of the file. Raises Refused when there is no text.
    """
    found = paragraphs(text)
    if not found:
        raise Refused("import_no_text", path=name)
    first, rest = found[0].text, [paragraph.text for paragraph in found[1:]]
    if rest and len(first) <= MAX_TITLE and not first.endswith((".", ",", ";", ":")):
        title = first.lstrip("# ")
    elif (broken := break_title(first)) is not None and broken.by == "word":
        title, rest = broken.title, [broken.text, *rest]
    else:
        title, rest = title_from_name(name), [first, *rest]
    return make_article(name, title, "\n\n".join(rest), url=url)
