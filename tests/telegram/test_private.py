"""Questions in a private chat with the bot."""

from __future__ import annotations

import pytest

from coopbot.messages import Texts
from coopbot.telegram.limits import QUESTIONS_PER_MINUTE
from tests.botapi.model import Message
from tests.botapi.people import User
from tests.telegram.conftest import (
    EN,
    ENGLISH_STEPS,
    FOREIGN,
    FR,
    OTHER_QUESTION,
    QUESTION,
    RESERVES,
    STEPS,
    World,
)

MISSPELT = "réserves impartajables"
FOLLOW_UP = "et pour une Scop ?"
UNDERSTOOD = FR("bot.understood", question="comment créer une Scop ?")


def first_title(answer: Message) -> str:
    """Return the title of the article that comes first in *answer*."""
    return answer.links[0][0]


def test_a_french_question_is_answered_in_french_as_a_reply(world: World, alice: User) -> None:
    question = alice.says(alice.private, QUESTION)
    answer = world.server.reply_to(question)
    assert answer.reply_to is question
    assert answer.text.startswith(f"1. {STEPS}\n")
    assert world.of_bot(alice.private) == [answer]
    assert {b.text for b in answer.buttons} >= {FR("bot.more"), FR("bot.related")}


def test_an_english_question_of_a_french_person_is_answered_in_english(
    world: World, alice: User
) -> None:
    answer = world.ask(alice, "how to create a Scic")
    assert first_title(answer) == ENGLISH_STEPS
    assert " November " in answer.text
    assert answer.button(EN("bot.more"))


@pytest.mark.parametrize(
    ("code", "say"),
    [("fr", FR), ("fr-CA", FR), (None, FR), ("en", EN), ("en-GB", EN), ("de", EN)],
)
def test_a_question_in_no_language_is_answered_in_that_of_the_persons_telegram(
    world: World, code: str | None, say: Texts
) -> None:
    answer = world.ask(world.server.user(language_code=code), "scic")
    assert answer.button(say("bot.more"))


def test_matched_words_are_bold(world: World, alice: User) -> None:
    answer = world.ask(alice, QUESTION)
    titles = [text for text, _ in answer.links]
    words = [word for word in answer.parts("bold") if word not in titles]
    assert {"Créer", "Scic"} <= set(words)
    assert "étapes" not in words
    assert all(" " not in word for word in words)


def test_the_title_is_a_link_with_site_and_date_below_and_no_preview(
    world: World, alice: User
) -> None:
    answer = world.ask(alice, QUESTION)
    text, target = answer.links[0]
    assert (text, target) == (STEPS, "https://www.les-scic.coop/")
    assert answer.parts("italic")[0] == "Coopbot · 23 novembre 2026"
    assert answer.link_preview == {"is_disabled": True}


def test_a_misspelt_question_is_answered_as_it_was_meant(world: World, alice: User) -> None:
    answer = world.ask(alice, MISSPELT)
    said = FR("search.corrected", meant=OTHER_QUESTION, typed=MISSPELT)
    assert answer.text.startswith(said)
    assert first_title(answer) == RESERVES


def test_buttons_lead_to_the_spelling_that_was_typed_and_back_in_place(
    world: World, alice: User
) -> None:
    answer = world.ask(alice, MISSPELT)
    alice.presses(FR("bot.as_typed", question=MISSPELT), answer)
    assert answer.text.startswith(FR("search.did_you_mean", question=OTHER_QUESTION))
    alice.presses(FR("bot.did_you_mean", question=OTHER_QUESTION), answer)
    assert answer.text.startswith(FR("bot.understood", question=OTHER_QUESTION))
    assert first_title(answer) == RESERVES
    assert world.of_bot(alice.private) == [answer]


def test_pages_of_the_spelling_that_was_typed_stay_with_it(world: World, alice: User) -> None:
    misspelt = "révizion coopérative"
    answer = world.ask(alice, misspelt)
    alice.presses(FR("bot.as_typed", question=misspelt), answer)
    shown = answer.text
    alice.presses(FR("bot.more"), answer)
    alice.presses(FR("bot.back"), answer)
    assert answer.text == shown
    assert alice.presses("👍", answer).text == FR("bot.thanks")


def test_what_is_not_known_is_said_with_the_closest_titles(world: World, alice: User) -> None:
    answer = world.ask(alice, FOREIGN)
    assert answer.text.startswith(FR("search.nothing"))
    assert FR("search.closest") in answer.text
    assert len(answer.links) == 3
    assert [button.text for button in answer.buttons] == [FR("bot.report")]


def test_a_gap_is_recorded_when_it_is_reported(world: World, alice: User) -> None:
    question = "quelle taille de chaussures pour le marathon"
    reasons = "SELECT reason FROM gaps WHERE question = ? ORDER BY id"
    answer = world.ask(alice, question)
    assert world.bot.rows(reasons, question) == [("unanswered",)]
    said = alice.presses(FR("bot.report"), answer)
    assert said.text == FR("bot.reported")
    assert world.bot.rows(reasons, question) == [("unanswered",), ("reported",)]


def test_a_gap_reported_twice_by_the_same_person_counts_once(world: World, alice: User) -> None:
    question = "recette du gratin dauphinois"
    answer = world.ask(alice, question)
    alice.presses(FR("bot.report"), answer)
    alice.presses(FR("bot.report"), answer)
    reported = "SELECT 1 FROM gaps WHERE question = ? AND reason = 'reported'"
    assert len(world.bot.rows(reported, question)) == 1


def test_a_word_no_article_has_is_named_and_the_rest_answered(world: World, alice: User) -> None:
    answer = world.ask(alice, "scop parapente")
    assert answer.text.startswith(FR("search.unknown_words", words="« parapente »"))
    assert "Scop" in first_title(answer)


def test_a_follow_up_goes_on_with_the_question_before(world: World, alice: User) -> None:
    world.ask(alice, QUESTION)
    assert world.ask(alice, FOLLOW_UP).text.startswith(UNDERSTOOD)


def test_a_follow_up_to_nothing_stands_on_its_own(world: World, alice: User) -> None:
    answer = world.ask(alice, FOLLOW_UP)
    assert answer.text.startswith("1. ")
    assert "Scop" in first_title(answer)


def test_follow_ups_of_two_people_do_not_mix(world: World, alice: User, bob: User) -> None:
    world.ask(alice, QUESTION)
    world.ask(bob, OTHER_QUESTION)
    assert world.ask(alice, FOLLOW_UP).text.startswith(UNDERSTOOD)
    understood = world.ask(bob, FOLLOW_UP).text.split("\n")[0]
    assert OTHER_QUESTION in understood
    assert "créer" not in understood


def test_a_follow_up_goes_on_with_the_spelling_that_was_answered(world: World, alice: User) -> None:
    world.ask(alice, MISSPELT)
    followed = world.ask(alice, FOLLOW_UP)
    assert followed.text.startswith(
        FR("bot.understood", question=f"{OTHER_QUESTION} pour une Scop")
    )


def test_a_follow_up_after_insisting_goes_on_with_what_was_typed(world: World, alice: User) -> None:
    answer = world.ask(alice, MISSPELT)
    alice.presses(FR("bot.as_typed", question=MISSPELT), answer)
    followed = world.ask(alice, FOLLOW_UP)
    assert followed.text.startswith(FR("bot.understood", question=f"{MISSPELT} pour une Scop"))
    assert "Résultats pour" not in followed.text


def test_an_edited_follow_up_goes_on_from_the_same_question(world: World, alice: User) -> None:
    world.ask(alice, QUESTION)
    follow_up = alice.says(alice.private, "et à Paris ?")
    answer = world.server.reply_to(follow_up)
    assert "Paris" in answer.text
    alice.edits(follow_up, "et à Lyon ?")
    world.rest()
    assert "Lyon" in answer.text
    assert "Paris" not in answer.text


def test_the_continuation_is_the_next_page_in_a_new_message(world: World, alice: User) -> None:
    world.ask(alice, QUESTION)
    assert world.ask(alice, "la suite").text.startswith("4. ")
    assert world.ask(alice, FOLLOW_UP).text.startswith(UNDERSTOOD)


def test_the_continuation_goes_on_from_the_page_turned_by_a_button(
    world: World, alice: User
) -> None:
    answer = world.ask(alice, QUESTION)
    alice.presses(FR("bot.more"), answer)
    assert answer.text.startswith("4. ")
    following = world.ask(alice, "la suite").text
    assert following.startswith("7. ") or following == FR("errors.question_nothing_more")


def test_a_continuation_of_nothing_gets_a_sentence(world: World, alice: User) -> None:
    assert world.ask(alice, "la suite").text == FR("errors.question_nothing_before")


def test_a_question_without_subject_is_asked_of_the_one_before(world: World, alice: User) -> None:
    world.ask(alice, QUESTION)
    members = world.ask(alice, "combien d'associés ?")
    assert members.text.startswith(
        FR("bot.understood", question="combien d'associés pour une Scic ?")
    )
    why = world.ask(alice, "why?")
    assert why.text.startswith(FR("bot.understood", question="why, associés pour une Scic?"))


def test_an_edited_question_gets_its_answer_in_the_same_message(world: World, alice: User) -> None:
    question = alice.says(alice.private, OTHER_QUESTION)
    answer = world.server.reply_to(question)
    for times, (text, title) in enumerate([(QUESTION, STEPS), (OTHER_QUESTION, RESERVES)], 1):
        alice.edits(question, text)
        assert world.of_bot(alice.private) == [answer]
        assert answer.edits == times
        assert first_title(answer) == title
        assert answer.link_preview == {"is_disabled": True}


def test_an_edit_that_changes_no_word_changes_nothing(world: World, alice: User) -> None:
    question = alice.says(alice.private, "???")
    world.server.reply_to(question)
    alice.edits(question, "???")
    assert len(world.of_bot(alice.private)) == 1
    assert world.not_modified(alice.private) == 1


def test_a_question_edited_to_nonsense_gets_a_sentence_and_loses_its_buttons(
    world: World, alice: User
) -> None:
    question = alice.says(alice.private, QUESTION)
    answer = world.server.reply_to(question)
    alice.edits(question, "!!!")
    assert world.of_bot(alice.private) == [answer]
    assert answer.text == FR("errors.question_without_words", question="!!!")
    assert answer.buttons == []


def test_a_mistyped_command_edited_into_a_question_is_answered_in_place(
    world: World, alice: User
) -> None:
    message = alice.says(alice.private, "/crer une scic")
    (told,) = world.of_bot(alice.private)
    alice.edits(message, QUESTION)
    assert world.of_bot(alice.private) == [told]
    assert first_title(told) == STEPS


def test_a_question_edited_while_its_answer_is_on_its_way_has_one_answer(
    world: World, alice: User
) -> None:
    with world.slow():
        question = alice.says(alice.private, OTHER_QUESTION)
        alice.edits(question, QUESTION)
    assert [first_title(answer) for answer in world.of_bot(alice.private)] == [STEPS]


def test_a_question_deleted_before_its_answer_comes_is_answered_all_the_same(
    world: World, alice: User
) -> None:
    with world.slow():
        question = alice.says(alice.private, QUESTION)
        alice.deletes(question)
    (answer,) = world.of_bot(alice.private)
    assert first_title(answer) == STEPS
    assert answer.reply_to is None


@pytest.mark.parametrize("text", ["???", "…", "👍", "🤷‍♀️🤷", "- - -"])
def test_a_message_without_words_gets_a_sentence(world: World, alice: User, text: str) -> None:
    answer = world.ask(alice, text)
    assert answer.text == FR("errors.question_without_words", question=text)


def test_the_longest_message_telegram_takes_gets_a_sentence(world: World, alice: User) -> None:
    answer = world.ask(alice, "créer une Scic " * 273 + "?")
    assert answer.text == FR("errors.question_too_long", length=4_096, limit=1_000)


def test_html_in_a_question_is_shown_as_it_was_typed(world: World, alice: User) -> None:
    assert world.ask(alice, "<&>").text == FR("errors.question_without_words", question="<&>")
    assert first_title(world.ask(alice, "comment <b>créer & une Scic ?")) == STEPS
    followed = world.ask(alice, FOLLOW_UP)
    understood = FR("bot.understood", question="comment <b>créer & une Scop ?")
    assert followed.text.startswith(understood)
    assert followed.parts("italic")[0] == understood


_FILE = {"file_id": "f", "file_unique_id": "f"}
_SIZE = {"width": 512, "height": 512}


@pytest.mark.parametrize(
    "content",
    [
        {"photo": [_FILE | _SIZE], "caption": QUESTION},
        {"sticker": _FILE | _SIZE | {"type": "regular", "is_animated": False, "is_video": False}},
        {"voice": _FILE | {"duration": 3}},
        {"location": {"latitude": 48.8, "longitude": 2.3}},
        {"contact": {"phone_number": "+33600000000", "first_name": "Zoé"}},
    ],
    ids=["photo", "sticker", "voice", "location", "contact"],
)
def test_what_is_no_text_is_ignored(world: World, alice: User, content: dict[str, object]) -> None:
    world.sends(alice, **content)
    assert world.of_bot(alice.private) == []


def test_a_document_without_command_is_ignored(world: World, alice: User) -> None:
    alice.sends_document(alice.private, "article.md", b"---\ntitle: Scic\n---\n\nUne Scic.")
    alice.sends_document(alice.private, "article.md", b"Une Scic.", caption=QUESTION)
    assert world.of_bot(alice.private) == []


def test_a_forwarded_question_is_answered(world: World, alice: User, bob: User) -> None:
    question = bob.says(world.server.pair(alice, bob), QUESTION)
    forwarded = alice.forwards(question, alice.private)
    assert first_title(world.server.reply_to(forwarded)) == STEPS


def test_who_asks_too_much_is_told_once_and_others_are_answered(
    world: World, alice: User, bob: User
) -> None:
    asked = [alice.says(alice.private, QUESTION) for _ in range(QUESTIONS_PER_MINUTE + 3)]
    answers = world.of_bot(alice.private)
    told = [answer for answer in answers if answer.text == FR("bot.too_fast")]
    assert len(told) == 1
    assert len(answers) == QUESTIONS_PER_MINUTE + 1
    assert {answer.reply_to for answer in answers} < set(asked)
    assert first_title(world.ask(bob, QUESTION)) == STEPS
