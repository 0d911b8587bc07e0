"""A page becomes an article: its text and nothing around it, what it says of itself."""

from __future__ import annotations

import json

import pytest

from coopbot.article import Article, dump, parse
from coopbot.errors import Refused
from coopbot.ingest.extract import extract
from coopbot.ingest.recipes import Recipe
from coopbot.passages import prepare
from tests.ingest.pages import (
    AROUND_AFTER,
    BODY,
    PARAGRAPHS,
    TITLE,
    article_page,
    page,
)

URL = "https://www.habitat-partage.example/lilas"
TODAY = "2026-11-24"


def read(html: str, url: str | None = URL, **options: object) -> Article:
    return extract(html, url, retrieved=TODAY, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("careful", [False, True])
def test_the_body_is_the_article_as_markdown_and_nothing_around_it(careful: bool) -> None:
    assert read(article_page(), careful=careful).body == "\n\n".join(
        (
            "## Sept ans de travaux",
            PARAGRAPHS[0],
            PARAGRAPHS[1],
            "## Des parts sociales",
            PARAGRAPHS[2],
            "- une part coûte cent euros ;\n- nul ne peut en détenir plus du quart.",
            PARAGRAPHS[3],
        )
    )


def test_an_article_can_be_written_read_back_and_cut_into_passages() -> None:
    article = read(article_page())
    assert parse(dump(article), "a.md") == article
    assert prepare(article).headings == ("Sept ans de travaux", "Des parts sociales")
    assert article.retrieved == TODAY
    assert article.language == "fr"


@pytest.mark.parametrize(
    "pointer",
    [
        "<p><strong>Lire aussi :</strong> <a href='/b'>Une épicerie tenue par ses clients</a></p>",
        "<p>À LIRE AUSSI &gt; Une épicerie tenue par ses clients</p>",
        "<p>Abonnez-vous à notre lettre d'information hebdomadaire.</p>",
        "<p>Partager</p>",
        "<p>Tags : habitat, coopérative</p>",
        "<div class='post-share'><p>Envoyez cet article à trois amis, ou à davantage.</p></div>",
        "<aside><p>Notre dossier sur le logement coopératif est en kiosque demain.</p></aside>",
        "<div id='tarteaucitronRoot'><p>Ce site utilise des cookies de mesure.</p></div>",
    ],
)
def test_what_points_elsewhere_goes(pointer: str) -> None:
    with_pointer = article_page(body=BODY.replace("<h2>Des parts", f"{pointer}<h2>Des parts"))
    assert read(with_pointer).body == read(article_page()).body


def test_words_of_the_lists_stay_where_they_are_sentences() -> None:
    long = (
        "Partager une buanderie oblige à se parler, disent les habitants, et c'est bien ainsi que "
        "l'on apprend à connaître ses voisins quand personne ne l'a fait pendant trente ans."
    )
    body = read(article_page(body=BODY + f"<p>{long}</p>")).body
    assert long in body


def test_a_class_of_the_lists_does_not_take_the_article_away() -> None:
    html = page(f"<div class='cookie consent related'><h1>{TITLE}</h1>{BODY}</div>")
    assert PARAGRAPHS[3] in read(html).body


def test_a_page_within_a_form_is_read() -> None:
    html = page(f"<form id='aspnetForm'><h1>{TITLE}</h1><div>{BODY}</div></form>")
    assert PARAGRAPHS[0] in read(html).body


def test_an_article_in_several_containers_is_whole() -> None:
    parts = [f"<div class='article-body'><p>{p}</p></div><div>publicité</div>" for p in PARAGRAPHS]
    body = read(page(f"<h1>{TITLE}</h1>" + "".join(parts * 2))).body
    assert all(paragraph in body for paragraph in PARAGRAPHS)


def test_a_page_drawn_by_scripts_is_read_from_what_it_tells_machines() -> None:
    told = {"@type": "Article", "headline": TITLE, "articleBody": "\n".join(PARAGRAPHS)}
    script = f'<script type="application/ld+json">{json.dumps(told)}</script>'
    article = read(page("<div id='app'></div>", head=script))
    assert article.body == "\n\n".join(PARAGRAPHS)


def test_a_page_without_address_becomes_an_article_without() -> None:
    assert read(article_page(), None).url is None


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        (
            "https://www.habitat-partage.example/lilas-2026",
            "https://www.habitat-partage.example/lilas-2026",
        ),
        ("/lilas-2026", "https://www.habitat-partage.example/lilas-2026"),
        ("https://habitat-partage.example/lilas", "https://habitat-partage.example/lilas"),
        ("https://ailleurs.example/lilas", URL),
        ("https://www.habitat-partage.example/", URL),
        ("http://[", URL),
        ("", URL),
    ],
)
def test_the_address_is_the_canonical_one_of_the_same_site(canonical: str, url: str) -> None:
    head = f'<link rel="canonical" href="{canonical}">'
    assert read(article_page(head=head), URL + "?utm_source=lettre#haut").url == url


RECIPES = {
    "habitat-partage.example": Recipe(
        content=".colonne .vrai",
        drop=(".encart",),
        title=".surtitre",
        date=".quand",
    )
}
RECIPE_PAGE = page(
    "<div class='colonne'><p class='surtitre'>Le toit commun</p><p class='quand'>le 3 mai 2011</p>"
    f"<div class='vrai'><p>{PARAGRAPHS[0]}</p><p class='encart'>{PARAGRAPHS[1]}</p>"
    f"<p>{PARAGRAPHS[2]}</p></div><div><p>{PARAGRAPHS[3]}</p></div></div>"
)


def test_a_recipe_says_what_the_article_is() -> None:
    article = read(RECIPE_PAGE, sites=RECIPES)
    assert article.body == f"{PARAGRAPHS[0]}\n\n{PARAGRAPHS[2]}"
    assert (article.title, article.published) == ("Le toit commun", "2011-05-03")


def test_a_recipe_that_no_longer_fits_gives_way_to_the_general_rules() -> None:
    assert read(article_page(), sites=RECIPES).body == read(article_page(), sites={}).body


@pytest.mark.parametrize(
    ("url", "applies"),
    [
        ("https://habitat-partage.example/x", True),
        ("https://blog.habitat-partage.example/x", True),
        ("https://autre-habitat-partage.example/x", False),
        ("https://example/x", False),
    ],
)
def test_a_recipe_holds_for_its_host_and_those_below(url: str, applies: bool) -> None:
    assert (read(RECIPE_PAGE, url, sites=RECIPES).title == "Le toit commun") is applies


def test_the_shipped_recipe_for_wikipedia_leaves_marks_and_boxes_out() -> None:
    html = page(
        "<h1 id='firstHeading'>Coopérative d'habitants</h1><div id='mw-content-text'>"
        "<div class='mw-parser-output'><table class='infobox'><tr><td>Pays</td><td>France</td></tr>"
        f"</table><p>{PARAGRAPHS[0]}<sup class='reference'>[1]</sup></p><h2>Histoire"
        f"<span class='mw-editsection'>[modifier]</span></h2><p>{PARAGRAPHS[1]}</p></div></div>"
    )
    article = read(html, "https://fr.wikipedia.org/wiki/Habitat")
    assert article.title == "Coopérative d'habitants"
    assert article.body == f"{PARAGRAPHS[0]}\n\n## Histoire\n\n{PARAGRAPHS[1]}"


@pytest.mark.parametrize(
    ("html", "key"),
    [
        ("", "refused_empty"),
        ("   \n", "refused_empty"),
        ("<!-- rien -->", "refused_empty"),
        ("\x00\ud800", "refused_empty"),
        ("<p>" + "a" * 6_000_000, "refused_too_large"),
        ("<p>" + "mot " * 300_000, "refused_too_long"),
        ("<div>" * 400 + PARAGRAPHS[0], "refused_too_deep"),
        ("<p>x</p>" * 20_000, "refused_too_many_elements"),
        ("<p " + " ".join(f"a{n}=1" for n in range(30_000)) + ">", "refused_too_many_elements"),
    ],
)
def test_html_beyond_measure_is_refused(html: str, key: str) -> None:
    with pytest.raises(Refused) as caught:
        read(html)
    assert caught.value.key == key


def test_control_characters_and_broken_ones_are_left_out() -> None:
    html = article_page(body=BODY.replace("sept ans", "sept\x00 a\ud800n\u200bs"))
    assert PARAGRAPHS[0] in read(html + AROUND_AFTER).body


@pytest.mark.parametrize(
    ("reference", "meant"),
    [("&#146;", "’"), ("&#x93;", "“"), ("&#1;", ""), ("&#233;", "é"), ("&#x1F600;", "😀")],
)
def test_references_to_control_characters_have_the_meaning_of_old_pages(
    reference: str, meant: str
) -> None:
    body = read(article_page(body=BODY.replace("l'immeuble", f"l{reference}immeuble"))).body
    assert f"l{meant}immeuble" in body


def test_cells_that_claim_thousands_of_columns_are_one_cell_each() -> None:
    table = (
        "<table>" + "<tr><td colspan=99999 rowspan=9999>un</td><td>deux</td></tr>" * 3 + "</table>"
    )
    body = read(article_page(body=BODY + table + f"<p>{PARAGRAPHS[1]}</p>")).body
    assert "| un | deux |" in body


@pytest.mark.parametrize("endless", ["mot " * 20_000, "[" * 90, "{x} " * 90])
def test_what_a_page_says_of_itself_without_end_still_makes_an_article_to_read_back(
    endless: str,
) -> None:
    head = (
        f'<title>Bois {endless}</title><meta name="author" content="Anne {endless}">'
        f'<meta property="og:site_name" content="Bois {endless}">'
        f'<link rel="canonical" href="{URL}{"a" * 90_000}">'
    )
    article = read(f"<html><head>{head}</head><body>{BODY}{AROUND_AFTER}</body></html>")
    assert parse(dump(article), "a.md") == article
    assert article.url == URL
