"""The query language, for those who want it; to everybody else a question is a question.

    question  = { phrase | exclusion | field | anything else }
    phrase    = quoted                      articles with these words, one after the other
    exclusion = "-" ( word | quoted )       articles without that
    field     = name ":" ( word | quoted )
    name      = "titre" | "title"           articles whose title has that
              | "site" | "tag"              articles of that site, with that tag
              | "depuis" | "since"          articles of that date or later
              | "avant" | "before"          articles from before that date
    quoted    = '"' words '"' | "“" words "”" | "«" words "»"
    date      = 2020 | 2020-05 | 2020-05-31 | 31/05/2020 | 05/2020

Several of them restrict together; of several dates the strictest counts. An undated article is
neither since nor before a date.

What counts as the same word: case, accents, apostrophes and hyphens make no difference, and
inclusive writing is read as in articles. What is in quotes or excluded is taken as it is written,
without its inflections: "assemblée générale" is not "assemblées générales", and -scop leaves
"Scops". titre:mot without quotes is any inflection, like a plain word. A phrase lies within a
sentence, a heading or the title.

When in doubt, it is plain words, never an error:

- an exclusion or a field begins a word ("e-mail", "Saint-Vallier", "sous-titre:x" do not), and so
  does a phrase (27" is no beginning of one); a quote that is not closed is none;
- an exclusion begins with a letter: "-10 %" is a number, "- liste" and "--option" are no words;
- the colon touches the value: in "depuis : 2020" it is punctuation. A blank before it alone is what
  French keyboards put there, so that "depuis :2020" is meant;
- a date is one of those above, and exists; other values hold a word that the index knows, "de la"
  being none; "-site:x" means nothing here;
- phrases that no article has, all of them together, are plain words: the answer says so;
- a question that only excludes, or only says when, asks for nothing. One that has nothing but tags
  or sites looks for their names.

Each takes time: a text with more than MOST_RESTRICTIONS of them, dates aside, is plain words too.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from coopbot.article import is_date
from coopbot.french import exact_terms, fold
from coopbot.french.elision import elided

MOST_RESTRICTIONS = 8
_DOUBLE = '"“”„‟＂'
_QUOTED = rf"(?:[{_DOUBLE}][^{_DOUBLE}]*[{_DOUBLE}]|«[^«»]*»)(?!\w)"
_FIELDS: Mapping[str, str] = {
    "titre": "titles",
    "title": "titles",
    "site": "sites",
    "tag": "tags",
    "depuis": "since",
    "since": "since",
    "avant": "before",
    "before": "before",
}
_NAME = rf"(?P<name>{'|'.join(_FIELDS)})\s?:"
_OPERATOR = re.compile(
    rf"""
    (?<!\w)(?P<phrase>{_QUOTED})
    | (?<![^\s(\[])                                         # at the beginning of a word
      (?=[-‐‑−]|{_NAME.replace("?P<name>", "?:")})
      (?P<minus>[-‐‑−])? (?:{_NAME})?
      (?P<value>{_QUOTED} | [^\W_][^\s{_DOUBLE}«»]*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TAIL = ".,;:!?…'’"  # behind a value: the punctuation of the sentence
_WORD = re.compile(r"\w")
_SLASHES = re.compile(r"(?:(\d{1,2})/)?(\d{1,2})/(\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was read: see the page of this module.

    `text` is the question, `words` what to look for: its plain words, those of its phrases and
    titles among them. `title_phrases` were in quotes, `titles` not. `since` and `before` are ISO
    dates, perhaps of reduced precision.
    """

    text: str
    words: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    title_phrases: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    since: str | None = None
    before: str | None = None

    @property
    def restricts(self) -> bool:
        """Whether the question is more than plain words."""
        return self != Query(self.text, self.words)

    @property
    def restrictions(self) -> int:
        """How many of them there are, without the dates."""
        return sum(len(getattr(self, name)) for name in _LISTS)


def parse(text: str) -> Query:
    """Return how *text* is read. Never raises; without an operator, `words` is *text*."""
    parts = _Parts()
    done = 0
    for match in _OPERATOR.finditer(text):
        kept = parts.take(match)
        if kept is not None:
            parts.words += [text[done : match.start()], kept]
            done = match.end()
    if not done:
        return Query(text, text)
    words = " ".join("".join([*parts.words, text[done:]]).split())
    if not _WORD.search(words):
        words = " ".join(parts.values["tags"] or parts.values["sites"])
    if not words:
        return Query(text, text)
    since, before = parts.values["since"], parts.values["before"]
    query = Query(
        text,
        words,
        **{name: tuple(dict.fromkeys(parts.values[name])) for name in _LISTS},
        since=max(since, default=None),
        before=min(before, default=None),
    )
    return query if query.restrictions <= MOST_RESTRICTIONS else Query(text, text)


def unquoted(query: Query) -> Query:
    """Return *query* with its phrases as plain words."""
    text = _OPERATOR.sub(
        lambda m: " ".join(m["phrase"][1:-1].split()) if m["phrase"] else m[0], query.text
    )
    return replace(query, text=text, phrases=())


_LISTS = ("phrases", "excluded", "titles", "title_phrases", "sites", "tags")


def _empty() -> dict[str, list[str]]:
    return {name: [] for name in (*_LISTS, "since", "before")}


@dataclass
class _Parts:
    """What was found so far: the values of each field of a Query, and the words left."""

    values: dict[str, list[str]] = field(default_factory=_empty)
    words: list[str] = field(default_factory=list)

    def take(self, match: re.Match[str]) -> str | None:
        """Note the operator in *match*; return what the words keep of it, None if it is none."""
        value, tail = _value(match["phrase"] or match["value"])
        if match["phrase"]:
            name = "phrases"
        elif match["minus"] and not match["name"] and (_is_quoted(match) or value[0].isalpha()):
            name = "excluded"
        elif match["name"] and not match["minus"]:
            name = _FIELDS[fold(match["name"])]
        else:
            return None
        if name == "titles" and _is_quoted(match):
            name = "title_phrases"
        checked = _CHECKS[name](value)
        if not checked:
            return None
        self.values[name].append(checked)
        return f"{value if name in _LOOKED_FOR else ''}{tail}"


_LOOKED_FOR = ("phrases", "titles", "title_phrases")


def _is_quoted(match: re.Match[str]) -> bool:
    return match["value"][0] in f"{_DOUBLE}«"


def _value(written: str) -> tuple[str, str]:
    """Return what *written* holds, and what of it belongs to the sentence: its punctuation."""
    if written[0] in f"{_DOUBLE}«":
        return " ".join(written[1:-1].split()), " "  # apart from what may follow at once
    value = written.rstrip(_TAIL)
    while value.endswith((")", "]")) and value.count("(") < value.count(")") + value.count("]"):
        value = value[:-1].rstrip(_TAIL)
    return value[elided(value) :], written[len(value) :]


def _known(value: str) -> str | None:
    """Return *value* if it has a word that the index can know."""
    return value if exact_terms(value) else None


def _named(value: str) -> str | None:
    return value if _WORD.search(value) else None


def _date(value: str) -> str | None:
    """Return the date *value* in ISO form, None when it is none."""
    if slashes := _SLASHES.fullmatch(value):
        day, month, year = slashes.groups()
        value = "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)])
    # before the year 1 there is none
    return value if value.isascii() and is_date(value) and value > "0001-99" else None


_CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "phrases": _known,
    "excluded": _known,
    "titles": _known,
    "title_phrases": _known,
    "sites": _named,
    "tags": _named,
    "since": _date,
    "before": _date,
}


def last_before(date: str) -> str:
    """Return the last year, month or day, in the precision that *date* has, before it."""
    whole = f"{date}-01-01"[: len("2020-05-31")]
    day = dt.date.fromisoformat(whole) - dt.timedelta(days=1)
    return day.isoformat()[: len(date)]


def respelt(query: Query, corrected: str) -> str:
    """Return the text of *query* with the words that *corrected* puts in place of its `words`."""
    text = query.text
    for before, after in zip(query.words.split(), corrected.split(), strict=False):
        if before != after:
            word = rf"(?<!\w){re.escape(before)}(?!\w)"
            text = re.sub(word, after.replace("\\", r"\\"), text, count=1)
    return text
