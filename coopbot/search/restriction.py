"""The articles that a question written in the query language leaves.

Computed above the engine: what the index knows by its terms, then phrases verified on the passages
and titles that have all their words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from coopbot.engine.protocol import NO_FILTER, Engine, Filter, LexicalView, WeightedTerm
from coopbot.french import fold
from coopbot.search.phrases import Phrase
from coopbot.search.query_language import Query, last_before

# Passages, and titles, read to verify all phrases of a question together, those that answer it best
# first. A passage takes up to 0.5 ms, and a question may take 200. Only phrases of common words
# have more candidates in 100,000 passages; articles that would come far behind are then left out,
# and may be there, as far behind, in spite of an exclusion.
MOST_READ = 150
_TELLING = 8  # terms of the question, the rarest, that say which those are
_SCORED = 5  # units scored for each that is read: not all of the best have all words
_IN_TEXT, _IN_HEADING = 2, 1  # of a passage that has a phrase

_Passages = dict[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class Restriction:
    """`where` passes the articles that may answer; `phrases` are what their snippets should show.

    `having` are the passages that have the phrases, (article id, number) to how well.
    """

    where: Filter
    phrases: tuple[Phrase, ...] = ()
    having: Mapping[tuple[str, int], int] = field(default_factory=dict)

    @property
    def leaves_nothing(self) -> bool:
        """Whether no article may answer."""
        return self.where.articles is not None and not self.where.articles

    def passage(self, article: str, ranked: Sequence[int]) -> int:
        """Return the passage of *article* to show: the best of *ranked* with the phrases, if any.

        The first of *ranked* when no passage has them; 0 when nothing is ranked.
        """
        order = {number: position for position, number in enumerate(ranked)}
        with_phrase = {n: w for (a, n), w in self.having.items() if a == article}
        found = sorted({*order, *with_phrase})
        return min(
            found,
            key=lambda n: (-with_phrase.get(n, 0), order.get(n, len(order))),
            default=0,
        )


def restrict(
    engine: Engine,
    query: Query,
    where: Filter,
    terms: Sequence[WeightedTerm],
    most_read: int = MOST_READ,
) -> Restriction:
    """Return what *query* and *where* together leave: no article when they contradict each other.

    *terms* are the stems of the question: they decide which candidates are read when those of all
    phrases are more than *most_read*, of which each phrase has an equal share.
    """
    if not query.restricts:
        return Restriction(where)
    left = _named(engine, query, where)
    phrases_read = len(query.phrases) + len(query.title_phrases) + len(query.excluded)
    verifier = _Verifier(engine, terms, most_read // max(1, phrases_read))
    having: _Passages = {}
    phrases = tuple(Phrase(text) for text in query.phrases)
    for phrase in phrases:
        titles, passages = verifier.saying(phrase, left)
        left = Filter(articles=titles | {article for article, _ in passages})
        for key, how in passages.items():
            having[key] = having.get(key, 0) + how
    for text in query.titles:
        units = engine.having(Phrase(text).stems, LexicalView.TITLE, left)
        left = Filter(articles=frozenset(article for article, _ in units))
    for text in query.title_phrases:
        left = Filter(articles=verifier.titled(Phrase(text), left))
    if query.excluded:
        left = _without(
            engine, [verifier.saying_anywhere(Phrase(t), left) for t in query.excluded], left
        )
    return Restriction(left, phrases, having)


def _named(engine: Engine, query: Query, where: Filter) -> Filter:
    """Return the filter by sites, tags and dates.

    It names articles, so that the engine need not compare all of them again for every list.
    """
    sites = {fold(site): site for site in (where.site, *query.sites) if site is not None}
    tags = {fold(tag): tag for tag in (where.tag, *query.tags) if tag is not None}
    if len(sites) > 1:
        return Filter(articles=frozenset())
    since = max((d for d in (where.since, query.since) if d), default=None)
    until = [d for d in (where.until, query.before and last_before(query.before)) if d]
    # "2020" as a last day is December
    first = replace(
        where,
        site=next(iter(sites.values()), None),
        since=since,
        until=min(until, key=lambda date: f"{date}-99", default=None),
        tag=None,
    )
    filters = [replace(first, tag=tag) for tag in tags.values()] or [first]
    if filters == [NO_FILTER]:
        return NO_FILTER
    passing = [
        {article for article, _ in engine.having((), LexicalView.STEM, each)} for each in filters
    ]
    return Filter(articles=frozenset(set.intersection(*passing)))


def _without(engine: Engine, excluded: Sequence[frozenset[str]], left: Filter) -> Filter:
    """Return what is *left* without the articles *excluded*."""
    every = left.articles
    if every is None:
        every = frozenset(article for article, _ in engine.having((), LexicalView.STEM, left))
    return Filter(articles=every.difference(*excluded))


@dataclass(frozen=True, slots=True)
class _Verifier:
    """Finds where phrases are said, reading the `most_read` candidates of each best for `terms`."""

    engine: Engine
    terms: Sequence[WeightedTerm]
    most_read: int

    def saying(self, phrase: Phrase, left: Filter) -> tuple[frozenset[str], _Passages]:
        """Return the articles with *phrase* in the title, and the passages that have it."""
        units = self._candidates(phrase, LexicalView.PASSAGE, left)
        keys = [(article, number) for article, number in units if number is not None]
        passages: _Passages = {}
        for key, passage in self.engine.passages(keys).items():
            if phrase.is_said_in(passage.text):
                passages[key] = _IN_TEXT
            elif any(phrase.span(heading) for heading in passage.headings):
                passages[key] = _IN_HEADING
        return self.titled(phrase, left), passages

    def titled(self, phrase: Phrase, left: Filter) -> frozenset[str]:
        """Return the articles with *phrase* in the title."""
        ids = [article for article, _ in self._candidates(phrase, LexicalView.TITLE, left)]
        found = self.engine.articles(ids)
        return frozenset(i for i, article in found.items() if phrase.span(article.title))

    def saying_anywhere(self, phrase: Phrase, left: Filter) -> frozenset[str]:
        """Return the articles with *phrase* in the title, the headings or the text.

        A word alone is not read for: the index knows its articles, also by their tags.
        """
        if len(phrase.forms) == 1:
            units = self.engine.having(phrase.indexed, LexicalView.EXACT, left)
            return frozenset(article for article, _ in units)
        titles, passages = self.saying(phrase, left)
        return titles | {article for article, _ in passages}

    def _candidates(
        self, phrase: Phrase, view: LexicalView, left: Filter
    ) -> list[tuple[str, int | None]]:
        """Return the units with all words of *phrase*, inflected or not."""
        units = self.engine.having(phrase.stems, view, left)
        if len(units) <= self.most_read:
            return units
        weights = {term: 1.0 for stems in phrase.stems for term in sorted(stems)}
        weights |= dict(self._telling(view))
        terms = [WeightedTerm(term, weight) for term, weight in weights.items()]
        wanted = set(units)
        best = self.engine.lexical(terms, _SCORED * self.most_read, view, left)
        found = (hit[:2] for hit in best)
        return [unit for unit in found if unit in wanted][: self.most_read]

    def _telling(self, view: LexicalView) -> list[WeightedTerm]:
        """Return those of `terms` that tell most of what the question is about."""
        frequency = self.engine.vocabulary(view).frequency
        known = [term for term in self.terms if frequency(term.text)]
        return sorted(known, key=lambda term: frequency(term.text) / term.weight)[:_TELLING]
