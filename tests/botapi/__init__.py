"""A loopback Telegram Bot API server, to drive the real bot and to judge what it does."""

from tests.botapi.api import Call, Violation
from tests.botapi.markup import Button
from tests.botapi.model import Chat, Message, Topic
from tests.botapi.pending import CallbackAnswer, GuestAnswer, InlineAnswer, InlineResult, NoAnswer
from tests.botapi.people import User
from tests.botapi.server import TEST_BOT, BotApiServer

__all__ = [
    "TEST_BOT",
    "BotApiServer",
    "Button",
    "Call",
    "CallbackAnswer",
    "Chat",
    "GuestAnswer",
    "InlineAnswer",
    "InlineResult",
    "Message",
    "NoAnswer",
    "Topic",
    "User",
    "Violation",
]
