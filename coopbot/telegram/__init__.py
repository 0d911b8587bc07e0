"""The Telegram bot: the only home of python-telegram-bot.

`wiring.py` is the table of contents: which message goes to which handler.

    Telegram ──> intake.py ──> wiring.py ──> questions.py, commands.py, buttons.py,
                (written down)      │        inline.py, adding.py, admin.py
                                    │ desk.py: library, state, language
             <── outbox.py <────────┘
                (each message exactly once)
"""

from coopbot.telegram.app import run_bot

__all__ = ["run_bot"]
