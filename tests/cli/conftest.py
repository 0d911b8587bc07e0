"""Fixtures for the command line: searching the repository's own corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.processes import Completed, Search
from tests.conftest import CORPUS, RunCoopbot


@pytest.fixture
def search(run_coopbot: RunCoopbot, built_index: Path) -> Search:
    """A function that runs `coopbot search` on the repository's corpus, in a pipe."""

    def run(*arguments: str, **options: object) -> Completed:
        folders = ("--corpus", str(CORPUS), "--index", str(built_index))
        return run_coopbot("search", *folders, *arguments, **options)

    return run
