"""`coopbot bot`: the Telegram bot."""

from __future__ import annotations

from coopbot.cli.output import echo
from coopbot.messages import Texts
from coopbot.settings import Settings


def run(settings: Settings, say: Texts) -> int:
    """Run the bot until it is stopped; return 2 with the advice when it has no token."""
    if not settings.telegram_token:
        echo(say("bot.no_token").strip(), err=True)
        return 2
    from coopbot.cli.building import open_or_build, state_mended
    from coopbot.library import Library
    from coopbot.telegram import run_bot

    library = Library(settings)
    open_or_build(library, say)
    run_bot(
        library,
        settings,
        announce=lambda name: echo(say("bot.ready", name=name), err=True),
        tell=state_mended(say),
    )
    return 0
