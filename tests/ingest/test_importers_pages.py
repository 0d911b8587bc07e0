"""Pages saved by hand."""

from __future__ import annotations

import pytest

from coopbot.article import Article
from tests.ingest.reading import one_article, read, refusal

URL = "https://www.exemple.coop/dossiers/reprise"
PARAGRAPHS = "".join(
    f"<p>Les salariés de l'usine numéro {n} ont repris ensemble leur entreprise, après des mois de "
    "discussions avec les banques, la région et l'Union régionale des Scop.</p>"
    for n in range(1, 9)
)
PAGE = (
    "<html lang=fr><head><title>Reprendre son usine</title></head><body><article>"
    f"<h1>Reprendre son usine</h1>{PARAGRAPHS}</article></body></html>"
)


def test_a_page_saved_by_hand_is_the_article_of_the_address_given() -> None:
    article = one_article("page.html", PAGE, URL)
    assert (article.title, article.url) == ("Reprendre son usine", URL)
    assert article.retrieved == "2026-11-24"
    assert "l'usine numéro 8" in article.body


@pytest.mark.parametrize(
    "note",
    [
        f"<!-- saved from url=(0042){URL} -->",
        f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Mon Jan 01 2024 \n-->",
    ],
)
def test_without_an_address_the_one_that_the_browser_noted_counts(note: str) -> None:
    assert one_article("page.html", f"<!DOCTYPE html>\n{note}\n{PAGE}").url == URL
    other = "https://autre.coop/"
    assert one_article("page.html", f"<!DOCTYPE html>\n{note}\n{PAGE}", other).url == other


@pytest.mark.parametrize("name", ["page.html", "page.htm", "page", "page.txt"])
@pytest.mark.parametrize("before", ["", "<!DOCTYPE html>\n", "<?xml version='1.0'?>\n<!-- a -->\n"])
def test_a_page_is_known_by_what_it_holds(name: str, before: str) -> None:
    (record,) = read(name, before + PAGE, URL)
    assert isinstance(record, Article)


def test_a_page_that_is_no_article_is_refused() -> None:
    assert refusal("page.html", "<html><body><p>Bonjour</p></body></html>", URL).key
