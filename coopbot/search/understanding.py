"""A question against what the articles have words for: corrected, reduced, explained."""

from __future__ import annotations

from coopbot.engine.bm25f import idf
from coopbot.engine.protocol import Engine, LexicalView
from coopbot.french.wordlists import words
from coopbot.search.answer import ExplainedTerm
from coopbot.search.question import Question
from coopbot.search.spelling import corrected_text, corrections


def understand(engine: Engine, question: Question) -> tuple[Question, tuple[str, ...], str | None]:
    """Return the question to search for, the words left out of it, and a better spelling.

    Words that no article has tell nothing. When what remains speaks of cooperatives ("scop
    maroquinerie"), they are left out and named, so that the rest can be answered honestly; else
    they stay, and weigh against every article. In a question in English, a word may be unknown
    only for want of a translation: none is left out. English small words ("why créer une Scic ?")
    are left out unnamed.
    """
    found = corrections(engine, question)
    corrected = question.with_corrections(found)
    suggestion = corrected_text(question, found)
    unknown = _unknown(engine, corrected)
    if not unknown or question.language != "fr":
        return corrected, (), suggestion
    reduced = question.without(unknown)
    if not reduced.speaks_of_cooperatives:
        return corrected, (), suggestion
    small = words("stop_words_en.txt")
    left_out = tuple(
        question.text[t.start : t.end]
        for i, t in enumerate(question.tokens)
        if i in unknown and not small.issuperset(t.exact)
    )
    return reduced.with_corrections(corrections(engine, reduced)), left_out, suggestion


def _unknown(engine: Engine, question: Question) -> frozenset[int]:
    """Return the positions of the words for which no article has any stem."""
    vocabulary = engine.vocabulary(LexicalView.STEM)
    return frozenset(
        position
        for position, concept in enumerate(question.concepts)
        if not any(vocabulary.frequency(stem) for stem in (*concept.stems, *concept.others))
    )


def explain(engine: Engine, question: Question) -> tuple[ExplainedTerm, ...]:
    """Return the stems *question* is searched by, and where each comes from."""
    vocabulary = engine.vocabulary(LexicalView.STEM)
    origin: dict[str, tuple[str, str]] = {}
    for token in question.tokens:
        for term in token.stems:
            origin.setdefault(term, ("question", question.text[token.start : token.end]))
    for expansion in question.expanded:
        for term in expansion.stems:
            origin.setdefault(term, ("lexicon", f"{expansion.found} = {expansion.text}"))
    for correction in question.corrected:
        origin.setdefault(correction.stem, ("spelling", correction.word))
    return tuple(
        ExplainedTerm(
            asked.text,
            idf(vocabulary.documents, vocabulary.frequency(asked.text)),
            asked.weight,
            *origin[asked.text],
        )
        for asked in question.stems
    )
