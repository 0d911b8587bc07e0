"""The articles to browse: by tag, by date."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from coopbot.engine.protocol import StoredArticle
from coopbot.french import fold


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All articles of an index."""

    articles: tuple[StoredArticle, ...]

    def tags(self) -> list[str]:
        """Return the tags, the most used first; spellings that fold alike are one."""
        spelling: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for article in self.articles:
            for tag in article.tags:
                counts[fold(tag)] += 1
                spelling.setdefault(fold(tag), tag)
        return [spelling[key] for key in sorted(counts, key=lambda key: (-counts[key], key))]

    def tagged(self, tag: str) -> list[StoredArticle]:
        """Return the articles with *tag*, by title."""
        found = [a for a in self.articles if fold(tag) in map(fold, a.tags)]
        return sorted(found, key=lambda article: fold(article.title))

    def newest(self, limit: int) -> list[StoredArticle]:
        """Return the *limit* articles published last; those without date are left out."""
        dated = [article for article in self.articles if article.published]
        dated.sort(key=lambda a: (a.published or "", fold(a.title)), reverse=True)
        return dated[:limit]

    def find(self, name: str) -> StoredArticle | None:
        """Return the article whose path or address is *name*, None when there is none."""
        return next((a for a in self.articles if name in (a.path, a.id)), None)
