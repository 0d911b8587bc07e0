"""Which update goes to which handler: one line each. The first that fits takes it."""

from __future__ import annotations

from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from coopbot.telegram.adding import ADDRESS, Adding
from coopbot.telegram.admin import Administration
from coopbot.telegram.buttons import Buttons
from coopbot.telegram.commands import Commands
from coopbot.telegram.desk import Desk
from coopbot.telegram.inline import Elsewhere
from coopbot.telegram.intake import Intake
from coopbot.telegram.menu import names
from coopbot.telegram.questions import Answering

AnyApplication = Application[Any, Any, Any, Any, Any, Any]

# What Telegram is asked to send.
UPDATES = ("message", "edited_message", "callback_query", "inline_query", "guest_message")

_LAST = 99  # the group of handlers that comes after all others


def wire(application: AnyApplication, desk: Desk, intake: Intake) -> None:
    """Give *application* its handlers."""
    answering = Answering(desk)
    commands = Commands(desk, answering)
    adding = Adding(desk)
    admin = Administration(desk, adding)
    elsewhere = Elsewhere(desk)
    buttons = Buttons(desk, admin.buttons())
    fresh = filters.UpdateType.MESSAGE
    either = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE
    attached = filters.Document.ALL & filters.CaptionRegex(r"^/(ajouter|add)\b")
    administrators = filters.User(desk.settings.telegram_admins)
    address = administrators & filters.ChatType.PRIVATE & filters.Regex(ADDRESS)
    question = filters.TEXT & ~filters.COMMAND

    for handler in (
        MessageHandler(filters.UpdateType.GUEST_MESSAGE, elsewhere.guest),
        CommandHandler(names("start"), commands.start, fresh),
        CommandHandler(names("aide"), commands.help, fresh),
        CommandHandler(names("chercher"), commands.search, either),
        CommandHandler(names("sujets"), commands.topics, fresh),
        CommandHandler(names("nouveautes"), commands.news, fresh),
        CommandHandler(names("alerte"), commands.alert, fresh),
        CommandHandler(names("langue"), commands.language, fresh),
        CommandHandler(names("confidentialite"), commands.privacy, fresh),
        CommandHandler(names("oubliermoi"), commands.forget, fresh),
        CommandHandler(names("ajouter"), adding.add, fresh),
        MessageHandler(fresh & attached, adding.add),
        MessageHandler(fresh & address, adding.add),
        CommandHandler(names("supprimer"), admin.delete, fresh),
        CommandHandler(names("reindexer"), admin.reindex, fresh),
        CommandHandler(names("stats"), admin.stats, fresh),
        CommandHandler(names("manques"), admin.gaps, fresh),
        CallbackQueryHandler(buttons.press),
        InlineQueryHandler(elsewhere.inline),
        MessageHandler(either & question, answering.message),
        MessageHandler(fresh & filters.COMMAND & filters.ChatType.PRIVATE, commands.unknown),
    ):
        application.add_handler(handler)
    application.add_handler(TypeHandler(Update, intake.finish), group=_LAST)
