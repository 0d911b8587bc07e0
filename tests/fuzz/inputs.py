"""Inputs that are always the same: the findings that were kept, and seeds changed by hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hypothesis import strategies as st

from tests.fuzz.draw import HOSTILE
from tests.fuzz.targets import NAMES

CORPUS = Path(__file__).parent / "corpus"


def kept() -> list[tuple[str, Path]]:
    """Return target and file of each finding."""
    return [(name, path) for name in NAMES for path in sorted((CORPUS / name).glob("*"))]


@st.composite
def changed(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """Draw one of *seeds* with stretches of it repeated, left out or replaced."""
    content = draw(st.sampled_from(list(seeds)))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        put = draw(
            st.just(b"")
            | st.just(content[start:end] * 3)
            | st.binary(max_size=8)
            | st.sampled_from(HOSTILE).map(lambda text: text.encode("utf-8", "surrogatepass"))
        )
        content = content[:start] + put + content[end:]
    return content
