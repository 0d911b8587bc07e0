"""Whether something is in the corpus already: the same address, or nearly the same text."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

import numpy as np
from numpy.typing import NDArray

from coopbot.article import canonical_url
from coopbot.french import fold
from coopbot.ingest.front_matter import LONGEST_ADDRESS

SAME = 0.8  # Jaccard similarity from which two texts are one
WITHIN = 0.9  # share of a text found in another from which it is a part of it
_SHINGLE = 3  # words
_FEWEST_SHINGLES = 8  # of less, chance decides
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio, odd: multiplying by it mixes bits

_INDEX_PAGE = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_PATH_SAFE = "/%!$&'()*+,;=:@~"

Hashes = NDArray[np.uint64]


def canonical_address(url: str, stated: str | None = None) -> str:
    """Return the one address to know the page at *url* by; it still leads there.

    Without fragment, default port and tracking parameters (courlan's list). *stated* is what the
    page calls its canonical address (RFC 6596): believed on the same site only, and not when it
    names the home page. Raises ValueError when *url* is no absolute http(s) address.
    """
    own = _clean(url)
    if not stated or len(stated) > LONGEST_ADDRESS:
        return own
    try:
        other = _clean(urljoin(own, stated))
    except ValueError:  # pages state all sorts of things
        return own
    if _site(other) != _site(own) or urlsplit(other).path == "/":
        return own
    return other


def address_key(url: str) -> str:
    """Return what two spellings of one page's address have in common; it need not lead anywhere.

    Beyond `canonical_address`: neither scheme, www., trailing slash nor index page, the parameters
    in order. Raises ValueError when *url* is no absolute http(s) address.
    """
    parts = urlsplit(_clean(url))
    path = _INDEX_PAGE.sub("/", unquote(parts.path)).rstrip("/")
    query = "&".join(sorted(parts.query.split("&")))
    return f"{parts.netloc.removeprefix('www.')}{path}" + (f"?{query}" if query else "")


def _clean(url: str) -> str:
    from courlan.clean import clean_query

    parts = urlsplit(canonical_url(url))
    # A part without value stays as it is: spip.php?article12 is an address, and courlan, which
    # reads queries as forms, would drop all of it.
    kept = [p for p in parts.query.split("&") if p and ("=" not in p or _kept(clean_query(p), p))]
    path = quote(parts.path, safe=_PATH_SAFE)
    netloc = parts.netloc.rpartition("@")[2]
    default = {"http": ":80", "https": ":443"}[parts.scheme]
    return urlunsplit((parts.scheme, netloc.removesuffix(default), path, "&".join(kept), ""))


def _kept(cleaned: str, parameter: str) -> bool:
    # courlan also drops parameters that are empty ("q="), which is right, and says nothing else
    return bool(cleaned) and not parameter.endswith("=")


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


@dataclass(frozen=True, slots=True)
class Resemblance:
    """The known text `name` that another is like.

    `jaccard` is the share of three-word runs in common; `within` how much of the shorter text is in
    the longer.
    """

    name: str
    jaccard: float
    within: float

    @property
    def same(self) -> bool:
        """Whether the two are one text."""
        return self.jaccard >= SAME

    @property
    def part(self) -> bool:
        """Whether the shorter is a part of the longer, an excerpt say."""
        return self.within >= WITHIN


class KnownTexts:
    """The texts of a corpus, to find the one that another is nearly the same as.

    Exact, on hashes of all three-word runs, about 6 kB for an article: a corpus of some ten
    thousand articles needs no sketches like MinHash, which could not tell an excerpt anyway
    (Broder 1997, "On the resemblance and containment of documents").
    """

    def __init__(self, texts: Iterable[tuple[str, str]] = ()) -> None:
        """Begin with *texts*, pairs of name and text."""
        self._hashes: dict[str, Hashes] = {}
        for name, text in texts:
            self.add(name, text)

    def add(self, name: str, text: str) -> None:
        """Know *text*, in place of what *name* named before."""
        self._hashes[name] = _hashes(text)

    def remove(self, name: str) -> None:
        """Forget the text *name*, if it is known."""
        self._hashes.pop(name, None)

    def most_like(self, text: str, *, other_than: str | None = None) -> Resemblance | None:
        """Return which known text is most like *text*, None when none has anything of it.

        Texts of fewer than ten words are like none.
        """
        mine = _hashes(text)
        best: Resemblance | None = None
        for name, theirs in self._hashes.items():
            fewer, more = sorted((len(mine), len(theirs)))
            if name == other_than or fewer < _FEWEST_SHINGLES:
                continue
            common = len(np.intersect1d(mine, theirs, assume_unique=True))
            if not common:
                continue
            found = Resemblance(name, common / (fewer + more - common), common / fewer)
            if best is None or (found.jaccard, found.within) > (best.jaccard, best.within):
                best = found
        return best


def _hashes(text: str) -> Hashes:
    """Return the hashes of the three-word runs of *text*, each once, in order."""
    words = [zlib.crc32(word.encode()) for word in _WORD.findall(fold(text))]
    if len(words) < _SHINGLE:
        return np.empty(0, dtype=np.uint64)
    numbers = np.array(words, dtype=np.uint64)
    runs = len(numbers) - _SHINGLE + 1
    mixed = np.zeros(runs, dtype=np.uint64)
    for offset in range(_SHINGLE):
        mixed = (mixed ^ numbers[offset : offset + runs]) * _FACTOR
        mixed ^= mixed >> np.uint64(32)
    return np.unique(mixed)
