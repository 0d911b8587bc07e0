"""How far to trust what an article says today, when the law may have changed since.

An old article, or one that another replaces, gets a word of caution; and where the question is
about a rule, the newer of two articles that are otherwise close comes first. Every figure is here.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from coopbot.engine.protocol import StoredArticle, Version
from coopbot.french import fold, stem
from coopbot.french.wordlists import lines, words
from coopbot.search.answer import Caution
from coopbot.search.ranking import Ranked
from coopbot.search.replacements import Replacements, V

OLD_YEARS = 8  # above that, an article is shown with a word of caution
# A new law takes a year or two to reach decrees, forms and articles, and an article known by its
# year alone may be a year off: below three years, dates do not tell which law an article knows.
APART_YEARS = 3
# Two scores are close when the lower one is at most this share below the higher: the widest share
# that loses less than one question in a hundred where dates tell nothing (figures in
# docs/quality.md, by benchmarks/measure_freshness.py).
CLOSE = 0.12

_WORD = re.compile(r"[a-z0-9]+")


def caution(
    article: StoredArticle,
    today: dt.date,
    language: str,
    known: Callable[[], Replacements[StoredArticle]],
) -> Caution | None:
    """Return why a reader of *language* should be wary of *article* *today*, None for no reason.

    *known* returns what all articles say of each other; it is asked only where that matters.
    """
    if not (article.superseded_by or article.translation_of):
        old = is_older(article.published, today.isoformat(), OLD_YEARS)
        return Caution(article.published, OLD_YEARS, None) if old else None
    replacements = known()
    published = written(article, replacements)
    old = is_older(published, today.isoformat(), OLD_YEARS)
    if not old and not replacements.is_replaced(article):
        return None
    chain = replacements.chain(article, language)
    return Caution(published, OLD_YEARS if old else None, chain[-1] if chain else None)


def written(article: V, replacements: Replacements[V]) -> str | None:
    """Return the date of what *article* says: a translation knows no more than its original."""
    dates = (article.published, replacements.original(article).published)
    return min((date for date in dates if date), default=None)


def is_older(published: str | None, than: str | None, years: int) -> bool:
    """Tell whether the ISO date *published* is more than *years* before the ISO date *than*.

    Either may be of reduced precision, and is then given the benefit of the doubt.
    """
    if published is None or than is None:
        return False
    limit = f"{max(int(than[:4]) - years, 0):04d}{than[4:]}"
    precision = min(len(published), len(limit))
    return published[:precision] < limit[:precision]


def fresher_first(
    ranked: Sequence[Ranked],
    articles: Mapping[str, Version],
    question: str,
    close: float = CLOSE,
) -> list[Ranked]:
    """Return *ranked*, best first, with newer articles before those that they outdate.

    When *question* is about a rule, the newer of two neighbours comes first if its score is at most
    the share *close* below; one that replaces another comes before it whatever the question. Those
    without date, or not in *articles*, keep their places in the first step, and nothing passes
    them.
    """
    replacements = Replacements(articles.values())
    ordered = list(ranked)
    if is_about_rules(question):
        dates = {a.id: written(a, replacements) for a in articles.values()}
        ordered = _newer_first(ordered, dates, close)
    if not any(article.superseded_by for article in articles.values()):
        return ordered
    return _replacing_first(ordered, articles, replacements)


def is_moved_by_dates(question: str, articles: Iterable[Version]) -> bool:
    """Tell whether `fresher_first` may move any of *articles*, or something before one of them."""
    return is_about_rules(question) or any(article.superseded_by for article in articles)


def is_about_rules(question: str) -> bool:
    """Tell whether *question* has a word that asks for a rule or a procedure."""
    asked = _keys(question)
    longest = max(map(len, _cues()))
    return any(
        tuple(asked[start : start + length]) in _cues()
        for start in range(len(asked))
        for length in range(1, longest + 1)
    )


def _newer_first(
    ranked: Sequence[Ranked], dates: Mapping[str, str | None], close: float
) -> list[Ranked]:
    def outdates(newer: Ranked, older: Ranked) -> bool:
        near = older.score - newer.score <= close * older.score
        return near and is_older(dates.get(older.article), dates.get(newer.article), APART_YEARS)

    ordered: list[Ranked] = []
    for candidate in ranked:
        place = len(ordered)
        while place and outdates(candidate, ordered[place - 1]):
            place -= 1
        ordered.insert(place, candidate)
    return ordered


def _replacing_first(
    ranked: Sequence[Ranked],
    articles: Mapping[str, Version],
    replacements: Replacements[Version],
) -> list[Ranked]:
    """Lift each article that replaces another to just before it; the replaced one loses no more.

    When the newer one turns out not to answer, the older one is still where it was.
    """
    first: dict[str, Ranked] = {}  # of an article and its translations, by the id of the original
    newer: dict[str, list[str]] = {}
    for r in ranked:
        if r.article in articles:
            article = articles[r.article]
            first.setdefault(replacements.original(article).id, r)
            following = replacements.chain(article, article.language)
            newer[r.article] = [replacements.original(a).id for a in following]
    ordered: dict[str, Ranked] = {}
    for r in ranked:
        lifted = [first[name] for name in reversed(newer.get(r.article, [])) if name in first]
        ordered.update((one.article, one) for one in (*lifted, r) if one.article not in ordered)
    return list(ordered.values())


@cache
def _cues() -> frozenset[tuple[str, ...]]:
    cues = (cue for line in lines("rules.txt") for cue in line.split(","))
    return frozenset(tuple(_keys(cue)) for cue in cues if cue.strip())


def _keys(text: str) -> list[str]:
    """Return the words of *text* to compare: stop words as they are, others by their stems.

    By its stem "comment" would also be "comme".
    """
    stop_words = words("stop_words.txt")
    return [w if w in stop_words else stem(w) for w in _WORD.findall(fold(text))]
