"""`coopbot bot`: the Telegram bot."""

from __future__ import annotations

import logging

from coopbot.cli.output import announce, complain
from coopbot.messages import Texts
from coopbot.settings import Settings


def run(settings: Settings, say: Texts) -> int:
    """Run the bot until it is stopped; return 2 with the advice when it has no token."""
    if not settings.secret_token():
        complain(say("bot.no_token").strip())
        return 2
    from coopbot.cli.building import open_or_build, state_mended
    from coopbot.library import Library
    from coopbot.telegram import run_bot

    log = logging.getLogger("coopbot")
    if not log.isEnabledFor(logging.INFO):
        # what administrators do, and what Telegram refuses, is worth a line
        log.setLevel(logging.INFO)
    library = Library(settings)
    open_or_build(library, say)
    library.settle()
    run_bot(
        library,
        settings,
        announce=lambda name: announce(say("bot.ready", name=name)),
        tell=state_mended(say),
    )
    return 0
