"""The candidates for a question, best first, before any is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from coopbot.encoder import Encoder
from coopbot.engine.protocol import Engine, Filter, Vector
from coopbot.profiles import Profiles
from coopbot.search.query_language import Query
from coopbot.search.question import Question
from coopbot.search.ranking import Ranking, rank
from coopbot.search.restriction import Restriction, restrict


@dataclass(frozen=True, slots=True)
class Found:
    """The ranking of the articles that `only` leaves; `vector` is that of the question."""

    only: Restriction
    vector: Vector
    ranking: Ranking


Find = Callable[[Query, Question], Found]


def finder(engine: Engine, profiles: Profiles, encoder: Encoder, where: Filter, depth: int) -> Find:
    """Return what searches for *depth* articles, once per question: it is judged, then answered."""

    restricted: dict[Query, Restriction] = {}

    @lru_cache(maxsize=2)
    def find(query: Query, asked: Question) -> Found:
        # reading phrases takes most of the time; another spelling of the rest leaves them alone
        alone = replace(query, text="", words="")
        if alone not in restricted:
            restricted[alone] = restrict(engine, query, where, asked.stems)
        only = restricted[alone]
        vector = encoder.encode_question(asked.meaning)
        return Found(only, vector, rank(engine, profiles, asked, vector, only.where, depth))

    return find
