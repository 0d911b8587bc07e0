"""People's files to records: one module per format, and the recogniser that tells them apart.

    bookmarks.py     bookmarks of browsers, Pearltrees, Diigo, Pocket   ─┐
    pearltrees.py    Pearltrees' RDF                                     │
    opml.py          lists of feeds                                      ├─> References
    table.py         CSV of Diigo, Pocket, Raindrop, a spreadsheet       │
    addresses.py     a text file of addresses                           ─┘
    digest.py        paragraphs of title and excerpt run together       ─┐
    markdown.py      with or without front matter                        │
    saved_page.py    HTML saved by hand                                  ├─> Articles
    pdf.py, docx.py  documents                                           │
    text.py          any other text                                     ─┘

Lists of knowledge (words, column names) are the text files beside the modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from coopbot.article import Article
from coopbot.errors import Refused
from coopbot.ingest.importers.addresses import read_addresses
from coopbot.ingest.importers.bookmarks import read_bookmarks
from coopbot.ingest.importers.digest import read_digest
from coopbot.ingest.importers.docx import read_docx
from coopbot.ingest.importers.making import clean_tags, web_address
from coopbot.ingest.importers.markdown import read_markdown
from coopbot.ingest.importers.opml import read_opml
from coopbot.ingest.importers.pdf import read_pdf
from coopbot.ingest.importers.pearltrees import read_pearltrees
from coopbot.ingest.importers.recognise import Format, recognise_bytes, recognise_text
from coopbot.ingest.importers.saved_page import read_saved_page
from coopbot.ingest.importers.table import read_table
from coopbot.ingest.importers.text import decode, read_text
from coopbot.ingest.records import FeedReference, Reference

MAX_BYTES = 20_000_000
MAX_ENTRIES = 50_000

Record = Article | Reference | FeedReference | Refused
_ReadPage = Callable[[str, str | None], Article]


def read_file(
    name: str,
    content: bytes,
    *,
    retrieved: str,
    url: str | None = None,
    careful: bool = False,
    languages: Sequence[str] = ("fr",),
) -> Iterator[Record]:
    """Yield what the file *name* with *content* holds: Articles, References, feeds.

    What is not wanted or cannot be read comes as Refused, which names its line where there is one;
    none is raised. An address that occurs twice is yielded once, with the tags of both. The same
    file always yields the same records. *url* is the address of a file that is one article;
    *retrieved* the day it was had, ISO 8601. *careful* and *languages* are for saved pages, see
    `extract`.
    """

    def read_page(text: str, address: str | None) -> Article:
        return read_saved_page(text, address, retrieved, careful=careful, languages=languages)

    try:
        yield from _merged(name, _records(name, content, url, read_page))
    except Refused as refused:
        yield refused


def _records(name: str, content: bytes, url: str | None, read_page: _ReadPage) -> Iterator[Record]:
    if len(content) > MAX_BYTES:
        megabytes, limit = f"{len(content) / 1e6:.0f}", f"{MAX_BYTES / 1e6:.0f}"
        raise Refused("import_large", path=name, megabytes=megabytes, limit=limit)
    address = _checked(name, url)
    match recognise_bytes(name, content):
        case Format.PDF:
            yield read_pdf(name, content, address)
        case Format.DOCX:
            yield read_docx(name, content, address)
        case _:
            yield from _from_text(name, decode(content), address, read_page)


def _from_text(name: str, text: str, url: str | None, read_page: _ReadPage) -> Iterator[Record]:
    match recognise_text(name, text):
        case Format.BOOKMARKS:
            yield from read_bookmarks(name, text)
        case Format.PEARLTREES:
            yield from read_pearltrees(name, text)
        case Format.OPML:
            yield from read_opml(name, text)
        case Format.TABLE:
            yield from read_table(name, text)
        case Format.ADDRESSES:
            yield from read_addresses(name, text)
        case Format.DIGEST:
            yield from read_digest(name, text)
        case Format.MARKDOWN:
            yield read_markdown(name, text, url)
        case Format.PAGE:
            yield read_page(text, url)
        case _:
            yield read_text(name, text, url)


def _checked(name: str, url: str | None) -> str | None:
    address = web_address(url)
    if url is not None and address is None:
        raise Refused("import_address", path=name, line=1, value=url)
    return address


def _merged(name: str, records: Iterable[Record]) -> Iterator[Record]:
    """Yield *records*, each article and address once, at most MAX_ENTRIES."""
    found: dict[object, Record] = {}
    for number, record in enumerate(records):
        if number == MAX_ENTRIES:
            found[MAX_ENTRIES] = Refused("import_many", path=name, limit=MAX_ENTRIES)
            break
        key = _identity(record)
        known = found.get(key)
        if isinstance(known, Reference) and isinstance(record, Reference):
            found[key] = _together(known, record)
        elif known is None:
            found[key] = record
    if not found:
        raise Refused("import_nothing", path=name)
    yield from found.values()


def _identity(record: Record) -> object:
    if isinstance(record, Article):
        return record.url or (record.title, record.body)
    if isinstance(record, Reference | FeedReference):
        return type(record), record.url
    return id(record)  # refusals are all different


def _together(first: Reference, second: Reference) -> Reference:
    """Return what both say of one article; *first* counts where they differ."""
    return replace(
        first,
        title=first.title or second.title,
        excerpt=first.excerpt or second.excerpt,
        tags=clean_tags((*first.tags, *second.tags)),
    )
