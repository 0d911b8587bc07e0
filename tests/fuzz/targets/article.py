"""Article files: front matter, text form, passages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from coopbot.article import Article, amended, dump, parse
from coopbot.corpus import Corpus
from coopbot.errors import ArticleError
from coopbot.passages import prepare
from tests.conftest import CORPUS
from tests.fuzz.draw import Draw
from tests.fuzz.said import check_said

_STRUCTURED = b"\1"  # the first byte of what is drawn as fields; anything else is a file


def seeds() -> Sequence[bytes]:
    """Return files, good and bad, and bytes that draw fields."""
    real = sorted(CORPUS.rglob("*.md"))[:2]
    files = (
        '---\ntitle: "Créer : une Scic"\npublished: 2026-11-23\ntags: [scic, "a, b"]\n---\nTexte',
        "---\ntitle: Titre # reste\nsources:\n  - https://x.example/?a=1\nlanguage: en\n"
        "asked:\n- Qui ?\nurl: 'https://x.example'\n---\n\n# Un\n\n- deux\n\n| a | b |\n|---|---|",
        "---\ntitle: >-\n  long\n  titre\nauthor: &a x\nsite: *a\n---\n<b>x</b>",
    )
    return [
        *(file.encode() for file in files),
        *(path.read_bytes()[:1_500] for path in real),
        _STRUCTURED + bytes(range(250)),
    ]


def check(data: bytes) -> None:
    """Check *data* as a file of the corpus, or as the fields of an article."""
    if data[:1] == _STRUCTURED:
        _check_fields(Draw(data[1:]))
        return
    corpus = _folder()
    (corpus.root / "a.md").write_bytes(data)
    try:
        entry = corpus.read("a.md")
    except ArticleError as error:
        check_said(error)
        _check_line(error, data)
        return
    assert entry.digest == hashlib.sha256(data).hexdigest()
    _check_article(entry.article)
    text = data.decode("utf-8-sig")
    assert parse(amended(text, entry.article, "a.md"), "a.md") == entry.article
    changed = replace(entry.article, title="Autre : titre", tags=("x",), published=None)
    assert parse(amended(text, changed, "a.md"), "a.md") == changed


def _check_line(error: ArticleError, data: bytes) -> None:
    assert 1 <= error.line <= data.count(b"\n") + data.count(b"\r") + 1


def _check_fields(draw: Draw) -> None:
    drawn = Article(
        title=draw.text() or "Titre",
        body=draw.text(600),
        author=draw.text(),
        language=draw.text(),
        tags=draw.texts(4),
        asked=draw.texts(4),
        summary_en=draw.text(),
    )
    try:
        read = parse(dump(drawn), "a.md")
    except ArticleError:
        return  # blank titles, brackets without end
    _check_article(read)


def _check_article(article: Article) -> None:
    assert parse(dump(article), "a.md") == article
    assert article.title.strip()
    assert "\n" not in article.title
    prepared = prepare(article)
    assert [passage.number for passage in prepared.passages] == list(range(len(prepared.passages)))
    assert all(passage.text.strip() for passage in prepared.passages if article.body.strip())
    # each word is in some passage
    said = set(re.findall(r"\w+", " ".join(passage.text for passage in prepared.passages)))
    assert not prepared.text or set(re.findall(r"\w+", prepared.text)) <= said


@cache
def _folder() -> Corpus:
    return Corpus(Path(mkdtemp(prefix="coopbot-fuzz-")))
