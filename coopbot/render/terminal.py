"""An Answer for a person's terminal: colour, links, lines of its width."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from coopbot.engine.protocol import StoredArticle
from coopbot.messages import Texts
from coopbot.render.words import caution_line, feature_name, notices, passed, provenance
from coopbot.search.answer import Answer, AnswerHit, Snippet

_TITLE = Style(bold=True, color="cyan")
_MATCH = Style(bold=True, color="yellow")
_QUIET = Style(dim=True)
_CAUTION = Style(color="yellow")
_INDENT = 3


def as_terminal(
    answer: Answer, texts: Texts, *, explain: bool = False, way: str = ""
) -> RenderableType:
    """Return *answer* for a terminal, in the language of *texts*.

    *way* is how to ask for the spelling that was typed.
    """
    parts: list[RenderableType] = [Text(notice) for notice in notices(answer, texts, way)]
    if answer.closest:
        parts.append(_closest(answer, texts))
    for hit in answer.hits:
        parts.append(_hit(hit, texts))
    if explain:
        parts.append(_explanation(answer, texts))
    return Group(*_spaced(parts))


def _closest(answer: Answer, texts: Texts) -> RenderableType:
    closest = Text(texts("search.closest"))
    for article in answer.closest:
        closest.append("\n  – ").append(article.title, _linked(article))
    return closest


def _hit(hit: AnswerHit, texts: Texts) -> RenderableType:
    number = f"{hit.rank}. ".ljust(_INDENT)
    title = Text().append(number, _QUIET).append(hit.article.title, _TITLE + _linked(hit.article))
    body = [_snippet(hit.snippet), Text(provenance(hit.article, texts), _QUIET)]
    if hit.caution:
        body.append(Text(caution_line(hit.caution, texts), _CAUTION))
    return Group(title, Padding(Group(*body), (0, 0, 0, _INDENT)))


def _snippet(snippet: Snippet) -> Text:
    text = Text(snippet.text)
    for start, end in snippet.highlights:
        text.stylize(_MATCH, start, end)
    return text


def _linked(article: StoredArticle) -> Style:
    return Style(link=article.link) if article.link else Style.null()


def _explanation(answer: Answer, texts: Texts) -> RenderableType:
    terms = Table(title=texts("explain.terms"), title_justify="left")
    for column in ("term", "idf", "weight", "origin"):
        terms.add_column(texts(f"explain.{column}"))
    for term in answer.terms:
        origin = texts(f"explain.origin_{term.origin}", because=term.because)
        terms.add_row(term.term, f"{term.idf:.2f}", f"{term.weight:.2f}", origin)
    note = [Text(texts("explain.passed"))] if passed(answer.hits) else []
    return Group(*_spaced([terms, _shares(answer.hits, texts), *note]))


def _shares(hits: tuple[AnswerHit, ...], texts: Texts) -> Table:
    table = Table(title=texts("explain.shares"), title_justify="left")
    table.add_column("")
    for hit in hits:
        table.add_column(f"{hit.rank}", justify="right")
    rows: Mapping[str, Any] = hits[0].shares if hits else {}
    for feature in rows:
        table.add_row(feature_name(feature, texts), *(f"{hit.shares[feature]:.2f}" for hit in hits))
    if hits:
        table.add_section()
        table.add_row(texts("explain.score"), *(f"{hit.score:.2f}" for hit in hits))
        table.add_row(texts("explain.confidence"), *(f"{hit.confidence:.2f}" for hit in hits))
    return table


def _spaced(parts: list[RenderableType]) -> list[RenderableType]:
    spaced: list[RenderableType] = []
    for part in parts:
        spaced += [Text(""), part] if spaced else [part]
    return spaced
