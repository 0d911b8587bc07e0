"""Inline mode, and questions from chats in which the bot is only a guest."""

from __future__ import annotations

import pytest

from coopbot.telegram.limits import QUESTIONS_PER_MINUTE
from tests.botapi.model import Chat
from tests.botapi.pending import InlineAnswer, InlineResult
from tests.botapi.people import User
from tests.telegram.conftest import (
    EN,
    ENGLISH_STEPS,
    FOREIGN,
    FR,
    OTHER_QUESTION,
    QUESTION,
    STEPS,
    World,
)

CACHE_SECONDS = 300


@pytest.fixture
def elsewhere(world: World, alice: User, bob: User) -> Chat:
    """A group in which the bot is not."""
    return world.server.group("Sans le bot", alice, bob, bot=False)


def all_pages(person: User, query: str) -> list[InlineAnswer]:
    """Return what the bot offers for *query*, scrolled down to the end."""
    pages = [person.asks_inline(query)]
    while pages[-1].next_offset:
        pages.append(person.asks_inline(query, pages[-1].next_offset))
    return pages


def test_an_inline_query_offers_articles_with_title_description_address_and_content(
    alice: User,
) -> None:
    answer = alice.asks_inline("comment créer une Scic")
    first = answer.results[0]
    assert (first.type, first.title) == ("article", STEPS)
    assert first.description.startswith("Créer une Scic, c'est réunir")
    assert len(first.description) <= 200
    assert first.raw["url"].startswith("https://www.les-scic.coop")
    assert first.text.startswith(f"{STEPS}\nCréer une Scic, c'est réunir")
    assert answer.button is None


def test_an_inline_answer_may_be_cached_for_everybody(alice: User) -> None:
    answer = alice.asks_inline(OTHER_QUESTION)
    assert answer.results
    assert answer.cache_time == CACHE_SECONDS
    assert not answer.is_personal


def test_an_answer_in_the_language_of_one_person_is_not_kept_for_others(
    world: World, alice: User
) -> None:
    french, english = alice.asks_inline("scic"), world.server.user("Eve", "en").asks_inline("scic")
    assert french.is_personal or french.results[0].text == english.results[0].text


def test_inline_results_come_in_pages_without_repeating_one(alice: User) -> None:
    pages = all_pages(alice, "scic")
    assert len(pages) > 1
    assert all(len(page.results) == 10 for page in pages[:-1])
    found = [result for page in pages for result in page.results]
    assert len({result.id for result in found}) == len(found)
    assert len({result.title for result in found}) == len(found)
    assert pages[-1].button is None


@pytest.mark.parametrize("offset", ["-1", "999", "dix", "²", "9" * 60])
def test_a_strange_offset_is_answered(alice: User, offset: str) -> None:
    alice.asks_inline("scic", offset)


@pytest.mark.parametrize("query", ["", "   ", "???"])
def test_an_inline_query_without_words_offers_nothing_but_a_way_into_the_chat(
    alice: User, query: str
) -> None:
    assert_only_a_button(alice.asks_inline(query))


def test_an_inline_query_nobody_can_answer_offers_the_chat(alice: User) -> None:
    answer = alice.asks_inline(FOREIGN)
    assert_only_a_button(answer)
    assert answer.button is not None
    assert answer.button["text"] == FR("bot.inline_nothing")


def assert_only_a_button(answer: InlineAnswer) -> None:
    assert answer.results == ()
    assert answer.next_offset == ""
    assert answer.button is not None
    assert answer.button["start_parameter"]


def test_the_way_from_inline_into_the_chat_leads_to_a_greeting(world: World, alice: User) -> None:
    button = alice.asks_inline(FOREIGN).button
    assert button is not None
    started = alice.starts(button["start_parameter"])
    assert world.server.reply_to(started).text == FR("bot.start")


def test_nothing_is_cached_for_others_when_somebody_asks_too_much(alice: User, bob: User) -> None:
    for _ in range(QUESTIONS_PER_MINUTE + 1):
        answer = alice.asks_inline("scic")
    assert bob.asks_inline("scic").results
    assert answer.results or answer.is_personal or answer.cache_time == 0


def test_a_question_typed_letter_by_letter_is_answered_to_its_end(alice: User) -> None:
    typed = [QUESTION[: end + 1] for end in range(len(QUESTION))]
    answers = [alice.asks_inline(query) for query in typed]
    assert answers[-1].results


def test_the_message_of_a_chosen_result_is_whole_and_has_no_preview(
    world: World, alice: User, elsewhere: Chat
) -> None:
    answer = alice.asks_inline(QUESTION, chat=elsewhere)
    for result in answer.results:
        message = alice.chooses(answer, result, elsewhere)
        text, target = message.links[0]
        assert text == result.title
        assert message.text.startswith(f"{result.title}\n")
        assert "<" not in message.text.replace("<ip", "")
        assert target == result.raw["url"]
        assert message.parts("bold")[0] == result.title
        assert message.link_preview == {"is_disabled": True}
    assert world.of_bot(elsewhere) == []


def test_a_result_chosen_in_a_group_is_not_taken_for_a_question(
    world: World, alice: User, bob: User
) -> None:
    group = world.server.group("Avec le bot", alice, bob)
    answer = alice.asks_inline(QUESTION, chat=group)
    alice.chooses(answer, answer.results[0], group)
    assert world.of_bot(group) == []


def test_a_result_chosen_in_the_chat_with_the_bot_is_not_taken_for_a_question(
    world: World, alice: User
) -> None:
    answer = alice.asks_inline(QUESTION, chat=alice.private)
    alice.chooses(answer, answer.results[0], alice.private)
    assert world.of_bot(alice.private) == []


def test_an_english_query_is_answered_in_english(alice: User) -> None:
    answer = alice.asks_inline("how to create a Scic")
    assert answer.results[0].title == ENGLISH_STEPS
    assert " November " in answer.results[0].text


def test_a_guest_is_answered_with_the_best_article(
    world: World, alice: User, elsewhere: Chat
) -> None:
    for text in (QUESTION, f"{world.mention} {QUESTION}", f"Dis {world.mention}, {QUESTION}"):
        answer = alice.asks_as_guest(elsewhere, text)
        assert answer.message.links[0][0] == STEPS
        assert answer.message.reply_to is not None
        assert answer.message.reply_to.text.endswith(QUESTION)
        assert answer.message.link_preview == {"is_disabled": True}


def test_a_guest_is_told_when_the_answer_is_not_known(
    world: World, alice: User, elsewhere: Chat
) -> None:
    answer = alice.asks_as_guest(elsewhere, FOREIGN)
    assert answer.message.text == FR("search.nothing")
    english = world.server.user("Eve", "en")
    english.joins(elsewhere)
    assert english.asks_as_guest(elsewhere, "???").message.text == EN("search.nothing")


def test_a_guest_may_reply_to_the_bots_answer(alice: User, bob: User, elsewhere: Chat) -> None:
    answer = alice.asks_as_guest(elsewhere, QUESTION)
    replied = bob.asks_as_guest(elsewhere, OTHER_QUESTION, reply_to=answer.message)
    assert replied.message.links[0][0] != STEPS


def test_html_in_a_query_is_harmless(alice: User, elsewhere: Chat) -> None:
    first: InlineResult = alice.asks_inline("comment créer une <b>Scic & <i>?").results[0]
    assert first.title == STEPS
    assert alice.asks_as_guest(elsewhere, "comment créer une <b>Scic & <i>?").result.title == STEPS


def test_a_guest_who_asks_too_much_is_not_told_that_nothing_answers(
    alice: User, elsewhere: Chat
) -> None:
    for _ in range(QUESTIONS_PER_MINUTE + 1):
        answer = alice.asks_as_guest(elsewhere, QUESTION)
    assert answer.message.text != FR("search.nothing")
