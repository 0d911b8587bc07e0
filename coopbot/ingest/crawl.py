"""What the sources name, to new articles: only what is new is fetched, and nothing stops the rest.

Each address is noted as soon as it was dealt with, a source when it was gone through to its end: an
interrupted crawl goes on where it stopped. What the server gave to ask for changes by is kept for
a source only when all it named was dealt with, or what failed would never be named again.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from coopbot.errors import CoopbotError, CorpusError, IngestError, StateError
from coopbot.ingest.discover import discover
from coopbot.ingest.intake import Getter, Intake, Wishes, side_by_side
from coopbot.ingest.records import Reference, Validators
from coopbot.ingest.shelf import Became, Outcome
from coopbot.ingest.sources import Kind, Source
from coopbot.state.visits import Visit, Visits

_SOURCES_AT_ONCE = 8
_MOST_FAILURES = 5  # in a row; then an address is let be

_log = logging.getLogger(__name__)


class Ended(StrEnum):
    """How the visit of a source ended."""

    DONE = "done"
    NOT_DUE = "not_due"  # it was visited lately
    NOTHING_NEW = "nothing_new"  # it says itself that nothing changed
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Round:
    """What came of a source: an outcome for each address looked at.

    `waiting` counts the new ones left for another time; `error` says why it failed.
    """

    source: Source
    ended: Ended
    outcomes: tuple[Outcome, ...] = ()
    waiting: int = 0
    error: CoopbotError | None = None


# Told of each outcome as it comes: the source, and how many of its addresses are still to do.
Tell = Callable[[Source, Outcome, int], None]


@dataclass(frozen=True, slots=True)
class Crawler:
    """Visits sources. With *eager*, also those visited lately; with *dry_run*, notes nothing."""

    intake: Intake
    getter: Getter
    visits: Visits
    now: Callable[[], dt.datetime]
    eager: bool = False
    dry_run: bool = False

    async def crawl(self, sources: Sequence[Source], tell: Tell) -> AsyncIterator[Round]:
        """Yield a Round for each of *sources*, as they end.

        Raises CorpusError or StateError when these cannot be written: not the source's fault.
        """
        works = [lambda s=source: self._round(s, tell) for source in sources]
        async for ended in side_by_side(works, _SOURCES_AT_ONCE):
            yield ended

    async def _round(self, source: Source, tell: Tell) -> Round:
        try:
            return await self._go_through(source, tell)
        except (CorpusError, StateError):
            raise
        except IngestError as error:
            return Round(source, Ended.BROKEN, error=error)
        except Exception as error:  # noqa: BLE001 - one bad source never stops the others
            _log.exception("source %s", source.name)
            reason = f"{type(error).__name__}: {error}"
            return Round(source, Ended.BROKEN, error=IngestError("unexpected", error=reason))

    async def _go_through(self, source: Source, tell: Tell) -> Round:
        last = self.visits.of_source(source.url)
        if last and not self.eager and self._is_lately(last.made, source.frequency.span):
            return Round(source, Ended.NOT_DUE)
        found = await discover(source, self.getter, _validators(last))
        if found is None:
            self._went_through(source, _validators(last) or Validators())
            return Round(source, Ended.NOTHING_NEW)
        wanted = [r for r in found.references if source.wants(r.url) and self._is_due(source, r)]
        taken = wanted[: source.most]
        outcomes = []
        for number, reference in enumerate(taken, 1):
            outcome = await self._visit(source, reference)
            outcomes.append(outcome)
            tell(source, outcome, len(taken) - number)
        waiting = len(wanted) - len(taken)
        whole = not waiting and all(o.became is not Became.FAILED for o in outcomes)
        self._went_through(source, found.validators if whole else Validators())
        return Round(source, Ended.DONE, tuple(outcomes), waiting)

    def _is_lately(self, made: dt.datetime, span: dt.timedelta) -> bool:
        """Tell whether *made* is less than *span* ago; a time to come is of a clock then wrong."""
        return dt.timedelta() <= self.now() - made < span

    def _is_due(self, source: Source, reference: Reference) -> bool:
        """Tell whether to look at *reference*: it is new, changed, or failed before."""
        visit = self.visits.of_address(reference.url)
        if visit is None or source.kind is Kind.PAGE:
            return True
        if 0 < visit.failures < _MOST_FAILURES:
            return True
        return reference.modified is not None and reference.modified > visit.made.date().isoformat()

    async def _visit(self, source: Source, reference: Reference) -> Outcome:
        visit = self.visits.of_address(reference.url)
        wishes = Wishes(languages=(source.language,), tags=source.tags)
        digest = visit.digest if visit else None
        outcome = await self.intake.visit(reference, wishes, _validators(visit), digest)
        if not self.dry_run:
            self.visits.visited(
                reference.url,
                outcome.became,
                outcome.validators.etag,
                outcome.validators.last_modified,
                outcome.digest or digest,
                failed=outcome.became is Became.FAILED,
            )
        return outcome

    def _went_through(self, source: Source, validators: Validators) -> None:
        if not self.dry_run:
            self.visits.went_through(source.url, validators.etag, validators.last_modified)


def _validators(visit: Visit | None) -> Validators | None:
    """Return what *visit* got to ask for changes by, None when it got nothing."""
    if visit is None or not (visit.etag or visit.last_modified):
        return None
    return Validators(visit.etag, visit.last_modified)
