"""Pages to fetch in tests: real articles of the corpus, as web sites show them."""

from __future__ import annotations

from functools import cache
from html import escape

from markdown_it import MarkdownIt

from coopbot.article import Article
from coopbot.corpus import Corpus
from tests.conftest import CORPUS

SCIC, SCOP, STEPS, RESERVES = (
    "comprendre/qu-est-ce-qu-une-scic.md",
    "comprendre/la-scop.md",
    "creer/creer-une-scic.md",
    "gouverner/les-reserves-impartageables.md",
)

_DATED = '<meta property="article:published_time" content="2026-05-04T10:00:00+02:00">'


@cache
def article(path: str) -> Article:
    """Return the article of the repository's corpus at *path*."""
    return Corpus(CORPUS).read(path).article


def as_page(path: str, *, head: str = _DATED, end: str = "", paragraphs: int | None = None) -> str:
    """Return the article at *path* as HTML, with *head* in its head and *end* after its text.

    Or only so many *paragraphs* of it.
    """
    shown = article(path)
    title = escape(shown.title)
    text = "\n\n".join(shown.body.split("\n\n")[:paragraphs])
    body = MarkdownIt().render(text)
    return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8">
<title>{title} | Site</title>{head}</head>
<body><header><nav><a href="/">Accueil</a> <a href="/contact">Contact</a></nav></header>
<main><article><h1>{title}</h1>{body}{end}</article></main>
<footer>Mentions légales</footer></body></html>"""


def paywalled(path: str) -> str:
    """Return the page of an article that only subscribers may read."""
    return as_page(
        path,
        head='<script type="application/ld+json">'
        '{"@type": "NewsArticle", "isAccessibleForFree": false}</script>',
        end="<p>La suite est réservée aux abonnés.</p>",
        paragraphs=2,
    )
