"""Words close to a misspelt one, by letters or by sound, in a vocabulary of hundreds of thousands.

Comparing with every word would take a second. Two words that are n edits apart differ by at most n
letters in length and by at most 2 n letters of the alphabet; a pass over arrays leaves the few for
which that holds, and their distances are computed side by side. Of 300,000 words that takes 2 to 10
ms; to make the arrays, at the first question of the kind, 1 s (of 10,000 words 30 ms).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coopbot.french.phonetics import sound, sounds

LONGEST = 24  # letters; longer words are left out
_LETTERS = np.zeros(256, dtype=np.uint32)  # a bit for each letter; the figures share the rest
_LETTERS[ord("a") : ord("z") + 1] = 1 << np.arange(26, dtype=np.uint32)
_LETTERS[ord("0") : ord("9") + 1] = 1 << (26 + np.arange(10, dtype=np.uint32) % 6)


class NearbyWords:
    """Folded *words*, ready to be compared with others."""

    def __init__(self, words: Sequence[str]) -> None:
        kept = [word for word in words if word and len(word) <= LONGEST and word.isascii()]
        self._words = np.array(kept, dtype=f"S{LONGEST}")
        self._rows = self._words.view(np.uint8).reshape(len(kept), LONGEST)
        self._lengths = np.count_nonzero(self._rows, axis=1).astype(np.int8)
        self._letters = np.zeros(len(kept), dtype=np.uint32)
        for column in self._rows.T:
            self._letters |= _LETTERS[column]
        heard = map(hash, sounds(kept)) if kept else ()
        hashes = np.fromiter(heard, dtype=np.int64, count=len(kept))
        self._by_sound = np.argsort(hashes, kind="stable")
        self._hashes = hashes[self._by_sound]

    def within(self, word: str, distance: int) -> list[str]:
        """Return the words at most *distance* edits away from *word*, sorted.

        An edit is a letter put in, left out, replaced, or exchanged with the next one; no two touch
        the same place ("optimal string alignment").
        """
        if not word or len(word) > LONGEST or not word.isascii() or distance < 0:
            return []
        typed = np.frombuffer(word.encode("ascii"), dtype=np.uint8)
        letters = np.bitwise_or.reduce(_LETTERS[typed])
        alike = np.bitwise_count(self._letters ^ letters) <= 2 * distance
        alike &= np.abs(self._lengths - np.int8(len(word))) <= distance
        places = np.flatnonzero(alike)
        far = _edits(typed, self._rows[places], self._lengths[places])
        return self._at(places[far <= distance])

    def sounding_like(self, word: str) -> list[str]:
        """Return the words that sound like *word*, itself left out, sorted."""
        wanted = sound(word)
        first, last = (np.searchsorted(self._hashes, hash(wanted), s) for s in ("left", "right"))
        found = self._at(np.sort(self._by_sound[first:last]))
        return [other for other in found if other != word and sound(other) == wanted]

    def _at(self, places: NDArray[np.intp]) -> list[str]:
        return sorted(bytes(word).decode("ascii") for word in self._words[places])


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
