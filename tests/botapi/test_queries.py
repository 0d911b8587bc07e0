"""Buttons, inline mode and guest mode."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Message,
)
from telegram.error import BadRequest

from tests.botapi import BotApiServer, NoAnswer
from tests.botapi.conftest import drive, heard, sent

KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Suite", callback_data="next:1")],
        [InlineKeyboardButton("Site", url="https://example.org")],
    ]
)


KEYBOARD_AS_SHOWN = InlineKeyboardMarkup(
    [[KEYBOARD.inline_keyboard[0][0]], [InlineKeyboardButton("Site", url="https://example.org/")]]
)


def test_a_button_is_pressed_and_answered(server: BotApiServer) -> None:
    alice = server.user()
    sent(server, alice.id, reply_markup=KEYBOARD)
    message = server.messages(alice)[0]
    pending = alice.pressing("Suite", message)
    (update,) = heard(server)
    query = update.callback_query
    assert query is not None
    assert (query.data, query.id) == ("next:1", pending.id)
    assert isinstance(query.message, Message)
    assert query.message.reply_markup == KEYBOARD_AS_SHOWN

    async def answer(bot: Bot) -> None:
        await bot.answer_callback_query(pending.id, "Voilà", show_alert=True)
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query(pending.id)

    drive(server, answer)
    assert (pending.wait().text, pending.wait().show_alert) == ("Voilà", True)
    assert len(server.violations) == 1, "answering twice"


def test_buttons_that_cannot_be_pressed(server: BotApiServer) -> None:
    alice = server.user()
    sent(server, alice.id, reply_markup=KEYBOARD)
    message = server.messages(alice)[0]
    with pytest.raises(LookupError, match="no button 'Retour'"):
        alice.pressing("Retour", message)
    with pytest.raises(ValueError, match="sends the bot nothing"):
        alice.pressing("Site", message)
    alice.deletes(message)
    alice.pressing("old:1", message, stale=True)
    (update,) = heard(server)
    assert update.callback_query is not None
    assert update.callback_query.data == "old:1"
    assert update.callback_query.message is not None
    assert not update.callback_query.message.is_accessible


def test_an_old_query_is_not_answered(server: BotApiServer) -> None:
    alice = server.user()
    sent(server, alice.id, reply_markup=KEYBOARD)
    pending = alice.pressing("next:1", server.messages(alice)[0])
    server.clock.advance(server.queries.lifetimes["callback"] + 1)

    async def answer(bot: Bot) -> None:
        with pytest.raises(BadRequest, match="Query is too old"):
            await bot.answer_callback_query(pending.id)

    drive(server, answer)
    assert [r.method for r in server.refusals] == ["answerCallbackQuery"]
    with pytest.raises(NoAnswer):
        pending.wait(0.01)


def test_a_press_waits_for_the_bot(server: BotApiServer) -> None:
    alice = server.user()
    sent(server, alice.id, reply_markup=KEYBOARD)
    message = server.messages(alice)[0]

    async def answer(bot: Bot) -> None:
        (update,) = await bot.get_updates(timeout=5)
        assert update.callback_query is not None
        await update.callback_query.answer("Oui")
        await update.callback_query.edit_message_text("page 2", reply_markup=KEYBOARD)

    with ThreadPoolExecutor() as pool:
        driving = pool.submit(drive, server, answer)
        assert alice.presses("Suite", message).text == "Oui"
        driving.result(5)
    assert (message.text, message.edits) == ("page 2", 1)


def test_inline_results_are_offered_and_chosen(server: BotApiServer) -> None:
    alice = server.user()
    server.bot.inline_feedback = True
    pending = alice.asking_inline("scop", "10")

    async def script(bot: Bot) -> None:
        (update,) = await bot.get_updates()
        query = update.inline_query
        assert query is not None
        assert (query.query, query.offset, query.id) == ("scop", "10", pending.id)
        content = InputTextMessageContent("<b>La Scop</b>", parse_mode="HTML")
        result = InlineQueryResultArticle("a1", "La Scop", content, reply_markup=KEYBOARD)
        button = InlineQueryResultsButton("Plus", start_parameter="scop")
        await query.answer([result], cache_time=5, next_offset="20", button=button)
        with pytest.raises(BadRequest, match="Query is too old"):
            await query.answer([])

    drive(server, script)
    answer = pending.wait()
    assert (answer.next_offset, answer.cache_time, answer.is_personal) == ("20", 5, False)
    assert [(r.id, r.title, r.text) for r in answer.results] == [("a1", "La Scop", "La Scop")]
    message = alice.chooses(answer, "a1", server.group("Ailleurs", alice, bot=False))
    alice.pressing("Suite", message)
    _, chosen, pressed = heard(server)
    assert chosen.chosen_inline_result is not None
    assert chosen.chosen_inline_result.inline_message_id == message.inline_id
    assert pressed.callback_query is not None
    assert pressed.callback_query.inline_message_id == message.inline_id

    async def edit(bot: Bot) -> None:
        assert await bot.edit_message_text("page 2", inline_message_id=message.inline_id) is True

    drive(server, edit)
    assert (message.text, message.buttons) == ("page 2", [])


@pytest.mark.parametrize("place", ["group", "supergroup", "private"])
def test_a_guest_query_is_answered(server: BotApiServer, place: str) -> None:
    alice, bob = server.user(), server.user("Bob")
    group = server.group("Asso", alice, bob, bot=False)
    big = server.supergroup("Asso", alice, bob, bot=False)
    chat = {"group": group, "supergroup": big, "private": server.pair(alice, bob)}[place]
    before = bob.says(chat, "C'est quoi, une Scop ?")
    pending = alice.asking_as_guest(chat, "dis-nous", reply_to=before)

    async def script(bot: Bot) -> None:
        (update,) = await bot.get_updates()
        message = update.guest_message
        assert message is not None
        assert message.text == "@coopbot_test_bot dis-nous"
        assert message.guest_query_id == pending.id
        assert message.chat.id == chat.id
        assert message.reply_to_message is not None
        content = InputTextMessageContent("<i>Une société</i>", parse_mode="HTML")
        result = InlineQueryResultArticle("a", "Scop", content)
        guest = await message.answer_guest_query(result)
        await bot.edit_message_text("Voilà", inline_message_id=guest.inline_message_id)
        with pytest.raises(BadRequest, match="Query is too old"):
            await message.answer_guest_query(result)

    drive(server, script)
    answer = pending.wait().message
    assert (answer.text, answer.guest_caller) == ("Voilà", alice)
    assert server.reply_to(server.messages(chat)[1]) is answer
    assert answer.chat is chat


def test_guests_are_guests(server: BotApiServer) -> None:
    alice = server.user()
    group = server.group("Asso", alice)
    with pytest.raises(ValueError, match="no guest"):
        alice.asking_as_guest(group, "x")
    server.bot.supports_guest_queries = False
    alice.removes_bot(group)
    with pytest.raises(ValueError, match="no guest queries"):
        alice.asking_as_guest(group, "x")
