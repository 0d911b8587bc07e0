"""What was tried, and what came of it, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Of one kind of fault: how often it was tried, the kinds of violations, what was noted."""

    name: str
    unit: str
    tried: int = 0
    violations: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def count(self, kind: str) -> int:
        """Return how many violations are of *kind*."""
        return self.violations.count(kind)


_COLUMNS = ("lost", "duplicated", "exit code", "other")


def table(tallies: Sequence[Tally]) -> str:
    """Return a Markdown table of *tallies* with their sum."""
    lines = [
        "| what was done | tried | lost | duplicated | wrong exit codes | other faults |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for tally in tallies:
        counts = " | ".join(str(tally.count(kind)) for kind in _COLUMNS)
        lines.append(f"| {tally.name} | {tally.tried} {tally.unit} | {counts} |")
    sums = " | ".join(str(sum(t.count(kind) for t in tallies)) for kind in _COLUMNS)
    units = {tally.unit: 0 for tally in tallies}
    for tally in tallies:
        units[tally.unit] += tally.tried
    total = ", ".join(f"{count} {unit}" for unit, count in units.items())
    return "\n".join([*lines, f"| **together** | {total} | {sums} |"])


def notes(tallies: Sequence[Tally]) -> str:
    """Return what was noted on the way."""
    lines = []
    for tally in tallies:
        if tally.notes:
            noted = ", ".join(f"{count} {note}" for note, count in tally.notes.most_common())
            lines.append(f"- {tally.name}: {noted}")
    return "\n".join(lines)
