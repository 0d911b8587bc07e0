"""How French words sound: pairs that people take for each other, and pairs they do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.french.phonetics import sound, sounds

SOUNDS = Path(__file__).parent / "sounds"


def rows(name: str) -> list[list[str]]:
    lines = (SOUNDS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(("one", "other"), rows("alike"))
def test_words_confused_by_ear_sound_the_same(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), rows("apart"))
def test_words_told_apart_by_ear_do_not_sound_the_same(one: str, other: str) -> None:
    assert sound(one) != sound(other)


@given(st.lists(st.text("abcdeghimnoqstuxyz", min_size=1, max_size=12), min_size=1, max_size=20))
def test_many_words_sound_as_each_of_them_alone(words: list[str]) -> None:
    assert sounds(words) == [sound(word) for word in words]


@given(st.text("abcdeghimnoqstuxyz", min_size=1, max_size=12))
def test_a_word_always_has_a_sound_unless_it_is_silent(word: str) -> None:
    assert sound(word) or set(word) == {"h"}
