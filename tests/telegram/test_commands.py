"""The commands anybody may use, in both languages, and how Telegram shows them."""

from __future__ import annotations

import pytest

from coopbot.state.questions import KEPT
from coopbot.telegram.menu import ADMINISTRATORS, EVERYBODY, IN_GROUPS
from tests.botapi.model import Message
from tests.botapi.people import User
from tests.conftest import article_text
from tests.telegram.conftest import EN, FR, OTHER_QUESTION, QUESTION, RESERVES, STEPS, World

ENGLISH_QUESTION = "how to create a Scic"
MOST_BUTTONS = 100


@pytest.fixture
def eve(world: World) -> User:
    """A person who speaks English."""
    return world.server.user("Eve", "en")


def titles(answer: Message) -> list[str]:
    return [text for text, _ in answer.links]


def test_start_greets_each_in_their_language(world: World, alice: User, eve: User) -> None:
    assert world.ask(alice, "/start").text == FR("bot.start")
    assert world.ask(eve, "/start").text == EN("bot.start")


@pytest.mark.parametrize("payload", ["creer-une-scic", "creer_une_scic", "Creer--une__Scic-"])
def test_a_deep_link_is_answered_as_the_question_it_carries(world: World, payload: str) -> None:
    newcomer = world.server.user(started=False)
    assert titles(world.server.reply_to(newcomer.starts(payload)))[0] == STEPS


def test_help_names_every_command_and_how_to_reach_the_bot(
    world: World, alice: User, eve: User
) -> None:
    french, english = world.ask(alice, "/aide").text, world.ask(eve, "/help").text
    for name, translated in EVERYBODY.items():
        if name not in ("start", "aide"):
            assert f"/{name} –" in french
            assert f"/{translated} –" in english
    assert world.mention in french
    assert world.mention in english
    assert not any(f"/{name}" in french for name in ADMINISTRATORS)


def test_help_names_the_administrators_commands_to_administrators_only(
    world: World, alice: User
) -> None:
    more = FR("bot.help_admin")
    assert world.ask(world.admin, "/aide").text.endswith(more)
    assert more not in world.ask(alice, "/aide").text
    assert all(f"/{name}" in more for name in ADMINISTRATORS)


def test_help_works_under_both_names_for_everybody(world: World, alice: User, eve: User) -> None:
    assert world.ask(alice, "/help").text == world.ask(alice, "/aide").text
    assert world.ask(eve, "/aide").text == world.ask(eve, "/help").text


def test_search_answers_the_question_behind_it(world: World, alice: User) -> None:
    for command in ("/chercher", "/search"):
        assert titles(world.ask(alice, f"{command} {QUESTION}"))[0] == STEPS


def test_search_without_question_says_how(world: World, alice: User, eve: User) -> None:
    assert world.ask(alice, "/chercher").text == FR("bot.search_usage")
    assert world.ask(eve, "/search   ").text == EN("bot.search_usage")


def test_an_edited_search_gets_its_answer_in_the_same_message(world: World, alice: User) -> None:
    command = alice.says(alice.private, f"/chercher {QUESTION}")
    answer = world.server.reply_to(command)
    alice.edits(command, f"/chercher {OTHER_QUESTION}")
    assert world.of_bot(alice.private) == [answer]
    assert titles(answer)[0] == RESERVES


def test_an_edited_command_is_not_carried_out_twice(world: World, alice: User) -> None:
    command = alice.says(alice.private, "/alerte le miel")
    world.server.reply_to(command)
    alice.edits(command, "/alerte les abeilles")
    assert len(world.of_bot(alice.private)) == 1
    assert world.bot.rows("SELECT question FROM alerts WHERE user_id = ?", alice.id) == [
        ("le miel",)
    ]


def test_topics_are_browsed_in_place(world: World, alice: User) -> None:
    answer = world.ask(alice, "/sujets")
    assert answer.text == FR("bot.topics")
    keyboard = [button.text for button in answer.buttons]
    assert {"scic", "scop", "portraits"} <= set(keyboard)
    assert len(set(keyboard)) == len(keyboard)
    alice.presses("portraits", answer)
    assert answer.text.startswith(FR("bot.topic", tag="portraits"))
    assert len(titles(answer)) >= 2
    alice.presses("scic", answer)
    assert STEPS in titles(answer)
    assert [button.text for button in answer.buttons] == keyboard
    assert world.of_bot(alice.private) == [answer]


def test_a_topic_button_leads_to_its_topic_after_articles_were_added(
    world: World, alice: User
) -> None:
    answer = world.ask(alice, "/sujets")
    for number in range(6):
        tags = "[aviculture, portrait]"
        text = article_text(f"Poulailler {number}", "Des poules.", tags=tags)
        (world.bot.corpus / f"poulailler-{number}.md").write_text(text, encoding="utf-8")
    world.bot.index()
    alice.presses("gouvernance", answer)
    assert answer.text.startswith(FR("bot.topic", tag="gouvernance"))


def test_more_topics_than_telegram_takes_buttons_are_offered_all_the_same(
    world: World, alice: User
) -> None:
    tags = f"[{', '.join(f'sujet-{number}' for number in range(MOST_BUTTONS))}]"
    path = world.bot.corpus / "tout.md"
    path.write_text(article_text("De tout", "Un peu de tout.", tags=tags), encoding="utf-8")
    world.bot.index()
    try:
        alice.says(alice.private, "/sujets")
        answers = world.of_bot(alice.private)
    finally:
        path.unlink()
        world.bot.index()
    world.check()
    assert len(answers) == 1


def test_news_lists_articles_with_site_and_date(world: World, alice: User, eve: User) -> None:
    answer = world.ask(alice, "/nouveautes")
    assert answer.parts("bold") == [FR("bot.news")]
    assert 5 <= len(titles(answer)) <= 10
    assert "Coopbot · 24 novembre 2026" in answer.text
    assert answer.link_preview == {"is_disabled": True}
    assert "Coopbot · 24 November 2026" in world.ask(eve, "/news").text


@pytest.mark.parametrize(("french", "english"), EVERYBODY.items())
def test_a_command_works_under_its_english_name(world: World, french: str, english: str) -> None:
    one, other = world.server.user("Zoé"), world.server.user("Zoë")
    first, second = world.ask(one, f"/{french}"), world.ask(other, f"/{english}")
    assert first.text == second.text
    assert [b.text for b in first.buttons] == [b.text for b in second.buttons]


def test_the_language_chosen_is_spoken_everywhere_and_after_a_restart(
    world: World, alice: User
) -> None:
    chosen = world.ask(alice, "/langue")
    assert chosen.text == FR("bot.language")
    alice.presses("English", chosen)
    assert chosen.text == EN("bot.language_chosen")
    assert chosen.buttons == []
    for _ in range(2):
        assert world.ask(alice, "/aide").text.startswith(EN("bot.help", mention=world.mention))
        assert world.ask(alice, "/confidentialite").text == EN("bot.privacy", days=KEPT.days)
        assert world.ask(alice, "scic").button(EN("bot.more"))
        assert world.ask(alice, "???").text == EN("errors.question_without_words", question="???")
        assert alice.presses("x", chosen, stale=True).text == EN("bot.old_button")
        assert world.bot.stop() == 0
        world.bot.start()


def test_a_question_is_answered_in_its_own_language_whatever_was_chosen(
    world: World, alice: User
) -> None:
    alice.presses("English", world.ask(alice, "/langue"))
    assert " novembre " in world.ask(alice, QUESTION).text
    alice.presses("Français", world.ask(alice, "/language"))
    assert " November " in world.ask(alice, ENGLISH_QUESTION).text
    assert world.ask(alice, "/help").text.startswith(FR("bot.help", mention=world.mention))


def test_privacy_says_what_is_kept_and_how_long(world: World, alice: User) -> None:
    answer = world.ask(alice, "/confidentialite")
    assert answer.text == FR("bot.privacy", days=KEPT.days)
    assert f"{KEPT.days} jours" in answer.text
    assert "/oubliermoi" in answer.text


def test_an_unknown_command_is_told_about_the_help(world: World, alice: User) -> None:
    alice.says(alice.private, "/chercer comment créer une Scic")
    assert len(world.of_bot(alice.private)) == 1


def registered(world: World, scope: str, language: str) -> dict[str, str]:
    """Return the commands that Telegram shows in *scope*, with what it says of them."""
    return {c["command"]: c["description"] for c in world.server.commands(scope, language)}


def described(names: dict[str, str], language: str) -> dict[str, str]:
    """Return what `registered` should be for *names*, French to English."""
    if language == "fr":
        return {name: FR(f"commands.{name}") for name in names}
    return {english: EN(f"commands.{name}") for name, english in names.items()}


@pytest.mark.parametrize(("code", "language"), [("", "fr"), ("en", "en")])
def test_commands_are_registered_by_scope_and_language(
    world: World, code: str, language: str
) -> None:
    calls = 10  # of each language: three scopes of commands, two descriptions
    published = ("setMyCommands", "setMyDescription", "setMyShortDescription")
    world.server.wait_for(lambda: sum(len(world.server.called(m)) for m in published) >= calls)
    world.rest()
    in_groups = {name: EVERYBODY[name] for name in IN_GROUPS}
    everything = EVERYBODY | ADMINISTRATORS
    private = registered(world, "all_private_chats", code)
    assert private == described(EVERYBODY, language)
    assert registered(world, "all_group_chats", code) == described(in_groups, language)
    assert registered(world, f"chat {world.admin.id}", code) == described(everything, language)
    assert registered(world, "default", code) == {}


@pytest.mark.parametrize(
    ("method", "name"),
    [("setMyDescription", "description"), ("setMyShortDescription", "short_description")],
)
def test_the_descriptions_are_set_in_both_languages(world: World, method: str, name: str) -> None:
    world.server.wait_for(lambda: len(world.server.called(method)) >= 2)
    calls = [call.parameters for call in world.server.called(method)]
    said = {call.get("language_code", ""): call[name] for call in calls}
    assert said == {"": FR(f"bot.{name}"), "en": EN(f"bot.{name}")}
