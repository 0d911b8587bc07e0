"""`coopbot status`: what there is, and in words what is stale or failing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coopbot.cli.output import echo, echo_json
from coopbot.messages import Texts
from coopbot.settings import Settings

if TYPE_CHECKING:
    from coopbot.cli.condition import Condition


def params(say: Texts) -> list[click.Parameter]:
    """Return the parameters of the command."""
    return [click.Option(["--json", "as_json"], is_flag=True, help=say("help.json"))]


def run(settings: Settings, say: Texts, *, as_json: bool) -> int:
    """Print the state of things; return 0 when all is well, 1 when something is not."""
    from coopbot.cli.condition import look
    from coopbot.library import utc_now

    found = _look(settings)
    condition = look(settings, say, utc_now())
    if as_json:
        problems = [{"kind": p.kind, "text": p.text} for p in condition.problems]
        echo_json({**found, **condition.facts, "problems": problems})
    else:
        for label, value in (*_rows(found, say), *_more_rows(condition, say)):
            echo(f"{label:<12} {value}")
    return 0 if found["up_to_date"] and not condition.problems else 1


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
        vectors, engine = library.vectors(), library.storage.name
        found["damaged"] = [str(p) for p in damaged_files(library.generations, vectors, engine)]
        generation = library.generation()
    except IndexMissing:
        return found
    except IndexOutdated:
        return found | {"outdated": True}
    manifest = generation.manifest
    plan = compare(library.corpus, manifest, entries)
    pending = sum(change.action is not Action.SKIPPED for change in plan.changes)
    outdated = not usable(generation, library.vectors(), library.storage.name)
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


def _more_rows(condition: Condition, say: Texts) -> Iterator[tuple[str, str]]:
    facts = condition.facts
    if facts.get("state_former"):
        yield say("status.state"), say("status.state_former")
    if facts.get("unanswered"):
        yield say("status.gaps"), say("status.gaps_value", count=facts["unanswered"])
    if facts.get("visited"):
        made = facts["visited"].replace("T", " ").removesuffix("+00:00") + " UTC"
        yield say("status.sources"), say("status.sources_value", count=facts["sources"], made=made)
    if facts.get("bot") == "well":
        yield say("status.bot"), say("status.bot_well")
    for problem in condition.problems:
        yield say("status.problem"), problem.text


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
