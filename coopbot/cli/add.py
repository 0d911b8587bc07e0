"""`coopbot add`: addresses and files into the corpus, and into the index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopbot.cli.output import echo, echo_json
from coopbot.errors import IngestError, SettingsError
from coopbot.messages import Texts
from coopbot.settings import Settings

if TYPE_CHECKING:
    from coopbot.ingest.intake import Offer
    from coopbot.ingest.shelf import Outcome


def params(say: Texts) -> list[click.Parameter]:
    """Return the parameters of the command."""
    return [
        click.Argument(["sources"], nargs=-1, required=True, metavar=say("metavar.sources")),
        click.Option(["--dry-run"], is_flag=True, help=say("help.add_dry_run")),
        click.Option(["--url"], metavar=say("metavar.address"), help=say("help.add_url")),
        click.Option(["--careful"], is_flag=True, help=say("help.add_careful")),
        click.Option(
            ["--accept", "languages"],
            multiple=True,
            metavar=say("metavar.code"),
            help=say("help.add_accept"),
        ),
        click.Option(
            ["--tag", "tags"], multiple=True, metavar=say("metavar.text"), help=say("help.add_tag")
        ),
        click.Option(["--warc"], metavar=say("metavar.folder"), help=say("help.warc")),
        click.Option(["--json", "as_json"], is_flag=True, help=say("help.json")),
    ]


def run(
    settings: Settings,
    say: Texts,
    sources: tuple[str, ...],
    *,
    dry_run: bool,
    url: str | None,
    careful: bool,
    languages: tuple[str, ...],
    tags: tuple[str, ...],
    warc: str | None,
    as_json: bool,
) -> int:
    """Add *sources*; return 0 when all of it is in the corpus, 1 when something was not wanted."""
    from coopbot.cli import outcomes as show
    from coopbot.cli.building import refresh_with_progress
    from coopbot.cli.progress import progress
    from coopbot.ingest.intake import Wishes
    from coopbot.library import Library

    offers = [_offer(source, url, alone=len(sources) == 1) for source in sources]
    wishes = Wishes(languages=("fr", *languages), careful=careful, tags=tags)
    library = Library(settings)
    if not dry_run:
        library.corpus.check_ours()
    told: list[Outcome] = []
    with progress(say("add.progress")) as advance:

        def tell(outcome: Outcome) -> None:
            told.append(outcome)
            advance(outcome.offered, len(told), None)
            if as_json:
                echo_json(show.as_json(outcome, say))

        outcomes = library.take_in(
            offers, wishes, dry_run=dry_run, tell=tell, warc=Path(warc) if warc else None
        )
    if not as_json:
        for outcome in outcomes:
            echo(show.line(outcome, say, dry_run=dry_run))
            if dry_run and (card := show.preview(outcome, say)):
                echo(card)
    counts = show.counts(outcomes)
    # also when nothing changed: a run before this one may have been interrupted before it came here
    there = any(outcome.path for outcome in outcomes) and not dry_run
    report = refresh_with_progress(library, say) if there else None
    if as_json:
        articles = {"articles": report.articles} if report else {}
        echo_json({"action": "done", **counts, **articles})
    else:
        key = "add.would" if dry_run else "add.done"
        echo(say(key, **counts))
        if report:
            echo(say("add.indexed", articles=report.articles))
    # a line of a file that is no article is no failure of the file
    unwanted = {o.offered for o in outcomes if o.error is not None}
    return 1 if unwanted - {o.offered for o in outcomes if o.error is None} else 0


def _offer(source: str, url: str | None, *, alone: bool) -> Offer:
    """Return what *source* on the command line stands for; raises IngestError, SettingsError."""
    from coopbot.article import canonical_url
    from coopbot.ingest.importers import MAX_BYTES
    from coopbot.ingest.intake import File

    if url is not None and (not alone or _is_address(source)):
        raise SettingsError("add_url_alone")
    if _is_address(source):
        return source
    if url is not None:
        try:
            url = canonical_url(url)
        except ValueError as error:
            raise SettingsError("address", value=url) from error
    path = Path(source)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise IngestError("file_too_large", name=source, limit=f"{MAX_BYTES / 1e6:.0f}")
        return File(path.name, path.read_bytes(), url)
    except FileNotFoundError as error:
        raise IngestError("file_missing", name=source) from error
    except IsADirectoryError as error:
        raise IngestError("file_is_folder", name=source) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "\\0"
        raise IngestError("file_unreadable", name=source, reason=reason) from error


def _is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))
