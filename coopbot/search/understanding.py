"""A question against what the articles have words for: reduced, explained."""

from __future__ import annotations

from coopbot.engine.bm25f import idf
from coopbot.engine.protocol import Engine, LexicalView
from coopbot.french import stem_terms
from coopbot.french.wordlists import words
from coopbot.search.answer import ExplainedTerm
from coopbot.search.question import Question


def understand(engine: Engine, question: Question) -> tuple[Question, tuple[str, ...]]:
    """Return the question to search for, and the words left out of it.

    Words that no article has tell nothing. When what remains speaks of cooperatives ("scop
    parapente"), they are left out and named, so that the rest can be answered honestly; else
    they stay, and weigh against every article. In a question in English, a word may be unknown
    only for want of a translation: none is left out. English small words ("why créer une Scic ?")
    are left out unnamed.
    """
    unknown = _unknown(engine, question)
    if not unknown or question.language != "fr":
        return question, ()
    reduced = question.without(unknown)
    if not reduced.speaks_of_cooperatives:
        return question, ()
    small = words("stop_words_en.txt")
    left_out = tuple(
        question.text[t.start : t.end]
        for i, t in enumerate(question.tokens)
        if i in unknown and not small.issuperset(t.exact)
    )
    return reduced, left_out


def has_unknown_words(engine: Engine, question: Question) -> bool:
    """Tell whether *question* has words that no article has, numbers aside."""
    return any(question.tokens[at].exact[0].isalpha() for at in _unknown(engine, question))


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
    typed = {term: c.typed for c in question.corrected for term in stem_terms(c.word)}
    for token in question.tokens:
        for term in token.stems:
            if term in typed:
                origin.setdefault(term, ("spelling", typed[term]))
            origin.setdefault(term, ("question", question.text[token.start : token.end]))
    for expansion in question.expanded:
        for term in expansion.stems:
            origin.setdefault(term, ("lexicon", f"{expansion.found} = {expansion.text}"))
    return tuple(
        ExplainedTerm(
            asked.text,
            idf(vocabulary.documents, vocabulary.frequency(asked.text)),
            asked.weight,
            *origin[asked.text],
        )
        for asked in question.stems
    )
