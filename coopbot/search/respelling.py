"""A question as its writer probably meant it, query language and all, when that answers better."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from coopbot.engine.protocol import Engine
from coopbot.search.confidence import confidences, parameters
from coopbot.search.dictionary import Dictionary
from coopbot.search.finding import Find
from coopbot.search.query_language import Query, parse, respelt, unquoted
from coopbot.search.question import Correction, Question
from coopbot.search.ranking import Ranking
from coopbot.search.spelling import corrections
from coopbot.search.understanding import has_unknown_words


@dataclass(frozen=True, slots=True)
class Spelt:
    """A question to answer, and another spelling of it to offer.

    `corrected` is its text when that was spelt otherwise; `unsaid` are the phrases that are
    searched for as plain words.
    """

    query: Query
    question: Question
    suggestion: str | None = None
    corrected: str | None = None
    unsaid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Respelling:
    """A question as it may have been meant; see `Correction` for `bold`."""

    query: Query
    question: Question
    bold: bool


def spell(
    engine: Engine,
    dictionary: Dictionary,
    query: Query,
    question: Question,
    find: Find,
    *,
    exact: bool = False,
    abstain: bool = True,
) -> Spelt:
    """Return the question to answer: with its spelling corrected when that answers better.

    Both are judged as they stand, with their unknown words. With *exact*, the correction is only
    offered. Without *abstain*, what does not answer is shown too: if neither does, what comes by a
    word that articles have, rather than by one that none has.

    Phrases that leave no article are plain words, unless *exact*.
    """
    unsaid: tuple[str, ...] = ()
    if query.phrases and not exact and find(query, question).only.leaves_nothing:
        plain = unquoted(query)
        if not find(plain, question).only.leaves_nothing:
            query, unsaid = plain, query.phrases
    spelt = _spell(engine, dictionary, query, question, find, exact=exact, abstain=abstain)
    corrected = spelt.query.text if spelt.query != query else None
    return replace(spelt, corrected=corrected, unsaid=unsaid)


def _spell(
    engine: Engine,
    dictionary: Dictionary,
    query: Query,
    question: Question,
    find: Find,
    *,
    exact: bool,
    abstain: bool,
) -> Spelt:
    meant = respell(engine, dictionary, query, question)
    if meant is None:
        return Spelt(query, question)
    if exact:
        return Spelt(query, question, suggestion=None if meant.bold else meant.query.text)
    typed, corrected = (
        _confidence(engine, asked, find(read, asked).ranking)
        for read, asked in ((query, question), (meant.query, meant.question))
    )
    answers, surely = parameters()["unsure"], parameters()["sure"]
    if not abstain and not meant.bold and max(typed, corrected) < answers:
        return Spelt(meant.query, meant.question)
    if corrected <= typed or (meant.bold and not typed < answers <= corrected):
        return Spelt(query, question)
    # not answered as typed, with other words that no article has: perhaps about something else
    foreign = abstain and typed < answers and has_unknown_words(engine, meant.question)
    least = surely if foreign else answers
    if corrected >= least:
        return Spelt(meant.query, meant.question)
    return Spelt(query, question, suggestion=meant.query.text)


def _confidence(engine: Engine, question: Question, ranking: Ranking) -> float:
    """Return the confidence of the first article, 0 for none."""
    found = confidences(engine, question, ranking.best(1), ranking.scope)
    return max(found.values(), default=0.0)


def respell(
    engine: Engine, dictionary: Dictionary, query: Query, question: Question
) -> Respelling | None:
    """Return what was probably meant by *question*, None when it is well spelt.

    *query* is how it was read in the query language. Bold corrections are left out when there are
    others; what is in quotes is meant as it is written.
    """
    found = [c for c in corrections(engine, dictionary, question) if _can_be_put_in(query, c)]
    applied = [c for c in found if not c.bold] or found
    if not applied:
        return None
    corrected = question.corrected_by(applied)
    read = Query(corrected.text, corrected.text)
    if query.restricts:
        read = parse(respelt(query, corrected.text))
    return Respelling(read, corrected, applied[0].bold)


def _can_be_put_in(query: Query, correction: Correction) -> bool:
    """Tell whether *correction* leaves the query language of *query* alone: a word for a word.

    That word must not be in quotes, nor again elsewhere, as one that is excluded may be.
    """
    if not query.restricts:
        return True
    quoted = " ".join((*query.phrases, *query.title_phrases))
    one = len(correction.typed.split()) == len(correction.word.split()) == 1
    again = len(re.findall(rf"(?<!\w){re.escape(correction.typed)}(?!\w)", query.text)) > 1
    return one and not again and correction.typed not in quoted
