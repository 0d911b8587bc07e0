"""The same address in many spellings, the same text with small changes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.ingest.duplicates import KnownTexts, address_key, canonical_address
from tests.ingest.pages import PARAGRAPHS


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Toits.Example/Lilas", "https://toits.example/Lilas"),
        ("https://toits.example:443/a", "https://toits.example/a"),
        ("https://toits.example:8443/a", "https://toits.example:8443/a"),
        ("http://toits.example", "http://toits.example/"),
        ("https://toits.example/a#haut", "https://toits.example/a"),
        ("https://toits.example/a?utm_source=x&utm_medium=y", "https://toits.example/a"),
        ("https://toits.example/a?fbclid=x&page=2", "https://toits.example/a?page=2"),
        ("https://toits.example/a?q=", "https://toits.example/a"),
        ("https://toits.example/spip.php?article12", "https://toits.example/spip.php?article12"),
        ("https://toits.example/?p=12", "https://toits.example/?p=12"),
        ("https://toits.example/a?b=1&a=2", "https://toits.example/a?b=1&a=2"),
        ("https://toits.example/été", "https://toits.example/%C3%A9t%C3%A9"),
        ("https://toits.example/%C3%A9t%C3%A9", "https://toits.example/%C3%A9t%C3%A9"),
        ("https://zoe:secret@toits.example/a", "https://toits.example/a"),
    ],
)
def test_an_address_has_one_spelling(url: str, canonical: str) -> None:
    assert canonical_address(url) == canonical
    assert canonical_address(canonical) == canonical


@pytest.mark.parametrize(
    "url", ["", "toits.example", "ftp://toits.example/a", "mailto:a@b.example"]
)
def test_what_is_no_web_address_is_an_error(url: str) -> None:
    with pytest.raises(ValueError, match=url or "^$"):
        canonical_address(url)


SAME = [
    "https://www.toits.example/a/",
    "http://toits.example/a",
    "https://toits.example/a/index.html",
    "https://toits.example/a/index.php?utm_campaign=x#haut",
    "HTTP://TOITS.example:80/a//".removesuffix("/"),
]
OTHERS = [
    "https://toits.example/b",
    "https://toits.example/a?page=2",
    "https://autre.example/a",
    "https://toits.example/A",
    "https://toits.example/spip.php?article12",
    "https://toits.example/spip.php?article13",
]


def test_spellings_of_one_page_have_one_key_and_other_pages_others() -> None:
    assert len({address_key(url) for url in SAME}) == 1
    assert len({address_key(url) for url in [SAME[0], *OTHERS]}) == len(OTHERS) + 1
    assert address_key("https://a.example/?x=1&y=2") == address_key("https://a.example/?y=2&x=1")


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_address_is_an_address_or_a_value_error(path: str, query: str) -> None:
    url = f"https://toits.example/{path}?{query}"
    try:
        canonical = canonical_address(url)
    except ValueError:
        return
    assert canonical_address(canonical) == canonical
    assert address_key(canonical) == address_key(url)


TEXT = "\n".join(PARAGRAPHS)
KNOWN = KnownTexts([("lilas", TEXT), ("autre", "Une brasserie devient une Scop à Roubaix. " * 9)])


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.upper(),
        TEXT.replace("é", "e").replace("'", "’"),
        TEXT.replace("\n", " "),
        TEXT + " Propos recueillis par Zoé Marchal.",
        TEXT.replace("septembre", "octobre"),
        TEXT.replace("sept ans", "huit ans").replace("trois chambres", "deux chambres"),
    ],
)
def test_a_text_with_small_changes_is_the_same(text: str) -> None:
    found = KNOWN.most_like(text)
    assert found is not None
    assert (found.name, found.same) == ("lilas", True)


def test_an_excerpt_is_part_of_its_article_and_not_the_same() -> None:
    found = KNOWN.most_like(PARAGRAPHS[1])
    assert found is not None
    assert (found.name, found.same, found.part) == ("lilas", False, True)


def test_another_text_on_the_same_subject_is_neither() -> None:
    other = (
        "La coopérative d'habitants de la rue des Roses cherche encore son terrain, et ses murs."
    )
    found = KNOWN.most_like(other)
    assert found is not None
    assert (found.same, found.part) == (False, False)


@pytest.mark.parametrize("text", ["", "Une phrase de peu de mots.", "日本"])
def test_too_few_words_resemble_nothing(text: str) -> None:
    assert KNOWN.most_like(text) is None


def test_a_text_is_not_compared_with_itself_nor_with_one_forgotten() -> None:
    known = KnownTexts([("lilas", TEXT)])
    assert known.most_like(TEXT, other_than="lilas") is None
    known.remove("lilas")
    assert known.most_like(TEXT) is None


def test_similarity_is_that_of_the_sets_of_three_word_runs() -> None:
    choose = random.Random(7)
    words = [f"mot{number}" for number in range(60)]
    for _ in range(30):
        left, right = (" ".join(choose.choices(words[:15], k=40)) for _ in range(2))
        runs = [{tuple(text.split()[i : i + 3]) for i in range(38)} for text in (left, right)]
        expected = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
        found = KnownTexts([("a", left)]).most_like(right)
        assert (found.jaccard if found else 0.0) == pytest.approx(expected)
