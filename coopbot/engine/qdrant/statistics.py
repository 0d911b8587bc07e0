"""What scoring needs of a whole Qdrant collection: kept in the generation's folder, not on servers.

A sparse vector has numbers where the index has terms; each view numbers its own, in the order they
came, and keeps the numbers for as long as the collection lives. Beside them is in how many live
units each term occurs, which makes idf, and the words that misspelt ones are compared with.

The mean lengths behind the impacts (`coopbot/engine/impacts.py`) are those of the moment when the
collection was made, so that all its points were weighed alike; `moved` counts the articles put and
removed since, of the `measured` ones the means are of.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coopbot.arrays import Arrays, DamagedArrays, load, save
from coopbot.engine.nearby import NearbyWords, nearby_arrays
from coopbot.engine.protocol import LexicalView
from coopbot.engine.schema import VIEWS

FILE = "collection.statistics"
FORMAT = 1
_NEARBY = "nearby."

Means = Mapping[LexicalView, Sequence[float]]


class Terms:
    """The terms of a view, sorted: the number and the live units of each."""

    def __init__(self, arrays: Arrays, view: LexicalView) -> None:
        self._texts = arrays[f"{view}.terms"].data
        self._ends = arrays[f"{view}.ends"]
        self.numbers: NDArray[np.int64] = arrays[f"{view}.numbers"]
        self.frequencies: NDArray[np.int64] = arrays[f"{view}.frequencies"]

    def __len__(self) -> int:
        return int(self._ends.size)

    def __getitem__(self, place: int) -> bytes:
        start = int(self._ends[place - 1]) if place else 0
        return bytes(self._texts[start : int(self._ends[place])])

    def find(self, term: str) -> tuple[int, int] | None:
        """Return the number of *term* and how many live units have it, None if it is unknown."""
        wanted = term.encode("utf-8", "surrogatepass")
        place = bisect_left(self, wanted)
        if place == len(self) or self[place] != wanted:
            return None
        return int(self.numbers[place]), int(self.frequencies[place])


@dataclass(frozen=True, slots=True)
class Statistics:
    """Those of the state `number` of `collection`; see the module's page."""

    collection: str
    number: int
    documents: Mapping[LexicalView, int]
    means: Means
    measured: int
    moved: int
    terms: Mapping[LexicalView, Terms]
    words: NearbyWords


def read(folder: Path) -> Statistics | None:
    """Return the statistics in *folder*, None when there are none; raises DamagedArrays."""
    try:
        arrays = load(folder / FILE)
    except FileNotFoundError:
        return None
    meta = arrays.meta
    if meta.get("format") != FORMAT:
        raise DamagedArrays(str(folder / FILE))
    nearby = {
        name.removeprefix(_NEARBY): array
        for name, array in arrays.arrays.items()
        if name.startswith(_NEARBY)
    }
    return Statistics(
        collection=meta["collection"],
        number=meta["number"],
        documents={view: meta["documents"][view] for view in LexicalView},
        means={view: meta["means"][view] for view in LexicalView},
        measured=meta["measured"],
        moved=meta["moved"],
        terms={view: Terms(arrays, view) for view in LexicalView},
        words=NearbyWords(nearby),
    )


@dataclass(slots=True)
class _View:
    """The terms of a view while they are counted; `lengths` are summed over units, per field."""

    numbers: dict[str, int]
    frequencies: Counter[int]
    documents: int
    lengths: NDArray[np.float64]


@dataclass(slots=True)
class Tally:
    """Statistics in the making, for the state after that of `base`; without one, of a new one."""

    base: Statistics | None
    moved: int = 0
    _views: dict[LexicalView, _View] = field(init=False)

    def __post_init__(self) -> None:
        self._views = {view: _counted(self.base, view) for view in LexicalView}
        self.moved = self.base.moved if self.base else 0

    def add(
        self, view: LexicalView, fields: Sequence[Mapping[str, int]]
    ) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
        """Count a unit in, of how often each of its *fields* has which terms.

        Returns the numbers of its terms, ascending, and their frequencies, a column per field.
        """
        known = self._views[view]
        here = {known.numbers.setdefault(t, len(known.numbers)): t for f in fields for t in f}
        numbers = np.array(sorted(here), dtype=np.int64)
        columns = [[found.get(here[n], 0) for found in fields] for n in numbers.tolist()]
        frequencies = np.array(columns, dtype=np.uint16).reshape(numbers.size, len(fields))
        known.frequencies.update(list(here))
        known.documents += 1
        known.lengths += frequencies.sum(axis=0, dtype=np.float64)
        return numbers, frequencies

    def remove(self, view: LexicalView, numbers: Iterable[int]) -> None:
        """Count a unit out, by the numbers of its terms."""
        known = self._views[view]
        known.frequencies.subtract(numbers)
        known.documents -= 1

    def means(self) -> Means:
        """Return the mean lengths that points are to be weighed by."""
        if self.base is not None:
            return self.base.means
        return {
            view: (known.lengths / max(known.documents, 1)).tolist()
            for view, known in self._views.items()
        }

    def save(self, folder: Path, collection: str, number: int) -> None:
        """Write the statistics of the state *number* of *collection* into *folder*; OSError."""
        articles = self._views[LexicalView.STEM].documents
        meta = {
            "format": FORMAT,
            "collection": collection,
            "number": number,
            "documents": {view: known.documents for view, known in self._views.items()},
            "means": {view: list(means) for view, means in self.means().items()},
            "measured": self.base.measured if self.base else articles,
            "moved": self.moved,
        }
        arrays: dict[str, NDArray[np.generic]] = {}
        for view, known in self._views.items():
            arrays |= {f"{view}.{name}": array for name, array in _sorted(known).items()}
        exact = self._views[LexicalView.EXACT]
        words = sorted(word for word, number in exact.numbers.items() if exact.frequencies[number])
        arrays |= {f"{_NEARBY}{name}": array for name, array in nearby_arrays(words).items()}
        save(folder / FILE, arrays, meta)


def _counted(base: Statistics | None, view: LexicalView) -> _View:
    lengths = np.zeros(len(VIEWS[view]))
    if base is None:
        return _View({}, Counter(), 0, lengths)
    terms = base.terms[view]
    texts = (terms[place].decode("utf-8", "surrogatepass") for place in range(len(terms)))
    numbers = terms.numbers.tolist()
    return _View(
        dict(zip(texts, numbers, strict=True)),
        Counter(dict(zip(numbers, terms.frequencies.tolist(), strict=True))),
        base.documents[view],
        lengths,
    )


def _sorted(known: _View) -> dict[str, NDArray[np.generic]]:
    encoded = sorted((t.encode("utf-8", "surrogatepass"), n) for t, n in known.numbers.items())
    return {
        "terms": np.frombuffer(b"".join(term for term, _ in encoded), dtype=np.uint8),
        "ends": np.cumsum([len(term) for term, _ in encoded], dtype=np.int64),
        "numbers": np.array([number for _, number in encoded], dtype=np.int64),
        "frequencies": np.array([known.frequencies[n] for _, n in encoded], dtype=np.int64),
    }
