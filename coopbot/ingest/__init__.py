"""From the web and from people's files to articles: fetching, extracting, importing.

    address ── fetch.py ──> Page ── extract.py ──> Article ──┐
    feed, sitemap, listing ── discover ──> References        ├── corpus (a file) ── index
    file ── importers/ ──> Articles, References ─────────────┘

Every step either yields its record or says why not: Refused for what was looked at and is not
wanted, FetchFailed for what could not be had. The only home of httpx, trafilatura and
BeautifulSoup.
"""
