"""Click in the language of the person: help pages and usage errors."""

from __future__ import annotations

import re
from collections.abc import Sequence

import click

from coopbot.messages import Texts

# click has no class of its own for these words; the tests notice when it says them otherwise
_EXTRA = re.compile(r"unexpected extra arguments? \((.*)\)")


class _Localised(click.Command):
    """What commands and the program itself share; `say` holds the sentences."""

    say: Texts
    notes: Sequence[tuple[str, str]] = ()

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=f"{self.say('usage.title')} ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the arguments and the options."""
        if self.notes:
            with formatter.section(self.say("usage.arguments")):
                formatter.write_dl(self.notes)
        options = [p for p in self.get_params(ctx) if isinstance(p, click.Option)]
        records = [r for option in options if (r := option.get_help_record(ctx)) is not None]
        if records:
            with formatter.section(self.say("usage.options")):
                formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option --help with its help in the right language."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = self.say("usage.help_option")
        return option


class LocalisedCommand(_Localised):
    """A command; *notes* describe its arguments."""

    def __init__(
        self,
        name: str,
        say: Texts,
        notes: Sequence[tuple[str, str]] = (),
        *,
        help: str,
        params: Sequence[click.Parameter],
        callback: object,
    ) -> None:
        self.say = say
        self.notes = notes
        super().__init__(
            name,
            help=_unwrapped_examples(help),
            params=list(params),
            callback=callback,  # type: ignore[arg-type]
            options_metavar=say("usage.options_metavar"),
        )


class LocalisedGroup(_Localised, click.Group):
    """The program: the group of all commands."""

    def __init__(
        self,
        name: str,
        say: Texts,
        commands: Sequence[click.Command],
        *,
        help: str,
        params: Sequence[click.Parameter],
        callback: object,
    ) -> None:
        self.say = say
        super().__init__(
            name,
            help=_unwrapped_examples(help),
            params=list(params),
            callback=callback,
            commands=list(commands),
            options_metavar=say("usage.options_metavar"),
            subcommand_metavar=say("usage.command_metavar"),
            no_args_is_help=True,
        )

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the commands, in the order they were given."""
        rows = [(name, self.commands[name].get_short_help_str(limit=200)) for name in self.commands]
        with formatter.section(self.say("usage.commands")):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands in the order they were given."""
        return list(self.commands)


def _unwrapped_examples(text: str) -> str:
    """Mark the indented lines of *text* so that click leaves their breaks alone."""
    return text.strip().replace("\n\n  ", "\n\n\b\n  ")


def usage_error(error: click.ClickException, say: Texts, arguments: Sequence[str]) -> str:
    """Return what to say of *error* in *arguments*, and where to read on."""
    message = _message(error, say)
    context = getattr(error, "ctx", None)
    # click forgets the command when an option lacks its value; it is the first word
    known = [a for a in arguments[:1] if not a.startswith("-")]
    command = context.command_path if context else " ".join(["coopbot", *known])
    return f"{message} {say('usage.hint', command=command)}"


def _message(error: click.ClickException, say: Texts) -> str:
    if isinstance(error, click.exceptions.NoSuchCommand):
        message = say("usage.no_such_command", name=error.command_name)
        return message + _candidates(error.possibilities, say)
    if isinstance(error, click.NoSuchOption):
        message = say("usage.no_such_option", name=error.option_name)
        return message + _candidates(error.possibilities, say)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return say("usage.missing", name=error.param.metavar or error.param.name)
    if isinstance(error, click.BadOptionUsage):
        takes_none = "does not take a value" in error.format_message()
        key = "no_value" if takes_none else "needs_value"
        return say(f"usage.{key}", name=error.option_name)
    extra = _EXTRA.search(error.format_message())
    if extra is not None:
        return say("usage.unexpected_arguments", arguments=extra[1])
    if "Missing command" in error.format_message():
        return say("usage.missing_command")
    return error.format_message()


def _candidates(possibilities: Sequence[str] | None, say: Texts) -> str:
    if not possibilities:
        return ""
    return " " + say("usage.did_you_mean", candidates=", ".join(sorted(possibilities)))
