"""Sitemaps and their indexes to References: https://www.sitemaps.org/protocol.html

An address counts only when it is on the sitemap's own host: anybody can list the pages of others.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from coopbot.errors import Refused
from coopbot.ingest.records import Reference
from coopbot.ingest.references import absolute, date_of, distinct, first_element

MAX_ADDRESSES = 50_000  # the protocol's own bounds, of one sitemap
MAX_BYTES = 50_000_000
_GZIP = b"\x1f\x8b"
_ELEMENTS = ("urlset", "sitemapindex")
_SNIFFED = 4_000


@dataclass(frozen=True, slots=True)
class Sitemap:
    """The pages a sitemap names, or the sitemaps that an index does; newest first."""

    pages: tuple[Reference, ...] = ()
    sitemaps: tuple[Reference, ...] = ()


def is_sitemap(content: bytes) -> bool:
    """Tell whether *content* is a sitemap or an index of sitemaps, by its beginning."""
    return first_element(_unpacked(content, _SNIFFED)) in _ELEMENTS


def read_sitemap(content: bytes, base: str) -> Sitemap:
    """Return what the sitemap *content* at the address *base* names; it may be gzipped.

    Addresses on other hosts are left out, and what is beyond the protocol's bounds. A damaged one
    is read as far as possible. Raises Refused when it is no sitemap.
    """
    text = _unpacked(content, MAX_BYTES)
    if first_element(text) not in _ELEMENTS:
        raise Refused("sitemap_not_one", url=base)
    own = _host(base)
    found: dict[str, list[Reference]] = {"url": [], "sitemap": []}
    for kind, address, modified in _entries(text):
        url = absolute(address, base)
        if url and _host(url) == own:
            found[kind].append(Reference(url, modified=date_of(modified)))
        if sum(map(len, found.values())) >= MAX_ADDRESSES:
            break
    pages, sitemaps = (
        # stable: what is undated keeps its order, behind what is dated
        sorted(distinct(each, MAX_ADDRESSES), key=lambda r: r.modified or "", reverse=True)
        for each in (found["url"], found["sitemap"])
    )
    return Sitemap(tuple(pages), tuple(sitemaps))


def _entries(text: bytes) -> Iterator[tuple[str, str, str | None]]:
    """Yield kind of entry, address and date, as they are written."""
    from lxml import etree

    # Nothing is fetched or expanded: no DTD, no entity of its own making.
    parse = etree.iterparse(
        io.BytesIO(text),
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
    )
    try:
        for _, element in parse:
            kind = element.tag.rpartition("}")[2]  # QName refuses some damaged namespaces
            yield kind, element.findtext("{*}loc") or "", element.findtext("{*}lastmod")
            element.clear()
            above = element.getparent()  # none, if the document is this one entry
            while above is not None and element.getprevious() is not None:
                del above[0]  # or the tree of what was read would stay
    except etree.XMLSyntaxError:
        return  # beyond recovery: what came before counts


def _unpacked(content: bytes, most: int) -> bytes:
    """Return *content*, unpacked if it is gzipped, at most *most* bytes of it."""
    if not content.startswith(_GZIP):
        return content[:most]
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(content, most)
    except zlib.error:
        return b""


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
