"""The engines that are compared; `protocol.py` says what one is, each has a file.

All score the same postings: each gets the stems that Coopbot's French chain makes of passages and
questions, as words parted by blanks, and neither stems nor stops words itself.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args

from coopbot.bench.peers.protocol import TOP, Opened, Peer

__all__ = ["ENGINES", "TOP", "Engine", "Opened", "Peer", "installed", "make_peer"]

Engine = Literal["coopbot", "hybrid", "whoosh", "tantivy", "bm25s", "sqlite"]
ENGINES: tuple[Engine, ...] = get_args(Engine)


def installed(engine: Engine) -> bool:
    """Tell whether what *engine* needs is installed."""
    return engine not in ("tantivy", "bm25s") or find_spec(engine) is not None


def make_peer(engine: Engine) -> Peer:
    """Return the engine called *engine*; raises ImportError when it is not installed."""
    # imported here: each brings its own libraries, and none may weigh on another's figures
    match engine:
        case "coopbot":
            from coopbot.bench.peers.coopbot import Lexical

            return Lexical()
        case "hybrid":
            from coopbot.bench.peers.coopbot import Hybrid

            return Hybrid()
        case "whoosh":
            from coopbot.bench.peers.whoosh import PlainWhoosh

            return PlainWhoosh()
        case "tantivy":
            from coopbot.bench.peers.tantivy import Tantivy

            return Tantivy()
        case "bm25s":
            from coopbot.bench.peers.bm25s import BM25S

            return BM25S()
        case "sqlite":
            from coopbot.bench.peers.sqlite import SqliteFts5

            return SqliteFts5()


def bytes_of(*places: Path) -> int:
    """Return the bytes of all files in *places*."""
    return sum(file.stat().st_size for p in places for file in p.rglob("*") if file.is_file())
