"""The text form of an article: what is written is read back, and what is broken is located."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopbot.article import Article, amended, canonical_url, dump, parse
from coopbot.errors import ArticleError
from coopbot.messages import Language

PROPERTY = settings(deadline=None, derandomize=True)

_DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_printable = st.characters(
    exclude_categories=("Cc", "Cs", "Cn"), exclude_characters=f"\ufeff{_DIRECTIONS}"
)
_awkward = st.sampled_from([": ", "'", '"', "---", "#", "- ", "|", "{", "]", "@", "%", "&", "*"])
_text = st.lists(_printable | _awkward).map("".join)
_line = _text.map(lambda text: " ".join(text.split())).filter(bool)
_lines = st.lists(_line, max_size=4).map(tuple)
_body = st.lists(_text | st.just("---"), max_size=6).map("\n".join).map(lambda b: b.strip("\n"))
_date = st.builds(
    lambda day, length: day.isoformat()[:length], st.dates(), st.sampled_from([4, 7, 10])
)
_url = st.builds(
    lambda host, path: canonical_url(f"https://{host}.example/{path}"),
    st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1),
    st.text("abcÉ/?&=%_.~-:'\"[]"),
)
_articles = st.builds(
    Article,
    title=_line,
    body=_body,
    url=st.none() | _url,
    site=st.none() | _line,
    author=st.none() | _line,
    published=st.none() | _date,
    retrieved=st.none() | _date,
    language=st.sampled_from(["fr", "en", "no"]),
    tags=_lines,
    licence=st.none() | _line,
    archive_url=st.none() | _url,
    sources=st.lists(_url, max_size=3).map(tuple),
)


def read(front_matter: str, body: str = "Texte.") -> Article:
    return parse(f"---\n{front_matter}\n---\n\n{body}\n", "dossier/x.md")


def refused(text: str) -> ArticleError:
    with pytest.raises(ArticleError) as caught:
        parse(text, "dossier/x.md")
    return caught.value


@PROPERTY
@given(_articles)
@example(Article("Oui", "---\ntitle: Non\n---", tags=("no", "2011-05-03", "12:30", "~", "")))
@example(Article("---", "Œuvre 🤝 « à l'envers »", site="no", author="null", licence="1_000"))
def test_an_article_that_was_written_is_read_back_as_it_was(article: Article) -> None:
    assert parse(dump(article), "x.md") == article


@given(_articles, _articles)
@settings(PROPERTY, max_examples=50)
def test_a_file_that_was_amended_holds_the_new_article(old: Article, new: Article) -> None:
    assert parse(amended(dump(old), new, "a.md"), "a.md") == new


def test_what_is_the_same_stays_as_a_person_typed_it() -> None:
    typed = """---
# relu en juin
title: "Créer : étapes"   # avec des guillemets
tags: [scic, création]
sources:
  - https://a.example/
  - https://b.example/
site: Coopbot
---

Le texte, *ici*.

Fin.
"""
    article = parse(typed, "a.md")
    dead = replace(article, dead_links=("https://a.example/",), sources=("https://b.example/",))
    assert amended(typed, dead, "a.md") == typed.replace(
        "  - https://a.example/\n  - https://b.example/\nsite: Coopbot\n",
        "- https://b.example/\nsite: Coopbot\ndead_links:\n- https://a.example/\n",
    )
    assert amended(typed, article, "a.md") == typed
    other = replace(article, body="Autre.", tags=())
    assert amended(typed, other, "a.md") == typed.replace("tags: [scic, création]\n", "").replace(
        "Le texte, *ici*.\n\nFin.", "Autre."
    )


def test_no_break_spaces_of_french_typography_stay_in_a_title() -> None:
    article = Article("Créer une Scic\u00a0: les étapes", author="M.\u202fDupont")
    assert parse(dump(article), "x.md") == article


def test_fields_left_at_their_defaults_are_not_written() -> None:
    assert dump(Article("Titre", "Texte.")) == "---\ntitle: Titre\nlanguage: fr\n---\n\nTexte.\n"


def test_what_is_written_is_pleasant_to_read_and_to_edit() -> None:
    title = "Œuvrer à plusieurs : " + "les étapes " * 20
    text = dump(Article(title.strip(), "Texte.", tags=("été", "scic"), published="2011-05"))
    assert text.split("\n")[1:] == [
        f"title: '{title.strip()}'",
        "published: 2011-05",
        "language: fr",
        "tags:",
        "- été",
        "- scic",
        "---",
        "",
        "Texte.",
        "",
    ]


def test_a_title_is_all_an_article_needs() -> None:
    assert parse("---\ntitle: Titre\n---", "x.md") == Article("Titre")


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("", "article_no_front_matter", 1),
        ("Bonjour", "article_no_front_matter", 1),
        ("\n---\ntitle: a\n---\n", "article_no_front_matter", 1),
        ("--- title: a\n---\n", "article_no_front_matter", 1),
        ("---\ntitle: a\n", "article_front_matter_open", 1),
        ("---\ntitle: a\n----\n", "article_front_matter_open", 1),
        ("---\n---\nTexte", "article_no_title", 1),
        ("---\nTitre\n---\n", "article_no_title", 1),
        ("---\n- Titre\n---\n", "article_no_title", 1),
        ("---\nsite: a\n---\n", "article_no_title", 1),
        ("---\nsite: a\ntitle:\n---\n", "article_no_title", 3),
        ("---\nsite: a\ntitle: '  '\n---\n", "article_no_title", 3),
        ("---\nsite: a\ntitle: b : c\n---\n", "article_yaml", 3),
        ("---\nsite: a\n\n\ttitle: b\n---\n", "article_yaml", 4),
        ("---\ntitle: a\n? [b]\n: c\n---\n", "article_yaml", 3),
        ("---\ntitle: *a\n---\n", "article_yaml", 2),
        ("---\ntitle: a\n# note\nsubtitle: b\n---\n", "article_field", 4),
        ("---\ntitle: a\nbody: b\n---\n", "article_field", 3),
        ("---\ntitle: a\n1: b\n---\n", "article_field", 3),
        ("---\ntitle: [a]\n---\n", "article_text", 2),
        ("---\ntitle: a\nauthor:\n  name: b\n---\n", "article_text", 3),
        ("---\ntitle: a\nsite: b\ntags: {c: d}\n---\n", "article_list", 4),
        ("---\ntitle: a\nsources:\n  - [b]\n---\n", "article_list", 3),
        ("---\ntitle: a\n\n\npublished: hier\n---\n", "article_date", 5),
        ("---\ntitle: a\nretrieved: 03/05/2011\n---\n", "article_date", 3),
        ("---\ntitle: a\npublished: 2011-13\n---\n", "article_date", 3),
        ("---\ntitle: a\npublished: 11\n---\n", "article_date", 3),
        ("---\ntitle: a\nurl: www.les-scic.coop\n---\n", "article_url", 3),
        ("---\ntitle: a\n\narchive_url: ftp://x.coop\n---\n", "article_url", 4),
    ],
)
def test_a_broken_front_matter_is_refused_with_its_file_and_line(
    text: str, key: str, line: int
) -> None:
    error = refused(text)
    assert (error.key, error.path, error.line) == (key, "dossier/x.md", line)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_unquoted_colon_in_a_title_is_answered_with_how_to_quote_it(language: Language) -> None:
    sentence = refused("---\ntitle: Créer une Scic : les étapes\n---\n").text(language)
    assert "dossier/x.md" in sentence
    assert 'title: "Créer une Scic : les étapes"' in sentence


def test_an_unknown_field_is_named_beside_the_known_ones() -> None:
    sentence = refused("---\ntitle: a\nauteur: b\n---\n").text("fr")
    assert "« auteur »" in sentence
    assert "title, url, site, author" in sentence


@pytest.mark.parametrize("date", ["2011-02-30", "2011-13-01"])
def test_a_day_that_is_not_in_the_calendar_is_refused_with_its_line(date: str) -> None:
    assert refused(f"---\ntitle: a\nsite: b\npublished: {date}\n---\n").line == 4


@pytest.mark.parametrize(
    "value", ["!!bool vrai", "!!timestamp hier", '!!int ""', "[" * 1_000], ids=lambda v: v[:20]
)
def test_a_value_that_yaml_stumbles_over_is_an_error_of_that_article(value: str) -> None:
    assert refused(f"---\ntitle: {value}\n---\n").key == "article_yaml"


@PROPERTY
@given(st.text("ab:-[]{}#'\"|>&*,?%@` \n012~.\\\t"))
def test_any_front_matter_gives_an_article_or_an_error_with_a_line_of_the_file(text: str) -> None:
    error: ArticleError | None = None
    try:
        assert read(f"title: a\n{text}").title
    except ArticleError as caught:
        error = caught
    assert error is None or 1 <= error.line <= text.count("\n") + 4


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2011", "2011"),
        ("2011-05", "2011-05"),
        ("2011-05-03", "2011-05-03"),
        ("'2011-05-03'", "2011-05-03"),
        ("2011-05-03 10:00:00", "2011-05-03"),
        ("", None),
    ],
)
def test_a_date_keeps_the_precision_it_is_known_with(written: str, expected: str | None) -> None:
    assert read(f"title: a\npublished: {written}").published == expected


@pytest.mark.parametrize("written", ["Yes", "No", "on", "12:30", "1_000", "3.10", "007"])
def test_a_title_is_read_as_the_text_it_was_written_as(written: str) -> None:
    assert read(f"title: {written}").title == written


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("scic", ("scic",)),
        ("[scic, 'la  loi', 2014]", ("scic", "la loi", "2014")),
        ("[]", ()),
        ("", ()),
        ("[scic, null]", ("scic",)),
    ],
)
def test_a_list_field_may_be_given_as_a_list_or_as_one_text(
    written: str, expected: tuple[str, ...]
) -> None:
    assert read(f"title: a\ntags: {written}").tags == expected


@pytest.mark.parametrize("source", ["javascript:alert(1)", "les-scic.coop", "http://exa mple.org"])
def test_a_source_that_is_no_address_is_refused(source: str) -> None:
    assert refused(f"---\ntitle: a\nsources: ['{source}']\n---\n").key == "article_url"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_any_system_are_read_alike(end: str) -> None:
    text = "---\ntitle: Titre\nsite: x\n---\n\nUn\n\nDeux\n".replace("\n", end)
    assert parse(text, "x.md") == Article("Titre", "Un\n\nDeux", site="x")


def test_the_line_of_an_error_is_right_with_windows_line_ends() -> None:
    assert refused("---\r\ntitle: a\r\nsite: b\r\nurl: c\r\n---\r\n").line == 4


def test_front_matter_without_end_is_refused_before_it_is_read() -> None:
    error = refused(f"---\ntitle: x\ntags: [{', '.join('&a b' for _ in range(20_000))}]\n---\n")
    assert error.key == "article_front_matter_long"


def test_what_turns_the_direction_of_writing_is_dropped() -> None:
    for mark in _DIRECTIONS:
        article = parse(f"---\ntitle: La {mark}Scop\n---\n\nLe {mark}vote\n", "a.md")
        assert (article.title, article.body) == ("La Scop", "Le vote")


def test_control_characters_are_dropped_from_title_and_body() -> None:
    article = read('title: "Ti\x00t\x1bre\x85"', "Un\x07 deux\ttrois\ufeff\x9f\ud800.")
    assert article == Article("Titre", "Un deux\ttrois.")


def test_only_the_first_two_fences_are_front_matter() -> None:
    assert read("title: a", "Un\n\n---\n\ntitle: b\n\n---").body == "Un\n\n---\n\ntitle: b\n\n---"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org", "https://example.org/"),
        (" HTTPS://Example.ORG/A#b ", "https://example.org/A"),
        ("http://example.org:80/a/?b=C&d#e", "http://example.org:80/a/?b=C&d"),
        ("http://example.org?a", "http://example.org/?a"),
        ("https://fr.wikipedia.org/wiki/Économie", "https://fr.wikipedia.org/wiki/Économie"),
    ],
)
def test_spellings_of_one_address_become_one(url: str, expected: str) -> None:
    assert canonical_url(url) == expected
    assert canonical_url(expected) == expected


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.org", "//example.org/a", "https:example.org", "http://", "http:///a"),
        *("ftp://example.org", "mailto:a@example.org", "javascript:alert(1)", "http://[::1"),
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - urlsplit words some of these itself
        canonical_url(url)


@pytest.mark.parametrize("field", ["url", "archive_url"])
def test_an_address_in_an_article_is_read_in_its_canonical_spelling(field: str) -> None:
    article = read(f"title: a\n{field}: HTTPS://Example.org/A#b")
    assert getattr(article, field) == "https://example.org/A"


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        (Article("a", url="https://a.coop/", sources=("https://b.coop/",)), "https://a.coop/"),
        (Article("a", sources=("https://b.coop/", "https://c.coop/")), "https://b.coop/"),
        (Article("a"), None),
    ],
)
def test_the_link_is_the_own_address_else_the_first_source(
    article: Article, expected: str | None
) -> None:
    assert article.link == expected
