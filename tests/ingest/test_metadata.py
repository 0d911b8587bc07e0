"""What a page says of itself is found, from the best source that says it."""

from __future__ import annotations

import json

import pytest

from coopbot.ingest import metadata
from coopbot.ingest.metadata import Metadata, without_site
from coopbot.ingest.tree import parse
from tests.ingest.pages import TITLE, article_page

URL = "https://www.les-toits.example/2026/lilas"
TODAY = "2026-11-24"


def read(
    head: str = "", *, top: str = "", title: str = "Un titre à part", ld: object = None
) -> Metadata:
    if ld is not None:
        head += f'<script type="application/ld+json">{json.dumps(ld)}</script>'
    tree = parse(article_page(head=head, top=top, title=title))
    return metadata.read(tree, metadata.json_ld(tree), URL, TODAY)


ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Le toit &amp; les parts",
    "author": [{"@type": "Person", "name": "Zoé Marchal"}, {"name": "Ali Ferhat"}],
    "datePublished": "2026-03-05T08:00:00+01:00",
    "publisher": {"@type": "Organization", "name": "Les Toits"},
    "license": "https://creativecommons.org/licenses/by-sa/4.0/deed.fr",
}
OPEN_GRAPH = (
    '<meta property="og:title" content="Titre du réseau">'
    '<meta name="author" content="Par Léa Brun">'
    '<meta property="og:site_name" content="Réseau des toits">'
    '<meta property="article:published_time" content="2025-12-24T10:00:00Z">'
)


@pytest.mark.parametrize(
    "ld",
    [
        ARTICLE,
        [{"@type": "WebSite", "name": "Les Toits"}, ARTICLE],
        {"@graph": [{"@type": "BreadcrumbList"}, {"@graph": [ARTICLE]}]},
        {"@type": "WebPage", "mainEntity": ARTICLE},
        ARTICLE | {"@type": ["Thing", "BlogPosting"]},
    ],
)
def test_json_ld_comes_first_however_it_is_wrapped(ld: object) -> None:
    found = read(OPEN_GRAPH, ld=ld)
    assert found.title == "Le toit & les parts"
    assert found.author == "Zoé Marchal, Ali Ferhat"
    assert found.published == "2026-03-05"
    assert found.licence == "CC BY-SA 4.0"


def test_open_graph_and_meta_elements_come_next() -> None:
    found = read(OPEN_GRAPH)
    assert (found.title, found.author) == ("Titre du réseau", "Léa Brun")
    assert (found.site, found.published) == ("Réseau des toits", "2025-12-24")


def test_then_what_stands_on_the_page() -> None:
    top = (
        '<p class="byline">Par Zoé Marchal</p><time datetime="2024-02-29">29 février 2024</time>'
        '<p><a href="https://creativecommons.org/licenses/by/3.0/fr/">Licence</a></p>'
    )
    found = read(top=top)
    assert (found.title, found.author, found.published) == (TITLE, "Zoé Marchal", "2024-02-29")
    assert (found.site, found.licence) == ("les-toits.example", "CC BY 3.0")


def test_a_page_that_says_nothing_has_nothing() -> None:
    tree = parse("<p>texte</p>")
    assert metadata.read(tree, (), None, TODAY) == Metadata()


@pytest.mark.parametrize(
    "script",
    [
        "{",
        "null",
        "[[[1]]]",
        '"texte"',
        '{"@graph": 3}',
        "[" * 100_000,
        '{"@type": {"a": 1}}',
        "\\",
    ],
)
def test_json_ld_that_makes_no_sense_is_passed_over(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>' + OPEN_GRAPH
    assert read(head).title == "Titre du réseau"


@pytest.mark.parametrize(
    ("stated", "published"),
    [
        ("2026-03-05", "2026-03-05"),
        ("2026-03-05 10:00:00", "2026-03-05"),
        ("5 mars 2026", "2026-03-05"),
        ("Thu, 05 Mar 2026 10:00:00 +0100", "2026-03-05"),
        ("2026-03", "2026-03"),
        ("2026-11-25", "2026-11-25"),  # already tomorrow somewhere
        ("2027-01-01", None),
        ("0001-01-01T00:00:00Z", None),
        ("2026-02-30", None),
        ("bientôt", None),
        (20260305, None),
    ],
)
def test_a_date_is_one_that_can_be(stated: object, published: str | None) -> None:
    assert read(ld=ARTICLE | {"datePublished": stated}).published == published


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Zoé Marchal", "Zoé Marchal"),
        ({"name": "par Zoé Marchal"}, "Zoé Marchal"),
        ("https://reseau.example/zoe", None),
        ("admin", None),
        ("webmaster", None),
        ("zoe@toits.example", None),
        ({"name": "Les Toits"}, None),  # the site itself
        ({"name": ""}, None),
        ([], None),
        (["Zoé Marchal", "Zoé Marchal"], "Zoé Marchal"),
    ],
)
def test_an_author_is_a_person_once(author: object, expected: str | None) -> None:
    assert read(ld=ARTICLE | {"author": author}).author == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Créer une Scic | Les Toits", "Créer une Scic"),
        ("Créer une Scic - Les Toits", "Créer une Scic"),
        ("Créer une Scic – les toits", "Créer une Scic"),
        ("Les Toits : Créer une Scic", "Créer une Scic"),
        ("Créer une Scic | Dossiers | Les Toits", "Créer une Scic | Dossiers"),
        ("Créer une Scic :: les-toits.example", "Créer une Scic"),
        ("Créer une Scic - un guide pratique", "Créer une Scic - un guide pratique"),
        ("Le porte-à-porte des Scop", "Le porte-à-porte des Scop"),
        ("Les Toits", "Les Toits"),
        ("Les Toits | Les Toits", "Les Toits"),
        ("Scop ou Scic : que choisir ? | Les Toits", "Scop ou Scic : que choisir ?"),
    ],
)
def test_the_name_of_the_site_goes_from_the_title(title: str, expected: str) -> None:
    assert without_site(title, "Les Toits", "les-toits.example", []) == expected


def test_what_follows_the_main_heading_goes_from_the_title() -> None:
    assert without_site("Créer une Scic | Guide 2026", None, None, ["Créer une Scic"]) == (
        "Créer une Scic"
    )


@pytest.mark.parametrize(
    ("stated", "free"),
    [
        (True, True),
        ("True", True),
        ("http://schema.org/True", True),
        (False, False),
        ("False", False),
        ("false", False),
        ("https://schema.org/False", False),
        (None, None),
        (3, None),
    ],
)
def test_whether_a_page_is_free_is_read_in_all_spellings(stated: object, free: bool | None) -> None:
    assert read(ld=ARTICLE | {"isAccessibleForFree": stated}).free is free
