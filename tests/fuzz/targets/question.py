"""Questions: the query language, the French chain, the language, what follows on what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from coopbot.errors import QuestionError
from coopbot.french import analyse, fold, stem
from coopbot.french.folding import fold_term
from coopbot.french.wordlists import words
from coopbot.messages import LANGUAGES
from coopbot.search.follow_up import follow_up, is_continuation, says_nothing
from coopbot.search.phrases import Phrase
from coopbot.search.query_language import MOST_RESTRICTIONS, Query, parse, respelt
from coopbot.search.question import MAX_CHARACTERS, read_query
from tests.fuzz.draw import calls_of, text_of
from tests.fuzz.said import check_said

_WORD = re.compile(r"\w+")
_FIELDS = ("titre", "title", "site", "tag", "depuis", "since", "avant", "before")
# Calls of functions: a text of 1,000 characters takes some 40,000, a quadratic chain a million.
_CALLS, _CALLS_PER_CHARACTER = 60_000, 150  # the lexicon is analysed as it is needed


def seeds() -> Sequence[bytes]:
    """Return questions of all kinds."""
    questions = (
        "comment créer une Scic ?",
        'capital « parts sociales » -association titre:"assemblée générale" site:avise.org',
        "coopérative depuis:2020-02 avant:31/05/2024 tag:bois -“un mot” titre : Scop",
        "salarié·e·s coopérateur.rices Saint-Vallier qu'aujourd'hui S.C.I.C. 1 700,5 CO-WORKING",
        "et pour une Scop ?",
        "what is a worker cooperative?",
        "e\u0301tude \u202esocie\u0301te\u0301 \u200b\u00ad𝒮cop",
        "la suite",
    )
    return [question.encode() for question in questions]


def check(data: bytes) -> None:
    """Check how the text *data* is read as a question, and as one after a question."""
    _make_ready()
    text = text_of(data)
    most = _CALLS + _CALLS_PER_CHARACTER * len(text)
    _, calls = calls_of(lambda: _read(text))
    assert calls <= most, calls


@cache
def _make_ready() -> None:
    """Read the word lists, as the first questions of a process do."""
    for seed in (b"", *seeds()):
        _read(text_of(seed))


def _read(text: str) -> None:
    _check_chain(text[:MAX_CHARACTERS])
    is_continuation(text[:MAX_CHARACTERS])
    try:
        query, question = read_query(text, "fr")
    except QuestionError as error:
        check_said(error)
        return
    assert question.language in LANGUAGES
    assert query.restrictions <= MOST_RESTRICTIONS
    _check_nothing_lost(query)
    assert respelt(query, query.words) == query.text
    assert _spoken(question.text, [(t.start, t.end) for t in question.tokens])
    assert all(0 < term.weight <= 1 and term.text for term in (*question.stems, *question.exacts))
    assert len(question.concepts) == len(question.tokens)
    says_nothing(query.text)
    followed = follow_up("comment créer une Scic -association depuis:2020", query.text)
    if followed:
        assert _WORD.search(followed.question)
        parse(followed.question)


def _check_chain(text: str) -> None:
    tokens = analyse(text)
    assert _spoken(text, [(t.start, t.end) for t in tokens])
    for term in (term for token in tokens for term in token.exact):
        assert term.isascii()
        assert fold(term) == term
        assert stem(term)
    folded = fold(text)
    assert folded.isascii()
    assert fold(folded) == folded
    assert fold_term(text) == fold_term(folded)
    phrase = Phrase(text)
    assert (phrase.span(text) is not None) == bool(phrase.forms)


def _check_nothing_lost(query: Query) -> None:
    """Check that every word of the question is looked for, or restricts."""
    if not query.restricts:
        assert query.words == query.text
        return
    values = (*query.phrases, *query.excluded, *query.titles, *query.title_phrases)
    kept = set(_WORD.findall(" ".join((query.words, *values, *query.sites, *query.tags))))
    dated = query.since or query.before
    for word in set(_WORD.findall(query.text)) - kept:
        name = fold(word)
        assert name in _FIELDS or name in words("elisions.txt") or (dated and word.isdigit()), word


def _spoken(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Tell whether *spans* are stretches of *text*, in order, none within another."""
    ends = [0, *(end for _, end in spans)]
    return all(
        done <= start < end <= len(text) for done, (start, end) in zip(ends, spans, strict=False)
    )
