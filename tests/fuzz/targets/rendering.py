"""What articles hold, shown: in Telegram, on a terminal, as plain text, as JSON."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import replace

from rich.console import Console

from coopbot.article import Article, dump, parse
from coopbot.corpus import Entry
from coopbot.dialogue import FullPassage, Move, Page, Related
from coopbot.engine.protocol import StoredArticle, StoredPassage
from coopbot.errors import ArticleError, QuestionError
from coopbot.indexing import stored
from coopbot.messages import texts
from coopbot.passages import prepare
from coopbot.render import telegram
from coopbot.render.data import as_json
from coopbot.render.plain import as_plain, passage_as_plain
from coopbot.render.terminal import as_terminal
from coopbot.search.answer import Answer, AnswerHit, Caution, Snippet
from coopbot.search.question import read_query
from coopbot.telegram import keyboards
from tests.botapi.html import parse as parse_html
from tests.fuzz.draw import Draw

_SAY = texts("fr")
_TAGS = {"bold", "italic", "text_link", "blockquote", "expandable_blockquote"}
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")  # what turns the text after it round


def seeds() -> Sequence[bytes]:
    """Return bytes that draw texts of each kind."""
    return [bytes(range(256)) * 2, b"\2\0\1\0\0\0" * 60, b"\3\0\0\0\x10\0<b>Scop</b> & Co  " * 20]


def check(data: bytes) -> None:
    """Check how articles drawn from *data* are shown."""
    draw = Draw(data)
    found = [_article(draw) for _ in range(1 + draw.number(3))]
    hits = tuple(_hit(draw, rank, *each) for rank, each in enumerate(found, 1))
    answer = _answer(draw, hits if draw.number(3) else (), tuple(s for s, _ in found))
    page = Page(answer, "token", 0, frozenset(Move), answer.question if draw.number(1) else None)
    article, passage = found[0]
    full = FullPassage(article, passage, hits[0].caution)
    shown = (
        telegram.page(page, _SAY),
        telegram.passage(full, _SAY),
        telegram.related(Related(article, tuple(a for a, _ in found)), _SAY),
        telegram.news(article.title, hits, _SAY),
        telegram.hit_alone(hits[0], _SAY),
    )
    for html in shown:
        _check_html(html)
    assert parse_html(telegram.snippet(hits[0].snippet))[0].text == hits[0].snippet.text
    keyboards.for_page(page, _SAY)
    keyboards.topics(article.tags)
    json.dumps(as_json(answer, explain=True)).encode()
    plain = as_plain(answer, _SAY, explain=True) + passage_as_plain(full, _SAY)
    assert not _COMMANDS.search(plain)
    assert not _DIRECTIONS.search(plain)
    _check_terminal(answer)


def _article(draw: Draw) -> tuple[StoredArticle, StoredPassage]:
    """Return an article as the index gives it back, and one of its passages."""
    drawn = Article(
        title=draw.text() or "Titre",
        body=draw.text(400),
        url=f"https://x.example/{draw.text()}" if draw.number(1) else None,
        site=draw.text(),
        tags=draw.texts(3),
        published=draw.one_of([None, "2011", "2011-05", "2026-11-23"]),
        sources=tuple(draw.one_of([" javascript:alert(1)", "http://s.example"]) for _ in range(1)),
    )
    try:
        read = parse(dump(drawn), "a.md")
    except ArticleError:
        read = Article("Titre", draw.text())
        read = parse(dump(read), "a.md")
    passage = prepare(read).passages[0]
    record = stored(Entry("a.md", "0", read))
    return record, StoredPassage(record.id, 0, passage.headings, passage.text)


def _hit(draw: Draw, rank: int, article: StoredArticle, passage: StoredPassage) -> AnswerHit:
    bounds = sorted({draw.number(len(passage.text)) for _ in range(draw.number(6))})
    spans = tuple(zip(*[iter(bounds)] * 2, strict=False))
    newer = replace(article, link=None) if draw.number(1) else article
    caution = Caution(article.published, 8, newer) if draw.number(1) else None
    snippet = Snippet(passage.text, spans)
    return AnswerHit(rank, article, 0, snippet, 0.5, 1.0, {"stem": 0.5}, caution)


def _answer(draw: Draw, hits: tuple[AnswerHit, ...], others: tuple[StoredArticle, ...]) -> Answer:
    try:
        query, _ = read_query(draw.text(), "fr")
    except QuestionError:
        query, _ = read_query('"un mot" -autre', "fr")
    return Answer(
        question=query.text,
        language="fr",
        hits=hits,
        closest=() if hits else others,
        did_you_mean=query.words,
        took_ms=1.0,
        terms=(),
        corrected=query.words if draw.number(1) else None,
        unknown_words=tuple(query.words.split()),
        only=query if query.restricts else None,
        unsaid=query.phrases,
    )


def _check_html(html: str) -> None:
    formatted, notes = parse_html(html)  # raises where Telegram refuses
    assert notes == []
    assert len(formatted.text.encode("utf-16-le")) // 2 <= telegram.MAX_UNITS
    assert not _DIRECTIONS.search(formatted.text)
    for entity in formatted.entities:
        assert entity.type in _TAGS
        assert entity.url is None or entity.url.startswith(("http://", "https://"))


def _check_terminal(answer: Answer) -> None:
    written = io.StringIO()
    console = Console(file=written, width=60, color_system=None, force_terminal=True)
    console.print(as_terminal(answer, _SAY, explain=True))
    # Rich writes links as commands of its own; nothing else may be one
    rest = re.sub(r"\x1b\]8;[^\x1b]*\x1b\\", "", written.getvalue())
    assert not _COMMANDS.search(rest.replace("\x1b[0m", "").replace("\r", "")), rest
