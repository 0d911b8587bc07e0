"""Filters as masks: which documents count."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np

from coopbot.engine.postings import Traits
from coopbot.engine.protocol import NO_FILTER, Filter
from coopbot.engine.schema import ARTICLE
from coopbot.engine.units import Mask, Units
from coopbot.french import fold

_CACHED = 16


class Masks:
    """The live documents among *units* that a filter leaves, by kind."""

    def __init__(self, units: Units) -> None:
        self._units = units
        # One question asks for the same few filters again and again.
        self.passing = lru_cache(maxsize=_CACHED)(self._passing)

    def _passing(self, kind: str, where: Filter) -> Mask:
        """Return the live documents of *kind* of the articles that pass *where*."""
        mask = self._units.of_kind(kind)
        return mask if where == NO_FILTER else mask & self._articles(where)[self._units.parent]

    def _articles(self, where: Filter) -> Mask:
        passing = np.zeros(self._units.alive.size, dtype=np.bool_)
        if where.articles is not None:
            named = map(self._units.article, where.articles)
            passing[[document for document in named if document is not None]] = True
        if where == Filter(articles=where.articles):
            return passing
        site, tag = (None if name is None else fold(name) for name in (where.site, where.tag))
        where = replace(where, site=site, tag=tag)
        for document, traits in self._traits.items():
            named_too = where.articles is None or bool(passing[document])
            passing[document] = named_too and _passes(traits, where)
        return passing

    @cached_property
    def _traits(self) -> dict[int, Traits]:
        """The traits of every live article, by document; read for the first filter."""
        articles = np.flatnonzero(self._units.of_kind(ARTICLE)).tolist()
        return {document: self._units.traits(document) for document in articles}


def _passes(article: Traits, where: Filter) -> bool:
    """Tell whether *article* passes *where*, of folded names.

    A date of reduced precision passes if it can.
    """
    return (
        (where.site is None or article.site == where.site)
        and (where.tag is None or where.tag in article.tags)
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
