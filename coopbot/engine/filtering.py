"""Filters as masks: which documents of each segment count."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.postings import NO_NUMBER, SegmentArrays, Traits
from coopbot.engine.protocol import NO_FILTER, Filter
from coopbot.engine.schema import ALIAS, ARTICLE, FIRST_ALIAS, PASSAGE
from coopbot.french import fold

_CACHED = 16
_NUMBERS: Mapping[str, Callable[[NDArray[np.int32]], Mask]] = {
    ARTICLE: lambda number: number == NO_NUMBER,
    PASSAGE: lambda number: number >= 0,
    ALIAS: lambda number: number <= FIRST_ALIAS,
}

Mask = NDArray[np.bool_]


class Masks:
    """The live documents of *segments*, by kind, and those that a filter leaves."""

    def __init__(self, segments: Sequence[SegmentArrays], alive: Sequence[Mask]) -> None:
        self._segments = segments
        self._alive = alive
        # One question asks for the same few filters again and again.
        self.passing = lru_cache(maxsize=_CACHED)(self._passing)
        self.of_kind = lru_cache(maxsize=None)(self._of_kind)

    @cached_property
    def places(self) -> dict[str, tuple[int, int]]:
        """Segment number and document of every live article, by id."""
        return {
            segment.article_id(document): (number, document)
            for number, (segment, mask) in enumerate(
                zip(self._segments, self.of_kind(ARTICLE), strict=True)
            )
            for document in np.flatnonzero(mask).tolist()
        }

    def _of_kind(self, kind: str) -> list[Mask]:
        """Return the live documents of *kind* in each segment."""
        return [
            alive & _NUMBERS[kind](segment.number)
            for segment, alive in zip(self._segments, self._alive, strict=True)
        ]

    def _passing(self, kind: str, where: Filter) -> list[Mask]:
        """Return the live documents of *kind* of the articles that pass *where*."""
        masks = self.of_kind(kind)
        if where == NO_FILTER:
            return masks
        return [
            mask & allowed[segment.parent]
            for mask, allowed, segment in zip(
                masks, self._articles(where), self._segments, strict=True
            )
        ]

    def _articles(self, where: Filter) -> list[Mask]:
        passing = [np.zeros(alive.size, dtype=np.bool_) for alive in self._alive]
        if where.articles is not None:
            named = (self.places[a] for a in where.articles if a in self.places)
            for number, document in named:
                passing[number][document] = True
        if where == Filter(articles=where.articles):
            return passing
        for number, traits in enumerate(self._traits):
            for document, each in traits.items():
                named_too = where.articles is None or bool(passing[number][document])
                passing[number][document] = named_too and _passes(each, where)
        return passing

    @cached_property
    def _traits(self) -> list[dict[int, Traits]]:
        """The traits of every live article, by document; read for the first filter."""
        return [
            {document: segment.traits(document) for document in np.flatnonzero(mask).tolist()}
            for segment, mask in zip(self._segments, self.of_kind(ARTICLE), strict=True)
        ]


def _passes(article: Traits, where: Filter) -> bool:
    """Tell whether *article* passes; a date of reduced precision passes if it can."""
    return (
        (where.site is None or article.site == fold(where.site))
        and (where.tag is None or fold(where.tag) in article.tags)
        and (where.language is None or article.language == where.language)
        and (where.since is None or _not_before(article.published, where.since))
        and (where.until is None or _not_before(where.until, article.published))
    )


def _not_before(later: str | None, earlier: str | None) -> bool:
    """Compare two dates at the precision both have; an unknown date compares with none."""
    if later is None or earlier is None:
        return False
    precision = min(len(later), len(earlier))
    return later[:precision] >= earlier[:precision]
