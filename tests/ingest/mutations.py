"""Files as accidents leave them: cut, mixed up, with bytes changed or repeated; from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from tests.ingest import samples
from tests.ingest.files import docx, encrypted, paragraph, pdf

Sample = tuple[str, bytes]

_TOKENS = (
    *b"<>&\"',;|[](){}#\\/-\n\r\t\0\xff\xfe\xc3\x80",
    *(b"<dl>", b"</dl>", b"<dd>", b"<![CDATA[", b"]]>", b"<!--", b"<?xml", b"<!ENTITY a 'b'>"),
    *(b"&#x110000;", b"&a;", b"%%EOF", b"obj", b"endobj", b"stream", b"/Kids", b"<<", b">>"),
    *(
        b"9999999999",
        b"-1",
        b"\xef\xbb\xbf",
        b"https://",
        b"http://[",
        b"\xed\xa0\x80",
        b"PK\x03\x04",
    ),
    *("« ", " »", " ? ", "Le ", "…", "\u202e", "\ud7ff"),
)


def originals() -> list[Sample]:
    """Return a file of each format."""
    pages = [
        [
            (20.0, f"Titre {word}"),
            (11.0, f"Les salariés {word} l'entre-"),
            (11.0, f"prise, {word}."),
        ]
        for word in ("créent", "tiennent", "quittent")
    ]
    written = paragraph("Un titre", "Titre1") + paragraph("Un point", number=1) * 3
    core = "<dc:title>Le guide</dc:title><dcterms:created>2018-03-04T10:00:00Z</dcterms:created>"
    digest = next((Path(__file__).parent / "digests").glob("*.txt")).read_bytes()
    return [
        ("favoris.html", samples.BOOKMARKS.encode()),
        ("export.html", samples.PEARLTREES_HTML.encode()),
        ("export.rdf", samples.PEARLTREES_RDF.encode()),
        ("flux.opml", samples.OPML.encode()),
        ("flux.opml", samples.OPML.encode("utf-16")),
        ("diigo.csv", samples.DIIGO.encode()),
        ("raindrop.csv", samples.RAINDROP.encode()),
        ("tableau.csv", samples.SPREADSHEET.encode("cp1252")),
        ("liens.txt", samples.ADDRESSES.encode()),
        ("veille.txt", digest.replace(" ¦".encode(), b"")[:2_000]),
        ("vote.md", b"---\ntitle: Le vote\ntags: [a, b]\n---\n\n# Une voix\n\nUne voix.\n"),
        ("guide.pdf", pdf(pages, Title="Le guide", CreationDate="D:20190412")),
        ("protege.pdf", encrypted(pdf(pages), "")),
        ("guide.docx", docx(written, core=core)),
    ]


def mutated(count: int, seed: int) -> Iterator[Sample]:
    """Yield *count* damaged files, the formats in turn."""
    chance = random.Random(seed)
    files = originals()
    for number in range(count):
        name, content = files[number % len(files)]
        for _ in range(chance.randint(1, 6)):
            content = _damaged(content, files, chance)
        yield name, content


def _damaged(content: bytes, files: list[Sample], chance: random.Random) -> bytes:
    start, end = sorted(chance.randint(0, len(content)) for _ in range(2))
    near = min(end, start + 40)
    match chance.randrange(8):
        case 0:
            return content[:start] + content[near:]
        case 1:
            return content[:start] + content[start:near] * chance.randint(2, 50) + content[near:]
        case 2:
            return content[:start] + _token(chance) + content[start:]
        case 3:
            return content[:start] + _token(chance) * chance.randint(2, 2_000) + content[start:]
        case 4:
            return content[:start] + chance.choice(files)[1][start:end] + content[end:]
        case 5:
            return content[:end] if chance.random() < 0.3 else content[:start] + content[start:]
        case 6:
            return content[:start] + content[start:end][::-1] + content[end:]
        case _:
            changed = bytearray(content)
            for _ in range(min(len(changed), chance.randint(1, 20))):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            return bytes(changed)


def _token(chance: random.Random) -> bytes:
    token = chance.choice(_TOKENS)
    if isinstance(token, int):
        return bytes([token])
    return token.encode("utf-8", "surrogatepass") if isinstance(token, str) else token
