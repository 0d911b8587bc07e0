"""An article and its translation: the one in the language of the question comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coopbot.engine.protocol import Version
from coopbot.search.ranking import Ranked


def prefer_language(
    ranked: Sequence[Ranked], articles: Mapping[str, Version], language: str
) -> list[Ranked]:
    """Return *ranked* with an article and its translation in each other's place where need be.

    Of two articles that say the same, the one in *language* takes the better place, the other one
    its place. *articles* are the versions of *ranked*, by id; those without any stay.
    """
    order = list(ranked)
    place_of: dict[str, int] = {}
    for place, one in enumerate(ranked):
        article = articles.get(one.article)
        if article is None:
            continue
        name = article.translation_of or article.path
        first = place_of.setdefault(name, place)
        if first != place and article.language == language:
            order[first], order[place] = order[place], order[first]
    return order
