"""Alerts: asked for, listed, removed, and told once for each new article."""

from __future__ import annotations

from pathlib import Path

import pytest

from coopbot.state.people import MAX_ALERTS
from tests.botapi.model import Chat, Message
from tests.botapi.people import User
from tests.botapi.server import BotApiServer
from tests.conftest import article_text
from tests.telegram.conftest import EN, FR, BotProcess, World

LOOK_SECONDS = 20.0
BELL = "🔔"
# Questions that articles outside the first answer, nearly: a shift of a few points lets them in.
GOLDEN = (
    "est ce que la mairie peut prendre des parts dans une scic",
    "commune 40 % du capital combien de voix",
    "l'interco a deja 30 % de la scic, il reste combien pour les communes autour ?",
    "capital scop salariés 51 %",
    "chances de survie d'une coop au bout de cinq ans par rapport aux autres entreprises",
    "les cinq principes de l'article 1er de la loi de 1947",
    "vote dans une cooperative par raport à une société par actions",
    "pourquoi la coopérative n'est arrivée que deux ans après le redémarrage de la fabrique",
)


@pytest.fixture(scope="module")
def articles(shelf: Path, shelf_index: Path) -> tuple[Path, Path]:
    """Few articles, because they are indexed often here."""
    return shelf, shelf_index


def add_alert(world: World, person: User, question: str, chat: Chat | None = None) -> None:
    said = world.ask(person, f"/alerte {question}", chat)
    assert said.text == FR("bot.alert_added", question=question)


def write(world: World, title: str, body: str) -> None:
    """Put an article into the corpus, or change the one with that *title*."""
    path = world.bot.corpus / f"{title.lower().replace(' ', '-')}.md"
    path.write_text(article_text(title, body), encoding="utf-8")


def index_and_wait(world: World, word: str) -> None:
    """Index what was written; return when the bot has gone through all alerts there are.

    They are gone through in the order they were made; the last one here is on an article that is
    new for certain, because it is about *word*.
    """
    last = world.server.user("Dernier")
    add_alert(world, last, word)
    write(world, word, f"Tout ce qu'il faut savoir sur {word}.")
    world.bot.index()
    world.server.wait_for(lambda: news(last.private), LOOK_SECONDS, "the last alert")
    world.rest()


def restart_and_wait(world: World, word: str) -> None:
    """Do the same to a bot that is stopped meanwhile, which need not wait to look."""
    last = world.server.user("Dernier")
    add_alert(world, last, word)
    write(world, word, f"Tout ce qu'il faut savoir sur {word}.")
    world.bot.stop()
    world.bot.index()
    world.bot.start()
    world.server.wait_for(lambda: news(last.private), LOOK_SECONDS, "the last alert")
    world.rest()


def news(chat: Chat) -> list[Message]:
    """Return the alerts told in *chat*."""
    return [m for m in chat.messages if m.is_from_bot and m.text.startswith(BELL)]


def questions(world: World, person: User) -> list[object]:
    found = world.bot.rows("SELECT question FROM alerts WHERE user_id = ? ORDER BY id", person.id)
    return [question for (question,) in found]


def test_without_alert_the_command_says_how_to_add_one(world: World, alice: User) -> None:
    assert world.ask(alice, "/alerte").text == FR("bot.alert_usage")
    assert world.ask(world.server.user(language_code="en"), "/alert").text == EN("bot.alert_usage")


def test_alerts_are_added_listed_and_removed(world: World, alice: User) -> None:
    add_alert(world, alice, "les moulins")
    add_alert(world, alice, "les lavoirs & <b>fontaines")
    listed = world.ask(alice, "/alerte")
    assert listed.text == FR("bot.alert_list")
    labels = [button.text for button in listed.buttons]
    assert labels == ["✕ les moulins", "✕ les lavoirs & <b>fontaines"]
    assert alice.presses("✕ les moulins", listed).text == FR("bot.alert_removed")
    assert [button.text for button in listed.buttons] == labels[1:]
    assert questions(world, alice) == ["les lavoirs & <b>fontaines"]
    alice.presses(labels[1], listed)
    assert listed.text == FR("bot.alert_usage")
    assert listed.buttons == []
    assert questions(world, alice) == []


def test_an_alert_removed_twice_is_said_to_be_gone(world: World, alice: User) -> None:
    add_alert(world, alice, "les phares")
    one, other = world.ask(alice, "/alerte"), world.ask(alice, "/alerte")
    alice.presses("✕ les phares", one)
    assert alice.presses("✕ les phares", other).text == FR("bot.old_button")


def test_an_alert_added_twice_is_one(world: World, alice: User) -> None:
    add_alert(world, alice, "les puits")
    add_alert(world, alice, "les puits")
    assert questions(world, alice) == ["les puits"]


def test_nobody_removes_the_alert_of_another(world: World, alice: User, bob: User) -> None:
    group = world.server.group("Veille", alice, bob)
    add_alert(world, alice, "les ponts", group)
    listed = world.ask(alice, "/alerte", group)
    assert bob.presses("✕ les ponts", listed).text == FR("bot.old_button")
    assert questions(world, alice) == ["les ponts"]


def test_a_person_has_at_most_twenty_alerts(world: World, alice: User, bob: User) -> None:
    for number in range(MAX_ALERTS):
        alice.says(alice.private, f"/alerte question numéro {number}")
    world.rest()
    refused = world.ask(alice, "/alerte une de trop")
    assert refused.text == FR("bot.alert_full", count=MAX_ALERTS)
    assert len(questions(world, alice)) == MAX_ALERTS
    assert len(world.ask(alice, "/alerte").buttons) == MAX_ALERTS
    add_alert(world, bob, "une de trop")


@pytest.mark.parametrize("question", ["???", "!!! …"])
def test_an_alert_on_nothing_is_refused_with_a_sentence(
    world: World, alice: User, question: str
) -> None:
    refused = world.ask(alice, f"/alerte {question}")
    assert refused.text == FR("errors.question_without_words", question=question)
    assert questions(world, alice) == []


def test_an_alert_on_too_much_is_refused_with_a_sentence(world: World, alice: User) -> None:
    refused = world.ask(alice, f"/alerte {'miel ' * 300}".strip())
    assert refused.text == FR("errors.question_too_long", length=1_499, limit=1_000)
    assert questions(world, alice) == []


def test_a_new_article_is_told_once_and_never_again(world: World, alice: User, bob: User) -> None:
    add_alert(world, alice, "ruches et miel")
    add_alert(world, bob, "trottinettes")
    write(world, "Le miel des villes", "Les ruches donnent du miel, même en ville.")
    index_and_wait(world, "girouettes")
    (told,) = news(alice.private)
    assert told.text.startswith(f"{BELL} {FR('bot.alert_news', question='ruches et miel')}\n")
    assert "Le miel des villes\n" in told.text
    assert {"ruches", "miel"} <= set(told.parts("bold"))
    assert told.link_preview == {"is_disabled": True}
    assert news(bob.private) == []
    index_and_wait(world, "cornemuses")
    restart_and_wait(world, "scaphandres")
    assert news(alice.private) == [told]


def test_an_article_edited_is_not_told_again(world: World, alice: User) -> None:
    add_alert(world, alice, "tuiles et ardoises")
    write(world, "Des toits", "Les tuiles et les ardoises couvrent les toits.")
    restart_and_wait(world, "trébuchets")
    assert len(news(alice.private)) == 1
    write(world, "Des toits", "Les tuiles couvrent les toits, les ardoises aussi, et mieux.")
    restart_and_wait(world, "hippocampes")
    assert len(news(alice.private)) == 1


def test_an_article_known_before_the_alert_is_not_told(world: World, alice: User) -> None:
    write(world, "Des haies", "Les haies et les talus retiennent l'eau.")
    restart_and_wait(world, "armoiries")
    add_alert(world, alice, "haies et talus")
    restart_and_wait(world, "catapultes")
    assert news(alice.private) == []


def test_who_blocked_the_bot_loses_the_alert_and_others_are_told(
    world: World, alice: User, bob: User
) -> None:
    add_alert(world, bob, "vergers et pommes")
    add_alert(world, alice, "vergers et pommes")
    bob.blocks()
    write(world, "Les vergers", "Dans les vergers, les pommes mûrissent.")
    restart_and_wait(world, "diligences")
    assert len(news(alice.private)) == 1
    assert questions(world, bob) == []
    assert questions(world, alice) == ["vergers et pommes"]
    bob.unblocks()
    assert world.ask(bob, "/alerte").text == FR("bot.alert_usage")


def test_an_alert_added_in_a_group_is_told_there(world: World, alice: User) -> None:
    group = world.server.supergroup("Veille", alice)
    add_alert(world, alice, "lavande et tilleul", group)
    write(world, "Les tisanes", "La lavande et le tilleul se boivent le soir.")
    restart_and_wait(world, "locomotives")
    assert len(news(group)) == 1
    assert news(alice.private) == []


def test_news_are_in_the_language_of_the_alert(world: World) -> None:
    eve = world.server.user("Eve", "en")
    assert world.ask(eve, "/alert paragliding").text == EN(
        "bot.alert_added", question="paragliding"
    )
    write(world, "Paragliding", "Le parapente, ou paragliding.")
    restart_and_wait(world, "hallebardes")
    (told,) = news(eve.private)
    assert told.text.startswith(f"{BELL} {EN('bot.alert_news', question='paragliding')}\n")
    assert EN("search.undated") in told.text


def test_an_old_article_is_no_news_because_another_was_added(
    bot: BotProcess, server: BotApiServer
) -> None:
    world, alice = World(server, bot, server.user("Admin")), server.user("Alice")
    bot.start()
    for question in GOLDEN:
        add_alert(world, alice, question)
    body = (
        "La Cuma réunit des agriculteurs qui achètent ensemble du matériel. Une Cuma est une "
        "coopérative agricole. Les adhérents d'une Cuma souscrivent du capital selon leur usage."
    )
    write(world, "La Cuma partage le matériel", body)
    restart_and_wait(world, "arquebuses")
    old = [m for m in news(alice.private) if "La Cuma partage" not in m.text]
    assert old == []


def test_each_of_many_new_articles_is_told(world: World, alice: User) -> None:
    add_alert(world, alice, "cerfs-volants")
    names = [f"Cerfs-volants {name}" for name in ("ronds", "plats", "longs", "courts", "doubles")]
    for name in names:
        write(world, name, f"Les {name} sont des cerfs-volants comme les autres.")
    restart_and_wait(world, "montgolfières")
    restart_and_wait(world, "dirigeables")
    told = "\n".join(message.text for message in news(alice.private))
    assert [name for name in names if name not in told] == []


def test_private_alerts_are_not_shown_to_a_group(world: World, alice: User, bob: User) -> None:
    add_alert(world, alice, "licenciement et prud'hommes")
    group = world.server.group("Collègues", alice, bob)
    listed = world.ask(alice, "/alerte", group)
    assert listed.buttons == []
