"""`coopbot search`: ask once."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from coopbot.cli.output import echo, echo_json
from coopbot.errors import SettingsError
from coopbot.messages import Texts
from coopbot.messages import texts as say_in
from coopbot.settings import Settings

if TYPE_CHECKING:
    from coopbot.search.answer import Answer

MOST_HITS = 50
DEFAULT_LIMIT = 5
EXACT = "--exact"


def params(say: Texts) -> list[click.Parameter]:
    """Return the parameters of the command."""
    text, date = say("metavar.text"), say("metavar.date")
    default = say("usage.default", value=DEFAULT_LIMIT)
    return [
        click.Argument(["question"], nargs=-1, required=True, metavar=say("metavar.question")),
        click.Option(
            ["--limit"],
            metavar=say("metavar.number"),
            help=f"{say('help.search_limit')} [{default}]",
        ),
        click.Option(["--site"], metavar=text, help=say("help.search_site")),
        click.Option(["--since"], metavar=date, help=say("help.search_since")),
        click.Option(["--until"], metavar=date, help=say("help.search_until")),
        click.Option(["--tag"], metavar=text, help=say("help.search_tag")),
        click.Option([EXACT], is_flag=True, help=say("help.search_exact")),
        click.Option(["--json", "as_json"], is_flag=True, help=say("help.json")),
        click.Option(["--explain"], is_flag=True, help=say("help.search_explain")),
    ]


def run(
    settings: Settings,
    say: Texts,
    question: tuple[str, ...],
    *,
    limit: str | None,
    site: str | None,
    since: str | None,
    until: str | None,
    tag: str | None,
    exact: bool,
    as_json: bool,
    explain: bool,
) -> int:
    """Print the answer to *question*; return 0 when there is one, 1 when there is none."""
    from coopbot.cli.building import open_or_build, renew
    from coopbot.engine.protocol import Filter
    from coopbot.library import Library
    from coopbot.search.question import read_question

    most = _limit(limit)
    where = Filter(site=site, since=_date(since), until=_date(until), tag=tag)
    asked = " ".join(question)
    read_question(asked, settings.language)  # a bad question is refused before anything is built
    library = Library(settings)
    open_or_build(library, say)
    answer = library.ask(asked, limit=most, where=where, exact=exact)
    _print(answer, say_in(answer.language), as_json=as_json, explain=explain)
    sys.stdout.flush()  # whoever waits for the answer has it before the index is made anew
    renew(library, say)
    library.close()
    return 0 if answer.answered else 1


def _print(answer: Answer, say: Texts, *, as_json: bool, explain: bool) -> None:
    if as_json:
        from coopbot.render.data import as_json as values

        echo_json(values(answer, explain=explain))
    elif sys.stdout.isatty():
        from rich.console import Console

        from coopbot.render.terminal import as_terminal

        Console(highlight=False).print(as_terminal(answer, say, explain=explain, way=EXACT))
    else:
        from coopbot.render.plain import as_plain

        echo(as_plain(answer, say, explain=explain, way=EXACT))


def _limit(value: str | None) -> int:
    if value is None:
        return DEFAULT_LIMIT
    if not value.isdecimal() or not 1 <= int(value) <= MOST_HITS:
        raise SettingsError("limit_filter", value=value, most=MOST_HITS)
    return int(value)


def _date(value: str | None) -> str | None:
    from coopbot.article import is_date

    if value is not None and not is_date(value):
        raise SettingsError("date_filter", value=value)
    return value
