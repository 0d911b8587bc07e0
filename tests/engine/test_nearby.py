"""Words near a misspelt one: exactly those within so many edits, and those that sound alike."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.engine.nearby import LONGEST, NearbyWords
from coopbot.search.slips import edits

LETTERS = "abcehinorst"
KNOWN = st.lists(st.text(LETTERS, min_size=1, max_size=8), max_size=40, unique=True)
VOCABULARY = 300_000
BUDGET = 0.03  # seconds for the three unknown words of a question, on a quiet machine


@settings(deadline=None, derandomize=True, max_examples=200)
@given(KNOWN, st.text(LETTERS, min_size=1, max_size=8), st.integers(0, 3))
def test_words_within_a_distance_are_those_that_comparing_with_each_finds(
    known: list[str], word: str, distance: int
) -> None:
    expected = sorted(other for other in known if edits(word, other) <= distance)
    assert NearbyWords(known).within(word, distance) == expected


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
    words = NearbyWords(["scic", "scop", "cuma", "sociétaire", "societaire"])
    assert words.sounding_like("sik") == ["scic"]
    assert words.sounding_like("sosiaitere") == ["societaire"]
    assert words.sounding_like("scic") == []


def test_there_is_nothing_near_in_an_empty_vocabulary_nor_near_what_is_no_word() -> None:
    assert NearbyWords([]).within("scic", 2) == []
    assert NearbyWords([]).sounding_like("scic") == []
    words = NearbyWords(["scic", "a" * (LONGEST + 1)])
    for odd in ("", "é", "a" * (LONGEST + 1), "a" * 1_000):
        assert words.within(odd, 2) == []
        assert words.sounding_like(odd) == []
    assert words.within("scic", -1) == []


def test_three_words_are_looked_up_in_time_among_three_hundred_thousand() -> None:
    chance = random.Random(7)
    syllables = [a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "on", "an")]
    made: set[str] = set()
    while len(made) < VOCABULARY:
        made.add("".join(chance.choices(syllables, k=chance.randint(2, 5))))
    words = NearbyWords(sorted(made))
    asked = [made_up[:3] + made_up[4:] for made_up in chance.sample(sorted(made), 3)]
    words.sounding_like(asked[0])
    took: list[float] = []
    for _ in range(7):
        started = time.perf_counter()
        for word in asked:
            assert words.within(word, 2)
            words.sounding_like(word)
        took.append(time.perf_counter() - started)
    assert min(took) < BUDGET
