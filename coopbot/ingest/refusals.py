"""Why a page is not an article worth keeping; each reason is a sentence a curator reads.

A page with too little text is looked at as a whole, to say what stands in the article's place: a
robot check, a consent wall, a login form, an empty shell. A page with text can still be the stub of
a paid article, a list of other articles, or in a language nobody asked for. The words are in
`refusals.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from coopbot.errors import Refused
from coopbot.french import fold
from coopbot.ingest.language import language_of
from coopbot.ingest.metadata import Metadata

LEAST_CHARACTERS = 200
# A stub is the first paragraphs; few articles are this short, and they say isAccessibleForFree.
STUB_CHARACTERS = 2_000
# Below this, a page's words about cookies or passwords are what it is about.
_LITTLE_CHARACTERS = 1_000
_PAGE_CHARACTERS = 20_000  # looked at for such words
_FEWEST_ENTRIES = 3
_ENTRIES_SHARE = 0.5
_ENTRY_CHARACTERS = 2_000
_FEWEST_LINKS = 15
_LINK_CHARACTERS = 25
_EDGE = 40
_BLANKS = re.compile(r"\s+")


def check_text(page: Any, about: Metadata, text: str) -> None:
    """Raise Refused when *text* is not that of an article.

    *page* is the tree of the page as it came, but for scripts; *text* what was taken for its
    article.
    """
    if len(text) < _LITTLE_CHARACTERS:
        _check_little(page, about, text)
    if len(text) < STUB_CHARACTERS and (about.free is False or _says("paywall", text[-500:])):
        raise Refused("refused_paywall")
    if _is_list(page, text):
        raise Refused("refused_list")


def check_language(text: str, languages: Sequence[str]) -> str | None:
    """Return the language of *text*; raises Refused when it is none of *languages*, if any are."""
    language = language_of(text)
    if not languages or language in languages:
        return language
    wanted = ", ".join(languages)
    if language is None:
        raise Refused("refused_language_unknown", wanted=wanted)
    raise Refused("refused_language", language=language, wanted=wanted)


def _check_little(tree: Any, about: Metadata, text: str) -> None:
    """Raise Refused when a page with little text shows why it has no more."""
    page = _visible(tree)
    title = about.title or ""
    empty = len(text) < LEAST_CHARACTERS
    if _titled("robot_check", title) or _says("robot_check", page if empty else text):
        raise Refused("refused_robot_check")
    if _titled("missing", title) or _says("missing", page if empty else text):
        raise Refused("refused_missing")
    if about.free is False or _titled("paywall", title) or _says("paywall", page):
        raise Refused("refused_paywall")
    if _titled("login", title) or (empty and (_asks_password(tree) or _says("login", page))):
        raise Refused("refused_login")
    if _titled("consent", title) or _says("consent", page if empty else text):
        raise Refused("refused_consent")
    if empty and len(_long_links(tree)) >= _FEWEST_LINKS:
        raise Refused("refused_list")
    if empty and _says("script", page):
        raise Refused("refused_script")
    if empty:
        raise Refused("refused_short", characters=len(text), least=LEAST_CHARACTERS)


def _visible(tree: Any) -> str:
    return _BLANKS.sub(" ", " ".join(tree.itertext()))[:_PAGE_CHARACTERS]


def _asks_password(tree: Any) -> bool:
    return any((i.get("type") or "").lower() == "password" for i in tree.iter("input"))


def _long_links(tree: Any) -> list[str]:
    texts = (_BLANKS.sub(" ", link.text_content()).strip() for link in tree.iter("a"))
    return [text for text in texts if len(text) >= _LINK_CHARACTERS]


def _is_list(tree: Any, text: str) -> bool:
    """Tell whether most of *text* comes from several entries whose heading links elsewhere."""
    headings = [heading for heading in tree.iter("h2", "h3", "h4") if _links_away(heading)]
    if len(headings) < _FEWEST_ENTRIES:
        return False
    entries = {_BLANKS.sub(" ", entry) for heading in headings if (entry := _entry(heading))}
    lines = [_BLANKS.sub(" ", line).strip() for line in text.split("\n")]
    within = [[line for line in lines if line[:_EDGE] in entry] for entry in entries]
    found = {line for some in within for line in some}
    share = sum(map(len, found)) / max(sum(map(len, lines)), 1)
    return share > _ENTRIES_SHARE and sum(map(bool, within)) >= _FEWEST_ENTRIES


def _entry(heading: Any) -> str | None:
    """Return the text that stands with *heading*, None when that is too much for an entry."""
    entry = heading
    for above in heading.iterancestors("article", "li", "div", "section", "td"):
        if sum(1 for _ in above.iter("h1", "h2", "h3", "h4")) > 1:
            break
        entry = above
    text = str(entry.text_content())
    return text if len(text) <= _ENTRY_CHARACTERS else None


def _links_away(heading: Any) -> bool:
    title = heading.text_content().strip()
    links = [*heading.iter("a"), *heading.iterancestors("a")]
    return bool(title) and any(_leads_away(link, title) for link in links)


def _leads_away(link: Any, title: str) -> bool:
    address = (link.get("href") or "").strip()
    whole = len(link.text_content().strip()) >= 0.8 * len(title)
    return whole and bool(address) and not address.startswith(("#", "javascript:", "mailto:"))


@dataclass(frozen=True, slots=True)
class _Signs:
    titles: tuple[str, ...]
    sentences: tuple[str, ...]


def _titled(reason: str, title: str) -> bool:
    return _folded(title).startswith(_signs()[reason].titles)


def _says(reason: str, text: str) -> bool:
    folded = _folded(text)
    return any(sentence in folded for sentence in _signs()[reason].sentences)


@cache
def _signs() -> dict[str, _Signs]:
    source = files(__package__).joinpath("refusals.toml").read_text(encoding="utf-8")
    return {
        reason: _Signs(
            titles=tuple(map(_folded, signs["titles"])),
            sentences=tuple(map(_folded, signs["sentences"])),
        )
        for reason, signs in tomllib.loads(source).items()
    }


def _folded(text: str) -> str:
    return _BLANKS.sub(" ", fold(text).replace("’", "'")).strip()
