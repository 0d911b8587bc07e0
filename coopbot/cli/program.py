"""The program's commands and the options they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from coopbot import __version__
from coopbot.cli import (
    add,
    backup,
    bench,
    bot,
    chat,
    crawl,
    index,
    init,
    links,
    search,
    status,
)
from coopbot.cli import eval as evaluation
from coopbot.cli.localised import LocalisedCommand, LocalisedGroup
from coopbot.messages import LANGUAGES, Texts
from coopbot.settings import Settings

_SHARED = ("corpus", "index", "state", "config", "language", "debug", "log_json")


def build(say: Texts, environment: Mapping[str, str]) -> LocalisedGroup:
    """Return the program, its texts in the language of *say*.

    The shared options may stand before the command or after it.
    """

    def command(
        name: str,
        run: Callable[..., int],
        params: list[click.Parameter],
        *,
        help_key: str | None = None,
        notes: list[tuple[str, str]] | None = None,
    ) -> LocalisedCommand:
        def callback(**values: Any) -> int:
            ctx = click.get_current_context()
            given = {k: v for k in _SHARED if (v := values.pop(k)) not in (None, False)}
            shared = (ctx.obj or {}) | given
            for read_before in ("debug", "log_json"):
                shared.pop(read_before, None)
            config = shared.pop("config", None)
            settings = Settings.load(shared, environment, Path(config) if config else None)
            return run(settings, say, **values)

        return LocalisedCommand(
            name,
            say,
            notes or [],
            help=say(f"help.{help_key or name}"),
            params=[*params, *_shared_options(say)],
            callback=callback,
        )

    def program(**values: Any) -> None:
        given = {name: value for name, value in values.items() if value not in (None, False)}
        click.get_current_context().obj = given

    question = [(say("metavar.question"), say("help.search_question"))]
    folder = [(say("metavar.optional_folder"), say("help.eval_folder"))]
    collections = [(say("metavar.optional_folders"), say("help.bench_folders"))]
    copied = [(say("metavar.optional_folder"), say("help.init_folder"))]
    offered = [(say("metavar.sources"), say("help.add_sources"))]
    named = [(say("metavar.names"), say("help.crawl_names"))]
    commands = [
        command("search", search.run, search.params(say), notes=question),
        command("index", index.run, index.params(say), help_key="index_command"),
        command("add", add.run, add.params(say), notes=offered),
        command("crawl", crawl.run, crawl.params(say), notes=named),
        command("links", links.run, links.params(say)),
        command("status", status.run, status.params(say)),
        command("eval", evaluation.run, evaluation.params(say), notes=folder),
        command("bench", bench.run, bench.params(say), notes=collections),
        command("chat", chat.run, []),
        command("bot", bot.run, []),
        command("init", init.run, init.params(say), notes=copied),
        command("backup", backup.back_up, backup.params(say)),
        command("restore", backup.restore, backup.params(say)),
    ]
    return LocalisedGroup(
        "coopbot",
        say,
        commands,
        help=say("help.main"),
        params=[*_shared_options(say), _version_option(say)],
        callback=program,
    )


def _shared_options(say: Texts) -> list[click.Parameter]:
    folder, file = say("metavar.folder"), say("metavar.file")
    return [
        click.Option(["--corpus"], metavar=folder, help=say("help.corpus")),
        click.Option(["--index"], metavar=folder, help=say("help.index")),
        click.Option(["--state"], metavar=folder, help=say("help.state")),
        click.Option(["--config"], metavar=file, help=say("help.config")),
        click.Option(["--language"], metavar="|".join(LANGUAGES), help=say("help.language")),
        click.Option(["--debug"], is_flag=True, help=say("help.debug")),
        click.Option(["--log-json"], is_flag=True, help=say("help.log_json")),
    ]


def _version_option(say: Texts) -> click.Parameter:
    def show(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
        if value and not ctx.resilient_parsing:
            click.echo(f"coopbot {__version__}")
            ctx.exit()

    return click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=show,
        help=say("usage.version_option"),
    )
