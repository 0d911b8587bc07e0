"""Answers as HTML for Telegram messages, never longer than Telegram allows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from coopbot.dialogue import FullPassage, Page, Related
from coopbot.engine.protocol import StoredArticle
from coopbot.messages import Texts
from coopbot.render.words import notices, provenance_parts, warning
from coopbot.search.answer import AnswerHit, Caution, Snippet

# Telegram counts the UTF-16 units that remain when tags are parsed away; here the markup counts
# too, so that what is sent is always shorter than allowed.
MAX_UNITS = 4_096
_MAX_TITLE = 300
_IN_FULL = 3


def page(shown_page: Page, texts: Texts) -> str:
    """Return a page of an answer: titles as links, matched words in bold, where it is from."""
    answer = shown_page.answer
    blocks: list[str] = []
    if shown_page.completed:
        understood = texts("bot.understood", question=shown_page.completed)
        blocks.append(f"<i>{escape(understood)}</i>")
    if shown_page.offset == 0:
        blocks += [escape(notice) for notice in notices(answer, texts)]
    if answer.closest:
        blocks.append("\n".join([escape(texts("search.closest")), *_titles(answer.closest)]))
    blocks += [_hit(hit, texts) for hit in answer.hits]
    return _fitting(blocks, "\n\n")


def articles(heading: str, listed: Sequence[StoredArticle], texts: Texts) -> str:
    """Return a list of articles under a heading."""
    lines = [f"{title} <i>{_origin(article, texts)}</i>" for article, title in _titled(listed)]
    return _fitting([f"<b>{escape(heading)}</b>", *lines], "\n")


def related(found: Related, texts: Texts) -> str:
    """Return the articles close to another."""
    if not found.articles:
        return escape(texts("bot.related_none"))
    return articles(texts("bot.related_title", title=found.article.title), found.articles, texts)


def passage(found: FullPassage, texts: Texts) -> str:
    """Return a whole passage as an expandable quote."""
    head = f"<b>{_title(found.article)}</b>"
    headings = _cut(" › ".join(found.passage.headings), _MAX_TITLE)
    if headings:
        head += f"\n{headings}"
    foot = f"<i>{_origin(found.article, texts)}</i>"
    if found.caution:
        foot += f"\n{_caution(found.caution, texts)}"
    frame = "<blockquote expandable></blockquote>\n\n\n\n"
    room = MAX_UNITS - units(head) - units(foot) - units(frame)
    return f"{head}\n\n<blockquote expandable>{_cut(found.passage.text, room)}</blockquote>\n{foot}"


def snippet(shown_snippet: Snippet) -> str:
    """Return a snippet with its matched words in bold."""
    parts = []
    done = 0
    text = shown_snippet.text
    for start, end in shown_snippet.highlights:
        parts += [escape(text[done:start]), f"<b>{escape(text[start:end])}</b>"]
        done = end
    return "".join([*parts, escape(text[done:])])


def news(heading: str, hits: Sequence[AnswerHit], texts: Texts) -> str:
    """Return hits under a heading: the first ones with their sentences, the others by title."""
    full = [_hit(hit, texts, numbered=False) for hit in hits[:_IN_FULL]]
    titles = _titles(hit.article for hit in hits[_IN_FULL:])
    return _fitting([escape(heading), *full, *titles], "\n\n")


def hit_alone(hit: AnswerHit, texts: Texts) -> str:
    """Return one hit as a message of its own."""
    return _fitting([_hit(hit, texts, numbered=False)], "")


def units(html: str) -> int:
    """Return the length of *html* as Telegram counts it, markup included."""
    return len(html.encode("utf-16-le")) // 2


def _hit(hit: AnswerHit, texts: Texts, *, numbered: bool = True) -> str:
    article = hit.article
    number = f"{hit.rank}. " if numbered else ""
    lines = [
        f"{number}<b>{_title(article)}</b>",
        snippet(hit.snippet),
        f"<i>{_origin(article, texts)}</i>",
    ]
    if hit.caution:
        lines.append(_caution(hit.caution, texts))
    if article.archive_url:
        archived = escape(texts("search.archive"))
        lines.append(f'<a href="{escape(article.archive_url)}">{archived}</a>')
    return "\n".join(lines)


def _caution(caution: Caution, texts: Texts) -> str:
    said = escape(warning(caution, texts))
    newer = caution.superseded_by
    return f"{said} {escape(texts('caution.newer'))} {_title(newer)}" if newer else said


def _origin(article: StoredArticle, texts: Texts) -> str:
    return _cut(" · ".join(provenance_parts(article, texts)), _MAX_TITLE)


def _title(article: StoredArticle) -> str:
    title = _cut(article.title, _MAX_TITLE)
    return f'<a href="{escape(article.link)}">{title}</a>' if article.link else title


def _titled(listed: Iterable[StoredArticle]) -> Iterable[tuple[StoredArticle, str]]:
    return ((article, f"– {_title(article)}") for article in listed)


def _titles(listed: Iterable[StoredArticle]) -> list[str]:
    return [title for _, title in _titled(listed)]


def _fitting(blocks: Sequence[str], separator: str) -> str:
    """Join *blocks*, leaving out those from the first that does not fit; none is cut inside."""
    kept: list[str] = []
    length = 0
    for block in blocks:
        length += units(block) + units(separator)
        if length > MAX_UNITS:
            break
        kept.append(block)
    return separator.join(kept)


def _cut(text: str, room: int) -> str:
    """Return *text* escaped, shortened at a blank to at most *room* units."""
    if units(escape(text)) <= room:
        return escape(text)
    short = text[:room]
    while short and units(escape(short)) > room - 1:
        short = short[: len(short) * 9 // 10]
    return escape(short.rsplit(" ", 1)[0].rstrip()) + "…"
