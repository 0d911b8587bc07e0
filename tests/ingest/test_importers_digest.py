"""Digests: titles and excerpts run together come apart where a French reader would part them.

In digests/*.txt, "¦" marks where each title ends; paragraphs without it are noise.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from coopbot.article import Article
from coopbot.corpus import Corpus
from coopbot.errors import Refused
from coopbot.ingest.importers.title_break import break_title
from tests.ingest.reading import one_article, only, read

DIGESTS = sorted((Path(__file__).parent / "digests").glob("*.txt"))
MARK = " ¦ "


def paragraphs(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").strip().split("\n\n")


def unmarked(path: Path) -> str:
    return path.read_text(encoding="utf-8").replace(MARK, " ")


ENTRIES = [p.split(MARK) for path in DIGESTS for p in paragraphs(path) if MARK in p]


@pytest.mark.parametrize(("title", "text"), ENTRIES)
def test_a_title_ends_where_its_text_begins(title: str, text: str) -> None:
    broken = break_title(f"{title} {text}")
    assert broken is not None
    assert (broken.title, broken.text) == (title, text)


@pytest.mark.xfail(reason="a common noun and a name look alike to typography", strict=True)
@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Habitat participatif, mode d'emploi", "Coopérative ou société d'attribution ? Chacune a"),
        ("Le conseil de prud’hommes", "Dispositions exceptionnelles Le conseil siège"),
    ],
)
def test_titles_that_are_known_to_be_missed(title: str, text: str) -> None:
    broken = break_title(f"{title} {text}")
    assert broken is not None
    assert broken.title == title


@pytest.mark.parametrize("path", DIGESTS, ids=lambda path: path.stem)
def test_a_digest_gives_its_articles_and_says_what_it_left_out(path: Path) -> None:
    records = read("liens.txt", unmarked(path))
    wanted = [p.split(MARK) for p in paragraphs(path)]
    assert [(a.title, a.body) for a in only(Article, records)] == [
        (entry[0], entry[1]) for entry in wanted if len(entry) > 1
    ]
    noise = [entry[0] for entry in wanted if len(entry) == 1]
    refused = only(Refused, records)
    assert [(r.key, r.values["value"]) for r in refused] == [("import_no_entry", n) for n in noise]


@pytest.mark.parametrize("path", DIGESTS, ids=lambda path: path.stem)
def test_wrapped_lines_bullets_and_single_line_ends_make_no_difference(path: Path) -> None:
    titles = [a.title for a in only(Article, read("a.txt", unmarked(path)))]
    entries = [p.replace(MARK, " ") for p in paragraphs(path)]
    for text in (
        "\n".join(entries),
        "\n\n".join(f"• {entry}" for entry in entries),
        "\r\n\r\n".join(wrapped(entry, 72) for entry in entries),
    ):
        assert [a.title for a in only(Article, read("a.txt", text))] == titles


def wrapped(text: str, width: int) -> str:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("paragraph", "title", "text", "site"),
    [
        # the name of a site behind the title
        ("Les Scop en 2012 - Avise.org Le réseau publie.", "Les Scop en 2012", "Le", "Avise.org"),
        ("Créer sa Scic | Le Labo Un guide pas à pas.", "Créer sa Scic", "Un guide", "Le Labo"),
        (
            "Que vaut une part ? - BRED, banque populaire, crédit, épargne Une part sociale est.",
            "Que vaut une part ?",
            "Une part",
            "BRED",
        ),
        # proper names with an article, within the title
        ("Le combat de La Poste Dans le Gers, on", "Le combat de La Poste", "Dans", None),
        ("Aller aux Deux-Sèvres en car On y va.", "Aller aux Deux-Sèvres en car", "On", None),
        ("Vendre à L'Isle-Adam Ils sont dix à.", "Vendre à L'Isle-Adam", "Ils", None),
        # what is in brackets or quotes goes with the title
        ("Un film utile « Tout est à nous », dit l'un", "Un film utile", "« Tout est à", None),
        ("Le film « Les jours heureux » Il dure deux", "Le film « Les jours heureux »", "Il", None),
        ("La CAE (En pratique) Elle salarie", "La CAE (En pratique)", "Elle salarie", None),
        ('Un "Tour de France" coopératif Il part', 'Un "Tour de France" coopératif', "Il", None),
        # abbreviations, initials, numerals
        ("L'art. 19 de la loi Il impose une", "L'art. 19 de la loi", "Il impose", None),
        ("Le plan de M. Borloo Il prévoyait", "Le plan de M. Borloo", "Il prévoyait", None),
        ("Le livre II. Ce qu'il dit Il dit tout", "Le livre II. Ce qu'il dit", "Il dit tout", None),
        # a name said again
        ("La coopérative Acome Acome fabrique du", "La coopérative Acome", "Acome fabrique", None),
        # a participle of circumstance
        ("Le Relais du Nord Fondé en 1984 par", "Le Relais du Nord", "Fondé en 1984", None),
        # without any break, the first full stop
        ("Une usine reprise. Elle tourne.", "Une usine reprise", "Elle tourne.", None),
    ],
)
def test_typography_tells_titles(paragraph: str, title: str, text: str, site: str | None) -> None:
    broken = break_title(paragraph)
    assert broken is not None
    assert (broken.title, broken.site) == (title, site)
    assert broken.text.startswith(text)


@pytest.mark.parametrize(
    "paragraph",
    [
        "",
        "Related:",
        "une phrase sans majuscule ni point",
        "La Scic réunit trois catégories d'associés au moins, autour d'un intérêt collectif qui "
        "dépasse celui de ses seuls salariés, et c'est ce qui la distingue. Elle date de 2001.",
    ],
)
def test_no_title_is_made_up(paragraph: str) -> None:
    assert break_title(paragraph) is None


def test_what_web_pages_leave_behind_is_no_text() -> None:
    first = "Le lieu et ses gens Il ouvre chaque jour de l'année, sauf en août. " * 2
    second = (
        "La suite du lieu Elle commence. [modifier | modifier le code] Elle finit bien et tard. "
        * 2
    )
    articles = only(Article, read("a.txt", f"{first}\n\n{second}Lire la suite"))
    assert [a.title for a in articles] == ["Le lieu et ses gens", "La suite du lieu"]
    assert "modifier" not in articles[1].body
    assert not articles[1].body.endswith("Lire la suite")


ESSAY = """La coopération expliquée

Le journal Le Monde a raconté en 2012 comment La Poste et France Télécom ont changé. Il disait peu.

Une Scop est une société dont les salariés détiennent la majorité. Elle partage ses bénéfices.

Pourquoi la choisir ? Parce que chacun y a une voix, quelle que soit sa part. C'est tout.

Les Cuma, elles, servent à partager du matériel entre agriculteurs. La plupart sont petites.
"""


def test_an_article_of_several_paragraphs_is_no_digest() -> None:
    article = one_article("note.txt", ESSAY)
    assert article.title == "La coopération expliquée"
    assert article.body.startswith("Le journal Le Monde")
    assert article.body.count("\n\n") == 3


def test_an_english_article_is_no_digest() -> None:
    names = "The President of Mondragon Corporation met Basque Prime Minister Iñigo Urkullu. "
    text = "\n\n".join(names + "They spoke of what the law says to those who work." for _ in "abc")
    assert one_article("note.txt", text).language == "en"


def test_a_digest_imported_again_adds_nothing(tmp_path: Path) -> None:
    corpus = Corpus(tmp_path)

    def import_all() -> dict[str, bytes]:
        for article in only(Article, read("a.txt", unmarked(DIGESTS[0]))):
            if corpus.path_of(article) is None:
                corpus.save(article)
        return {path: (tmp_path / path).read_bytes() for path in corpus.paths()}

    first = import_all()
    assert len(first) == len([p for p in paragraphs(DIGESTS[0]) if MARK in p])
    assert import_all() == first
