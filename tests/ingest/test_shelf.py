"""Putting an article beside those there are: what is added, renewed, and not stored twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from coopbot.article import Article
from coopbot.corpus import Corpus
from coopbot.ingest.shelf import Became, Shelf
from tests.ingest.articles import SCIC, SCOP, article

URL = "https://exemple.coop/la-scic"
BODY = article(SCIC).body
FOUND = Article("La Scic", BODY, url=URL, tags=("scic",), retrieved="2026-11-23")


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path)


def excerpt(text: str) -> str:
    """Return the second quarter of *text*."""
    words = text.split()
    return " ".join(words[len(words) // 4 : len(words) // 2])


@pytest.mark.parametrize(
    ("second", "became"),
    [
        (replace(FOUND, retrieved="2027-01-01"), Became.UNCHANGED),
        (
            replace(FOUND, url="HTTP://www.exemple.coop/la-scic/?utm_source=x#haut"),
            Became.UNCHANGED,
        ),
        (replace(FOUND, body=article(SCOP).body), Became.UPDATED),
        (replace(FOUND, tags=("scic", "Scic", "neuf")), Became.UPDATED),
        (replace(FOUND, title="Un autre titre"), Became.UNCHANGED),
        (replace(FOUND, url="https://autre.coop/copie"), Became.DUPLICATE),
        (replace(FOUND, url="https://autre.coop/x", body=BODY + "\n\nUn mot."), Became.DUPLICATE),
        (replace(FOUND, url="https://autre.coop/y", body=excerpt(BODY)), Became.DUPLICATE),
        (replace(FOUND, url=None), Became.UNCHANGED),
        (replace(FOUND, url=None, title="Copie"), Became.DUPLICATE),
        (replace(FOUND, url="https://autre.coop/z", body=article(SCOP).body), Became.ADDED),
    ],
)
def test_what_becomes_of_a_second_article(corpus: Corpus, second: Article, became: Became) -> None:
    assert Shelf(corpus).put("un", FOUND).became is Became.ADDED
    told = Shelf(corpus, dry_run=True).put("deux", second)
    assert told.became is became
    assert len(corpus.paths()) == 1
    shelf = Shelf(corpus)
    done = shelf.put("deux", second)
    assert (done.became, done.path) == (told.became, told.path)
    assert len(corpus.paths()) == (2 if became is Became.ADDED else 1)
    if became is not Became.DUPLICATE:
        assert shelf.put("encore", second).became is Became.UNCHANGED


def test_an_excerpt_gives_way_to_no_article_but_the_whole_article_is_added(corpus: Corpus) -> None:
    shelf = Shelf(corpus)
    assert shelf.put("extrait", Article("La Scic", excerpt(BODY))).became is Became.ADDED
    assert shelf.put("entier", FOUND).became is Became.ADDED


def test_what_a_person_wrote_in_the_head_outlives_a_new_text(corpus: Corpus) -> None:
    path = str(Shelf(corpus).put("un", FOUND).path)
    file = corpus.root / path
    head = 'title: "Mieux dit" # relu\nurl: {}\npublished: 2011-05\nasked: ["quoi ?"]\n'
    file.write_text(f"---\n{head.format(URL)}---\n\nAncien texte.\n", encoding="utf-8")
    outcome = Shelf(corpus).put("un", replace(FOUND, published="2026-01-01", author="Alix"))
    assert outcome.became is Became.UPDATED
    assert "# relu" in file.read_text(encoding="utf-8")
    renewed = corpus.read(path).article
    assert (renewed.title, renewed.published, renewed.author) == ("Mieux dit", "2011-05", "Alix")
    assert renewed.asked == ("quoi ?",)
    assert renewed.body == BODY


def test_two_articles_of_one_name_stand_side_by_side_on_a_dry_run_too(corpus: Corpus) -> None:
    shelf = Shelf(corpus, dry_run=True)
    bodies = (article(SCIC).body, article(SCOP).body)
    paths = [shelf.put("x", Article("Portrait", body)).path for body in bodies]
    assert paths == ["portrait.md", "portrait-2.md"]
    assert corpus.paths() == []
