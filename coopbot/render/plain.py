"""An Answer as plain text, for a pipe or a file: no colour, no wrapping, tabs in tables."""

from __future__ import annotations

from collections.abc import Iterator

from coopbot.dialogue import FullPassage
from coopbot.messages import Texts
from coopbot.render.words import caution_line, feature_name, notices, passed, provenance
from coopbot.search.answer import Answer, AnswerHit

_INDENT = "   "


def as_plain(answer: Answer, texts: Texts, *, explain: bool = False, way: str = "") -> str:
    """Return *answer* as text, in the language of *texts*; blocks are set apart by a blank line.

    *way* is how to ask for the spelling that was typed.
    """
    blocks = notices(answer, texts, way)
    if answer.closest:
        titles = "".join(f"\n  – {article.title}" for article in answer.closest)
        blocks.append(texts("search.closest") + titles)
    blocks += [_hit(hit, texts) for hit in answer.hits]
    if explain:
        blocks.append("\n".join(_terms(answer, texts)))
        blocks.append("\n".join(_shares(answer, texts)))
    return "\n\n".join(blocks)


def passage_as_plain(found: FullPassage, texts: Texts) -> str:
    """Return a whole passage under its headings, and where it is from."""
    lines = [found.article.title, *found.passage.headings, found.passage.text]
    lines.append(provenance(found.article, texts))
    if found.caution:
        lines.append(caution_line(found.caution, texts))
    return "\n".join(lines)


def _hit(hit: AnswerHit, texts: Texts) -> str:
    lines = [hit.snippet.text, provenance(hit.article, texts)]
    if hit.caution:
        lines.append(caution_line(hit.caution, texts))
    return "\n".join([f"{hit.rank}. {hit.article.title}", *(_INDENT + line for line in lines)])


def _terms(answer: Answer, texts: Texts) -> Iterator[str]:
    yield texts("explain.terms")
    yield "\t".join(texts(f"explain.{c}") for c in ("term", "idf", "weight", "origin"))
    for term in answer.terms:
        origin = texts(f"explain.origin_{term.origin}", because=term.because)
        yield f"{term.term}\t{term.idf:.2f}\t{term.weight:.2f}\t{origin}"


def _shares(answer: Answer, texts: Texts) -> Iterator[str]:
    yield texts("explain.shares")
    hits = answer.hits
    for feature in hits[0].shares if hits else ():
        values = (f"{hit.shares[feature]:.2f}" for hit in hits)
        yield "\t".join([feature_name(feature, texts), *values])
    yield "\t".join([texts("explain.score"), *(f"{hit.score:.2f}" for hit in hits)])
    yield "\t".join([texts("explain.confidence"), *(f"{hit.confidence:.2f}" for hit in hits)])
    if passed(hits):
        yield texts("explain.passed")
