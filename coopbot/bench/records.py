"""What a comparison finds; `asdict` of these records is the JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coopbot.bench.home import About
from coopbot.bench.peers import Engine


@dataclass(frozen=True, slots=True)
class Figures:
    """An engine on some number of passages.

    `open_ms` and `cold_ms`, the first question, are medians over fresh processes, the percentiles
    are over questions after a warm-up: all of processor time, which hangs less on what else the
    machine does. `clock_p50_ms`, `clock_p99_ms` and `index_s` are of the clock. Memory is resident:
    while the index is made at most, after the questions, and at most until then.
    `overlap` is the share of an exhaustive BM25's ten first passages that is found too; None for
    what ranks articles. `index_s` of "coopbot" is that of "hybrid" without the encoder: they share
    the index.
    """

    engine: Engine
    index_s: float
    index_peak_mb: float
    bytes: int
    open_ms: float
    cold_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    clock_p50_ms: float
    clock_p99_ms: float
    resident_mb: float
    peak_mb: float
    overlap: float | None


@dataclass(frozen=True, slots=True)
class Encoding:
    """The encoder's part in `index_s`: seconds for `texts` texts, and for one of a list alone."""

    seconds: float
    texts: int
    text_alone_s: float

    @property
    def alone_s(self) -> float:
        """The seconds that encoding all texts takes, when it is all that is done."""
        return self.texts * self.text_alone_s


@dataclass(frozen=True, slots=True)
class Updates:
    """A process that answers while another one adds `articles` articles to its index.

    `until_answered_s` passes between writing the articles and an answer with one of them, the start
    of the writing process included; `writing_s` of it pass within that process. Percentiles are of
    questions before, and in that time, in which the new index is opened.
    """

    articles: int
    writing_s: float
    until_answered_s: float
    quiet_p50_ms: float
    quiet_p99_ms: float
    during_p50_ms: float
    during_p99_ms: float
    slowest_ms: float
    questions: int


@dataclass(frozen=True, slots=True)
class Size:
    """All engines on the same passages. `indexed_by` are the commits that made the indexes."""

    about: About
    engines: tuple[Figures, ...]
    encoding: Encoding | None
    updates: Updates | None
    indexed_by: tuple[str, ...]

    def of(self, engine: Engine) -> Figures | None:
        """Return the figures of *engine*, None when it is not among them."""
        return next((figures for figures in self.engines if figures.engine == engine), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A whole run. `left_out` are engines that are not installed; `commit` is "" outside of git."""

    date: str
    commit: str
    cores: int
    python: str
    versions: dict[str, str]
    questions: int
    warm: int
    starts: int
    left_out: tuple[Engine, ...]
    sizes: tuple[Size, ...]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that *share* of *values* lies."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]
