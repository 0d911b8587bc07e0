"""Import damaged files, and say what came of them.

    python -m benchmarks.damaged_files [COUNT] [SEED]

Anything but a record or a refusal stops it; the figure is the longest time one file took.
"""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter

from tests.ingest.mutations import mutated
from tests.ingest.reading import read
from tests.ingest.test_importers_mutations import check


def main(count: int, seed: int) -> None:
    """Import *count* damaged files made from *seed*."""
    logging.disable()  # libraries warn of what they mend
    seen: Counter[str] = Counter()
    slowest, where = 0.0, ""
    for number, (name, content) in enumerate(mutated(count, seed)):
        before = time.perf_counter()
        records = read(name, content)
        taken = time.perf_counter() - before
        for record in records:
            check(record)
            seen[type(record).__name__] += 1
        if taken > slowest:
            slowest, where = taken, f"{name}, number {number}"
    kinds = ", ".join(f"{times} {kind}" for kind, times in seen.most_common())
    print(f"{count} damaged files: {kinds}")
    print(f"slowest: {slowest:.2f} s ({where})")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [5_000, 6][len(given) :]))
