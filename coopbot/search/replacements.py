"""Which article replaces which, as `superseded_by` in their front matter tells.

A translation says what its original says: what replaces the one replaces the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from coopbot.article import canonical_url
from coopbot.engine.protocol import Version
from coopbot.errors import ArticleError

V = TypeVar("V", bound=Version)


class Replacements(Generic[V]):
    """What articles say of each other: all those of an index, or some."""

    def __init__(self, articles: Iterable[V]) -> None:
        self._articles = tuple(articles)
        self._named = {name: a for a in self._articles for name in (a.path, a.id)}
        self._versions: dict[str, list[V]] = {}
        for article in self._articles:
            self._versions.setdefault(self.original(article).id, []).append(article)

    def original(self, article: V) -> V:
        """Return the article that *article* is a translation of, itself when it is none."""
        return self._find(article.translation_of) or article

    def is_replaced(self, article: V) -> bool:
        """Tell whether *article* or its original says that another replaces it, known or not."""
        return bool(article.superseded_by or self.original(article).superseded_by)

    def chain(self, article: V, language: str) -> list[V]:
        """Return what replaces *article*, what replaces that, and so on: the newest is last.

        Each is in *language* where there is such a translation. Where articles replace each other
        in a circle nobody can tell which is the newest, and the list is empty.
        """
        found: list[V] = []
        passed = {self.original(article).id}
        step = self._next(article)
        while step is not None:
            if self.original(step).id in passed:
                return []
            passed.add(self.original(step).id)
            found.append(self._version(step, language))
            step = self._next(found[-1])
        return found

    def errors(self) -> Iterator[ArticleError]:
        """Yield what to tell the curator: references to no other article, and circles."""
        for article in self._articles:
            name = article.superseded_by
            if not name:
                continue
            if self._find(name) in (None, article):
                yield ArticleError("article_superseded_by", path=article.path, name=name)
            elif self._comes_back(article):
                yield ArticleError("article_superseded_circle", path=article.path, name=name)

    def _comes_back(self, article: V) -> bool:
        start, passed = self.original(article).id, set[str]()
        step = self._next(article)
        while step is not None and step.id not in passed:
            if self.original(step).id == start:
                return True
            passed.add(step.id)
            step = self._next(step)
        return False

    def _next(self, article: V) -> V | None:
        own = self._find(article.superseded_by)
        return own or self._find(self.original(article).superseded_by)

    def _version(self, article: V, language: str) -> V:
        original = self.original(article)
        versions = [article, original, *self._versions[original.id]]
        return next((a for a in versions if a.language == language), article)

    def _find(self, reference: str | None) -> V | None:
        """Return the article with that path or address, however the address is written."""
        if reference is None:
            return None
        try:
            return self._named.get(reference) or self._named.get(canonical_url(reference))
        except ValueError:
            return None
