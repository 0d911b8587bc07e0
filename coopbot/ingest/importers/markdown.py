"""Markdown files, with or without front matter."""

from __future__ import annotations

import re
from dataclasses import replace

from coopbot.article import FENCE, Article, parse
from coopbot.errors import ArticleError, Refused
from coopbot.ingest.importers.making import make_article, title_from_name

_HEADING = re.compile(r"#{1,6}[ \t]+([^\n]+)\n|([^\n]+)\n(?:=+|-{3,})[ \t]*\n")

_BEGUN = re.compile(rf"{FENCE}[ \t]*\n\w+:[ \t]")  # a front matter that may not be closed


def has_front_matter(text: str) -> bool:
    """Tell whether *text* begins with a front matter."""
    first, _, rest = text.partition("\n")
    return (
        first.rstrip() == FENCE and re.search(rf"^{FENCE}[ \t]*$", rest, re.MULTILINE) is not None
    )


def read_markdown(name: str, text: str, url: str | None) -> Article:
    """Return the article in *text*; its title is in the front matter, else its first heading.

    *url* is its address if it names none itself. Raises Refused when there is no text, and with
    the line when the front matter cannot be read.
    """
    if has_front_matter(text) or _BEGUN.match(text):
        try:
            article = parse(text, name)
        except ArticleError as error:
            raise Refused(error.key, **error.values) from error
        return replace(article, url=article.url or url)
    text = text.strip() + "\n"
    heading = _HEADING.match(text)
    if heading is None:
        return make_article(name, title_from_name(name), text, url=url)
    rest = text[heading.end() :]
    if not rest.strip():
        raise Refused("import_no_text", path=name)
    return make_article(name, (heading[1] or heading[2]).rstrip("# "), rest, url=url)
