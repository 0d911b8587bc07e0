"""The Telegram bot: the only home of python-telegram-bot."""

from coopbot.telegram.bot import run_bot

__all__ = ["run_bot"]
