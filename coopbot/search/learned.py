"""The numbers learned offline: `weights.toml`, for ranking and for confidence."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def learned(table: str) -> Mapping[str, float]:
    """Return the numbers of *table*; KeyError when there is none of that name."""
    content = (files("coopbot.search") / "weights.toml").read_text(encoding="utf-8")
    return {name: float(value) for name, value in tomllib.loads(content)[table].items()}
