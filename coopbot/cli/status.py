"""`coopbot status`: what is in the corpus and the index, and what is stale."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from coopbot.cli.output import echo, echo_json
from coopbot.messages import Texts
from coopbot.settings import Settings


def params(say: Texts) -> list[click.Parameter]:
    """Return the parameters of the command."""
    return [click.Option(["--json", "as_json"], is_flag=True, help=say("help.json"))]


def run(settings: Settings, say: Texts, *, as_json: bool) -> int:
    """Print the state of things; return 0 when the index is up to date, 1 when it is not."""
    found = _look(settings)
    if as_json:
        echo_json(found)
    else:
        for label, value in _rows(found, say):
            echo(f"{label:<12} {value}")
    return 0 if found["up_to_date"] else 1


def _look(settings: Settings) -> dict[str, Any]:
    from coopbot.errors import ArticleError, IndexMissing, IndexOutdated
    from coopbot.fingerprint import usable
    from coopbot.indexing import Action, compare, stored
    from coopbot.integrity import damaged_files
    from coopbot.library import Library
    from coopbot.search.replacements import Replacements

    library = Library(settings)
    with suppress(IndexMissing, IndexOutdated):
        library.generation()  # an index that cannot be looked at is an error, said before all else
    entries = list(library.corpus.entries())
    readable = [entry for entry in entries if not isinstance(entry, ArticleError)]
    unreadable = len(entries) - len(readable)
    wrong = sum(1 for _ in Replacements(map(stored, readable)).errors())
    found: dict[str, Any] = {
        "corpus": str(settings.corpus),
        "articles": len(readable),
        "unreadable": unreadable,
        "wrong_replacements": wrong,
        "index": str(settings.index),
        "index_bytes": _size(settings.index),
        "encoder": library.encoder.name,
        "indexed": None,
        "damaged": [],
        "pending": len(readable),
        "up_to_date": False,
    }
    try:
        found["damaged"] = [str(p) for p in damaged_files(library.generations, library.vectors())]
        generation = library.generation()
    except IndexMissing:
        return found
    except IndexOutdated:
        return found | {"outdated": True}
    manifest = generation.manifest
    plan = compare(library.corpus, dict(manifest.articles))
    pending = sum(change.action is not Action.SKIPPED for change in plan.changes)
    outdated = not usable(generation, library.vectors())
    return found | {
        "indexed": len(manifest.articles),
        "passages": manifest.passages,
        "made": manifest.made,
        "outdated": outdated,
        "pending": pending,
        "up_to_date": not (pending or outdated or unreadable or found["damaged"]),
    }


def _rows(found: dict[str, Any], say: Texts) -> list[tuple[str, str]]:
    corpus = say("status.corpus_value", count=found["articles"], path=found["corpus"])
    rows = [(say("status.corpus"), corpus)]
    if found["unreadable"]:
        rows.append(("", say("status.unreadable", count=found["unreadable"])))
    if found["wrong_replacements"]:
        rows.append(("", say("status.wrong_replacements", count=found["wrong_replacements"])))
    rows.append((say("status.index"), _index(found, say)))
    if found["pending"]:
        pending = say("status.pending_value", count=found["pending"])
        rows.append((say("status.pending"), pending))
    elif found["up_to_date"]:
        rows.append((say("status.pending"), say("status.pending_none")))
    megabytes = f"{found['index_bytes'] / 1e6:.0f}"
    size = say("status.size_value", megabytes=megabytes, path=found["index"])
    return [*rows, (say("status.encoder"), found["encoder"]), (say("status.size"), size)]


def _index(found: dict[str, Any], say: Texts) -> str:
    if found["damaged"]:
        return say("status.index_damaged", path=", ".join(found["damaged"]))
    if found.get("outdated"):
        return say("status.index_outdated")
    if found["indexed"] is None:
        return say("status.index_none")
    return say(
        "status.index_value",
        articles=found["indexed"],
        passages=found["passages"],
        made=found["made"].replace("T", " ").removesuffix("+00:00") + " UTC",
    )


def _size(folder: Path) -> int:
    """Return the bytes that *folder* takes on disk, hard links counted once."""
    files = (path.stat() for path in folder.rglob("*") if path.is_file())
    return sum({(s.st_dev, s.st_ino): s.st_size for s in files}.values())
