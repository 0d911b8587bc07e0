"""Buttons under an answer: what they lead to, and what nobody should have sent."""

from __future__ import annotations

import sqlite3

import pytest

from coopbot.state.database import FILE
from tests.botapi.model import Message
from tests.botapi.people import User
from tests.conftest import article_text
from tests.telegram.conftest import (
    FR,
    OTHER_QUESTION,
    QUESTION,
    RESERVES,
    STEPS,
    World,
)

BACK, MORE, RELATED = FR("bot.back"), FR("bot.more"), FR("bot.related")
OLD = FR("bot.old_button")
CALLBACK_SECONDS = 15


@pytest.fixture
def answer(world: World, alice: User) -> Message:
    """An answer of several pages in Alice's private chat."""
    return world.ask(alice, QUESTION)


def token(answer: Message) -> str:
    """Return what the buttons of *answer* know it by."""
    return (answer.button("👍").data or "").partition(":")[2]


def forget_answer(world: World, token: str) -> None:
    """Take the answer of *token* out of the state of a bot that is stopped, as time would."""
    connection = sqlite3.connect(world.bot.state / FILE)
    with connection:
        assert connection.execute("DELETE FROM answers WHERE token = ?", [token]).rowcount == 1
    connection.close()


def titles(answer: Message) -> list[str]:
    return [text for text, _ in answer.links]


def looks(answer: Message) -> tuple[str, list[list[str]]]:
    return answer.text, [[button.text for button in row] for row in answer.rows]


def labels(answer: Message) -> list[str]:
    return [button.text for button in answer.buttons]


def test_more_leads_through_all_pages_in_place_and_back_again(
    world: World, alice: User, answer: Message
) -> None:
    pages = [looks(answer)]
    seen = titles(answer)
    while MORE in labels(answer):
        assert alice.presses(MORE, answer).text == ""
        pages.append(looks(answer))
        seen += titles(answer)
    assert len(pages) > 2
    assert len(set(seen)) == len(seen)
    for page in reversed(pages[:-1]):
        alice.presses(BACK, answer)
        assert looks(answer) == page
    assert BACK not in labels(answer)
    assert world.of_bot(alice.private) == [answer]


def test_numbers_go_on_from_page_to_page(alice: User, answer: Message) -> None:
    alice.presses(MORE, answer)
    assert answer.text.startswith("4. ")
    assert {FR("bot.read", rank=rank) for rank in (4, 5, 6)} <= set(labels(answer))


def test_a_passage_is_read_in_place_as_an_expandable_quote_and_left_again(
    alice: User, answer: Message
) -> None:
    alice.presses(MORE, answer)
    before, title = looks(answer), titles(answer)[1]
    alice.presses(FR("bot.read", rank=5), answer)
    assert titles(answer) == [title]
    (quote,) = answer.parts("expandable_blockquote")
    assert len(quote) > 100
    assert labels(answer) == [BACK]
    assert answer.link_preview == {"is_disabled": True}
    alice.presses(BACK, answer)
    assert looks(answer) == before


@pytest.mark.xfail(strict=True, reason="“Lire 1” is what comes first now, not what was shown")
def test_the_passage_read_is_of_the_article_shown_though_others_came_before_it(
    world: World, alice: User, answer: Message
) -> None:
    path = world.bot.corpus / "avant.md"
    body = "Comment créer une Scic ? On peut créer une Scic comme ceci."
    text = article_text("Comment créer une Scic ?", body, asked='["comment créer une Scic ?"]')
    path.write_text(text, encoding="utf-8")
    world.bot.index()
    try:
        alice.presses(FR("bot.read", rank=1), answer)
        assert answer.parts("bold")[0] == STEPS
    finally:
        path.unlink()
        world.bot.index()


def test_related_articles_are_shown_in_place_and_left_again(alice: User, answer: Message) -> None:
    before = looks(answer)
    alice.presses(RELATED, answer)
    assert answer.text.startswith(FR("bot.related_title", title=STEPS))
    assert len(titles(answer)) == 5
    assert STEPS not in titles(answer)
    alice.presses(BACK, answer)
    assert looks(answer) == before


def votes(world: World, answer: Message) -> list[object]:
    query = "SELECT verdict FROM feedback WHERE token = ? ORDER BY verdict"
    return [verdict for (verdict,) in world.bot.rows(query, token(answer))]


def test_each_person_has_one_vote_and_may_change_it(world: World, alice: User, bob: User) -> None:
    group = world.server.group("Avis", alice, bob)
    answer = world.ask(alice, f"{world.mention} {QUESTION}", group)
    assert alice.presses("👍", answer).text == FR("bot.thanks")
    assert alice.presses("👍", answer).text == FR("bot.thanks")
    assert votes(world, answer) == [1]
    assert alice.presses("👎", answer).text == FR("bot.thanks_dislike")
    assert votes(world, answer) == [-1]
    bob.presses("👍", answer)
    assert votes(world, answer) == [-1, 1]
    assert answer.edits == 0


def test_a_dislike_is_a_gap(world: World, alice: User) -> None:
    question = "créer une scic de boulangers"
    answer = world.ask(alice, question)
    alice.presses("👎", answer)
    found = world.bot.rows("SELECT reason FROM gaps WHERE question = ?", question)
    assert found == [("disliked",)]


def test_two_dislikes_of_one_person_are_one_gap(world: World, alice: User) -> None:
    question = "créer une scic de plombiers"
    answer = world.ask(alice, question)
    alice.presses("👎", answer)
    alice.presses("👎", answer)
    assert len(world.bot.rows("SELECT 1 FROM gaps WHERE question = ?", question)) == 1


def test_a_dislike_taken_back_is_no_gap_any_more(world: World, alice: User) -> None:
    question = "créer une scic de couvreurs"
    answer = world.ask(alice, question)
    alice.presses("👎", answer)
    alice.presses("👍", answer)
    assert world.bot.rows("SELECT 1 FROM gaps WHERE question = ? AND NOT done", question) == []


def test_a_button_pressed_twice_in_a_row_changes_nothing_the_second_time(
    world: World, alice: User, answer: Message
) -> None:
    data = answer.button(MORE).data or ""
    presses = [alice.pressing(data, answer, stale=True) for _ in range(2)]
    for press in presses:
        assert press.wait().text == ""
    world.rest()
    assert answer.edits == 1
    assert answer.text.startswith("4. ")
    assert [press.answers for press in presses] == [1, 1]
    assert world.not_modified(alice.private) == 1


def test_a_press_that_reaches_the_bot_too_late_harms_nothing(
    world: World, alice: User, answer: Message
) -> None:
    with world.server.api.state.changed:
        late = alice.pressing(MORE, answer)
        world.server.clock.advance(CALLBACK_SECONDS + 1)
    world.unanswerable.add(late.id)
    world.rest()
    assert not late.is_answered
    assert answer.text.startswith("4. ")
    assert alice.presses(BACK, answer).text == ""


FORGED = [
    "",
    "x",
    ":",
    "::::::::::::::::",
    "x" * 64,
    "💥" * 16,
    "page",
    "page:",
    "page:inconnu:0",
    "page:{0}:99",
    "page:{0}:99999999999999999999999999999999",
    "read:{0}:0:0",
    "read:{0}:-1:0",
    "read:{0}:99:0",
    "related:{0}:0:0",
    "related:{0}:-2:-2",
    "meant:inconnu",
    "meant:{0}",
    "like:",
    "like:inconnu",
    "dislike:inconnu",
    "report:inconnu",
    "topic:9999",
    "unalert:1",
    "unalert:-1",
    "language:",
    "language:de",
    "PAGE:{0}:0",
    "page:' OR 1=1;--:0",
]


@pytest.mark.parametrize("data", FORGED)
def test_a_forged_button_is_answered_and_changes_nothing(
    world: World, alice: User, answer: Message, data: str
) -> None:
    forged = data.format(token(answer))
    said = alice.presses(forged, answer, stale=True)
    world.rest()
    assert said.text == OLD
    assert answer.edits == 0


@pytest.mark.parametrize("data", ["page:{0}:-3", "page:{0}:zéro", "read:{0}:1:-4", "topic:-1"])
def test_a_button_with_a_forged_number_is_answered(alice: User, answer: Message, data: str) -> None:
    alice.presses(data.format(token(answer)), answer, stale=True)
    assert answer.text


def test_a_forged_number_of_an_alert_is_answered(
    world: World, alice: User, answer: Message
) -> None:
    said = alice.presses("unalert:99999999999999999999", answer, stale=True)
    world.check()
    assert said.text == OLD


def test_a_page_past_the_end_is_said_to_be_over(world: World, alice: User) -> None:
    path = world.bot.corpus / "derniere.md"
    body = "Une Scic de Zorgie se crée en Zorgie."
    path.write_text(article_text("Créer une Scic en Zorgie", body), encoding="utf-8")
    world.bot.index()
    answer = world.ask(alice, QUESTION)
    assert MORE in labels(answer)
    path.unlink()
    world.bot.index()
    said = alice.presses(MORE, answer)
    world.check()
    assert said.text or answer.edits


def test_a_button_under_a_deleted_message_is_answered(
    world: World, alice: User, answer: Message
) -> None:
    more = answer.button(MORE)
    alice.deletes(answer)
    alice.presses(more.data or "", answer, stale=True)
    assert world.of_bot(alice.private) == []


def test_a_member_may_press_the_buttons_of_anothers_answer(
    world: World, alice: User, bob: User
) -> None:
    group = world.server.supergroup("Ensemble", alice, bob)
    answer = world.ask(alice, f"{world.mention} {QUESTION}", group)
    bob.presses(MORE, answer)
    assert answer.text.startswith("4. ")
    alice.presses(BACK, answer)
    assert answer.text.startswith("1. ")


def test_a_button_outlasts_a_restart(world: World, alice: User, answer: Message) -> None:
    assert world.bot.stop() == 0
    world.bot.start()
    alice.presses(MORE, answer)
    assert answer.text.startswith("4. ")


def test_a_button_of_an_answer_no_longer_known_says_so(
    world: World, alice: User, answer: Message
) -> None:
    world.bot.stop()
    forget_answer(world, token(answer))
    world.bot.start()
    for label in (MORE, RELATED, FR("bot.read", rank=1), "👍", "👎"):
        assert alice.presses(label, answer).text == OLD
    assert answer.edits == 0


def test_two_answers_keep_their_own_buttons(world: World, alice: User, answer: Message) -> None:
    other = world.ask(alice, OTHER_QUESTION)
    alice.presses(FR("bot.read", rank=1), answer)
    alice.presses(FR("bot.read", rank=1), other)
    assert titles(answer) == [STEPS]
    assert titles(other) == [RESERVES]
