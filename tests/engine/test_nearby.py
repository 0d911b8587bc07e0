"""Words near a misspelt one: exactly those within so many edits, and those that sound alike."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.engine.nearby import LONGEST, NearbyWords, nearby_arrays
from coopbot.search.slips import edits

LETTERS = "abcehinorst"
KNOWN = st.lists(st.text(LETTERS, min_size=1, max_size=8), max_size=40, unique=True)
VOCABULARY = 20_000
MOST_COMPARED = 0.2  # of the vocabulary


def near(words: Sequence[str]) -> NearbyWords:
    return NearbyWords(nearby_arrays(words))


@settings(deadline=None, derandomize=True, max_examples=200)
@given(KNOWN, st.text(LETTERS, min_size=1, max_size=8), st.integers(0, 3))
def test_words_within_a_distance_are_those_that_comparing_with_each_finds(
    known: list[str], word: str, distance: int
) -> None:
    expected = sorted(other for other in known if edits(word, other) <= distance)
    assert near(known).within(word, distance) == expected


@pytest.mark.parametrize(
    ("typed", "meant", "count"),
    [
        ("scop", "scop", 0),
        ("sicc", "scic", 1),
        ("scp", "scop", 1),
        ("scoop", "scop", 1),
        ("xcop", "scop", 1),
        ("tratceru", "tracteur", 2),
        ("ca", "abc", 3),
        ("", "scop", 4),
    ],
)
def test_an_edit_is_a_letter_more_or_less_or_another_or_exchanged(
    typed: str, meant: str, count: int
) -> None:
    assert edits(typed, meant) == count


def test_words_that_sound_alike_are_found_however_they_are_written() -> None:
    words = near(["scic", "scop", "cuma", "sociétaire", "societaire"])
    assert words.sounding_like("sik") == ["scic"]
    assert words.sounding_like("sosiaitere") == ["societaire"]
    assert words.sounding_like("scic") == []


def test_there_is_nothing_near_in_an_empty_vocabulary_nor_near_what_is_no_word() -> None:
    assert near([]).within("scic", 2) == []
    assert near([]).sounding_like("scic") == []
    words = near(["scic", "a" * (LONGEST + 1)])
    for odd in ("", "é", "a" * (LONGEST + 1), "a" * 1_000):
        assert words.within(odd, 2) == []
        assert words.sounding_like(odd) == []
    assert words.within("scic", -1) == []


def test_few_words_of_a_large_vocabulary_are_compared_letter_by_letter() -> None:
    chance = random.Random(7)
    syllables = [a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "on", "an")]
    made = sorted(
        {"".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(VOCABULARY)}
    )
    words = near(made)
    for meant in chance.sample(made, 50):
        typed = meant[:3] + meant[4:]
        compared = words._worth_comparing(np.frombuffer(typed.encode(), dtype=np.uint8), 2)
        assert meant in words.within(typed, 2)
        assert compared.size < MOST_COMPARED * len(made)
