"""The command line: commands, printing, exit codes.

0 answered or done, 1 nothing relevant or not up to date, 2 usage or environment, 130 interrupted.
Modules of commands are small and import what they need when they run: `--help` is immediate.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise

import click

from coopbot.cli import logs
from coopbot.cli.localised import usage_error
from coopbot.cli.output import accept_any_text, complain, echo
from coopbot.cli.program import build
from coopbot.errors import CoopbotError, SettingsError
from coopbot.messages import DEFAULT_LANGUAGE, Language, Texts, is_language, texts

EXIT_OK, EXIT_ERROR, EXIT_INTERRUPTED = 0, 2, 130


def main(
    arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ
) -> int:
    """Run the command that *arguments* name and return the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    say = texts(_language(arguments, environment))
    debug = "--debug" in arguments
    logs.set_up(debug=debug, as_json="--log-json" in arguments)
    accept_any_text()
    try:
        code = build(say, environment).main(arguments, prog_name="coopbot", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.NoArgsIsHelpError as page:
        echo(page.format_message())
        return EXIT_OK
    except (BrokenPipeError, SystemExit):  # `coopbot search … | head`: the reader has had enough
        _stop_writing()
        return EXIT_OK
    except (KeyboardInterrupt, click.Abort):
        complain(say("usage.error", message=say("errors.interrupted")))
        return EXIT_INTERRUPTED
    except Exception as error:
        if debug and not isinstance(error, click.ClickException):
            logging.exception("stopped")
        complain(say("usage.error", message=_said(error, arguments, say)))
        return EXIT_ERROR
    return code if isinstance(code, int) else EXIT_OK


def _said(error: Exception, arguments: Sequence[str], say: Texts) -> str:
    """Return the sentence for *error*."""
    if isinstance(error, CoopbotError):
        return error.text(say.language)
    if isinstance(error, click.ClickException):
        return usage_error(error, say, arguments)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        _stop_writing()
        return say("errors.output", reason=error.strerror)
    return say("errors.unexpected", error=f"{type(error).__name__}: {error}")


def _stop_writing() -> None:
    """Let what is left in the buffer of stdout go nowhere, or Python would try again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _language(arguments: Sequence[str], environment: Mapping[str, str]) -> Language:
    """Return the interface's language before anything is parsed, for the help texts."""
    from pathlib import Path

    from coopbot.settings import Settings

    flags = dict(pairwise(arguments))
    flags |= dict(a.split("=", 1) for a in arguments if a.startswith("--") and "=" in a)
    wanted = flags.get("--language")
    config = flags.get("--config")
    if wanted is not None and is_language(wanted):
        return wanted
    try:
        return Settings.load({}, environment, Path(config) if config else None).language
    except SettingsError:  # said by the command itself, in the default language
        return DEFAULT_LANGUAGE
