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
from urllib.parse import urljoin

from coopbot.errors import Refused
from coopbot.french import fold
from coopbot.ingest.duplicates import address_key
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


def check_text(page: Any, url: str | None, about: Metadata, text: str) -> None:
    """Raise Refused when *text* is not that of an article.

    *page* is the tree of the page at *url* as it came, but for scripts; *text* what was taken for
    its article.
    """
    if len(text) < _LITTLE_CHARACTERS:
        _check_little(page, about, text)
    if len(text) < STUB_CHARACTERS and (about.free is False or _says("paywall", text[-500:])):
        raise Refused("refused_paywall")
    if _is_list(page, url, text):
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


def _is_list(page: Any, url: str | None, text: str) -> bool:
    """Tell whether most of *text* is of entries, several on the page, whose heading leads away."""
    headings = [h for h in page.iter("h2", "h3", "h4") if _leads_away(h, url)]
    if len(headings) < _FEWEST_ENTRIES:
        return False
    entries = [_BLANKS.sub(" ", _entry(heading)) for heading in headings]
    known = "\n".join(entry for entry in entries if len(entry) <= _ENTRY_CHARACTERS)
    lines = [_BLANKS.sub(" ", line).strip() for line in text.split("\n")]
    within = sum(len(line) for line in lines if line[:_EDGE] in known)
    return within > _ENTRIES_SHARE * sum(map(len, lines))


def _entry(heading: Any) -> str:
    """Return the text that stands with *heading* and no other."""
    entry = heading
    for above in heading.iterancestors("article", "li", "div", "section", "td"):
        if sum(1 for _ in above.iter("h1", "h2", "h3", "h4")) > 1:
            break
        entry = above
    return str(entry.text_content())


def _leads_away(heading: Any, url: str | None) -> bool:
    """Tell whether *heading* is a link to another page."""
    for link in (*heading.iter("a"), *heading.iterancestors("a")):
        try:
            address = address_key(urljoin(url or "http://localhost/", link.get("href") or ""))
        except ValueError:  # mailto:, javascript:, or no address at all
            continue
        if url is None or address != address_key(url):
            return True
    return False


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
    return _BLANKS.sub(" ", fold(text)).strip()
