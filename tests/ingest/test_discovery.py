"""Feeds, sitemaps and listings, right, wrong and hostile, to references."""

from __future__ import annotations

import contextlib
import gzip
import random
import time
from collections.abc import Callable

import pytest

from coopbot.errors import Refused
from coopbot.ingest.feeds import MAX_FEED_BYTES, feed_links, is_feed, read_feed
from coopbot.ingest.listings import read_listing
from coopbot.ingest.records import Reference
from coopbot.ingest.references import MOST_REFERENCES, date_of
from coopbot.ingest.sitemaps import MAX_BYTES, is_sitemap, read_sitemap

SITE = "https://exemple.coop/actualites/"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Actualités</title><language>fr-FR</language>
<item><title>L'usine &amp; ses &lt;b&gt;salariés&lt;/b&gt;</title><link>/usine?p=1#haut</link>
<pubDate>Mon, 23 Nov 2026 00:30:00 +0200</pubDate>
<category>Scop</category><category>Reprise</category><category>Scop</category>
<description>&lt;p&gt;Les salariés reprennent l'usine.&lt;/p&gt;</description></item>
<item><title>Sans adresse</title></item>
<item><title>Courriel</title><link>mailto:nous@exemple.coop</link></item>
<item><title>Ailleurs</title><link>https://autre.coop/texte</link></item>
</channel></rss>""".encode()
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://exemple.coop/blog/">
<title>Blog</title><entry xml:lang="en"><title>Été</title><link rel="self" href="moi"/>
<link rel="alternate" href="ete"/><published>2026-07-14T23:30:00+02:00</published>
<updated>2026-07-20T08:00:00Z</updated><category term="vie"/></entry></feed>""".encode()
JSON = """{"version": "https://jsonfeed.org/version/1.1", "language": "fr", "items": [
{"id": "1", "url": "un", "title": "Un", "date_published": "2026-01-02T03:04:05Z",
 "date_modified": "2026-02-03", "tags": ["scic", 7, ""], "summary": "Un <i>début</i>"},
{"id": "2", "external_url": "https://autre.coop/deux"}, {"id": "3"}, "rien"]}""".encode()
RSS_1 = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<item rdf:about="https://exemple.coop/spip"><title>SPIP</title>
<link>https://exemple.coop/spip</link><dc:date>2026-03-04T05:06:07Z</dc:date></item></rdf:RDF>"""
LATIN = """<?xml version="1.0" encoding="iso-8859-1"?><rss version="2.0"><channel>
<item><title>Été à la ferme</title><link>/ete</link></item></channel></rss>""".encode("latin-1")
SITEMAP = b"""<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY f SYSTEM "file:///etc/passwd">]>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://exemple.coop/vieux</loc><lastmod>2024-01</lastmod></url>
<url><loc>https://exemple.coop/sans-date</loc></url>
<url><loc> https://www.exemple.coop/neuf </loc><lastmod>2026-11-01T10:00:00+01:00</lastmod></url>
<url><loc>https://autre.coop/page</loc></url><url><loc>&f;</loc></url><url/></urlset>"""
INDEX = b"""<sitemapindex><sitemap><loc>/a.xml.gz</loc></sitemap>
<sitemap><loc>/b.xml</loc><lastmod>2026-01-01</lastmod></sitemap></sitemapindex>"""


@pytest.mark.parametrize(
    ("feed", "references"),
    [
        pytest.param(
            RSS,
            [
                Reference(
                    "https://exemple.coop/usine?p=1",
                    title="L'usine & ses salariés",
                    excerpt="Les salariés reprennent l'usine.",
                    published="2026-11-23",
                    tags=("Scop", "Reprise"),
                    language="fr",
                ),
                Reference("https://autre.coop/texte", title="Ailleurs", language="fr"),
            ],
            id="RSS 2.0",
        ),
        pytest.param(
            ATOM,
            [
                Reference(
                    "https://exemple.coop/blog/ete",
                    title="Été",
                    published="2026-07-14",
                    tags=("vie",),
                    language=None,
                    modified="2026-07-20",
                )
            ],
            id="Atom",
        ),
        pytest.param(
            JSON,
            [
                Reference(
                    "https://exemple.coop/actualites/un",
                    title="Un",
                    excerpt="Un début",
                    published="2026-01-02",
                    tags=("scic",),
                    language="fr",
                    modified="2026-02-03",
                ),
                Reference("https://autre.coop/deux", language="fr"),
            ],
            id="JSON Feed",
        ),
        pytest.param(
            RSS_1,
            [
                Reference(
                    "https://exemple.coop/spip",
                    title="SPIP",
                    published="2026-03-04",
                    modified="2026-03-04",
                )
            ],
            id="RSS 1.0",
        ),
        pytest.param(
            LATIN, [Reference("https://exemple.coop/ete", title="Été à la ferme")], id="Latin-1"
        ),
        pytest.param(RSS.split(b"<item><title>Sans")[0], None, id="cut off"),
        pytest.param(b"\xef\xbb\xbf" + RSS, None, id="after a BOM"),
        pytest.param(RSS.replace(b"&amp;", b"& &nbsp;"), None, id="entities of HTML"),
    ],
)
def test_a_feed_is_read_whatever_its_form(feed: bytes, references: list[Reference] | None) -> None:
    assert is_feed(feed)
    read = read_feed(feed, SITE)
    if references is None:
        assert read[0].url == "https://exemple.coop/usine?p=1"
        assert read[0].published == "2026-11-23"
    else:
        assert read == references


@pytest.mark.parametrize(
    "content",
    [b"", b"/etc/passwd", b"<html><body>Rien</body></html>", b'{"items": 3}', b"{", b"[" * 9_999],
)
def test_what_is_no_feed_is_refused(content: bytes) -> None:
    assert not is_feed(content)
    with pytest.raises(Refused) as refused:
        read_feed(content, SITE)
    assert SITE in refused.value.text("fr")


def test_a_feed_of_endless_length_is_refused_or_cut() -> None:
    item = b"<item><link>/%d</link></item>"
    many = b"<rss version='2.0'><channel>%s</channel></rss>" % b"".join(
        item % number for number in range(MOST_REFERENCES + 5)
    )
    assert len(read_feed(many, SITE)) == MOST_REFERENCES
    with pytest.raises(Refused):
        read_feed(b"<rss>" + b" " * MAX_FEED_BYTES, SITE)


def test_a_page_names_its_feeds_but_not_that_of_comments() -> None:
    html = b"""<html><head><link rel=stylesheet href=a.css>
    <link rel="alternate" type="application/rss+xml" title="Commentaires" href="/c.xml">
    <link rel="alternate" type="application/rss+xml" title="Tout" href="/comments/feed/">
    <link rel="alternate" type="application/rss+xml" title="Actu" href="flux.xml">
    <link rel="alternate nofollow" type="application/feed+json" href="/flux.json">
    <link rel="alternate" hreflang="en" href="/en"></head><body>"""
    assert feed_links(html, SITE) == [
        "https://exemple.coop/actualites/flux.xml",
        "https://exemple.coop/flux.json",
    ]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_sitemap_gives_the_pages_of_its_own_site_newest_first(packed: bool) -> None:
    content = gzip.compress(SITEMAP) if packed else SITEMAP
    assert is_sitemap(content)
    found = read_sitemap(content, "https://exemple.coop/sitemap.xml")
    assert found.sitemaps == ()
    assert found.pages == (
        Reference("https://www.exemple.coop/neuf", modified="2026-11-01"),
        Reference("https://exemple.coop/vieux", modified="2024-01"),
        Reference("https://exemple.coop/sans-date"),
    )


def test_an_index_gives_its_sitemaps() -> None:
    found = read_sitemap(INDEX, "https://exemple.coop/sitemap.xml")
    assert [s.url for s in found.sitemaps] == [
        "https://exemple.coop/b.xml",
        "https://exemple.coop/a.xml.gz",
    ]
    assert found.pages == ()


def test_a_damaged_sitemap_gives_what_can_be_read() -> None:
    found = read_sitemap(SITEMAP[:-90], "https://exemple.coop/sitemap.xml")
    assert "https://www.exemple.coop/neuf" in [page.url for page in found.pages]


def test_a_gzip_bomb_is_not_unpacked_whole() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * (MAX_BYTES + 1_000_000), 1)
    assert read_sitemap(bomb, SITE).pages == ()


@pytest.mark.parametrize("content", [b"", b"\x1f\x8bnot gzip", RSS, b"<html/>"])
def test_what_is_no_sitemap_is_refused(content: bytes) -> None:
    assert not is_sitemap(content)
    with pytest.raises(Refused):
        read_sitemap(content, SITE)


LISTING = """<html><head><base href="https://exemple.coop/"></head><body>
<nav><a href="/accueil">Accueil</a></nav>
<article><a href="un"><img src=x></a><h2>Un  titre</h2>
<time datetime="2026-05-06T00:00">6 mai</time>
<a href="#suite">Suite</a></article>
<article><h2><a href="https://autre.coop/deux?a=1&amp;b=2#c">Deux</a></h2></article>
<article><h2><a href="javascript:void(0)">Script</a></h2></article>
<article><a href="/un#bas">Encore</a></article><article>Rien</article></body></html>"""


@pytest.mark.parametrize("html", [LISTING, LISTING.encode()])
def test_a_listing_gives_the_links_its_selector_picks(html: bytes | str) -> None:
    assert read_listing(html, SITE, "article") == [
        Reference("https://exemple.coop/un", title="Un titre", published="2026-05-06"),
        Reference("https://autre.coop/deux?a=1&b=2", title="Deux"),
    ]
    assert [r.url for r in read_listing(html, SITE, "h2 a")] == ["https://autre.coop/deux?a=1&b=2"]
    assert read_listing(html, SITE, "aside a") == []


def test_a_feed_with_a_null_in_the_name_of_its_encoding_is_refused() -> None:
    with pytest.raises(Refused):
        read_feed(RSS.replace(b"utf-8", b"utf\0-8", 1), SITE)


def test_a_date_beyond_all_calendars_is_none() -> None:
    assert date_of("Mon, 04 May 99999999999999999999 10:00:00 GMT") is None


def _mutated(seed: bytes, rng: random.Random) -> bytes:
    """Return *seed* with a few bytes or stretches changed, doubled, moved or lost."""
    data = bytearray(seed)
    for _ in range(rng.randint(1, 8)):
        start = rng.randrange(len(data) or 1)
        end = start + rng.randint(1, 40)
        match rng.randrange(4):
            case 0:
                data[start:end] = rng.randbytes(rng.randint(0, 9))
            case 1:
                data[start:start] = data[start:end] * rng.randint(1, 30)
            case 2:
                del data[start:end]
            case _:
                data[start:start] = rng.choice([b"<", b"&", b"]]>", b"<!--", b'"', b"\0", b"{"])
    return bytes(data)


@pytest.mark.parametrize(
    ("seeds", "read"),
    [
        ((RSS, ATOM, JSON, RSS_1), lambda content: read_feed(content, SITE)),
        ((SITEMAP, INDEX, gzip.compress(SITEMAP)), lambda content: read_sitemap(content, SITE)),
        ((LISTING.encode(),), lambda content: read_listing(content, SITE, "article")),
    ],
    ids=["feed", "sitemap", "listing"],
)
def test_mutated_input_is_read_or_refused_soon(
    seeds: tuple[bytes, ...], read: Callable[[bytes], object]
) -> None:
    rng = random.Random(6)
    for _ in range(150):
        content = _mutated(rng.choice(seeds), rng)
        started = time.process_time()
        with contextlib.suppress(Refused):
            read(content)
        assert time.process_time() - started < 2
