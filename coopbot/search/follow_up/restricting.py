"""What the query language restricts, carried from a question to the one that follows it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from coopbot.french import exact_terms
from coopbot.french.language import guess_language
from coopbot.search.query_language import Query, parse

_PLAIN = re.compile(r"\w+([.-]\w+)*")  # a value that needs no quotes
_NAMES = {"since": "depuis", "before": "avant", "title": "titre"}  # in French


def restricted(words: str, before: Query, said: Query) -> str:
    """Return *words*, restricted as *said* is and as *before* was: a question to be parsed.

    A site, tags or a date said anew take the place of those before. Phrases and titles stay while
    *words* still have them; an exclusion, unless it is of what is now asked for.
    """
    named = (lambda name: name) if guess_language(words) == "en" else (lambda n: _NAMES.get(n, n))
    text = words
    for phrase in _each(said.phrases, before.phrases):
        text = _marked(text, phrase, _quoted(phrase))
    for title in _each(said.titles, before.titles):
        text = _marked(text, title, f"{named('title')}:{title}")
    for title in _each(said.title_phrases, before.title_phrases):
        text = _marked(text, title, f"{named('title')}:{_quoted(title)}")
    wanted = set(exact_terms(words))
    operators = [
        *(f"site:{_value(site)}" for site in said.sites or before.sites),
        *(f"tag:{_value(tag)}" for tag in said.tags or before.tags),
        *(f"{named(name)}:{date}" for name, date in _dates(before, said)),
        *(
            f"-{_value(out)}"
            for out in _each(said.excluded, before.excluded)
            if out in said.excluded or not set(exact_terms(out)) <= wanted
        ),
    ]
    text = " ".join([text, *operators])
    # should the words read otherwise among the operators, they are worth more than those
    return text if parse(text).words == " ".join(words.split()) else words


def _each(*values: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(value for some in values for value in some)


def _dates(before: Query, said: Query) -> Iterator[tuple[str, str]]:
    if since := said.since or before.since:
        yield "since", since
    if until := said.before or before.before:
        yield "before", until


def _marked(text: str, value: str, operator: str) -> str:
    """Return *text* with *operator* in place of *value*, where that is a word or words of it."""
    alone = rf"(?<![^\s(\[]){re.escape(value)}(?![^\s.,;:!?…])"
    return re.sub(alone, lambda _: operator, text, count=1, flags=re.IGNORECASE)


def _value(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else _quoted(value)


def _quoted(value: str) -> str:
    return f"«{value}»" if re.search('["“”„‟＂]', value) else f'"{value}"'
