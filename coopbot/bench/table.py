"""A comparison as Markdown, which a terminal shows as well: ratios to Coopbot's lexical retrieval.

Another machine has other times; how many times slower or larger one is than the other is much the
same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from coopbot.bench.peers import Engine
from coopbot.bench.records import Comparison, Figures, Size
from coopbot.messages import Texts

# The columns that are ratios, by the name of their heading.
_COLUMNS: dict[str, Callable[[Figures], float]] = {
    "p50": lambda figures: figures.p50_ms,
    "p95": lambda figures: figures.p95_ms,
    "p99": lambda figures: figures.p99_ms,
    "clock": lambda figures: figures.clock_p50_ms,
    "cold": lambda figures: figures.cold_ms,
    "opening": lambda figures: figures.open_ms,
    "index": lambda figures: figures.index_s,
    "disk": lambda figures: figures.bytes,
    "memory": lambda figures: figures.resident_mb,
    "peak": lambda figures: figures.index_peak_mb,
}
_REFERENCE: Engine = "coopbot"


def markdown(found: Comparison, say: Texts) -> str:
    """Return the tables of all sizes, and the notes on how they were made."""
    left_out = [say("bench.left_out", engine=_name(engine, say)) for engine in found.left_out]
    sizes = [_size(size, found, say) for size in found.sizes]
    return "\n\n".join([*sizes, _notes(found, say), *left_out])


def reference(size: Size) -> Figures:
    """Return the figures that those of all engines are divided by."""
    return size.of(_REFERENCE) or size.engines[0]


def _size(size: Size, found: Comparison, say: Texts) -> str:
    about = size.about
    numbers = {"passages": about.passages, "articles": about.articles}
    title = say("bench.size", **{name: grouped(n, say) for name, n in numbers.items()})
    some = 0 < about.made < about.passages
    made = [say("bench.made", made=grouped(about.made, say))] if some else []
    return "\n\n".join(
        [f"## {title}", *made, _table(size, say), _one(size, say), *_remarks(size, found, say)]
    )


def _table(size: Size, say: Texts) -> str:
    base = reference(size)
    heading = ["", *(say(f"bench.column_{name}") for name in _COLUMNS), say("bench.column_same")]
    rows = [
        [
            _name(figures.engine, say),
            *(ratio(of(figures), of(base)) for of in _COLUMNS.values()),
            "–" if figures.overlap is None else f"{figures.overlap:.0%}",
        ]
        for figures in size.engines
    ]
    return _aligned(heading, rows)


def _aligned(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(heading, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *rest = zip(cells, widths, strict=True)
        padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]
        return f"| {' | '.join(padded)} |"

    rule = [f"{'-' * widths[0]}", *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    return "\n".join([line(heading), line(rule), *map(line, rows)])


def _one(size: Size, say: Texts) -> str:
    """Say what 1.00 stands for."""
    base = reference(size)
    return say(
        "bench.one",
        engine=_name(base.engine, say),
        p50=f"{base.p50_ms:.3f}",
        p99=f"{base.p99_ms:.3f}",
        cold=f"{base.cold_ms:.2f}",
        opening=f"{base.open_ms:.0f}",
        index=f"{base.index_s:.1f}",
        disk=f"{base.bytes / 1e6:.1f}",
        memory=f"{base.resident_mb:.0f}",
        peak=f"{base.index_peak_mb:.0f}",
    )


def _remarks(size: Size, found: Comparison, say: Texts) -> list[str]:
    base, hybrid = reference(size), size.of("hybrid")
    remarks = [say("bench.analysis", ratio=ratio(size.about.question_ms, base.p50_ms))]
    if hybrid is not None and size.encoding is not None and size.about.encoder == "own":
        encoding = size.encoding
        remarks.append(
            say(
                "bench.encoding",
                share=f"{encoding.seconds / hybrid.index_s:.0%}",
                ratio=ratio(hybrid.index_s, encoding.alone_s),
                cores=found.cores,
                pace=ratio(encoding.seconds, encoding.alone_s),
            )
        )
    if hybrid is not None and size.updates is not None:
        updates = size.updates
        remarks.append(
            say(
                "bench.updates",
                articles=updates.articles,
                questions=updates.questions,
                seconds=f"{updates.until_answered_s:.1f}",
                share=ratio(updates.until_answered_s, hybrid.index_s),
                writing=f"{updates.writing_s:.1f}",
                p50=ratio(updates.during_p50_ms, updates.quiet_p50_ms),
                p99=ratio(updates.during_p99_ms, updates.quiet_p99_ms),
                slowest=ratio(updates.slowest_ms, updates.quiet_p50_ms),
            )
        )
    kept = [commit for commit in size.indexed_by if commit != found.commit]
    if kept:
        remarks.append(say("bench.kept", commits=", ".join(commit or "–" for commit in kept)))
    return ["\n".join(f"- {remark}" for remark in remarks)]


def _notes(found: Comparison, say: Texts) -> str:
    own = any(size.about.encoder == "own" for size in found.sizes)
    notes = say(
        "bench.notes",
        questions=found.questions,
        warm=found.warm,
        starts=found.starts,
    )
    versions = ", ".join(f"{name} {number}" for name, number in found.versions.items())
    made_by = say("bench.made_by", python=found.python, versions=versions, cores=found.cores)
    stand_in = [] if own else [say("bench.stand_in")]
    return "\n".join([f"## {say('bench.method')}", "", notes, made_by, *stand_in])


def _name(engine: Engine, say: Texts) -> str:
    return say(f"bench.engine_{engine}")


def grouped(number: float, say: Texts) -> str:
    """Return *number* with its thousands apart, as the language of *say* has them."""
    return f"{number:,.10g}".replace(",", "\u202f" if say.language == "fr" else ",")


def ratio(value: float, base: float) -> str:
    """Return *value* / *base* with two or three figures that count."""
    if base == 0:
        return "–"
    quotient = value / base
    if quotient >= 100:
        return f"{quotient:.0f}"
    if quotient >= 10:
        return f"{quotient:.1f}"
    return f"{quotient:.2f}" if quotient >= 0.1 else f"{quotient:.2g}"
