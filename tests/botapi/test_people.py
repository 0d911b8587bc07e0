"""People in private, and what the bot does to their messages."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MessageEntity,
)
from telegram.error import BadRequest, NetworkError

from tests.botapi import BotApiServer
from tests.botapi.conftest import drive, heard, sent, texts

KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Suite", callback_data="next:1")],
        [InlineKeyboardButton("Site", url="https://example.org")],
    ]
)


def test_a_person_speaks_in_private(server: BotApiServer) -> None:
    alice = server.user("Alice", "fr", username="alice")
    asked = alice.says(alice.private, "Voir /aide ou @coopbot_test_bot sur example.org, 🌾 !")
    (update,) = heard(server)
    message = update.message
    assert message is not None
    assert message.from_user is not None
    assert message.from_user.language_code == "fr"
    assert (message.message_id, message.chat.id, message.text) == (asked.id, alice.id, asked.text)
    seen = {entity.type: part for entity, part in message.parse_entities().items()}
    assert seen == {
        MessageEntity.BOT_COMMAND: "/aide",
        MessageEntity.MENTION: "@coopbot_test_bot",
        MessageEntity.URL: "example.org",
    }


def test_a_person_starts_by_a_deep_link(server: BotApiServer) -> None:
    zoe = server.user("Zoé", started=False)
    zoe.starts("article_12-a")
    assert texts(server) == ["/start article_12-a"]
    for payload in ("é", "a b", "x" * 65):
        with pytest.raises(ValueError, match="deep link"):
            zoe.starts(payload)
    sent(server, zoe.id)


def test_an_edit_is_told(server: BotApiServer) -> None:
    alice = server.user()
    message = alice.edits(alice.says(alice.private, "scpo"), "scop")
    first, second = heard(server)
    assert first.message is not None
    assert second.edited_message is not None
    assert second.edited_message.text == "scop"
    assert (message.edits, message.versions) == (1, ["scpo", "scop"])


def test_editing(server: BotApiServer) -> None:
    alice = server.user()
    asked = alice.says(alice.private, "scop")

    async def script(bot: Bot) -> None:
        chat = alice.id
        message = await bot.send_message(chat, "<b>un</b>", parse_mode="HTML")
        number = message.message_id
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_text("<b>un </b>", chat, number, parse_mode="HTML")
        await bot.edit_message_text("un", chat, number, reply_markup=KEYBOARD)
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_text("un", chat, number, reply_markup=KEYBOARD)
        await bot.edit_message_reply_markup(chat, number)
        with pytest.raises(BadRequest, match="Message can't be edited"):
            await bot.edit_message_text("deux", chat, asked.id)
        await bot.delete_message(chat, number)
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await bot.edit_message_text("deux", chat, number)
        with pytest.raises(BadRequest, match="Message to delete not found"):
            await bot.delete_message(chat, number)
        await bot.delete_message(chat, asked.id)
        assert await bot.set_message_reaction(chat, (await bot.send_message(chat, "x")).id, "👍")
        with pytest.raises(BadRequest, match="Reaction_invalid"):
            await bot.set_message_reaction(chat, number + 1, "🥖")

    drive(server, script)
    errors = [refusal.error.partition(":")[2][:24] for refusal in server.refusals]
    assert errors == [
        " message is not modified",
        " message is not modified",
        " message to edit not fou",
        " message to delete not f",
    ]
    assert len(server.violations) == 2
    assert [m.reactions for m in server.messages(alice)] == [("👍",)]


def test_old_messages_and_those_of_others_stay(server: BotApiServer) -> None:
    alice = server.user()
    group = server.supergroup("Asso", alice)
    other = alice.says(group, "x")

    async def script(bot: Bot) -> None:
        own = await bot.send_message(group.id, "x")
        with pytest.raises(BadRequest, match="Message can't be deleted"):
            await bot.delete_message(group.id, other.id)
        server.clock.advance(49 * 3600)
        with pytest.raises(BadRequest, match="can't be deleted for everyone"):
            await bot.delete_message(group.id, own.message_id)

    drive(server, script)


def test_files_go_both_ways(server: BotApiServer) -> None:
    alice = server.user()
    alice.sends_document(alice.private, "é.pdf", b"%PDF", caption="lis", mime_type="text/x")

    async def script(bot: Bot) -> None:
        (update,) = await bot.get_updates()
        message = update.message
        assert message is not None
        document = message.document
        assert document is not None
        assert (document.file_name, document.file_size, message.caption) == ("é.pdf", 4, "lis")
        file = await document.get_file()
        assert bytes(await file.download_as_bytearray()) == b"%PDF"
        back = await bot.send_document(
            alice.id, b"1,2", filename="x.csv", caption="<b>x</b>", parse_mode="HTML"
        )
        assert back.document is not None
        again = await bot.send_document(alice.id, back.document.file_id)
        assert again.document == back.document
        with pytest.raises(BadRequest, match="File must be non-empty"):
            await bot.send_document(alice.id, b"")
        with pytest.raises(BadRequest, match="Message caption is too long"):
            await bot.send_document(alice.id, b"x", caption="x" * 1_025)
        with pytest.raises(BadRequest, match="There is no text in the message to edit"):
            await bot.edit_message_text("x", alice.id, back.message_id)

    drive(server, script)
    received = server.messages(alice)[1]
    assert received.document is not None
    assert (received.document.name, received.document.data) == ("x.csv", b"1,2")
    assert received.parts("bold") == ["x"]


def test_messages_are_forwarded_and_copied(server: BotApiServer) -> None:
    alice, bob = server.user(), server.user("Bob")
    original = alice.says(alice.private, "voir @alice1")

    async def script(bot: Bot) -> None:
        forwarded = await bot.forward_message(bob.id, alice.id, original.id)
        assert forwarded.forward_origin is not None
        copied = await bot.copy_message(bob.id, alice.id, original.id)
        assert copied.message_id == forwarded.message_id + 1
        with pytest.raises(BadRequest, match="Message to copy not found"):
            await bot.copy_message(bob.id, alice.id, 99)

    drive(server, script)
    assert [m.text for m in server.messages(bob)] == ["voir @alice1"] * 2


def test_a_failed_wait_tells_what_the_bot_did(server: BotApiServer) -> None:
    alice = server.user()
    asked = alice.says(alice.private, "scop")
    sent(server, alice.id, "autre chose")
    assert server.answer_to(asked).text == "autre chose"
    with pytest.raises(TimeoutError, match="autre chose"):
        server.reply_to(asked, timeout=0.05)
    with pytest.raises(TimeoutError, match="did not come to rest"):
        server.settle(0.01, timeout=0.05)
    heard(server)
    server.settle(0.01)


def test_many_people_at_once(server: BotApiServer) -> None:
    people = [server.user(f"P{n}") for n in range(8)]

    def chat(n: int) -> None:
        for line in range(20):
            people[n].says(people[n].private, str(line))

    async def script(bot: Bot) -> int:
        seen, offset = 0, 0
        with ThreadPoolExecutor() as pool:
            futures = [pool.submit(chat, n) for n in range(8)]
            while seen < 160:
                for update in await bot.get_updates(offset=offset, timeout=5):
                    seen, offset = seen + 1, update.update_id + 1
            await asyncio.to_thread(lambda: [future.result() for future in futures])
        return seen

    assert drive(server, script) == 160


def test_deep_links_are_opened_and_checked(server: BotApiServer) -> None:
    zoe, url = server.user("Zoé", started=False), "https://t.me/coopbot_test_bot?start="
    zoe.opens(f"{url}a_1")
    assert texts(server) == ["/start a_1"]
    with pytest.raises(ValueError, match="does not lead to the bot"):
        zoe.opens("https://t.me/other_bot?start=a")
    sent(server, zoe.id, f'<a href="{url}a%20b">x</a>', parse_mode="HTML")
    button = InlineKeyboardButton("x", url=url + "y" * 65)
    sent(server, zoe.id, reply_markup=InlineKeyboardMarkup([[button]]))
    wrong = [f"deep link with the payload '{payload}'" for payload in ("a%20b", "y" * 65)]
    assert [v.error for v in server.violations] == wrong


def test_a_probe_is_no_violation_once_answers_were_lost(server: BotApiServer) -> None:
    alice = server.user()

    async def script(bot: Bot) -> None:
        for _ in range(2):
            with pytest.raises(BadRequest, match="Message to edit not found"):
                await bot.edit_message_text("x", alice.id, 7)
            server.faults.once("drop_before", "sendMessage")
            with pytest.raises(NetworkError):
                await bot.send_message(alice.id, "x")

    drive(server, script)
    assert (len(server.violations), len(server.refusals)) == (1, 1)


def test_a_person_sends_on_what_others_said(server: BotApiServer) -> None:
    alice, bob = server.user(), server.user("Bob")
    alice.forwards(bob.says(server.pair(alice, bob), "lis ça"), alice.private)
    (update,) = heard(server)
    assert update.message is not None
    assert update.message.forward_origin is not None
    assert update.message.text == "lis ça"
