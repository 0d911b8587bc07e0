"""Words close to a misspelt one, by letters or by sound, in a vocabulary of hundreds of thousands.

Comparing with every word would take a second. Two words that are n edits apart differ by at most n
letters in length and by at most 2 n letters of the alphabet; a pass over arrays leaves the few for
which that holds, and their distances are computed side by side. The arrays, which take a second to
make for 300,000 words, are kept with the segment whose words they are.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from coopbot.arrays import AnyArray
from coopbot.french.phonetics import sound, sounds

LONGEST = 24  # letters; longer words are left out
_LETTERS = np.zeros(256, dtype=np.uint32)  # a bit for each letter; the figures share the rest
_LETTERS[ord("a") : ord("z") + 1] = 1 << np.arange(26, dtype=np.uint32)
_LETTERS[ord("0") : ord("9") + 1] = 1 << (26 + np.arange(10, dtype=np.uint32) % 6)


def nearby_arrays(words: Sequence[str]) -> dict[str, AnyArray]:
    """Return what `NearbyWords` needs of the folded *words*.

    word        the words themselves, padded with zeros
    length      letters of each
    letters     which letters it has, a bit each
    heard       checksums of how the words sound, sorted
    by_sound    the word of each
    """
    kept = [word for word in words if word and len(word) <= LONGEST and word.isascii()]
    word = np.array(kept, dtype=f"S{LONGEST}")
    rows = _rows(word)
    letters = np.zeros(len(kept), dtype=np.uint32)
    for column in rows.T:
        letters |= _LETTERS[column]
    heard = np.array([_checksum(s) for s in sounds(kept)] if kept else [], dtype=np.uint32)
    by_sound = np.argsort(heard, kind="stable").astype(np.int32)
    return {
        "word": word,
        "length": np.count_nonzero(rows, axis=1).astype(np.int8),
        "letters": letters,
        "heard": heard[by_sound],
        "by_sound": by_sound,
    }


class NearbyWords:
    """Folded words, ready to be compared with others; *arrays* are those of `nearby_arrays`."""

    def __init__(self, arrays: Mapping[str, AnyArray]) -> None:
        self._words = arrays["word"]
        self._rows = _rows(self._words)
        self._lengths = arrays["length"]
        self._letters = arrays["letters"]
        self._heard = arrays["heard"]
        self._by_sound = arrays["by_sound"]

    def within(self, word: str, distance: int) -> list[str]:
        """Return the words at most *distance* edits away from *word*, sorted.

        An edit is a letter put in, left out, replaced, or exchanged with the next one; no two touch
        the same place ("optimal string alignment").
        """
        if not word or len(word) > LONGEST or not word.isascii() or distance < 0:
            return []
        typed = np.frombuffer(word.encode("ascii"), dtype=np.uint8)
        places = self._worth_comparing(typed, distance)
        far = _edits(typed, self._rows[places], self._lengths[places])
        return self._at(places[far <= distance])

    def sounding_like(self, word: str) -> list[str]:
        """Return the words that sound like *word*, itself left out, sorted."""
        wanted = sound(word)
        key = np.uint32(_checksum(wanted))
        first, last = (np.searchsorted(self._heard, key, s) for s in ("left", "right"))
        found = self._at(np.sort(self._by_sound[first:last]))
        return [other for other in found if other != word and sound(other) == wanted]

    def _worth_comparing(self, typed: NDArray[np.uint8], distance: int) -> NDArray[np.intp]:
        """Return the places of the words whose length and letters allow for so few edits."""
        letters = np.bitwise_or.reduce(_LETTERS[typed])
        alike = np.bitwise_count(self._letters ^ letters) <= 2 * distance
        alike &= np.abs(self._lengths - np.int8(typed.size)) <= distance
        return np.flatnonzero(alike)

    def _at(self, places: NDArray[np.integer]) -> list[str]:
        return sorted(bytes(word).decode("ascii") for word in self._words[places])


def _rows(words: NDArray[np.bytes_]) -> NDArray[np.uint8]:
    return words.view(np.uint8).reshape(words.size, LONGEST)


def _checksum(heard: str) -> int:
    return zlib.crc32(heard.encode())


def _edits(
    typed: NDArray[np.uint8], rows: NDArray[np.uint8], lengths: NDArray[np.int8]
) -> NDArray[np.int8]:
    """Return the edits between *typed* and each of *rows*: Wagner and Fischer, all rows at once."""
    words, width = rows.shape[0], int(lengths.max(initial=0))
    columns = np.ascontiguousarray(rows.T)
    before: NDArray[np.int8] | None = None
    above = np.repeat(np.arange(width + 1, dtype=np.int8)[:, None], words, axis=1)
    for i, letter in enumerate(typed):
        here = np.empty_like(above)
        here[0] = i + 1
        same = columns[:width] == letter
        here[1:] = np.minimum(above[1:] + 1, above[:-1] + ~same)
        if before is not None:  # the two letters changed places
            swapped = same[:-1] & (columns[1:width] == typed[i - 1])
            np.minimum(here[2:], before[:-2] + 1, out=here[2:], where=swapped)
        for j in range(1, width + 1):
            np.minimum(here[j], here[j - 1] + 1, out=here[j])
        before, above = above, here
    return above[lengths, np.arange(words)]
