"""What sites give to machines: feeds, sitemaps, robots.txt."""

from __future__ import annotations

from collections.abc import Sequence

import httpx

from coopbot.article import is_date
from coopbot.errors import Refused
from coopbot.ingest import robots
from coopbot.ingest.feeds import feed_links, is_feed, read_feed
from coopbot.ingest.records import Reference
from coopbot.ingest.sitemaps import is_sitemap, read_sitemap
from tests.fuzz.said import check_said

_BASE = "https://x.example/dossier/"
_RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><item><title>a &lt;b&gt;
</title><link>/un</link><pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate><category>x</category>
<description><![CDATA[<p>y</p>]]></description></item></channel></rss>"""
_ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr-FR"><entry><title>t</title>
<link href="https://x.example/deux"/><updated>2026-11-02T10:00:00Z</updated></entry></feed>"""
_JSON = """{"version": "https://jsonfeed.org/version/1.1", "language": "fr", "items": [{"id": "1",
"url": "trois", "title": "t", "date_published": "2026-11-02T10:00:00Z", "tags": ["x"]}]}"""
_SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>
<loc>https://x.example/quatre</loc><lastmod>2026-11</lastmod></url></urlset>"""
_INDEX = """<sitemapindex><sitemap><loc>https://x.example/s.xml</loc></sitemap></sitemapindex>"""
_ROBOTS = """User-agent: *\nDisallow: /p*.php$\nAllow: /\nCrawl-delay: 2.5\n
User-agent: Coopbot\nDisallow: /admin\nSitemap: https://x.example/s.xml\n"""
_HTML = """<link rel="alternate" type="application/rss+xml" href="/flux" title="x">"""


def seeds() -> Sequence[bytes]:
    """Return one of each."""
    return [text.encode() for text in (_RSS, _ATOM, _JSON, _SITEMAP, _INDEX, _ROBOTS, _HTML)]


def check(data: bytes) -> None:
    """Check *data* as a feed, a sitemap, a robots.txt, and a page that names feeds."""
    is_feed(data)
    try:
        _check_references(read_feed(data, _BASE))
    except Refused as refused:
        check_said(refused)
    is_sitemap(data)
    try:
        sitemap = read_sitemap(data, _BASE)
        _check_references([*sitemap.pages, *sitemap.sitemaps])
    except Refused as refused:
        check_said(refused)
    assert all(address.startswith(("http://", "https://")) for address in feed_links(data, _BASE))
    rules = robots.Rules(robots.parse(data))
    rules.allow(httpx.URL(f"{_BASE}page.php?x=%20é"))
    assert 0 <= rules.delay <= 30
    assert all(isinstance(address, str) for address in rules.sitemaps)


def _check_references(references: Sequence[Reference]) -> None:
    for reference in references:
        assert reference.url.startswith(("http://", "https://"))
        for date in (reference.published, reference.modified):
            assert date is None or is_date(date)
        for text in (reference.title, reference.excerpt):
            assert text is None or text.strip()
