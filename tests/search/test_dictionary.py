"""The dictionary: what is a word, and the cache file it is read from."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopbot.messages import Language
from coopbot.search.dictionary import Dictionary


@pytest.mark.parametrize(
    ("word", "language", "known"),
    [
        ("maroquinerie", "fr", True),
        ("deja", "fr", True),
        ("oeuvre", "fr", True),
        ("fraternite", "fr", True),
        ("ownership", "fr", False),
        ("ownership", "en", True),
        ("maroquinnerie", "fr", False),
        ("", "fr", False),
        ("déjà", "fr", False),
        ("a" * 100, "fr", False),
    ],
)
def test_a_word_is_known_by_its_folded_form(
    dictionary: Dictionary, word: str, language: Language, known: bool
) -> None:
    assert dictionary.has(word, language) is known


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("maroquinnerie", True),  # a letter too many
        ("maroquineri", True),  # missing
        ("maroquinetie", True),  # another
        ("maroquienrie", True),  # exchanged
        ("maroqunnetie", False),
        ("", True),  # "y"
    ],
)
def test_a_word_is_nearly_known_one_edit_away(
    dictionary: Dictionary, word: str, near: bool
) -> None:
    assert dictionary.has_nearly(word, "fr") is near


def test_the_cache_file_is_made_once_and_made_anew_when_damaged(tmp_path: Path) -> None:
    assert Dictionary(tmp_path).has("maison", "fr")
    (made,) = tmp_path.iterdir()
    whole, before = made.read_bytes(), made.stat().st_mtime_ns
    assert Dictionary(tmp_path).has("maison", "fr")
    assert made.stat().st_mtime_ns == before
    made.write_bytes(whole[:1_000])
    assert Dictionary(tmp_path).has("maison", "fr")
    assert made.read_bytes() == whole


def test_where_no_cache_can_be_written_words_are_known_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dangling = tmp_path / "cache"
    dangling.symlink_to(tmp_path / "gone")
    assert Dictionary(dangling).has("maison", "fr")
    assert "dictionary cache not written" in caplog.text
