"""No damage to a page can do more than have it refused.

`COOPBOT_MUTATIONS=5000 pytest tests/ingest/test_mutations.py -s` tries more pages than the few
hundred of every run, and tells what the slowest took.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from coopbot.errors import Refused
from coopbot.ingest.extract import extract
from tests.ingest.pages import BODY, TITLE, article_page, entries, page

PAGES = int(os.environ.get("COOPBOT_MUTATIONS", "240"))
BATCHES = 4
LD = (
    '<script type="application/ld+json">{"@graph": [{"@type": "Article", "headline": "Le toit",'
    '"author": [{"name": "Zoé"}], "datePublished": "2026-03-05", "articleBody": "Un\\nDeux"}]}'
    '</script><meta property="og:title" content="Le toit"><link rel="canonical" href="/lilas">'
)
TABLE = "<table><tr><th>Forme</th><th>Voix</th></tr><tr><td>Scop</td><td>une</td></tr></table>"
SOUND = (
    article_page(head=LD, body=BODY + TABLE),
    article_page(top="<p class='byline'>Par Zoé</p><time>3 mai 2011</time>", body=BODY * 4),
    page(f"<h1>{TITLE}</h1>{entries()}"),
    page(BODY.replace("<p>", "<br><br>").replace("</p>", "")),
)
PIECES = (
    *("<", ">", "&", '"', "'", "\x00", "\ud800", "\udfff", "\ufeff", "\x1b", "&#0;", "&#xD800;"),
    *("&#1114112;", "<!--", "-->", "<![CDATA[", "]]>", "<?xml version='1.0' encoding='x'?>"),
    *("</html>", "<script>", "</script>", "<style>", "<title>", "<svg><p>", "<template>"),
    *("<math><annotation>", "<table><tr><td>", "<td>", "</table>", "<li>", "<ul><li><ul>"),
    *("<form>", "<frameset><frame>", "<p hidden>", "<div style='display:none'>", "<x:y z:='1'>"),
    *("<base href='http://['>", "<a href='http://['>x</a>", "<meta charset='utf-16'>", "<br>"),
    *("<td colspan=-1 rowspan=x>", "<ol start=a><li value=9999999999999>", "<h1></h1>", "<pre>"),
    *("<blockquote>", "<q>", "<textarea>", "<select><option>"),
)

Change = Callable[[str, random.Random], str]


def cut(html: str, choose: random.Random) -> str:
    start = choose.randrange(len(html))
    return html[:start] + html[start + choose.randrange(200) :]


def insert(html: str, choose: random.Random) -> str:
    place = choose.randrange(len(html) + 1)
    return html[:place] + choose.choice(PIECES) * choose.choice((1, 1, 1, 3, 300)) + html[place:]


def repeat(html: str, choose: random.Random) -> str:
    start = choose.randrange(len(html))
    piece = html[start : start + choose.randrange(1, 120)]
    return html[:start] + piece * choose.choice((2, 5, 100)) + html[start:]


def move(html: str, choose: random.Random) -> str:
    a, b, c = sorted(choose.randrange(len(html) + 1) for _ in range(3))
    return html[:a] + html[b:c] + html[a:b] + html[c:]


def scramble(html: str, choose: random.Random) -> str:
    place = choose.randrange(len(html))
    noise = "".join(chr(choose.randrange(0x11000)) for _ in range(choose.randrange(1, 20)))
    return html[:place] + noise + html[place + 5 :]


def unclose(html: str, choose: random.Random) -> str:
    return html.replace(choose.choice(("</p>", "</div>", "</article>", '"', "</h2>", ">")), "")


CHANGES: tuple[Change, ...] = (cut, cut, insert, insert, insert, repeat, move, scramble, unclose)


def mutated(seed: int) -> str:
    choose = random.Random(seed)
    html = choose.choice(SOUND)
    for _ in range(choose.randrange(1, 8)):
        html = choose.choice(CHANGES)(html, choose) or " "
    return html


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_damaged_page_is_an_article_or_refused(batch: int) -> None:
    became: Counter[str] = Counter()
    slowest = 0.0
    for seed in range(batch, PAGES, BATCHES):
        started = time.process_time()
        try:
            article = extract(
                mutated(seed),
                "https://toits.example/lilas",
                retrieved="2026-11-24",
                careful=seed % 2 == 1,
            )
            assert article.title, seed
            assert article.body, seed
            became["article"] += 1
        except Refused as refusal:
            became[refusal.key] += 1
        slowest = max(slowest, time.process_time() - started)
    print(f"\n{became.total()} pages, the slowest {slowest:.2f} s: {dict(became)}")  # noqa: T201
    assert became["article"] > became.total() / 5  # they are not all broken beyond reading
