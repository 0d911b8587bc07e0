"""Who replaces whom: chains, circles, translations, references to nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.engine.protocol import StoredArticle
from coopbot.search.replacements import Replacements


def stored(
    name: str,
    superseded_by: str | None = None,
    translation_of: str | None = None,
    language: str = "fr",
) -> StoredArticle:
    return StoredArticle(
        id=name,
        path=f"{name}.md",
        title=name,
        language=language,
        translation_of=translation_of,
        superseded_by=superseded_by,
    )


def english(name: str, of: str, superseded_by: str | None = None) -> StoredArticle:
    return stored(name, superseded_by, translation_of=of, language="en")


def chain(*articles: StoredArticle, language: str = "fr") -> list[str]:
    """Return the ids of what replaces the first of *articles*."""
    return [a.id for a in Replacements(articles).chain(articles[0], language)]


@pytest.mark.parametrize("name", ["b", "b.md"])
def test_an_article_is_replaced_by_the_one_it_names(name: str) -> None:
    assert chain(stored("a", name), stored("b")) == ["b"]


def test_an_address_may_be_written_otherwise() -> None:
    newer = stored("https://coop.example/2023")
    assert chain(stored("a", "HTTPS://Coop.example/2023#haut"), newer) == [newer.id]


def test_a_chain_is_followed_to_its_end() -> None:
    assert chain(stored("a", "b"), stored("b", "c"), stored("c")) == ["b", "c"]


def test_a_chain_ends_before_a_reference_to_nothing() -> None:
    assert chain(stored("a", "b"), stored("b", "absent")) == ["b"]
    assert chain(stored("a", "absent")) == []


@pytest.mark.parametrize(
    "articles",
    [
        (stored("a", "a"),),
        (stored("a", "b"), stored("b", "a")),
        (stored("a", "b"), stored("b", "c"), stored("c", "b")),
        (stored("a", "a-en"), english("a-en", of="a")),
        (stored("a", "b-en"), stored("b", "a"), english("b-en", of="b")),
    ],
)
def test_in_a_circle_nobody_is_the_newest(articles: tuple[StoredArticle, ...]) -> None:
    assert chain(*articles) == []
    assert Replacements(articles).is_replaced(articles[0])


def test_a_translation_is_replaced_with_its_original() -> None:
    articles = (english("a-en", of="a.md"), stored("a", "b"), stored("b"))
    assert chain(*articles) == ["b"]
    assert Replacements(articles).is_replaced(articles[0])


def test_an_original_is_not_replaced_with_its_translation() -> None:
    articles = (stored("a"), english("a-en", of="a", superseded_by="b"), stored("b"))
    assert chain(*articles) == []
    assert not Replacements(articles).is_replaced(articles[0])


def test_the_newer_article_is_in_the_language_of_the_reader_where_it_is_translated() -> None:
    articles = (stored("a", "b"), stored("b"), english("b-en", of="b"))
    assert chain(*articles, language="en") == ["b-en"]
    assert chain(*articles, language="fr") == ["b"]
    assert chain(*articles[:2], language="en") == ["b"]


def test_a_reference_to_a_translation_leads_others_to_the_original() -> None:
    articles = (stored("a", "b-en"), stored("b"), english("b-en", of="b"))
    assert chain(*articles, language="fr") == ["b"]
    assert chain(*articles, language="en") == ["b-en"]


def test_a_translated_chain_is_followed_past_what_is_not_translated() -> None:
    articles = (
        english("a-en", of="a"),
        stored("a", "b"),
        stored("b", "c"),
        stored("c"),
        english("c-en", of="c"),
    )
    assert chain(*articles, language="en") == ["b", "c-en"]


def test_references_to_nothing_and_circles_are_told_and_nothing_else() -> None:
    articles = (
        stored("lost", "absent"),
        stored("itself", "itself.md"),
        stored("right", "other"),
        stored("other"),
        stored("into-circle", "b"),
        stored("b", "c"),
        stored("c", "b.md"),
        stored("own", "own-en"),
        english("own-en", of="own"),
    )
    assert [(e.key, e.path) for e in Replacements(articles).errors()] == [
        ("article_superseded_by", "lost.md"),
        ("article_superseded_by", "itself.md"),
        ("article_superseded_circle", "b.md"),
        ("article_superseded_circle", "c.md"),
        ("article_superseded_circle", "own.md"),
    ]


@st.composite
def libraries(draw: st.DrawFn) -> list[StoredArticle]:
    """Draw articles that name each other, and articles that are not there, in any way."""
    names = [f"a{i}" for i in range(draw(st.integers(1, 6)))]
    named = st.none() | st.sampled_from([*names, "absent", "[nonsense"])
    languages = st.sampled_from(["fr", "en"])
    return [stored(name, draw(named), draw(named), draw(languages)) for name in names]


@given(libraries(), st.sampled_from(["fr", "en"]))
def test_whatever_names_whatever_a_chain_ends_and_has_each_article_once_and_never_the_first(
    articles: list[StoredArticle], language: str
) -> None:
    replacements = Replacements(articles)
    for article in articles:
        found = [replacements.original(a).id for a in replacements.chain(article, language)]
        assert len(set(found)) == len(found)
        assert replacements.original(article).id not in found
    assert len(list(replacements.errors())) <= len(articles)
