"""Inputs that nobody should give: damaged files, and command lines that make no sense."""

from __future__ import annotations

import random
from collections import Counter

from tests.ingest.mutations import mutated
from tests.ingest.reading import read
from tests.ingest.test_importers_mutations import check
from tests.torture.place import Stage
from tests.torture.violations import expect

_STRANGE = ("", "\x00", "--", "-", "\ud800", "é" * 5_000, "../../etc/passwd", "'; DROP TABLE", "𝕊")
_COMMANDS = ("search", "index", "add", "crawl", "status", "backup", "restore", "links", "eval")
_OPTIONS = ("--limit", "--since", "--until", "--language", "--config", "--state", "--json", "--url")


class BadFiles:
    """`coopbot add` of a damaged file adds what can be read of it, or refuses with a reason."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random) -> int:
        """Offer a few damaged files, check."""
        place = self._stage.copy("bad_files")
        before = place.files()
        offered = []
        count = 0
        for name, content in mutated(30, chance.randrange(1 << 30)):
            count += 1
            for record in read(name, content):
                check(record)
            if name.endswith((".md", ".pdf", ".docx")):  # the others name addresses to fetch
                file = place.folder / f"{count}-{name}"
                file.write_bytes(content)
                offered.append(str(file))
        result = place.run("add", *offered).must(0, 1)
        self.notes["batches added whole" if result.code == 0 else "batches refused in part"] += 1
        expect(before.items() <= place.files().items(), "lost", "an article changed")
        place.run("index").must(0)
        expect(result.out, "exit code", f"nothing is said: {result}")
        return count


class BadArguments:
    """A command line that makes no sense ends with 2 and a sentence, and harms nothing."""

    def __init__(self, stage: Stage) -> None:
        self._place = stage.copy("bad_arguments")
        self._before = self._place.files()
        self.notes: Counter[str] = Counter()

    def round(self, chance: random.Random) -> int:
        """Give one, check."""
        words = [chance.choice(_OPTIONS), chance.choice(_STRANGE), chance.choice(_STRANGE)]
        arguments = [word for word in words if "\x00" not in word and "\ud800" not in word]
        result = self._place.run(chance.choice(_COMMANDS), *arguments).must(0, 1, 2)
        expect(result.code != 2 or result.err.strip(), "exit code", f"nothing is said: {result}")
        expect(self._place.files() == self._before, "lost", f"the corpus changed: {result}")
        return 1
