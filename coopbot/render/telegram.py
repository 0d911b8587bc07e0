"""An Answer as HTML for a Telegram message."""

from __future__ import annotations

from html import escape

from coopbot.engine.protocol import StoredArticle
from coopbot.messages import Texts
from coopbot.render.words import notices, readable_date
from coopbot.search.answer import Answer, AnswerHit, Snippet

# Telegram counts the text that remains when tags are parsed away.
MAX_CHARACTERS = 4_096


def as_html(answer: Answer, texts: Texts) -> str:
    """Return *answer* as Telegram HTML: titles as links, matched words in bold.

    Hits that would make it longer than Telegram allows are left out whole.
    """
    blocks = [escape(notice) for notice in notices(answer, texts)]
    if answer.closest:
        titles = "".join(f"\n– {_title(article)}" for article in answer.closest)
        blocks.append(escape(texts("search.closest")) + titles)
    for hit in answer.hits:
        blocks.append(_hit(hit, texts))
        # the markup counts too here, so that the true length is always less
        if sum(len(block) + 2 for block in blocks) > MAX_CHARACTERS:
            blocks.pop()
            break
    return "\n\n".join(blocks)


def _hit(hit: AnswerHit, texts: Texts) -> str:
    article = hit.article
    date = readable_date(article.published, texts)
    origin = escape(" · ".join(part for part in (article.site, date) if part))
    return f"{hit.rank}. {_title(article)}\n{_snippet(hit.snippet)}\n<i>{origin}</i>"


def _title(article: StoredArticle) -> str:
    title = escape(article.title)
    return f'<a href="{escape(article.link)}">{title}</a>' if article.link else f"<b>{title}</b>"


def _snippet(snippet: Snippet) -> str:
    parts = []
    done = 0
    for start, end in snippet.highlights:
        parts += [escape(snippet.text[done:start]), f"<b>{escape(snippet.text[start:end])}</b>"]
        done = end
    return "".join([*parts, escape(snippet.text[done:])])
