"""Answers made by hand, and by hypothesis, for the tests of how they are shown."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from coopbot.engine.protocol import StoredArticle
from coopbot.search.answer import Answer, AnswerHit, Caution, ExplainedTerm, Snippet

NASTY = "Coop <b>\"&amp;\"</b> & 'Cie' [red]"
_PIECES = ("<b>", "&", '">', "👩\u200d🌾 ", "mot ", "a", NASTY)


def article(**values: Any) -> StoredArticle:
    """Return an article written for the corpus, with *values* of its own."""
    given: dict[str, Any] = {
        "id": "creer.md",
        "path": "creer.md",
        "title": "Créer une Scic",
        "link": "https://www.les-scic.coop",
        "site": "Coopbot",
        "published": "2026-11-23",
        "sources": ("https://www.les-scic.coop",),
    }
    return StoredArticle(**(given | values))


def hit(
    rank: int = 1,
    text: str = "La Scic est une coopérative.",
    caution: Caution | None = None,
    **values: Any,
) -> AnswerHit:
    """Return a hit on `article(**values)`; the snippet's « Scic » is highlighted."""
    at = text.find("Scic")
    highlights = ((at, at + 4),) if at >= 0 else ()
    shares = {"stem": 0.5, "title": 0.25}
    snippet = Snippet(text, highlights)
    return AnswerHit(rank, article(**values), 2, snippet, 0.75, 1.5, shares, caution)


def answer(*hits: AnswerHit, **values: Any) -> Answer:
    """Return an answer with *hits*."""
    given: dict[str, Any] = {
        "question": "créer scic",
        "language": "fr",
        "closest": (),
        "did_you_mean": None,
        "took_ms": 12.345,
        "terms": (ExplainedTerm("scic", 1.234, 1.0, "question", "scic"),),
    }
    return Answer(hits=hits, **(given | values))


@st.composite
def texts(draw: st.DrawFn, most: int = 3_000) -> str:
    """Draw a text of any length up to *most*: words, markup, emoji, what HTML must escape."""
    piece = draw(st.text(max_size=12) | st.sampled_from(_PIECES))
    return (piece * draw(st.integers(1, most)))[:most]


@st.composite
def snippets(draw: st.DrawFn) -> Snippet:
    """Draw a snippet with highlights in order, none over another."""
    text = draw(texts(600))
    bounds = draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True))
    spans = zip(*[iter(sorted(bounds))] * 2, strict=False)
    return Snippet(text, tuple((start, end) for start, end in spans))


@st.composite
def articles(draw: st.DrawFn) -> StoredArticle:
    """Draw an article."""
    link = draw(st.none() | texts(300).map(lambda text: f"https://x.example/{text}"))
    return article(
        title=draw(texts(700)),
        link=link,
        site=draw(st.none() | texts(200)),
        archive_url=draw(st.none() | st.just(link)),
        published=draw(st.sampled_from([None, "2011", "2011-05", "2026-11-23"])),
    )


@st.composite
def cautions(draw: st.DrawFn) -> Caution | None:
    """Draw a caution, or none."""
    old = draw(st.sampled_from([None, 8]))
    newer = draw(st.none() | articles())
    return Caution(draw(st.none() | st.just("2007-06")), old, newer) if old or newer else None


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Draw an answer with hits, or with the closest articles."""
    found = draw(st.lists(st.tuples(articles(), snippets(), cautions()), max_size=15))
    hits = [
        AnswerHit(i, a, 0, s, 1.0, 1.0, {"stem": 1.0}, c) for i, (a, s, c) in enumerate(found, 1)
    ]
    return answer(
        *hits,
        closest=() if hits else tuple(draw(st.lists(articles(), max_size=3))),
        did_you_mean=draw(st.none() | texts(1_000)),
        corrected=draw(st.none() | texts(1_000)),
        unknown_words=tuple(draw(st.lists(texts(40), max_size=3))) if hits else (),
        unsaid=tuple(draw(st.lists(texts(40), max_size=3))),
    )
