"""docs/reliability.md: what was tried, and what came of it."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

from tests.conftest import ROOT
from tests.torture.disks import can_mount

_PAGE = Path(__file__).with_name("page.md")


def page(report: str, seed: int) -> str:
    """Return the page around *report*."""
    disks = (
        "Full disks were small tmpfs, one in five a limit on file sizes (RLIMIT_FSIZE)."
        if can_mount()
        else "Mounting was not allowed: full disks were a limit on file sizes (RLIMIT_FSIZE)."
    )
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return _PAGE.read_text(encoding="utf-8").format(
        date=today, commit=commit, seed=seed, disks=disks, report=report
    )
