"""Small French pages for the tests, written for them: an article, and what stands in its place."""

from __future__ import annotations

PARAGRAPHS = (
    "La coopérative d'habitants de la rue des Lilas a ouvert ses portes en septembre, après sept "
    "ans de réunions, deux permis de construire et un recours des voisins, retiré depuis.",
    "Ses vingt-deux foyers possèdent ensemble l'immeuble et se partagent une buanderie, un atelier "
    "et trois chambres d'amis, que l'on réserve sur un cahier posé dans l'entrée.",
    "Chacun achète des parts sociales à hauteur de ses moyens ; celles et ceux qui partent les "
    "revendent à la coopérative au prix d'achat, pour que personne ne spécule sur le toit commun.",
    "L'assemblée générale se tient deux fois l'an, et chaque foyer y compte pour une voix, quel "
    "que soit le nombre de parts qu'il détient dans le capital de la société.",
)
BODY = f"""
<h2>Sept ans de travaux</h2><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>
<h2>Des parts sociales</h2><p>{PARAGRAPHS[2]}</p>
<ul><li>une part coûte cent euros ;</li><li>nul ne peut en détenir plus du quart.</li></ul>
<p>{PARAGRAPHS[3]}</p>
"""
TITLE = "Vingt-deux foyers sous un toit coopératif"
AROUND_BEFORE = """
<div id="cookie-banner"><p>Nous et nos partenaires utilisons des cookies de mesure.</p>
<button>Tout accepter</button></div>
<nav><ul><li><a href="/">Accueil</a></li><li><a href="/agenda">Agenda</a></li></ul></nav>
"""
AROUND_AFTER = """
<div class="partage"><a href="https://reseau.example/?u=x">Partager sur le réseau</a></div>
<div class="articles-similaires"><h3>Sur le même sujet</h3><ul>
<li><a href="/b">Une épicerie tenue par ses clients dans la vallée de la Drôme</a></li>
<li><a href="/c">Comment une brasserie de Roubaix est devenue une Scop</a></li></ul></div>
<footer><p>Tous droits réservés. Mentions légales.</p></footer>
"""


def page(body: str = "", *, head: str = "", title: str = TITLE, language: str = "fr") -> str:
    """Return a page of these parts, and nothing else."""
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{title}</title>{head}</head><body>{body}</body></html>"
    )


def article_page(*, head: str = "", title: str = TITLE, body: str = BODY, top: str = "") -> str:
    """Return a page with an article among what pages have around one."""
    inside = f"<article><h1>{TITLE}</h1>{top}{body}</article>"
    return page(AROUND_BEFORE + f"<main>{inside}</main>" + AROUND_AFTER, head=head, title=title)


ENTRIES = (
    (
        "Une épicerie tenue par ses clients",
        "Trois heures par mois, chacun y range, encaisse, nettoie.",
    ),
    (
        "La brasserie de Roubaix devient une Scop",
        "Ses neuf salariés reprennent la cuve et la dette.",
    ),
    (
        "Le garage associatif ouvre le samedi",
        "On y répare sa voiture soi-même, avec un mécanicien.",
    ),
    (
        "Un théâtre acheté par son public",
        "Douze cents spectateurs ont pris une part de cent euros.",
    ),
    ("Les bergers du Causse vendent ensemble", "La Cuma a deux camions et un carnet de commandes."),
    ("La crèche parentale fête ses trente ans", "Les premiers enfants y inscrivent les leurs."),
)


def entries(tag: str = "article") -> str:
    """Return the list of a blog's front page, each entry in a *tag*."""
    return "".join(
        f'<{tag}><h2><a href="/article-{number}">{title}</a></h2><p>{excerpt} {PARAGRAPHS[3]}</p>'
        f'<p><a href="/article-{number}">Lire la suite</a></p></{tag}>'
        for number, (title, excerpt) in enumerate(ENTRIES)
    )
