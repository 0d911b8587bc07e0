"""A question as its writer probably meant it, query language and all."""

from __future__ import annotations

from dataclasses import dataclass

from coopbot.engine.protocol import Engine
from coopbot.search.query_language import Query, parse, respelt
from coopbot.search.question import Correction, Question
from coopbot.search.spelling import corrections


@dataclass(frozen=True, slots=True)
class Spelt:
    """A question to answer, and another spelling of it to offer."""

    query: Query
    question: Question
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Respelling:
    """A question as it may have been meant; see `Correction` for `certain` and `bold`."""

    query: Query
    question: Question
    certain: bool
    bold: bool


def respell(engine: Engine, query: Query, question: Question) -> Respelling | None:
    """Return what was probably meant by *question*, None when it is well spelt.

    *query* is how it was read in the query language. Corrections that are certain leave the others
    out; what is in quotes is meant as it is written.
    """
    found = [c for c in corrections(engine, question) if _can_be_put_in(query, c)]
    bold = [c for c in found if c.bold]
    applied = [c for c in found if c.certain and not c.bold] or bold or found
    if not applied:
        return None
    corrected = question.corrected_by(applied)
    read = Query(corrected.text, corrected.text)
    if query.restricts:
        read = parse(respelt(query, corrected.text))
    return Respelling(read, corrected, applied[0].certain, applied[0].bold)


def _can_be_put_in(query: Query, correction: Correction) -> bool:
    """Tell whether *correction* leaves the query language of *query* alone: a word for a word."""
    if not query.restricts:
        return True
    quoted = " ".join((*query.phrases, *query.title_phrases))
    one = len(correction.typed.split()) == len(correction.word.split()) == 1
    return one and correction.typed not in quoted
