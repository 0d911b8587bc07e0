"""CSV tables of bookmarks: Diigo, Pocket, Raindrop, Instapaper, or somebody's spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from functools import cache

from coopbot.errors import Refused
from coopbot.french.folding import fold
from coopbot.ingest.front_matter import one_line
from coopbot.ingest.importers.making import make_reference
from coopbot.ingest.importers.words import lines
from coopbot.ingest.records import Reference

_DELIMITERS = ",;\t|"
_SEPARATORS = re.compile(r"[,;|]")
_EXCEL = re.compile(r"\Asep=(.)\n", re.IGNORECASE)  # a first line for Excel, not part of the table
_MAX_HEADER = 4_000  # characters
_SHOWN = 200


def is_table(text: str) -> bool:
    """Tell whether *text* is a table with a column of addresses and at least one other."""
    columns = _columns(_header(text))
    return "url" in columns and len(columns) > 1


def read_table(name: str, text: str) -> Iterator[Reference | Refused]:
    """Yield the bookmarks of the table *text*, one a row.

    Raises Refused when no column is called like an address ("url", "lien"; columns.txt).
    """
    header = _header(text)
    columns = _columns(header)
    if "url" not in columns:
        raise Refused("import_no_column", path=name, found=one_line(", ".join(header), _SHOWN))
    rows = csv.reader(io.StringIO(_EXCEL.sub("", text, count=1)), delimiter=_delimiter(text))
    next(rows)
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:  # a field longer than any: a quote that is never closed
            yield Refused("import_row", path=name, line=rows.line_num)
            continue
        if any(cell.strip() for cell in row):
            yield _reference(name, rows.line_num, row, columns)


def _reference(
    name: str, line: int, row: list[str], columns: Mapping[str, int]
) -> Reference | Refused:
    cells = {field: row[place] for field, place in columns.items() if place < len(row)}
    folder = cells.get("folder", "").split("/")
    tags = [*folder, *_SEPARATORS.split(cells.get("tags", ""))]
    url, title, excerpt = cells.get("url"), cells.get("title"), cells.get("excerpt")
    # Pocket repeats the address where it knows no title.
    return make_reference(name, line, url, None if title == url else title, excerpt, tags)


def _header(text: str) -> list[str]:
    """Return the names of the columns."""
    first = _EXCEL.sub("", text[:_MAX_HEADER], count=1).lstrip().partition("\n")[0]
    return next(csv.reader([first], delimiter=_delimiter(text)), [])


def _delimiter(text: str) -> str:
    """Return the delimiter that gives the most columns with a known name."""
    if told := _EXCEL.match(text):
        return told[1]
    first = text[:_MAX_HEADER].lstrip().partition("\n")[0]
    return max(_DELIMITERS, key=lambda d: len(_columns(next(csv.reader([first], delimiter=d), []))))


def _columns(header: list[str]) -> dict[str, int]:
    """Return where the fields are, by the names of the columns; the surest name counts."""
    named = {fold(cell).strip(): place for place, cell in reversed(list(enumerate(header)))}
    return {
        field: named[next(name for name in names if name in named)]
        for field, names in _names().items()
        if any(name in named for name in names)
    }


@cache
def _names() -> dict[str, tuple[str, ...]]:
    pairs = (line.partition("=") for line in lines("columns.txt"))
    return {field.strip(): tuple(n.strip() for n in names.split(",")) for field, _, names in pairs}
