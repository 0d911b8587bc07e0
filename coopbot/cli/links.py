"""`coopbot links`: which links died, and where their archived copies are."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from coopbot.cli.output import echo, echo_json
from coopbot.messages import Texts
from coopbot.settings import Settings

if TYPE_CHECKING:
    from coopbot.ingest.links import Checked
    from coopbot.library import Library


def params(say: Texts) -> list[click.Parameter]:
    """Return the parameters of the command."""
    return [
        click.Option(["--dry-run"], is_flag=True, help=say("help.links_dry_run")),
        click.Option(["--json", "as_json"], is_flag=True, help=say("help.json")),
    ]


def run(settings: Settings, say: Texts, *, dry_run: bool, as_json: bool) -> int:
    """Look at the links; return 0 when none is dead, 1 when one is."""
    from coopbot.cli.building import refresh_with_progress
    from coopbot.cli.progress import progress
    from coopbot.ingest.links import Life, record
    from coopbot.library import Library

    library = Library(settings)
    if not dry_run:
        library.corpus.check_ours()
    done = 0
    with progress(say("links.progress")) as advance:

        def tell(checked: Checked) -> None:
            nonlocal done
            done += 1
            advance(checked.address, done, None)
            if as_json:
                echo_json(_as_json(checked, say))

        found = asyncio.run(_check(library, say, tell))
    changed = [] if dry_run else record(library.corpus, found)
    if changed:
        refresh_with_progress(library, say)
    counts = Counter(str(checked.life) for checked in found)
    values = {str(life): counts[life] for life in Life} | {"changed": len(changed)}
    if as_json:
        echo_json({"action": "done", **values})
    else:
        for checked in sorted(found, key=lambda c: (c.life != Life.DEAD, c.paths, c.address)):
            if checked.life is not Life.ALIVE:
                echo(_line(checked, say))
        echo(say("links.done", **values))
    return 1 if counts[Life.DEAD] else 0


async def _check(library: Library, say: Texts, tell: Callable[[Checked], None]) -> list[Checked]:
    from coopbot.cli.building import open_state
    from coopbot.ingest.links import Archives, Checker
    from coopbot.ingest.opening import open_getter
    from coopbot.state.links import Links

    settings = library.settings
    database = open_state(library, say)
    found = []
    try:
        async with open_getter(settings, library.now()) as getter:
            archives = Archives(settings.wayback, settings.memento)
            checker = Checker(library.corpus, getter, Links(database), archives, library.now)
            async for checked in checker.check():
                found.append(checked)
                tell(checked)
    finally:
        database.close()
    return found


def _line(checked: Checked, say: Texts) -> str:
    reason = checked.error.text(say.language) if checked.error else ""
    copy = ""
    if checked.copy:
        copy = say("search.archived", link=checked.copy)
    elif checked.archive_error:
        copy = say("links.no_archive", reason=checked.archive_error.text(say.language))
    elif checked.life == "dead":
        copy = say("links.no_copy")
    about = " · ".join(part for part in (", ".join(checked.paths), reason, copy) if part)
    return f"{say(f'links.{checked.life}')} {checked.address} — {about}"


def _as_json(checked: Checked, say: Texts) -> dict[str, Any]:
    values: dict[str, Any] = {
        "address": checked.address,
        "action": str(checked.life),
        "paths": list(checked.paths),
    }
    if checked.error is not None:
        values |= {"reason": checked.error.key, "error": checked.error.text(say.language)}
    if checked.life == "dead":
        values["archive_url"] = checked.copy
    return values
