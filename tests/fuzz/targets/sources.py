"""`sources.toml`, which curators write."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from coopbot.errors import SourcesError
from coopbot.ingest.sources import read_sources
from tests.conftest import CORPUS
from tests.fuzz.said import check_said


def seeds() -> Sequence[bytes]:
    """Return the file of the corpus, and small ones."""
    whole = (CORPUS / "sources.toml").read_bytes() if (CORPUS / "sources.toml").exists() else b""
    return [
        whole[:1_200],
        b'[[source]]\nname = "a"\nkind = "listing"\nurl = "https://x.example"\ntags = ["x"]\n'
        b'selector = "main a:not(.b)"\ninclude = ["*/blog/*"]\nexclude = ["[!a]*"]\nmost = 3\n'
        b'frequency = "daily"\nlanguage = "fr"\n',
        b'source = [{name = "a", kind = "feed", url = "https://x.example", most = 0}]',
        b"source = [1, [2]]",
    ]


def check(data: bytes) -> None:
    """Check *data* as that file."""
    file = _folder() / "sources.toml"
    file.write_bytes(data)
    try:
        sources = read_sources(file)
    except SourcesError as error:
        check_said(error)
        return
    assert len({source.name for source in sources}) == len(sources)
    for source in sources:
        assert source.url.startswith(("http://", "https://"))
        assert source.most >= 1
        assert source.frequency.span.days >= 0
        source.wants("https://x.example/blog/un")


@cache
def _folder() -> Path:
    return Path(mkdtemp(prefix="coopbot-fuzz-"))
