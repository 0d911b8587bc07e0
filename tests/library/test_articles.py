"""Every article that is shipped: well formed, sourced, readable, linked, and of its own."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations

import pytest

from coopbot.corpus import Corpus, Entry
from tests.conftest import CORPUS
from tests.library.checks import OURS, SHELVES, problems, split_sources
from tests.library.reading import prose, reading_ease

ENTRIES = [entry for entry in Corpus(CORPUS).entries() if isinstance(entry, Entry)]
WRITTEN = [entry for entry in ENTRIES if entry.article.site == OURS]
PATHS = frozenset(entry.path for entry in ENTRIES)
# Share of an article's runs of five words that another one may have too. Lists of rules that both
# must name reach a tenth; the same text with other names would reach a half.
ALIKE = 0.15
_WORD = re.compile(r"\w+")


def shingles(entry: Entry) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(prose(split_sources(entry.article.body)[0]).lower())
    return frozenset(zip(*(words[i:] for i in range(5)), strict=False))


def test_every_file_can_be_read() -> None:
    assert [error for error in Corpus(CORPUS).entries() if not isinstance(error, Entry)] == []


@pytest.mark.parametrize("entry", WRITTEN, ids=lambda entry: str(entry.path))
def test_an_article_is_as_the_library_asks(entry: Entry) -> None:
    assert list(problems(entry, PATHS)) == []


def test_no_two_articles_say_the_same() -> None:
    of = {entry.path: shingles(entry) for entry in WRITTEN}
    alike = {
        (one, other): len(of[one] & of[other]) / min(len(of[one]), len(of[other]))
        for one, other in combinations(of, 2)
    }
    assert {pair: share for pair, share in alike.items() if share > ALIKE} == {}


def test_no_two_articles_have_one_title() -> None:
    assert [t for t, n in Counter(e.article.title for e in ENTRIES).items() if n > 1] == []


def test_the_library_has_its_shelves() -> None:
    on_shelf = Counter(entry.path.split("/")[0] for entry in WRITTEN)
    assert set(on_shelf) == set(SHELVES)
    assert sum(on_shelf.values()) - on_shelf["en"] >= 80
    assert on_shelf["en"] >= 20


@pytest.mark.parametrize(
    ("text", "at_least", "at_most"),
    [
        ("Le chat dort. Il a faim. Il boit.", 100, 140),
        (
            "L'affectation conventionnelle des excédents nets de gestion consécutive à "
            "l'approbation juridictionnelle de la délibération collégiale conditionne "
            "l'irrévocabilité statutaire des prérogatives institutionnelles.",
            -80,
            20,
        ),
    ],
)
def test_reading_ease_tells_plain_words_from_officialese(
    text: str, at_least: float, at_most: float
) -> None:
    assert at_least <= reading_ease(text, "fr") <= at_most
