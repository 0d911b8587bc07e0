"""Groups: what the bot hears, topics and threads, comings and goings."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    ReplyParameters,
)
from telegram.error import BadRequest

from tests.botapi import BotApiServer
from tests.botapi.conftest import drive, heard, sent, texts


def test_message_numbers_are_shared_but_in_supergroups(server: BotApiServer) -> None:
    alice, bob = server.user(), server.user("Bob")
    group, big = server.group("Asso", alice), server.supergroup("Union", alice)
    numbers = [alice.says(alice.private, "1").id, bob.says(bob.private, "2").id]
    numbers += [alice.says(group, "3").id, sent(server, alice.id).message_id]
    assert numbers == [1, 2, 3, 4]
    assert [alice.says(big, "1").id, sent(server, big.id).message_id] == [2, 3]


def test_privacy_mode_hides_what_is_not_for_the_bot(server: BotApiServer) -> None:
    alice = server.user()
    group = server.group("Asso", alice)
    answer = sent(server, group.id)
    own = server.messages(group)[0]
    assert own.id == answer.message_id
    alice.says(group, "entre nous")
    alice.says(group, "/aide@other_bot")
    alice.says(group, "/aide")
    alice.says(group, "/aide@Coopbot_Test_Bot")
    alice.says(group, "et toi, @coopbot_test_bot ?")
    alice.says(group, "merci", reply_to=own)
    alice.edits(alice.says(group, "un secret"), "un secret, @coopbot_test_bot")
    told = ["/aide", "/aide@Coopbot_Test_Bot", "et toi, @coopbot_test_bot ?", "merci"]
    assert texts(server) == [*told, "un secret, @coopbot_test_bot"]
    server.bot.can_read_all_group_messages = True
    alice.says(group, "tout haut")
    assert texts(server) == ["tout haut"]


def test_an_administrator_hears_everything(server: BotApiServer) -> None:
    alice = server.user()
    group = server.supergroup("Asso", alice)
    alice.promotes_bot(group)
    alice.says(group, "entre nous")
    assert texts(server)[-1] == "entre nous"


def test_topics_as_clients_show_them(server: BotApiServer) -> None:
    alice = server.user()
    forum = server.forum("Forum", alice, topics=["Statuts"])
    topic = server.topic(forum, "Statuts")
    alice.says(forum, "/aide", thread=topic)
    alice.says(forum, "/aide")
    in_topic, in_general = (update.message for update in heard(server))
    assert in_topic is not None
    assert in_topic.is_topic_message
    assert in_topic.message_thread_id == topic.id
    assert in_topic.reply_to_message is not None
    assert in_topic.reply_to_message.forum_topic_created is not None
    assert in_general is not None
    assert in_general.message_thread_id is None
    assert in_general.reply_to_message is None


def test_the_bot_writes_into_topics(server: BotApiServer) -> None:
    alice = server.user()
    forum = server.forum("Forum", alice, topics=["Statuts"])
    topic = server.topic(forum, "Statuts")
    asked = alice.says(forum, "/aide", thread=topic)
    assert sent(server, forum.id, message_thread_id=topic.id).message_thread_id == topic.id
    sent(server, forum.id, reply_parameters=ReplyParameters(asked.id))
    assert server.reply_to(asked).thread == topic.id
    for thread in (1, 99, asked.id):
        with pytest.raises(BadRequest, match="Message thread not found"):
            sent(server, forum.id, message_thread_id=thread)
    group = server.supergroup("Sans sujets", alice)
    assert sent(server, group.id, message_thread_id=99).message_thread_id is None


def test_replies_make_threads_in_supergroups(server: BotApiServer) -> None:
    alice = server.user()
    group = server.supergroup("Asso", alice)
    asked = alice.says(group, "/aide")
    reply = sent(server, group.id, reply_parameters=ReplyParameters(asked.id))
    assert reply.message_thread_id == asked.id
    assert not reply.is_topic_message


def test_chats_and_members_are_described(server: BotApiServer) -> None:
    alice, bob = server.user("Alice", username="alice"), server.user("Bob")
    group = server.supergroup("Asso", alice, username="asso_coop")

    async def script(bot: Bot) -> None:
        assert (await bot.get_chat(alice.id)).username == "alice"
        assert (await bot.get_chat("@asso_coop")).id == group.id
        assert (await bot.get_chat_member(group.id, alice.id)).status == "creator"
        assert (await bot.get_chat_member(group.id, bob.id)).status == "left"
        assert (await bot.get_chat_member(group.id, bot.id)).status == "member"
        alice.promotes_bot(group)
        assert (await bot.get_chat_member(group.id, bot.id)).status == "administrator"

    drive(server, script)


def test_comings_and_goings_are_told(server: BotApiServer) -> None:
    alice, bob = server.user(), server.user("Bob")
    group = server.supergroup("Asso", alice, bot=False)
    alice.adds_bot(group)
    bob.joins(group)
    bob.leaves(group)
    alice.removes_bot(group)
    bob.blocks()
    bob.unblocks()
    told = []
    for update in heard(server):
        change, message = update.my_chat_member, update.message
        if change is not None:
            told.append(f"{change.old_chat_member.status} {change.new_chat_member.status}")
        elif message is not None:
            members = ["+" + user.first_name for user in message.new_chat_members]
            gone = ["-" + message.left_chat_member.first_name] if message.left_chat_member else []
            told += members + gone
    joined = ["left member", "+Coopbot", "+Bob", "-Bob", "member kicked"]
    assert told == [*joined, "member kicked", "kicked member"]
