"""The commands, in both languages, and what Telegram shows of the bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from coopbot.messages import LANGUAGES, Language, texts
from coopbot.telegram.outbox import persist

# French name to English name; the French one names the sentence in messages/*.toml.
EVERYBODY = {
    "start": "start",
    "aide": "help",
    "chercher": "search",
    "sujets": "topics",
    "nouveautes": "news",
    "alerte": "alert",
    "langue": "language",
    "confidentialite": "privacy",
    "oubliermoi": "forgetme",
}
ADMINISTRATORS = {
    "ajouter": "add",
    "supprimer": "delete",
    "reindexer": "reindex",
    "stats": "stats",
    "manques": "gaps",
}
IN_GROUPS = ("chercher", "aide")


def names(command: str) -> list[str]:
    """Return all names of *command*, given by its French one."""
    return list(dict.fromkeys([command, (EVERYBODY | ADMINISTRATORS)[command]]))


def commands(language: Language, which: dict[str, str]) -> list[BotCommand]:
    """Return *which* commands with names and descriptions in *language*."""
    say = texts(language)
    return [
        BotCommand(french if language == "fr" else english, say(f"commands.{french}"))
        for french, english in which.items()
    ]


async def publish(bot: Bot, administrators: tuple[int, ...]) -> list[TelegramError]:
    """Tell Telegram the commands and descriptions; return what it refused, which is no disaster.

    Without language code the French ones, which everybody else gets; English for English.
    """
    refused: list[TelegramError] = []
    groups = {name: EVERYBODY[name] for name in IN_GROUPS}
    for language in LANGUAGES:
        code = None if language == "fr" else language
        say = texts(language)
        everybody = commands(language, EVERYBODY)
        everything = commands(language, EVERYBODY | ADMINISTRATORS)
        private, group = BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats()
        calls: list[Callable[[], Awaitable[bool]]] = [
            partial(bot.set_my_commands, everybody, private, code),
            partial(bot.set_my_commands, commands(language, groups), group, code),
            partial(bot.set_my_description, say("bot.description"), code),
            partial(bot.set_my_short_description, say("bot.short_description"), code),
            *(
                partial(bot.set_my_commands, everything, BotCommandScopeChat(admin), code)
                for admin in administrators
            ),
        ]
        for call in calls:
            try:
                await persist(call)
            except TelegramError as error:
                refused.append(error)
    return refused
