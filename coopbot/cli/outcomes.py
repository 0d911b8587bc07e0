"""What became of things offered to the corpus, as lines and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from coopbot.messages import Texts

if TYPE_CHECKING:
    from coopbot.ingest.shelf import Outcome

_EXCERPT = 160


def line(outcome: Outcome, say: Texts, *, dry_run: bool = False) -> str:
    """Return *outcome* on one line: what became of it, where it stands, why not."""
    word = say(f"outcome.{'would_be_' if dry_run and outcome.changed else ''}{outcome.became}")
    if outcome.error is not None:
        reason = outcome.error.text(say.language)
        named = reason.startswith(outcome.offered)
        return f"{word} {reason}" if named else f"{word} {outcome.offered} — {reason}"
    title = outcome.article.title if outcome.article else outcome.offered
    if outcome.became == "duplicate":
        return f"{word} {title} — {say('outcome.twin', path=outcome.path)}"
    return f"{word} {outcome.path} — {title}" if outcome.path else f"{word} {title}"


def preview(outcome: Outcome, say: Texts) -> str:
    """Return what would be stored of a new article: its card, and how it begins."""
    from coopbot.render.words import readable_date

    article = outcome.article
    if article is None or not outcome.changed:
        return ""
    facts = [
        readable_date(article.published, say),
        say("outcome.words", count=len(article.body.split())),
        *([article.url] if article.url else []),
        *([article.site] if article.site else []),
        *([article.author] if article.author else []),
        *([", ".join(article.tags)] if article.tags else []),
    ]
    start = " ".join(article.body.split())
    start = start if len(start) <= _EXCERPT else start[:_EXCERPT].rsplit(" ", 1)[0] + "…"
    return f"    {' · '.join(facts)}\n    {start}"


def as_json(outcome: Outcome, say: Texts) -> dict[str, Any]:
    """Return *outcome* as JSON values."""
    values: dict[str, Any] = {"offered": outcome.offered, "action": str(outcome.became)}
    if outcome.path:
        values["path"] = outcome.path
    if outcome.article is not None:
        article = outcome.article
        values |= {
            "title": article.title,
            "url": article.url,
            "published": article.published,
            "tags": list(article.tags),
            "words": len(article.body.split()),
        }
    if outcome.error is not None:
        values |= {"reason": outcome.error.key, "error": outcome.error.text(say.language)}
    return values


def counts(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return how many became what; what did not occur counts 0."""
    from coopbot.ingest.shelf import Became

    found = Counter(outcome.became for outcome in outcomes)
    return {str(became): found[became] for became in Became}
