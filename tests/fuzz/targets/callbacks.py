"""Buttons: what they carry, forged."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from coopbot.dialogue import Thread
from coopbot.messages import texts
from coopbot.render import telegram
from coopbot.telegram import keyboards
from coopbot.telegram.callbacks import MAX_BYTES, pack, unpack
from tests.botapi.html import parse as parse_html
from tests.fuzz.draw import text_of
from tests.fuzz.small import dialogue

_SAY = texts("fr")
_REAL = b"TOKEN"  # stands for the token of an answer there is


def seeds() -> Sequence[bytes]:
    """Return what the bot's own buttons carry."""
    return [
        b"page:TOKEN:3",
        b"page:TOKEN.:0",
        b"read:TOKEN:1:0",
        b"related:TOKEN:1:0",
        b"meant:TOKEN",
        b"typed:TOKEN.",
        b"topic:emploi",
        b"unalert:12",
        b"read:TOKEN:9999999999999999999:-1",
        "page:TOKEN:٣".encode(),
        b":::",
    ]


def check(data: bytes) -> None:
    """Check what becomes of a button that carries *data*, whichever it is."""
    carried = text_of(data.replace(_REAL, _token().encode())).encode("utf-8", "replace").decode()
    callback = unpack(carried)
    if len(carried.encode()) <= MAX_BYTES:
        assert pack(callback.verb, *callback.arguments) == carried
    numbers = [callback.number(at) for at in range(4)]
    assert all(-1 <= number < 2**63 for number in numbers)
    token, number = callback.text(0), callback.number(1)
    conversation = dialogue()
    page = conversation.page(token, number)
    if page is not None:
        parse_html(telegram.page(page, _SAY))
        keyboards.for_page(page, _SAY)
    passage = conversation.passage(token, number)
    if passage is not None:
        parse_html(telegram.passage(passage, _SAY))
    related = conversation.related(token, number)
    if related is not None:
        parse_html(telegram.related(related, _SAY))
    conversation.suggestion(token)
    conversation.as_typed(token)
    known = conversation.vote(token, 1, -1)
    assert conversation.report(token, 1) == known


@cache
def _token() -> str:
    return dialogue().ask(Thread(), "comment créer une Scic ?", "fr")[1].token
