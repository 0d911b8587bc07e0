"""Old and replaced articles in a conversation: the warning, and the newer article as a link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.botapi.people import User
from tests.conftest import article_text
from tests.telegram.conftest import FR, World

URL = "https://hibou.example/2012"
TODAY = dt.datetime.now(dt.UTC).date().isoformat()  # the bot goes by the real clock
NEW_TITLE = "Les hiboux coopérateurs & la loi"
QUESTION = "faut-il l'agrément du préfet aux hiboux coopérateurs ?"
WARNING = f"⚠ Article de 2007 : la règle a pu changer. Plus récent : {NEW_TITLE}"


@pytest.fixture(scope="module")
def articles(shelf: Path, shelf_index: Path) -> tuple[Path, Path]:
    """Few articles, because they are indexed often here."""
    return shelf, shelf_index


def old(superseded_by: str) -> str:
    """Return an article of 2007 that says it is replaced."""
    return article_text(
        "L'agrément des hiboux coopérateurs",
        "Les hiboux coopérateurs demandent l'agrément du préfet.",
        published="2007",
        superseded_by=superseded_by,
    )


@pytest.fixture
def owls(world: World) -> Iterator[None]:
    """Two articles on one rule among those of the bot, while the test lasts."""
    files = [world.bot.corpus / name for name in ("vieux-hibou.md", "neuf-hibou.md")]
    body = "Les hiboux coopérateurs se passent de l'agrément du préfet."
    files[0].write_text(old("neuf-hibou.md"), encoding="utf-8")
    files[1].write_text(article_text(NEW_TITLE, body, published=TODAY, url=URL), encoding="utf-8")
    world.ask(world.admin, "/reindexer")
    yield
    for file in files:
        file.unlink()
    world.ask(world.admin, "/reindexer")


@pytest.mark.usefixtures("owls")
def test_the_newer_article_comes_first_and_the_old_one_links_to_it(
    world: World, alice: User
) -> None:
    answer = world.ask(alice, QUESTION)
    assert answer.text.startswith(f"1. {NEW_TITLE}\n")
    assert answer.text.count("⚠") == 1
    assert f"\n2007\n{WARNING}" in answer.text
    assert answer.links.count((NEW_TITLE, URL)) == 2


@pytest.mark.usefixtures("owls")
def test_the_whole_passage_of_an_old_article_has_the_warning_too(world: World, alice: User) -> None:
    answer = world.ask(alice, QUESTION)
    alice.presses(FR("bot.read", rank=2), answer)
    assert answer.text.startswith("L'agrément des hiboux coopérateurs\n")
    assert answer.text.endswith(WARNING)
    assert answer.links == [(NEW_TITLE, URL)]


@pytest.mark.usefixtures("owls")
def test_reindexing_tells_of_a_replacement_that_is_no_article(world: World) -> None:
    (world.bot.corpus / "vieux-hibou.md").write_text(old("perdu.md"), encoding="utf-8")
    told = world.ask(world.admin, "/reindexer").text
    assert "vieux-hibou.md" in told
    assert "« perdu.md »" in told
