"""What is not an article is refused, and the reason is the right one."""

from __future__ import annotations

import json

import pytest

from coopbot.errors import Refused
from coopbot.ingest.extract import extract
from coopbot.ingest.language import language_of
from tests.ingest.pages import AROUND_AFTER, BODY, PARAGRAPHS, TITLE, article_page, entries, page

URL = "https://www.habitat-partage.example/lilas"
NOT_FREE = json.dumps({"@type": "NewsArticle", "headline": TITLE, "isAccessibleForFree": "False"})
LD = '<script type="application/ld+json">{}</script>'
ENGLISH = (
    "<p>The housing cooperative opened its doors in September, after seven years of meetings, two "
    "building permits and an appeal by the neighbours that has since been withdrawn by them.</p>"
    "<p>Its twenty-two households own the building together and share a laundry, a workshop and "
    "three guest rooms, which can be booked in a notebook that lies in the entrance hall.</p>"
)
GREEK = "<p>" + "Ο συνεταιρισμός κατοίκων άνοιξε τις πόρτες του τον Σεπτέμβριο. " * 6 + "</p>"
CATALAN = (
    "<p>La cooperativa d'habitatge va obrir les portes al setembre, després de set anys de "
    "reunions i de dos permisos d'obres, amb les veïnes i els veïns que hi han participat.</p>"
    "<p>Les vint-i-dues llars són les propietàries de l'edifici, i hi comparteixen un taller.</p>"
)

REFUSED = {
    "refused_robot_check": [
        page("<h1>Un instant…</h1><p>Vérifiez que vous êtes humain.</p>", title="Just a moment..."),
        page("<h1>403 Forbidden</h1><p>nginx</p>", title="403 Forbidden"),
        page("<p>Checking your browser before accessing habitat.example.</p><p>Ray ID: 8f2c</p>"),
        page("<p>Please enable JS and disable any ad blocker</p>", title="habitat.example"),
        page("<h1>Accès refusé</h1><p>Vous n'avez pas la permission d'accéder à cette page.</p>"),
    ],
    "refused_missing": [
        page("<h1>Oups !</h1><p>La page que vous recherchez n'existe plus.</p>", title="Habitat"),
        page("<p>Erreur.</p>", title="Page introuvable – Habitat"),
        page("<p>Le site est en cours de maintenance, revenez demain.</p>", title="Habitat"),
    ],
    "refused_consent": [
        page(
            "<h1>Votre vie privée</h1><p>Nous et nos partenaires stockons des informations sur "
            "votre appareil, par exemple des cookies.</p><button>Accepter et fermer</button>",
            title="Habitat partagé",
        ),
        page(
            "<div class='cmp'><p>Soutenez-nous en acceptant les cookies, ou abonnez-vous.</p></div>"
        ),
    ],
    "refused_paywall": [
        article_page(
            body=f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>", head=LD.format(NOT_FREE)
        ),
        article_page(
            body=f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
            "<p>Il vous reste 80 % de cet article à lire. La suite est réservée aux abonnés.</p>"
        ),
        page("<h1>Le toit commun</h1><p>Cet article est payant.</p><p>Déjà abonné ?</p>"),
    ],
    "refused_login": [
        page(
            "<h1>Bienvenue</h1><form><label>Adresse</label><input name='login'>"
            "<input type='password'><button>Entrer</button></form>",
            title="Espace des coopérateurs",
        ),
        page("<p>Vous devez être connecté pour lire cette page.</p>", title="Habitat"),
    ],
    "refused_script": [
        page("<div id='root'></div><noscript>Activez JavaScript pour voir ce site.</noscript>"),
    ],
    "refused_short": [
        page("<div id='root'></div>"),
        page("<h1>Vingt-deux foyers</h1><p>Une photo, et c'est tout.</p>"),
    ],
    "refused_list": [
        page(f"<h1>Actualités</h1>{entries()}", title="Actualités"),
        page(f"<main><h1>Le blog</h1><div>{entries('div')}</div></main>"),
        page(
            "<ul>" + "<li><a href='/a'>Une épicerie tenue par ses clients</a></li>" * 30 + "</ul>"
        ),
    ],
    "refused_language": [page(f"<h1>Under one roof</h1>{ENGLISH}"), page(f"<h1>A</h1>{CATALAN}")],
    "refused_language_unknown": [page(f"<h1>Στέγη</h1>{GREEK}")],
    "refused_no_title": [page(BODY, title="").replace("<h2>", "<p>").replace("</h2>", "</p>")],
}


@pytest.mark.parametrize(
    ("key", "html"), [(key, html) for key, pages in REFUSED.items() for html in pages]
)
def test_a_page_is_refused_with_its_reason(key: str, html: str) -> None:
    with pytest.raises(Refused) as caught:
        extract(html, URL, retrieved="2026-11-24")
    assert caught.value.key == key


ABOUT = {
    "cookies": "Tout accepter, tout refuser, continuer sans accepter : les bandeaux de cookies "
    "fatiguent, et une coopérative de Nantes en fait désormais un logiciel libre.",
    "abonnés": "Longtemps, le contenu réservé aux abonnés a fait vivre le journal ; devenu une "
    "Scic, il ouvre ses archives, et demande à ses lecteurs d'acheter des parts.",
    "mots de passe": "Mot de passe oublié : dans la moitié des coopératives, dit cette enquête, "
    "le code du portail est connu du seul trésorier, qui vient de partir.",
    "404": "La page demandée n'existe pas : c'est ainsi que se finit la moitié des sites de "
    "coopératives, cinq ans après leur dernière assemblée générale.",
}


@pytest.mark.parametrize("topic", ABOUT)
def test_an_article_about_walls_is_not_one(topic: str) -> None:
    body = f"<p>{ABOUT[topic]}</p>{BODY}{BODY.replace('cent', 'mille')}"
    assert ABOUT[topic] in extract(article_page(body=body), URL, retrieved="2026-11-24").body


def test_a_whole_article_that_says_it_is_not_free_is_kept() -> None:
    body = "".join(f"<p>{p} Ce fut la {n}e fois.</p>" for n, p in enumerate(PARAGRAPHS * 4))
    html = article_page(body=body, head=LD.format(NOT_FREE))
    assert extract(html, URL, retrieved="2026-11-24").title == TITLE


def test_an_article_with_others_below_is_no_list() -> None:
    html = page(f"<main><article><h1>{TITLE}</h1>{BODY}</article></main>{entries()}{AROUND_AFTER}")
    assert PARAGRAPHS[3] in extract(html, URL, retrieved="2026-11-24").body


def test_an_article_whose_headings_link_to_themselves_is_no_list() -> None:
    sections = "".join(
        f"<section><h2 id='s{n}'><a href='#s{n}'>Point {n}</a></h2><p>{p}</p></section>"
        for n, p in enumerate(PARAGRAPHS)
    )
    assert "## Point 0" in extract(article_page(body=sections), URL, retrieved="2026-11-24").body


@pytest.mark.parametrize("languages", [("en",), ("fr", "en"), ()])
def test_another_language_is_kept_when_asked_for(languages: tuple[str, ...]) -> None:
    html = page(f"<h1>Under one roof</h1>{ENGLISH}", title="Under one roof", language="fr")
    article = extract(html, URL, retrieved="2026-11-24", languages=languages)
    assert article.language == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (PARAGRAPHS[0], "fr"),
        (ENGLISH, "en"),
        (CATALAN, "ca"),
        ("La cooperativa de vivienda abrió sus puertas en septiembre, después de siete años de "
         "reuniones, y los vecinos que la formaron no se lo creen todavía.", "es"),
        ("La cooperativa di abitanti ha aperto le porte a settembre, dopo sette anni di riunioni e "
         "due permessi, e i soci non ci credono ancora del tutto.", "it"),
        ("A cooperativa de habitação abriu as portas em setembro, depois de sete anos de reuniões, "
         "e os moradores ainda não acreditam que foi possível.", "pt"),
        ("Die Wohnungsgenossenschaft hat im September ihre Türen geöffnet, nach sieben Jahren mit "
         "vielen Sitzungen und zwei Genehmigungen für den Bau.", "de"),
        ("De wooncoöperatie heeft in september haar deuren geopend, na zeven jaar van praten "
         "en met de hulp van de buren die er eerst niet aan wilden.", "nl"),
        (GREEK, None),
        ("株式会社と協同組合の違いについて、わかりやすく説明します。", None),
        ("12 345 – 67 %", None),
        ("Scic Scop Cuma Ceralep FaSinPat Mondragon Fralib Kali Villa Ardelaine Hélène", None),
    ],
)  # fmt: skip
def test_small_words_tell_the_language(text: str, language: str | None) -> None:
    assert language_of(text) == language
