"""Ask an index for so many seconds, and write how long each answer took: `readers.py` starts it.

python -m tests.torture.reader CORPUS INDEX SECONDS SEED
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from coopbot.library import Library
from coopbot.settings import Settings
from tests.cli.test_killed import WORDS


def main(corpus: Path, index: Path, seconds: float, seed: int) -> None:
    """Ask for words in ever new combinations, so that no answer is remembered."""
    chance = random.Random(seed)
    library = Library(Settings(corpus=corpus, index=index))
    library.open()
    library.ask("pour ouvrir tout ce qui s'ouvre à la première question")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    taken: list[float] = []
    errors: list[str] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        question = " ".join(chance.choices(WORDS, k=4))
        before = time.perf_counter()
        try:
            library.ask(question, abstain=False)
        except Exception as error:  # noqa: BLE001 - that there is none is what is to be shown
            errors.append(repr(error))
        taken.append(time.perf_counter() - before)
        time.sleep(0.02)  # a person reads before asking again
    sys.stdout.write(json.dumps({"taken": taken, "errors": errors}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
