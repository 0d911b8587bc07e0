"""How far a word is from what was typed, judged by how people mistype.

    cost = (edits between the words + edits between how they sound, if those are fewer) / 2

so that "impartajable" is nearer to "impartageable" than to what is two letters away and sounds
otherwise. A word that sounds the same costs at most `ALIKE`, and a little more.
"""

from __future__ import annotations

from coopbot.french.phonetics import sound
from coopbot.french.wordlists import words

ALIKE = 0.8
MIDDLING = 6  # letters from which one slip leaves a word recognisable
ADDED = 0.15  # for anything but letters left out: that is the usual slip
_FIRST = 0.5  # for another first letter, seldom mistyped
_HEARD = 3  # sounds of a word that tell something
_KEYS = ("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def cost(typed: str, other: str) -> float:
    """Return how far the folded word *other* is from *typed*; both have letters only."""
    letters = edits(typed, other)
    added = 0.0 if _is_within(typed, other) else ADDED
    if sound_alike(typed, other):
        return min(letters / 4, ALIKE) + added
    heard, meant = sound(typed), sound(other)
    strange = heard[0] != meant[0] and typed[0] != other[0] and not _beside(typed[0], other[0])
    sounds = edits(heard, meant) or letters
    return (letters + min(letters, sounds)) / 2 + added + (_FIRST if strange else 0.0)


def sound_alike(typed: str, other: str) -> bool:
    """Tell whether two words sound the same by more than chance: "céer" is not "ce"."""
    heard = sound(typed)
    if heard != sound(other) or (len(heard) < _HEARD and other not in words("domain.txt")):
        return False
    longer = abs(len(typed) - len(other)) > 1 and len(typed) < MIDDLING
    return not longer and edits(typed, other) <= max(2, len(typed) / 2)


def is_one_slip(typed: str, other: str) -> bool:
    """Tell whether *typed* is *other* less a letter, or with two exchanged, or a key beside hit."""
    if edits(typed, other) != 1:
        return False
    if len(typed) == len(other):
        differ = [(a, b) for a, b in zip(typed, other, strict=True) if a != b]
        return len(differ) == 2 or _beside(*differ[0])
    return _is_within(typed, other)


def edits(one: str, other: str) -> int:
    """Return the edits between two words; see `coopbot.engine.nearby`."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one):
        here = [i + 1]
        for j, meant in enumerate(other):
            least = min(above[j + 1] + 1, here[j] + 1, above[j] + (letter != meant))
            if i and j and letter == other[j - 1] and one[i - 1] == meant:
                least = min(least, before[j - 1] + 1)
            here.append(least)
        before, above = above, here
    return above[-1]


def _is_within(word: str, other: str) -> bool:
    """Tell whether *word* is *other* with letters left out."""
    letters = iter(other)
    return all(letter in letters for letter in word)


def _beside(one: str, other: str) -> bool:
    """Tell whether two letters have keys side by side."""
    return any(one + other in row or other + one in row for row in _KEYS)
