"""An Answer as JSON values."""

from __future__ import annotations

from typing import Any

from coopbot.search.answer import Answer, AnswerHit, Caution
from coopbot.search.query_language import Query


def as_json(answer: Answer, *, explain: bool = False) -> dict[str, Any]:
    """Return *answer* as JSON values; `highlights` are [start, end] in `snippet`.

    `only` is there when the question restricts the articles: how it was read; `unsaid` when phrases
    of it were searched for as plain words, because no article has them.
    """
    values: dict[str, Any] = {
        "question": answer.question,
        "answered": answer.answered,
        "sure": answer.sure,
        "language": answer.language,
        "corrected": answer.corrected,
        "did_you_mean": answer.did_you_mean,
        "unknown_words": list(answer.unknown_words),
        "took_ms": round(answer.took_ms, 1),
        "hits": [_hit_as_json(hit) for hit in answer.hits],
        "closest": [{"title": a.title, "url": a.link, "article": a.id} for a in answer.closest],
    }
    if answer.only:
        values["only"] = _only_as_json(answer.only)
    if answer.unsaid:
        values["unsaid"] = list(answer.unsaid)
    if explain:
        values["explain"] = {
            "terms": [
                {
                    "term": term.term,
                    "idf": round(term.idf, 3),
                    "weight": term.weight,
                    "origin": term.origin,
                    "because": term.because,
                }
                for term in answer.terms
            ],
            "hits": [_shares_as_json(hit) for hit in answer.hits],
        }
    return values


def _only_as_json(query: Query) -> dict[str, Any]:
    return {
        "phrases": list(query.phrases),
        "without": list(query.excluded),
        "title": [*query.titles, *query.title_phrases],
        "site": list(query.sites),
        "tag": list(query.tags),
        "since": query.since,
        "before": query.before,
    }


def _hit_as_json(hit: AnswerHit) -> dict[str, Any]:
    article = hit.article
    return {
        "rank": hit.rank,
        "title": article.title,
        "url": article.link,
        "archive_url": article.archive_url,
        "site": article.site,
        "published": article.published,
        "snippet": hit.snippet.text,
        "highlights": [list(span) for span in hit.snippet.highlights],
        "score": round(hit.score, 4),
        "article": article.id,
        "passage": hit.passage,
        "path": article.path,
        "sources": list(article.sources),
        "caution": _caution_as_json(hit.caution) if hit.caution else None,
    }


def _caution_as_json(caution: Caution) -> dict[str, Any]:
    newer = caution.superseded_by
    return {
        "published": caution.published,
        "older_than_years": caution.older_than_years,
        "superseded_by": newer
        and {
            "title": newer.title,
            "url": newer.link,
            "published": newer.published,
            "article": newer.id,
            "path": newer.path,
        },
    }


def _shares_as_json(hit: AnswerHit) -> dict[str, Any]:
    shares = {name: round(share, 4) for name, share in hit.shares.items()}
    return {"article": hit.article.id, "confidence": round(hit.confidence, 3), "shares": shares}
