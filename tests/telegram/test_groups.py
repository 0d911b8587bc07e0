"""Questions in groups, supergroups and topics: answered when meant for the bot, silence else."""

from __future__ import annotations

import pytest

from tests.botapi import groups
from tests.botapi.model import Chat, Message, Topic
from tests.botapi.people import User
from tests.telegram.conftest import (
    FR,
    OTHER_QUESTION,
    QUESTION,
    RESERVES,
    STEPS,
    World,
)

FOLLOW_UP = "et pour une Scop ?"


@pytest.fixture(params=["group", "supergroup"])
def group(request: pytest.FixtureRequest, world: World, alice: User, bob: User) -> Chat:
    """A group of Alice and Bob, in which the bot hears everything."""
    make = world.server.group if request.param == "group" else world.server.supergroup
    chat = make("Coopérateurs", alice, bob)
    chat.hears_everything = True
    return chat


@pytest.fixture
def forum(world: World, alice: User, bob: User) -> Chat:
    """A supergroup with topics, in which the bot hears everything."""
    chat = world.server.forum("Forum", alice, bob, topics=["Scop", "Cuma"])
    chat.hears_everything = True
    return chat


def opened_by_bot(world: World, forum: Chat) -> Topic:
    """Return a topic whose first message is the bot's."""
    server = world.server
    with server.api.state.changed:
        return groups.add_topic(server.api, forum, server.bot, "Du bot", told=False)


def leads_to(answer: Message, title: str) -> bool:
    return answer.links[0][0] == title


def test_what_is_not_meant_for_the_bot_is_met_with_silence(
    world: World, group: Chat, alice: User, bob: User
) -> None:
    alice.says(group, QUESTION)
    hello = bob.says(group, "Bonjour à tous, @quelquun et coopbot_test_bot aussi !")
    alice.says(group, QUESTION, reply_to=hello)
    alice.sends_document(group, "a.md", b"Une Scic", caption=f"{world.mention} {QUESTION}")
    assert world.of_bot(group) == []


def test_a_mention_is_answered_and_left_out_of_the_question(
    world: World, group: Chat, alice: User
) -> None:
    assert leads_to(world.ask(alice, f"{world.mention} {QUESTION}", group), STEPS)
    echoed = world.ask(alice, f"{world.mention.upper()} : ???", group)
    assert echoed.text == FR("errors.question_without_words", question="???")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Bonjour {0}, comment créer une Scic ?", "Bonjour , comment créer une Scic ?"),
        ("😀 {0} comment créer une Scic ?", "😀 comment créer une Scic ?"),
        ("👨‍👩‍👧‍👦 🇫🇷 {0} les statuts d'une Scic", "👨‍👩‍👧‍👦 🇫🇷 les statuts d'une Scic"),
        ("les statuts d'une Scic 🙏 {0}", "les statuts d'une Scic 🙏"),
    ],
    ids=["after a word", "after an emoji", "after joined emoji", "at the end"],
)
def test_a_mention_anywhere_in_a_sentence_is_found_and_cut_out_whole(
    world: World, group: Chat, alice: User, text: str, question: str
) -> None:
    answer = world.ask(alice, text.format(world.mention), group)
    token = (answer.button("👍").data or "").partition(":")[2]
    assert world.bot.rows("SELECT question FROM answers WHERE token = ?", token) == [(question,)]


def test_a_mention_after_emoji_is_cut_out_whole(world: World, group: Chat, alice: User) -> None:
    answer = world.ask(alice, f"😀👨‍👩‍👧 {world.mention} ?", group)
    assert answer.text == FR("errors.question_without_words", question="😀👨‍👩‍👧 ?")


def test_a_mention_alone_is_told_how_to_ask(world: World, group: Chat, alice: User) -> None:
    alice.says(group, world.mention)
    assert len(world.of_bot(group)) == 1


def test_a_reply_to_a_message_of_the_bot_is_answered(
    world: World, group: Chat, alice: User, bob: User
) -> None:
    answer = world.ask(alice, f"{world.mention} {QUESTION}", group)
    assert leads_to(world.ask(bob, OTHER_QUESTION, group, reply_to=answer), RESERVES)


def test_a_reply_to_somebody_else_is_met_with_silence(
    world: World, group: Chat, alice: User, bob: User
) -> None:
    said = alice.says(group, "Qui sait ?")
    reply = bob.says(group, QUESTION, reply_to=said)
    assert world.of_bot(group, reply) == []


def test_a_follow_up_with_a_mention_goes_on(world: World, group: Chat, alice: User) -> None:
    world.ask(alice, f"{world.mention} {QUESTION}", group)
    followed = world.ask(alice, f"{world.mention} {FOLLOW_UP}", group)
    assert followed.text.startswith(FR("bot.understood", question="comment créer une Scop ?"))


def test_a_follow_up_that_replies_to_the_answer_goes_on_in_a_group(
    world: World, alice: User
) -> None:
    follow_up_by_reply(world, alice, world.server.group("Petit groupe", alice))


def test_a_follow_up_that_replies_to_the_answer_goes_on_in_a_supergroup(
    world: World, alice: User
) -> None:
    follow_up_by_reply(world, alice, world.server.supergroup("Grand groupe", alice))


def follow_up_by_reply(world: World, person: User, chat: Chat) -> None:
    """Let *person* ask, and go on by a reply to the answer, as one does on a phone."""
    answer = world.ask(person, f"{world.mention} {QUESTION}", chat)
    followed = world.ask(person, FOLLOW_UP, chat, reply_to=answer)
    assert followed.text.startswith(FR("bot.understood", question="comment créer une Scop ?"))


def test_follow_ups_of_two_members_do_not_mix(
    world: World, group: Chat, alice: User, bob: User
) -> None:
    world.ask(alice, f"{world.mention} {QUESTION}", group)
    world.ask(bob, f"{world.mention} {OTHER_QUESTION}", group)
    followed = world.ask(alice, f"{world.mention} {FOLLOW_UP}", group)
    assert followed.text.startswith(FR("bot.understood", question="comment créer une Scop ?"))


@pytest.mark.parametrize("command", ["/chercher", "/search", "/chercher{0}", "/search{0}"])
def test_a_command_is_answered_with_and_without_the_bots_name(
    world: World, group: Chat, alice: User, command: str
) -> None:
    command = command.format(world.mention)
    assert leads_to(world.ask(alice, f"{command} {QUESTION}", group), STEPS)


def test_a_command_for_another_bot_is_met_with_silence(
    world: World, group: Chat, alice: User
) -> None:
    for command in ("/chercher@autre_bot scic", "/aide@autre_bot", "/start@autre_bot", "/ban"):
        alice.says(group, command)
    assert world.of_bot(group) == []


def test_a_message_edited_to_mention_the_bot_is_answered(
    world: World, group: Chat, alice: User
) -> None:
    message = alice.says(group, QUESTION)
    assert world.of_bot(group) == []
    alice.edits(message, f"{world.mention} {QUESTION}")
    answer = world.server.reply_to(message)
    alice.edits(message, f"{world.mention} {OTHER_QUESTION}")
    assert world.of_bot(group) == [answer]
    assert leads_to(answer, RESERVES)


def test_a_question_in_a_topic_is_answered_in_that_topic(
    world: World, forum: Chat, alice: User
) -> None:
    for name in ("Scop", "Cuma"):
        topic = world.server.topic(forum, name)
        answer = world.ask(alice, f"{world.mention} {QUESTION}", forum, thread=topic)
        assert answer.thread == topic.id
        command = world.ask(alice, "/sujets", forum, thread=topic)
        assert command.thread == topic.id


def test_conversations_in_two_topics_do_not_mix(world: World, forum: Chat, alice: User) -> None:
    scop, cuma = (world.server.topic(forum, name) for name in ("Scop", "Cuma"))
    world.ask(alice, f"{world.mention} {QUESTION}", forum, thread=scop)
    world.ask(alice, f"{world.mention} {OTHER_QUESTION}", forum, thread=cuma)
    followed = world.ask(alice, f"{world.mention} {FOLLOW_UP}", forum, thread=scop)
    assert followed.text.startswith(FR("bot.understood", question="comment créer une Scop ?"))


def test_a_conversation_in_a_group_does_not_mix_with_the_private_one(
    world: World, group: Chat, alice: User
) -> None:
    world.ask(alice, f"{world.mention} {QUESTION}", group)
    world.ask(alice, OTHER_QUESTION)
    followed = world.ask(alice, f"{world.mention} {FOLLOW_UP}", group)
    assert followed.text.startswith(FR("bot.understood", question="comment créer une Scop ?"))


def test_a_question_deleted_in_a_topic_is_answered_in_that_topic(
    world: World, forum: Chat, alice: User
) -> None:
    topic = world.server.topic(forum, "Scop")
    with world.slow():
        question = alice.says(forum, f"{world.mention} {QUESTION}", thread=topic)
        alice.deletes(question)
    (answer,) = world.of_bot(forum)
    assert answer.thread == topic.id
    assert answer.reply_to is None


def test_a_question_outside_topics_is_answered_in_general(
    world: World, forum: Chat, alice: User
) -> None:
    assert world.ask(alice, f"{world.mention} {QUESTION}", forum).thread is None


def test_a_message_in_a_topic_that_the_bot_opened_is_no_reply_to_the_bot(
    world: World, forum: Chat, alice: User
) -> None:
    topic = opened_by_bot(world, forum)
    root = forum.history[topic.id]
    alice.says(forum, QUESTION, thread=topic)
    alice.says(forum, QUESTION, thread=topic, reply_to=root)
    assert world.of_bot(forum, root) == []


def test_a_reply_to_the_bot_in_a_topic_that_it_opened_is_answered(
    world: World, forum: Chat, alice: User
) -> None:
    topic = opened_by_bot(world, forum)
    answer = world.ask(alice, f"{world.mention} {QUESTION}", forum, thread=topic)
    reply = world.ask(alice, OTHER_QUESTION, forum, reply_to=answer)
    assert leads_to(reply, RESERVES)
    assert reply.thread == topic.id


def test_supergroups_number_their_messages_alike_and_are_not_mixed_up(
    world: World, alice: User
) -> None:
    chats = [world.server.supergroup(name, alice) for name in ("Un", "Deux")]
    questions = [alice.says(chat, f"{world.mention} {QUESTION}") for chat in chats]
    answers = [world.server.reply_to(question) for question in questions]
    assert questions[0].id == questions[1].id
    assert answers[0].id == answers[1].id
    alice.edits(questions[1], f"{world.mention} {OTHER_QUESTION}")
    world.rest()
    assert [leads_to(a, STEPS) for a in answers] == [True, False]
    assert leads_to(answers[1], RESERVES)


def test_a_bot_removed_before_it_can_answer_goes_on_elsewhere(
    world: World, group: Chat, alice: User, bob: User
) -> None:
    with world.slow():
        alice.says(group, f"{world.mention} {QUESTION}")
        bob.removes_bot(group)
    assert world.of_bot(group) == []
    assert leads_to(world.ask(alice, QUESTION), STEPS)
    bob.adds_bot(group)
    assert leads_to(world.ask(alice, f"{world.mention} {QUESTION}", group), STEPS)


def test_a_button_pressed_after_the_bot_was_removed_is_answered(
    world: World, group: Chat, alice: User
) -> None:
    answer = world.ask(alice, f"{world.mention} {QUESTION}", group)
    alice.removes_bot(group)
    alice.presses(FR("bot.more"), answer)
    assert answer.edits == 0


def test_a_group_that_becomes_a_supergroup_is_answered_there(world: World, alice: User) -> None:
    group = world.server.group("Bientôt grand", alice)
    with world.slow():
        alice.says(group, f"{world.mention} {QUESTION}")
        grown = world.server.upgrade(group)
    world.check()
    (answer,) = world.of_bot(grown)
    assert leads_to(answer, STEPS)
