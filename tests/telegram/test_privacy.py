"""What is kept of people, and what is not."""

from __future__ import annotations

import json

from coopbot.state.database import FILE
from tests.botapi.people import User
from tests.botapi.server import BotApiServer
from tests.telegram.conftest import EN, FOREIGN, FR, QUESTION, STEPS, BotProcess, World

TABLES = (
    *("people", "alerts", "alerted", "answers", "feedback", "gaps", "inbox", "outbox"),
    *("visits", "rounds", "links"),  # of the web
    "restored",
)
# What may bear a person's number, as /confidentialite says; the outbox for two days.
PERSONAL = {"people", "alerts", "outbox"}


def holding(world: World, number: int) -> set[str]:
    """Return the tables of the state in which *number* is anywhere, once the bot is at rest."""
    world.rest()
    found = set()
    for table in TABLES:
        for row in world.bot.rows(f"SELECT * FROM {table}"):  # noqa: S608 - a name from above
            if any(str(number) in str(value) for value in row):
                found.add(table)
    return found


def raw_state(world: World) -> bytes:
    """Return all bytes of the state's files, what SQLite has not yet overwritten included."""
    return b"".join(path.read_bytes() for path in sorted(world.bot.state.glob(f"{FILE}*")))


def lives(world: World, person: User) -> None:
    """Let *person* do everything that leaves a trace."""
    person.presses("English", world.ask(person, "/langue"))
    world.ask(person, "/alerte les dirigeables")
    answer = world.ask(person, QUESTION)
    person.presses("👎", answer)
    person.presses(EN("bot.report"), world.ask(person, f"how to bake an apple pie, {FOREIGN}"))
    person.asks_inline("scic")


def test_the_tables_looked_at_are_all_there_are(world: World) -> None:
    found = world.bot.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    assert {name for (name,) in found} == set(TABLES)


def test_only_language_alerts_and_messages_bear_a_persons_number(world: World, alice: User) -> None:
    lives(world, alice)
    assert holding(world, alice.id) == PERSONAL


def test_questions_gaps_and_votes_do_not_say_whose_they_are(world: World, alice: User) -> None:
    alice.first_name, alice.username = "Aliénor", "alienor_bretagne"
    lives(world, alice)
    world.rest()
    for table in ("answers", "gaps", "feedback"):
        rows = world.bot.rows(f"SELECT * FROM {table}")  # noqa: S608 - a name from above
        assert rows
        shown = str(rows)
        assert str(alice.id) not in shown
        assert "alienor" not in shown
        assert "Aliénor" not in shown


def test_a_message_dealt_with_leaves_nothing_of_its_text(world: World, alice: User) -> None:
    world.ask(alice, "/alerte la chasse au dahu")
    world.rest()
    assert world.bot.rows("SELECT payload FROM inbox WHERE payload IS NOT NULL") == []
    assert world.bot.rows("SELECT payload FROM outbox WHERE payload IS NOT NULL") == []


def test_forgetting_erases_language_and_alerts_at_once(
    world: World, alice: User, bob: User
) -> None:
    for person in (alice, bob):
        lives(world, person)
    answer = world.ask(alice, "/oubliermoi")
    assert answer.text == EN("bot.forgotten")
    assert holding(world, alice.id) & {"people", "alerts"} == set()
    assert world.ask(alice, "/alerte").text == FR("bot.alert_usage")
    assert world.ask(alice, "/aide").text.startswith(FR("bot.help", mention=world.mention))
    assert holding(world, bob.id) == PERSONAL


def test_forgetting_erases_what_alerts_have_seen(world: World, alice: User) -> None:
    world.ask(alice, "/alerte comment créer une Scic")
    ((alert,),) = world.bot.rows("SELECT id FROM alerts WHERE user_id = ?", alice.id)
    seen = "SELECT 1 FROM alerted WHERE alert_id = ?"
    assert world.bot.rows(seen, alert)
    world.ask(alice, "/forgetme")
    assert world.bot.rows(seen, alert) == []


def test_forgetting_ends_the_conversation(world: World, alice: User) -> None:
    world.ask(alice, QUESTION)
    world.ask(alice, "/oubliermoi")
    assert world.ask(alice, "et pour une Scop ?").text.startswith("1. ")


def test_who_was_never_known_is_forgotten_as_well(world: World, alice: User) -> None:
    assert world.ask(alice, "/oubliermoi").text == FR("bot.forgotten")


def test_after_forgetting_no_table_bears_the_persons_number(world: World, alice: User) -> None:
    lives(world, alice)
    world.ask(alice, "/oubliermoi")
    assert holding(world, alice.id) == set()


def test_after_forgetting_the_files_hold_nothing_of_the_alerts(world: World, alice: User) -> None:
    world.ask(alice, "/alerte la salamandre tachetée du Morvan")
    world.ask(alice, "/oubliermoi")
    world.rest()
    assert b"salamandre" not in raw_state(world)


def test_the_votes_key_is_for_the_bots_eyes_only(world: World) -> None:
    state = world.bot.state
    assert state.stat().st_mode & 0o077 == 0
    assert (state / "pepper").stat().st_mode & 0o077 == 0


def test_neither_token_nor_words_nor_people_are_logged_whatever_goes_wrong(
    bot: BotProcess, server: BotApiServer
) -> None:
    world = World(server, bot, server.user("Admin"))
    alice = server.user("Aliénor")
    bot.options = ["--debug", "--log-json"]
    bot.start()
    server.faults.once("bad_gateway", "sendMessage")
    server.faults.once("drop_before", "sendMessage")
    server.faults.once("drop_before", "getUpdates")
    world.ask(alice, QUESTION)
    world.rest()
    assert bot.stop() == 0
    log = bot.log.read_text(encoding="utf-8")
    events = [json.loads(line) for line in log.splitlines()]
    calls = [event for event in events if event["event"] == "call"]
    results = {(event["method"], event["result"]) for event in calls}
    assert {("sendMessage", "502"), ("sendMessage", "done"), ("getUpdates", "done")} <= results
    asked = [event for event in events if event["event"] == "question"]
    assert [event["outcome"] for event in asked] == ["answered"]
    secret = server.token.partition(":")[2]
    shown = (alice.first_name, str(alice.id), "Scic", STEPS, secret)
    assert [text for text in shown if text in log] == []


def test_a_refused_token_is_not_shown(bot: BotProcess, server: BotApiServer) -> None:
    wrong = f"{server.token[:-4]}beef"
    bot.environment["COOPBOT_TELEGRAM_TOKEN"] = wrong
    bot.options = ["--debug"]
    assert bot.run() == 2
    log = bot.log.read_text(encoding="utf-8")
    assert FR("errors.telegram_token_refused") in log
    assert wrong.partition(":")[2] not in log
