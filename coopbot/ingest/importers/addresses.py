"""Lists of addresses: text files with one on each line, perhaps with a title beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from coopbot.errors import Refused
from coopbot.ingest.importers.making import make_reference
from coopbot.ingest.records import Reference

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"|]+", re.IGNORECASE)
_MARKDOWN = re.compile(r"\[([^\[\]]*)\]\((\S+)\)")
_AROUND = re.compile(r"^[\s\-–—•*:;,|<>\t]+|[\s\-–—:;,|<>(\t]+$|^\d{1,4}[.)]\s+")
_MAX_LINE = 5_000  # characters
_MAX_BESIDE = 200  # characters beside an address; more is a text that cites
_LOOKED_AT = 1_000  # lines that tell what the file is
_SHARE = 0.8


def is_address_list(text: str) -> bool:
    """Tell whether nearly each line of *text* is an address, with a title at most."""
    looked_at = list(islice((line for _, line in _lines(text)), _LOOKED_AT))
    return sum(map(_names_one, looked_at)) >= _SHARE * max(1, len(looked_at))


def read_addresses(name: str, text: str) -> Iterator[Reference | Refused]:
    """Yield the addresses of *text* line by line; `#` begins a comment."""
    for number, line in _lines(text):
        yield from _references(name, number, line)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()


def _names_one(line: str) -> bool:
    if len(line) > _MAX_LINE:
        return False
    beside = _ADDRESS.sub("", line)
    return beside != line and len(beside) <= _MAX_BESIDE


def _references(name: str, number: int, line: str) -> Iterator[Reference | Refused]:
    if len(line) > _MAX_LINE:
        yield make_reference(name, number, line)
        return
    if linked := _MARKDOWN.search(line):
        yield make_reference(name, number, linked[2], linked[1])
        return
    found = [_trimmed(address) for address in _ADDRESS.findall(line)]
    if not found:
        yield make_reference(name, number, line)
        return
    title = None
    if len(found) == 1:
        beside = _AROUND.sub("", _AROUND.sub("", line.replace(found[0], " ")))
        title = beside if re.search(r"\w", beside) else None
    for address in found:
        yield make_reference(name, number, address, title)


def _trimmed(address: str) -> str:
    """Return *address* without the punctuation of the sentence around it."""
    address = address.rstrip(".,;:!?»”'")
    unopened = address.endswith(")") and "(" not in address
    return address.rstrip(")") if unopened else address
