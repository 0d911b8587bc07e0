"""The lexicon: every line can be read, and every entry is found by its own words."""

from __future__ import annotations

import pytest

from coopbot.french import analyse
from coopbot.french.lexicon import expansions
from coopbot.french.wordlists import lines

FILES = ("lexicon.txt", "lexicon_en.txt")
LINES = [(name, line) for name in FILES for line in lines(name)]


def entries(line: str) -> list[tuple[str, bool]]:
    """Return the entries of *line*, and whether each is English."""
    parts = [part.strip() for part in line.split("=")]
    return [(part.removeprefix("en:").strip(), part.startswith("en:")) for part in parts]


def test_every_line_has_french_and_something_to_say_it_by() -> None:
    wrong = [
        line
        for _, line in LINES
        if len(entries(line)) < 2 or all(english for _, english in entries(line))
    ]
    assert not wrong


def test_every_entry_leads_to_the_french_of_its_line() -> None:
    lost = []
    for _, line in LINES:
        french = [text for text, english in entries(line) if not english]
        for text, english in entries(line):
            tokens = analyse(text)
            found = {e.text for e in expansions(tokens, english=english)}
            others = {t for t in french if stems(t) not in ((), stems(text))}
            if tokens and others and not found:
                lost.append(text)
    assert not lost


def stems(text: str) -> tuple[str, ...]:
    return tuple(stem for token in analyse(text) for stem in token.stems)


@pytest.mark.parametrize(
    ("question", "offered"),
    [
        ("who sits on the board of directors", "conseil d'administration"),
        ("how do we take over our company", "reprise"),
        ("is it one person one vote", "une personne une voix"),
        ("what types of cooperative are there", "familles de coopératives"),
        ("can I set up a worker co-op", "créer"),
    ],
)
def test_an_english_phrase_is_recognised_with_its_small_words(question: str, offered: str) -> None:
    assert offered in {e.text for e in expansions(analyse(question), english=True)}
