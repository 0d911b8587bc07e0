"""Searches in one state of a collection."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.bm25f import idf
from coopbot.engine.protocol import (
    NO_FILTER,
    DenseView,
    Filter,
    Hit,
    LexicalView,
    StoredArticle,
    StoredPassage,
    Vector,
    WeightedTerm,
)
from coopbot.engine.qdrant.points import (
    DENSE,
    SPARSE,
    conditions,
    of_articles,
    of_kind,
    stored_article,
    stored_passage,
)
from coopbot.engine.qdrant.servers import Servers
from coopbot.engine.qdrant.statistics import Statistics
from coopbot.engine.qdrant.writing import scroll
from coopbot.engine.schema import ARTICLE, KIND_OF, PASSAGE

if TYPE_CHECKING:
    from qdrant_client import models

_OF_A_HIT = ["article", "number", "passages", "aliases", "title_terms"]
_TIED = 16  # more than wanted, of which those that score alike with the last are chosen by id
_PER_ARTICLE = 4  # units looked at for each article wanted, at first
_MORE = 4  # times as many, when they were of too few articles
_IDS = 10_000  # in a condition, at most
_KEYS = 200  # passages in a condition


@dataclass(frozen=True, slots=True)
class Search:
    """A search by the named vector `using`; `query` is None when nothing can be found by it.

    `collapse`: only the best unit of each article counts. `lead`: what is found are articles, for
    their first passage.
    """

    using: str
    query: Any
    collapse: bool = False
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Scored:
    """A point that scored; `number` is that of a passage or alias, None for an article.

    `passages` and `aliases` are how many its article has, `title_terms` the stems of its title,
    known of articles only.
    """

    id: str
    article: str
    number: int | None
    score: float
    passages: int
    aliases: int
    title_terms: int

    @property
    def hit(self) -> Hit:
        """What the engine says of it."""
        passage = self.number if self.number is not None and self.number >= 0 else None
        return Hit(self.article, passage, self.score)

    @property
    def place(self) -> tuple[float, str, bool, int]:
        """Its place among others: the best first, then by id, article before passages, aliases."""
        number = self.number if self.number is not None else -1
        return -self.score, self.article, number < -1, abs(number)


@dataclass(frozen=True, slots=True)
class State:
    """The state of a collection that *statistics* are of; None before anything was written."""

    servers: Servers
    statistics: Statistics | None
    dimensions: int

    def in_words(
        self, terms: Sequence[WeightedTerm], view: LexicalView, *, collapse: bool = False
    ) -> Search:
        """Return the search for *terms*, by their BM25F scores."""
        from qdrant_client import models

        weights: defaultdict[int, float] = defaultdict(float)
        for term in terms:
            number, frequency = self._term(term.text, view)
            if frequency:
                assert self.statistics is not None  # noqa: S101 - it has the term
                weights[number] += term.weight * idf(self.statistics.documents[view], frequency)
        query = models.SparseVector(indices=list(weights), values=list(weights.values()))
        return Search(SPARSE[view], query if weights else None, collapse)

    def in_meaning(self, vector: Vector, view: DenseView, *, collapse: bool = False) -> Search:
        """Return the search for what is nearest to *vector*."""
        return Search(DENSE[view], vector.tolist(), collapse, lead=view is DenseView.LEAD)

    def best(self, searches: Sequence[Search], k: int, where: Filter) -> list[list[Scored]]:
        """Return the *k* best of each of *searches* among the articles in *where*, best first."""
        found: list[list[Scored]] = [[] for _ in searches]
        articles = self.statistics.documents[LexicalView.STEM] if self.statistics else 0
        enough = min(k, articles, articles if where.articles is None else len(where.articles))
        left = {place: k + _TIED for place in range(len(searches)) if k > 0}
        for place in left:
            if searches[place].collapse:
                left[place] *= _PER_ARTICLE
        while left:
            asked = [(searches[place], limit) for place, limit in left.items()]
            answers = self.search(asked, where)
            again = {}
            for (place, limit), scored in zip(left.items(), answers, strict=True):
                chosen = _firsts(scored) if searches[place].collapse else scored
                found[place] = chosen[:k]
                if len(chosen) < enough and len(scored) == limit:
                    again[place] = limit * _MORE
            left = again
        return found

    def search(
        self, searches: Sequence[tuple[Search, int]], where: Filter, *, exact: bool = False
    ) -> list[list[Scored]]:
        """Return what each of *searches*, with a limit each, finds in *where*, best first."""
        from qdrant_client import models

        none: list[list[Scored]] = [[] for _ in searches]
        if self.statistics is None or where.articles == frozenset():
            return none
        chosen = models.Filter(must=list(conditions(where, self.statistics.number)))
        params = models.SearchParams(exact=True) if exact else None
        places = [i for i, (search, k) in enumerate(searches) if search.query is not None and k > 0]
        requests = [
            models.QueryRequest(
                query=search.query,
                using=search.using,
                filter=chosen,
                params=params,
                limit=limit,
                with_payload=_OF_A_HIT,
            )
            for search, limit in (searches[i] for i in places)
        ]
        if not requests:
            return none
        collection = self.statistics.collection
        answers = self.servers.ask(lambda client: client.query_batch_points(collection, requests))
        for place, answer in zip(places, answers, strict=True):
            scored = (_scored(p, lead=searches[place][0].lead) for p in answer.points)
            none[place] = sorted(scored, key=lambda hit: hit.place)
        return none

    def vectors(self, points: Sequence[str]) -> Mapping[str, Vector]:
        """Return the vectors of the passages that are the *points*."""
        if self.statistics is None or not points:
            return {}
        collection, name = self.statistics.collection, DENSE[DenseView.PASSAGE]
        records = self.servers.ask(
            lambda client: client.retrieve(
                collection, list(points), with_payload=False, with_vectors=[name]
            )
        )
        vectors: list[tuple[str, Any]] = [(str(r.id), r.vector) for r in records]
        return {point: np.asarray(found[name], dtype=np.float32) for point, found in vectors}

    def matching(self, articles: Sequence[str], terms: Sequence[str]) -> NDArray[np.bool_]:
        """See `Engine.matching`."""
        found = np.zeros((len(articles), len(terms)), dtype=np.bool_)
        row_of = {article: row for row, article in enumerate(articles)}
        where = Filter(articles=frozenset(articles))
        searches = [(self._any([term], LexicalView.STEM), len(row_of)) for term in terms]
        for column, scored in enumerate(self.search(searches, where)):
            found[[row_of[hit.article] for hit in scored], column] = True
        return found

    def having(
        self, groups: Sequence[Collection[str]], view: LexicalView, where: Filter
    ) -> list[tuple[str, int | None]]:
        """See `Engine.having`.

        The rarest group is asked for first, and of the others only what is left then.
        """
        if not groups:
            records = self._records([of_kind(KIND_OF[view])], where, ["article", "number"])
            return [(p["article"], p.get("number")) for p in map(_payload, records)]
        known = self.statistics.documents[view] if self.statistics else 0
        sized = [(min(sum(self._term(t, view)[1] for t in g), known), g) for g in groups]
        left: set[tuple[str, int | None]] | None = None
        for frequency, group in sorted(sized, key=lambda entry: entry[0]):
            articles = frozenset(article for article, _ in left or ())
            few = left is not None and len(articles) <= _IDS
            within = replace(where, articles=articles) if few else where
            (scored,) = self.search([(self._any(group, view), frequency)], within)
            units = {(hit.article, hit.number) for hit in scored}
            left = units if left is None else left & units
        return list(left or ())

    def articles(self, ids: Sequence[str]) -> dict[str, StoredArticle]:
        """Return the articles with these ids; unknown ids are left out."""
        found = {}
        for start in range(0, len(ids), _IDS):
            where = Filter(articles=frozenset(ids[start : start + _IDS]))
            for record in self._records([of_kind(ARTICLE)], where, ["record"]):
                article = stored_article(_payload(record))
                found[article.id] = article
        return found

    def passages(self, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], StoredPassage]:
        """Return the passages with these (article id, number); unknown ones are left out."""
        from qdrant_client import models

        wanted: defaultdict[str, list[int]] = defaultdict(list)
        for article, number in keys:
            wanted[article].append(number)
        entries = list(wanted.items())
        found = {}
        for start in range(0, len(entries), _KEYS):
            either = [
                models.Filter(
                    must=[
                        of_articles([article]),
                        models.FieldCondition(key="number", match=models.MatchAny(any=numbers)),
                    ]
                )
                for article, numbers in entries[start : start + _KEYS]
            ]
            text = ["article", "number", "headings", "text"]
            for record in self._records([of_kind(PASSAGE)], NO_FILTER, text, either):
                passage = stored_passage(_payload(record))
                found[passage.article, passage.number] = passage
        return found

    def _records(
        self,
        must: Sequence[models.FieldCondition],
        where: Filter,
        payload: list[str],
        should: Sequence[models.Filter] = (),
    ) -> Iterable[models.Record]:
        if self.statistics is None or where.articles == frozenset():
            return ()
        every = [*must, *conditions(where, self.statistics.number)]
        return scroll(self.servers, self.statistics.collection, every, payload, should=should)

    def _term(self, term: str, view: LexicalView) -> tuple[int, int]:
        """Return the number of *term* and how many units have it, 0 for an unknown one."""
        found = self.statistics.terms[view].find(term) if self.statistics else None
        return found or (0, 0)

    def _any(self, terms: Iterable[str], view: LexicalView) -> Search:
        """Return the search for the units with any of *terms*."""
        from qdrant_client import models

        known = [self._term(term, view) for term in terms]
        numbers = sorted({number for number, frequency in known if frequency})
        query = models.SparseVector(indices=numbers, values=[1.0] * len(numbers))
        return Search(SPARSE[view], query if numbers else None)


def _payload(record: models.Record) -> dict[str, Any]:
    return record.payload or {}


def _scored(point: models.ScoredPoint, *, lead: bool) -> Scored:
    payload = point.payload or {}
    return Scored(
        id=str(point.id),
        article=payload["article"],
        number=0 if lead else payload.get("number"),
        score=point.score,
        passages=payload["passages"],
        aliases=payload["aliases"],
        title_terms=payload.get("title_terms", 0),
    )


def _firsts(scored: Sequence[Scored]) -> list[Scored]:
    """Return the first of each article."""
    found: dict[str, Scored] = {}
    for hit in scored:
        found.setdefault(hit.article, hit)
    return list(found.values())
