"""What the encoders share: texts made readable, and how many of them at a time."""

from __future__ import annotations

import os
import re

# Beyond this a text is cut: a passage has about 600 characters, and time grows with length.
MAX_CHARACTERS = 2_000
# Tokenizers look at every start in a run of letters: 100,000 without a blank took one 4 s.
_MAX_RUN = 60
_LONG_RUN = re.compile(rf"(\S{{{_MAX_RUN}}})(?=\S)")
_BROKEN = re.compile(r"[\ud800-\udfff\x00-\x1f\x7f]+")


def cleaned(text: str) -> str:
    """Return *text* without what no tokenizer can read, and not too long for one."""
    return _LONG_RUN.sub(r"\1 ", _BROKEN.sub(" ", text[:MAX_CHARACTERS]))


def cores() -> int:
    """Return the cores this process may use; threads beyond them run many times slower."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1
