"""The query language in a conversation with the bot."""

from __future__ import annotations

from tests.botapi.model import Message
from tests.botapi.people import User
from tests.telegram.conftest import EN, FR, QUESTION, STEPS, World

TITLE = " ".join(STEPS.split())  # as it comes back from a question


def only(restriction: str) -> str:
    return FR("only.these", restrictions=restriction)


def titles(answer: Message) -> list[str]:
    return [text for text, _ in answer.links]


def test_a_conversation_in_the_query_language(world: World, alice: User) -> None:
    quoted = FR("search.quoted", word=TITLE)
    answer = world.ask(alice, f'titre:"{STEPS}"')
    said = only(FR("only.title_phrase", words=quoted))
    assert answer.text.startswith(f"{said}\n\n1. {STEPS}\n")
    assert titles(answer) == [STEPS]

    # what a phone makes of quotes is understood
    answer = world.ask(alice, f"“{STEPS}”")
    assert answer.text.startswith(only(FR("only.phrase", words=quoted)))
    assert STEPS in titles(answer)
    answer = world.ask(alice, f"{QUESTION} -« {STEPS} »")
    assert answer.text.startswith(only(FR("only.without", words=quoted)))
    assert STEPS not in titles(answer)

    # what contradicts itself is not known; what is malformed is plain words
    answer = world.ask(alice, f"{QUESTION} depuis:2021 avant:2020")
    assert answer.text.startswith(only("depuis 2021, avant 2020"))
    assert FR("search.nothing") in answer.text
    answer = world.ask(alice, f'- {QUESTION} titre : " site:')
    assert only("").strip() not in answer.text
    assert STEPS in titles(answer)


def test_more_of_a_restricted_answer_is_restricted_too(world: World, alice: User) -> None:
    answer = world.ask(alice, "scic -licorne")
    first = titles(answer)
    alice.presses(FR("bot.more"), answer)
    assert titles(answer)
    assert not set(first) & set(titles(answer))


def test_a_follow_up_keeps_the_restrictions(world: World, alice: User) -> None:
    world.ask(alice, "créer une Scic depuis:2020")
    answer = world.ask(alice, "et pour une Scop ?")
    understood = FR("bot.understood", question="créer une Scop depuis:2020")
    assert answer.text.startswith(f"{understood}\n\n{only('depuis 2020')}")


def test_a_person_who_writes_english_is_told_in_english(world: World) -> None:
    answer = world.ask(world.server.user("Eve", "en"), "how to create a Scic since:2020")
    assert answer.text.startswith(EN("only.these", restrictions="since 2020"))


def test_help_tells_of_it(world: World, alice: User) -> None:
    help_page = world.ask(alice, "/aide").text
    for example in ('"deux mots"', "-mot", "titre:mot", "site:avise.org", "depuis:2020"):
        assert example in help_page
