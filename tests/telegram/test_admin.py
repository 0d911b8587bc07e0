"""What administrators do: articles, index, activity, gaps; nobody else is heard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopbot.corpus import MAX_ARTICLE_BYTES
from coopbot.telegram.menu import ADMINISTRATORS
from tests.botapi.model import Message
from tests.botapi.people import User
from tests.conftest import article_text
from tests.ingest.site import Site, page
from tests.telegram.conftest import EN, FR, QUESTION, STEPS, World

YES, NO = FR("admin.add_yes"), FR("admin.add_no")
REMOVE = FR("admin.delete_yes")
STEPS_PATH = "creer/creer-une-scic.md"

MILL = """<!doctype html><html lang="fr"><head><meta charset="utf-8">
<title>Le moulin de la Roche | Exemple</title>
<meta property="article:published_time" content="2024-05-06T07:00:00+02:00"></head>
<body><nav><a href="/">Accueil</a></nav><article><h1>Le moulin de la Roche</h1>
<p>Les meuniers du moulin de la Roche sont cinq. Ils ont racheté ensemble le bâtiment en 2011, quand
le dernier patron est parti à la retraite, et ils écrasent depuis le blé des fermes d'alentour.</p>
<p>Chacun prend sa part du travail : l'un règle les meules, un autre livre les boulangers, une
troisième tient les comptes. Les décisions se prennent le lundi, autour d'un café, une personne
une voix, et les bénéfices servent d'abord à entretenir la roue et le bief.</p>
<p>La commune leur loue le terrain pour une somme modeste. En échange, le moulin ouvre ses portes
aux écoles du canton, qui viennent voir comment le grain devient farine, puis pain.</p></article>
<footer>Mentions légales</footer></body></html>"""
DIGEST = """La ruche du quartier Les apiculteurs de la rue Haute partagent une miellerie depuis \
dix ans. Chacun y extrait son miel le samedi. La coopérative compte douze membres.

Une forge reprise par ses forgerons Les salariés de la forge de Saint-Ciers ont racheté leur \
atelier en 2019. Ils étaient onze, ils sont dix-huit. La banque a prêté la moitié.
"""


@pytest.fixture(scope="module")
def articles(shelf: Path, shelf_index: Path) -> tuple[Path, Path]:
    """Few articles, because they are indexed often here."""
    return shelf, shelf_index


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A web site whose pages a test may add."""
    with Site.running({}) as running:
        yield running


def attaches(world: World, text: str | bytes, name: str = "article.md") -> Message:
    """Let the administrator send an article and return what the bot says to it."""
    data = text if isinstance(text, bytes) else text.encode()
    admin = world.admin
    sent = admin.sends_document(admin.private, name, data, caption="/ajouter")
    return world.server.reply_to(sent)


def known(world: World, person: User, question: str) -> bool:
    """Tell whether the articles answer *question*."""
    return FR("search.nothing") not in world.ask(person, question).text


def gap_count(world: World, question: str) -> int:
    query = "SELECT count(*) FROM gaps WHERE question = ? AND NOT done"
    ((count,),) = world.bot.rows(query, question)
    assert isinstance(count, int)
    return count


def files(world: World) -> set[str]:
    return {p.relative_to(world.bot.corpus).as_posix() for p in world.bot.corpus.rglob("*.md")}


def test_an_attached_article_is_shown_then_added_and_found(world: World, alice: User) -> None:
    text = article_text(
        "Les <moulins> & nous",
        "Un moulin à vent moud le blé. Le meunier surveille les ailes du moulin.",
        tags="[moulins, blé]",
        published="2024-05",
        url="https://example.org/moulins?a=1&b=2",
    )
    assert not known(world, alice, "qui surveille les ailes du moulin à vent")
    before = files(world)
    preview = attaches(world, text)
    assert preview.text.startswith(FR("admin.add_preview"))
    assert preview.parts("bold") == ["Les <moulins> & nous"]
    for shown in ("https://example.org/moulins?a=1&b=2", "2024-05", "blé", "Un moulin à vent moud"):
        assert shown in preview.text
    assert [button.text for button in preview.buttons] == [YES, NO]
    assert files(world) == before
    world.admin.presses(YES, preview)
    (path,) = files(world) - before
    assert preview.text == FR("admin.added", path=path, articles=len(files(world)) - 1)
    assert preview.buttons == []
    answer = world.ask(alice, "qui surveille les ailes du moulin à vent")
    assert answer.links[0] == ("Les <moulins> & nous", "https://example.org/moulins?a=1&b=2")


def test_an_article_is_added_by_a_reply_to_its_file(world: World, alice: User) -> None:
    admin = world.admin
    text = article_text("Les phares", "Le gardien du phare allume la lanterne.").encode()
    sent = admin.sends_document(admin.private, "phares.md", text)
    assert world.of_bot(admin.private, sent) == []
    preview = world.ask(admin, "/add", reply_to=sent)
    admin.presses(YES, preview)
    assert known(world, alice, "qui allume la lanterne du phare")


def test_an_article_with_the_same_address_takes_the_place_of_the_former(
    world: World, alice: User
) -> None:
    before = files(world)
    for body in ("Le puits de mine a fermé.", "Le terril a reverdi depuis."):
        text = article_text("La mine", body, url="https://example.org/mine")
        world.admin.presses(YES, attaches(world, text))
    (path,) = files(world) - before
    assert "puits" not in (world.bot.corpus / path).read_text(encoding="utf-8")
    assert "Le terril a reverdi" in world.ask(alice, "la mine et son terril").text


def test_an_article_cancelled_is_not_added(world: World) -> None:
    before = files(world)
    preview = attaches(world, article_text("Pas celui-ci", "Une coopérative."))
    world.admin.presses(NO, preview)
    assert preview.text == FR("admin.cancelled")
    assert preview.buttons == []
    assert files(world) == before


def test_an_article_is_added_once_however_often_the_button_is_pressed(world: World) -> None:
    before = files(world)
    preview = attaches(world, article_text("Une seule fois", "Une coopérative."))
    data = preview.button(YES).data or ""
    presses = [world.admin.pressing(data, preview, stale=True) for _ in range(3)]
    answers = [press.wait().text for press in presses]
    assert sorted(answers) == ["", FR("admin.gone"), FR("admin.gone")]
    assert len(files(world) - before) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\ntitle: La Scop : sans guillemets\n---\n\nTexte.", "article.md, ligne 2 : "),
        ("---\ntitle: Scop\nTexte.", "n'est pas fermé"),
        ("---\nsite: Coopbot\n---\n\nTexte.", "n'a pas de titre"),
        ("---\ntitle: Scop\npublished: hier\n---\n\nTexte.", "« hier » n'est pas une date"),
        (b"%PDF-1.7\n\x00\xff\xfe", "est abîmé"),
        (b"\x00", "article.md"),
    ],
    ids=["yaml", "open", "no title", "date", "pdf", "nul"],
)
def test_a_broken_article_is_refused_with_the_reason(
    world: World, text: str | bytes, said: str
) -> None:
    before = files(world)
    answer = attaches(world, text)
    assert said in answer.text
    assert answer.buttons == []
    assert files(world) == before


def test_a_file_too_large_is_refused_without_being_fetched(world: World) -> None:
    fetched = len(world.server.called("getFile"))
    answer = attaches(world, b"x" * (MAX_ARTICLE_BYTES + 1))
    assert answer.text == FR(
        "errors.article_too_large", path="article.md", megabytes="2.0", limit="2"
    )
    assert len(world.server.called("getFile")) == fetched


def test_an_article_with_an_endless_title_gets_an_answer(world: World) -> None:
    admin = world.admin
    data = article_text("Très long " * 500, "Une coopérative.").encode()
    sent = admin.sends_document(admin.private, "long.md", data, caption="/ajouter")
    answers = world.of_bot(admin.private, sent)
    world.check()
    assert len(answers) == 1


def test_add_without_file_says_how(world: World) -> None:
    assert world.ask(world.admin, "/ajouter").text == FR("admin.add_usage")


def test_a_file_captioned_for_another_bot_is_left_to_it(world: World) -> None:
    group = world.server.group("Deux bots", world.admin)
    group.hears_everything = True
    world.admin.sends_document(group, "a.md", b"Une Scic", caption="/ajouter@autre_bot")
    assert world.of_bot(group) == []


@pytest.mark.parametrize("by", ["path", "address"])
def test_an_article_is_removed_after_a_confirmation(world: World, alice: User, by: str) -> None:
    address = f"https://example.org/tortue-{by}"
    body = f"La tortue {by} mange de la salade et dort l'hiver."
    text = article_text(f"La tortue {by}", body, url=address)
    world.admin.presses(YES, attaches(world, text))
    question = f"que mange la tortue {by}"
    assert known(world, alice, question)
    path = f"la-tortue-{by}.md"
    asked = world.ask(world.admin, f"/supprimer {path if by == 'path' else address}")
    assert asked.text == FR("admin.delete_confirm", title=f"La tortue {by}", path=path)
    assert path in files(world)
    world.admin.presses(REMOVE, asked)
    assert asked.text == FR("admin.deleted", path=path, articles=len(files(world)) - 1)
    assert path not in files(world)
    assert not known(world, alice, question)


def test_a_removal_cancelled_removes_nothing(world: World, alice: User) -> None:
    asked = world.ask(world.admin, f"/supprimer {STEPS_PATH}")
    world.admin.presses(NO, asked)
    assert asked.buttons == []
    assert STEPS_PATH in files(world)
    assert world.ask(alice, QUESTION).links[0][0] == STEPS


def test_a_removal_cancelled_is_not_called_an_addition(world: World) -> None:
    asked = world.ask(world.admin, f"/supprimer {STEPS_PATH}")
    world.admin.presses(NO, asked)
    assert "ajouté" not in asked.text


def test_a_removal_confirmed_too_late_does_not_ask_for_a_file(world: World) -> None:
    asked = world.ask(world.admin, f"/supprimer {STEPS_PATH}")
    world.bot.stop()
    world.bot.start()
    said = world.admin.presses(REMOVE, asked)
    assert STEPS_PATH in files(world)
    assert "fichier" not in said.text


def test_removing_what_there_is_not_is_said(world: World) -> None:
    assert world.ask(world.admin, "/supprimer").text == FR("admin.delete_usage")
    for name in ("rien.md", "../bot.log", "<b>", "README.md"):
        answer = world.ask(world.admin, f"/supprimer {name}")
        assert answer.text == FR("admin.delete_none", name=name)


def test_reindexing_takes_up_new_articles_and_names_broken_ones(world: World, alice: User) -> None:
    good, bad = world.bot.corpus / "hibou.md", world.bot.corpus / "casse.md"
    good.write_text(article_text("Le hibou", "Le hibou hulule la nuit."), encoding="utf-8")
    bad.write_text("---\ntitle: La Scop : sans guillemets\n---\n", encoding="utf-8")
    answer = world.ask(world.admin, "/reindexer")
    bad.unlink()
    assert "casse.md, ligne 2" in answer.text
    assert answer.text.count("\n") == 1
    assert known(world, alice, "quand hulule le hibou")
    good.unlink()
    assert "casse.md" not in world.ask(world.admin, "/reindex").text
    assert not known(world, alice, "quand hulule le hibou")


def test_stats_count_articles_answers_thumbs_gaps_and_alerts(world: World, alice: User) -> None:
    def numbers() -> list[int]:
        text = world.ask(world.admin, "/stats").text
        return [
            int(word) for word in text.replace(",", " ").replace(".", " ").split() if word.isdigit()
        ]

    before = numbers()
    answer = world.ask(alice, QUESTION)
    alice.presses("👍", answer)
    world.ask(alice, "la vitesse des escargots de Bourgogne")
    world.ask(alice, "/alerte les escargots")
    after = numbers()
    articles, _passages, days = before[0], before[1], before[3]
    assert articles == len(files(world)) - 1
    assert days == 90
    assert [b - a for a, b in zip(before, after, strict=True)] == [0, 0, 2, 0, 1, 0, 1, 1]


def test_what_an_administrator_does_is_logged_with_who_did_it(world: World) -> None:
    before = len(world.bot.log.read_text(encoding="utf-8"))
    for command in ("/stats", "/manques", "/reindexer"):
        world.ask(world.admin, command)
    asked = world.ask(world.admin, f"/supprimer {max(files(world))}")
    world.admin.presses(FR("admin.add_no"), asked)
    world.rest()
    log = world.bot.log.read_text(encoding="utf-8")[before:]
    acts = re.findall(rf"administrator administrator={world.admin.id} act=(\"[^\"]*\"|\S+)", log)
    assert acts == ["stats", "gaps", "reindex", '"ask to delete"', "cancel"]


def test_gaps_are_grouped_by_what_is_missing_and_closed_one_by_one(
    world: World, alice: User, bob: User
) -> None:
    wordings = ("nourrir un hamster doré", "le hamster doré, comment le nourrir ?")
    for person, question in ((alice, wordings[0]), (bob, wordings[1]), (bob, wordings[0])):
        world.ask(person, question)
    world.ask(alice, "réparer une horloge comtoise")
    listed = world.ask(world.admin, "/manques")
    lines = listed.text.split("\n")
    assert lines[0] == FR("admin.gaps")
    (hamster,) = [line for line in lines if "hamster" in line]
    assert hamster.endswith("(3)")
    assert any("horloge comtoise (1)" in line for line in lines)
    number = hamster.partition(".")[0]
    said = world.admin.presses(FR("admin.gap_done", number=number), listed)
    assert said.text == FR("admin.closed")
    assert "hamster" not in listed.text
    assert "horloge" in listed.text
    assert gap_count(world, wordings[0]) == 0
    assert "hamster" not in world.ask(world.admin, "/gaps").text
    world.ask(alice, wordings[0])
    assert gap_count(world, wordings[0]) == 1


def test_a_person_who_is_no_administrator_is_not_heard(world: World, alice: User) -> None:
    before = files(world)
    for names in ADMINISTRATORS.items():
        for name in names:
            alice.says(alice.private, f"/{name} {STEPS_PATH}")
    text = article_text("Intrus", "Une coopérative.").encode()
    alice.sends_document(alice.private, "intrus.md", text, caption="/ajouter")
    assert world.of_bot(alice.private) == []
    assert files(world) == before


def test_nobody_else_presses_an_administrators_button(world: World, alice: User) -> None:
    group = world.server.group("Comité", world.admin, alice)
    world.ask(alice, "polir une boule de bowling")
    before = files(world)
    asked = world.ask(world.admin, f"/supprimer {STEPS_PATH}", group)
    listed = world.ask(world.admin, "/manques", group)
    text = article_text("Intrus", "Une coopérative.").encode()
    sent = world.admin.sends_document(group, "intrus.md", text, caption="/ajouter")
    preview = world.server.reply_to(sent)
    for message in (asked, listed, preview):
        shown = message.text
        for button in message.buttons:
            assert alice.presses(button, message).text == ""
        assert message.text == shown
    assert files(world) == before
    assert gap_count(world, "polir une boule de bowling") == 1
    world.admin.presses(NO, preview)


def test_an_english_administrator_is_spoken_to_in_english(world: World) -> None:
    admin = world.admin
    admin.presses("English", world.ask(admin, "/langue"))
    try:
        assert world.ask(admin, "/add").text == EN("admin.add_usage")
        assert world.ask(admin, "/stats").text.endswith("alerts.")
    finally:
        admin.presses("Français", world.ask(admin, "/langue"))


def test_an_address_is_shown_then_added_and_answers(world: World, alice: User, site: Site) -> None:
    site.routes["/moulin"] = page(MILL)
    address = site.url("/moulin")
    before = files(world)
    preview = world.ask(world.admin, address)
    assert preview.parts("bold") == ["Le moulin de la Roche"]
    for shown in (address, "2024-05-06", "mots", "Les meuniers du moulin"):
        assert shown in preview.text
    assert files(world) == before
    world.admin.presses(YES, preview)
    (path,) = files(world) - before
    assert preview.text == FR("admin.added", path=path, articles=len(files(world)) - 1)
    answer = world.ask(alice, "combien de meuniers tiennent le moulin de la Roche ?")
    assert answer.parts("bold")[0] == "Le moulin de la Roche"
    again = world.ask(world.admin, f"/ajouter {address}")
    assert again.text == FR("admin.add_unchanged", path=path)
    assert again.buttons == []


def test_what_is_no_article_is_refused_with_the_reason(world: World, site: Site) -> None:
    site.routes["/vide"] = page("<p>Bonjour")
    before = files(world)
    answers = [
        world.ask(world.admin, f"/ajouter {address}")
        for address in (site.url("/vide"), site.url("/absent"), "http://10.0.0.1/")
    ]
    assert [answer.buttons for answer in answers] == [[], [], []]
    assert "n'existe pas, ou n'existe plus" in answers[1].text
    assert "10.0.0.1 n'est pas sur l'internet public" in answers[2].text
    assert files(world) == before


def test_a_file_of_several_articles_is_listed_then_added(world: World, alice: User) -> None:
    before = files(world)
    preview = attaches(world, DIGEST, "veille.txt")
    assert FR("admin.add_many", count=2) in preview.text
    assert "– La ruche du quartier" in preview.text
    world.admin.presses(YES, preview)
    assert len(files(world) - before) == 2
    assert preview.text == FR("admin.added_many", count=2, articles=len(files(world)) - 1)
    assert known(world, alice, "qui partage une miellerie rue Haute")


def test_an_address_from_somebody_else_is_a_question(world: World, alice: User, site: Site) -> None:
    site.routes["/moulin"] = page(MILL)
    site.log.clear()
    answer = world.ask(alice, site.url("/moulin"))
    assert YES not in [button.text for button in answer.buttons]
    assert site.log == []
