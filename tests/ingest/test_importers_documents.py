"""Files that are one article: PDF, DOCX, Markdown, plain text; and what is no article."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest

from coopbot.article import Article, dump
from coopbot.errors import Refused
from coopbot.ingest.importers import MAX_BYTES
from coopbot.ingest.importers.pdf import MAX_PAGES
from tests.ingest.files import Row, docx, encrypted, paragraph, pdf
from tests.ingest.reading import one_article, refusal

URL = "https://exemple.coop/guide"


def page(number: int, *rows: Row) -> list[Row]:
    """Return a page of a guide with its header and its footer."""
    return [(8, "Guide des coopératives"), *rows, (8, f"Page {number} sur 3")]


GUIDE = [
    page(
        1,
        (22, "Reprendre son entreprise"),
        (22, "en coopérative"),
        (11, "Quand un patron part à la retraite, ses salariés peuvent reprendre l'entre-"),
        (11, "prise ensemble. Il leur faut du temps, de l'argent et un projet, dit Anne-"),
        (11, "Marie : peut-être le plus dur est-il de s'y mettre."),
        (15, "Qui peut aider ?"),
        (11, "L'Union régionale des Scop accompagne gratuitement les salariés, depuis la pre-"),
        (11, "mière réunion jusqu'à la signature. Elle connaît les banques, et peut-"),
        (11, "être le notaire. Trois points comptent :"),
        (11, "• le prix demandé par le vendeur ;"),
        (11, "• l'apport de chacun ;"),
    ),
    page(
        2,
        (11, "• le marché, sur lequel les salariés en savent souvent plus que leur"),
        (11, "patron."),
        (15, "Combien de temps faut-il ?"),
        (11, "Un an en moyenne. Les premiers mois servent à se connaître, à compter, à"),
    ),
    page(3, (11, "convaincre : vice-"), (11, "président compris.")),
]


def test_a_pdf_is_read_with_its_headings_and_without_its_layout() -> None:
    article = one_article("guide.pdf", pdf(GUIDE, CreationDate="D:20190412101500+02'00'"), URL)
    assert (article.title, article.url) == ("Reprendre son entreprise en coopérative", URL)
    assert (article.published, article.language) == ("2019-04-12", "fr")
    assert article.body.split("\n\n") == [
        "Quand un patron part à la retraite, ses salariés peuvent reprendre l'entreprise ensemble. "
        "Il leur faut du temps, de l'argent et un projet, dit Anne-Marie : peut-être le plus dur "
        "est-il de s'y mettre.",
        "## Qui peut aider ?",
        "L'Union régionale des Scop accompagne gratuitement les salariés, depuis la première "
        "réunion jusqu'à la signature. Elle connaît les banques, et peut-être le notaire. Trois "
        "points comptent :",
        "- le prix demandé par le vendeur ;",
        "- l'apport de chacun ;",
        "- le marché, sur lequel les salariés en savent souvent plus que leur patron.",
        "## Combien de temps faut-il ?",
        "Un an en moyenne. Les premiers mois servent à se connaître, à compter, à convaincre : "
        "vice-président compris.",
    ]


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Le guide de la reprise", "Le guide de la reprise"),
        ("Reprendre son entreprise en coopérative", "Reprendre son entreprise en coopérative"),
        ("Microsoft Word - guide v3.doc", "Reprendre son entreprise en coopérative"),
        ("guide_v3.indd", "Reprendre son entreprise en coopérative"),
        ("untitled", "Reprendre son entreprise en coopérative"),
        ("", "Reprendre son entreprise en coopérative"),
    ],
)
def test_the_properties_give_the_title_of_a_pdf_unless_a_program_wrote_them(
    title: str, wanted: str
) -> None:
    article = one_article("guide.pdf", pdf(GUIDE, Title=title))
    assert article.title == wanted
    assert ("# Reprendre" in article.body) == (title == "Le guide de la reprise")


@pytest.mark.parametrize(
    ("author", "wanted"),
    [("Anne Martin", "Anne Martin"), ("amartin", None), ("anne martin@scop.coop", None)],
)
def test_an_account_is_no_author(author: str, wanted: str | None) -> None:
    assert one_article("guide.pdf", pdf(GUIDE, Author=author)).author == wanted


@pytest.mark.parametrize("date", ["", "hier", "D:20190230", "D:19700101", "20190412"])
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    assert one_article("guide.pdf", pdf(GUIDE, CreationDate=date)).published is None


def test_a_pdf_without_larger_lines_has_its_title_from_its_name() -> None:
    article = one_article("bilan_2023-v2.pdf", pdf([[(11, "Le bilan est bon cette année. " * 3)]]))
    assert article.title == "bilan 2023 v2"


def test_a_pdf_that_opens_without_password_is_read_and_one_that_does_not_is_refused() -> None:
    plain = pdf(GUIDE)
    assert one_article("guide.pdf", encrypted(plain, "")).title == one_article("a.pdf", plain).title
    assert refusal("guide.pdf", encrypted(plain, "secret")).key == "import_encrypted"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (pdf([[(11, "3")], [(11, "4")]]), "import_pictures"),
        (pdf([[(11, "x")]] * (MAX_PAGES + 1)), "import_pages"),
        (pdf(GUIDE)[:300], "import_broken"),
        (b"%PDF-1.7\n" + b"\0" * 1000, "import_broken"),
    ],
    ids=["pictures", "pages", "cut", "zeros"],
)
def test_a_pdf_that_cannot_be_an_article_is_refused_with_the_reason(
    content: bytes, key: str
) -> None:
    assert refusal("guide.pdf", content).key == key


def test_a_page_that_unpacks_to_far_more_than_text_is_refused() -> None:
    assert refusal("guide.pdf", drawn_by(b"(x) Tj " * 4_000_000)).key == "import_broken"


@pytest.mark.parametrize("content", [b"q Q " * 200, b"1 " * 15_000], ids=["operations", "bytes"])
def test_pages_that_together_are_far_more_work_than_text_are_refused(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopbot.ingest.importers.pdf._MAX_PIECES", 1_000)
    page = drawn_by(content)
    several = page.replace(b"[6 0 R]", b"[6 0 R 6 0 R 6 0 R]").replace(b"/Count 1", b"/Count 3")
    assert refusal("guide.pdf", page).key == "import_pictures"
    assert refusal("guide.pdf", several).key == "import_pieces"


def drawn_by(content: bytes) -> bytes:
    """Return a PDF of a page that *content* draws."""
    packed = zlib.compress(content, 9)
    stream = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
    plain = pdf([[(11, "Une page.")]])
    begin, end = plain.index(b"<< /Length"), plain.index(b"endstream") + len(b"endstream")
    return plain[:begin] + stream + plain[end:]


DOCUMENT = (
    paragraph("Créer une Scic", "Titre")
    + paragraph("Il faut trois catégories d'associés, dont les salariés et les usagers.")
    + paragraph("Les étapes", "Titre1")
    + paragraph("réunir les associés", number=1)
    + paragraph("écrire les statuts", number=1)
    + paragraph("Ensuite", "Titre2")
    + paragraph("immatriculer", number=2)
    + paragraph("ouvrir", number=2)
)
CORE = (
    "<dc:title>Le guide de la Scic</dc:title><dc:creator>Anne Martin</dc:creator>"
    "<dcterms:created>2018-03-04T10:00:00Z</dcterms:created>"
)


def test_a_docx_is_read_with_its_headings_and_lists() -> None:
    article = one_article("scic.docx", docx(DOCUMENT), URL)
    assert (article.title, article.url) == ("Créer une Scic", URL)
    assert article.body == (
        "Il faut trois catégories d'associés, dont les salariés et les usagers.\n\n"
        "## Les étapes\n\n- réunir les associés\n- écrire les statuts\n\n"
        "### Ensuite\n\n1. immatriculer\n2. ouvrir"
    )


def test_the_properties_of_a_docx_give_title_author_and_date() -> None:
    article = one_article("scic.docx", docx(DOCUMENT, core=CORE))
    assert (article.title, article.author, article.published) == (
        "Le guide de la Scic",
        "Anne Martin",
        "2018-03-04",
    )
    assert article.body.startswith("# Créer une Scic")


def test_a_docx_without_title_is_called_after_its_file() -> None:
    article = one_article("compte-rendu.docx", docx(paragraph("Nous étions dix, et d'accord.")))
    assert article.title == "compte rendu"


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (docx(paragraph("")), "import_no_text"),
        (docx("<w:p>"), "import_broken"),
        (docx(DOCUMENT, parts={"word/media/a.bmp": b"\0" * 101_000_000}), "import_unpacked"),
        (docx(DOCUMENT, parts={"word/notes.xml": b" " * 31_000_000}), "import_unpacked"),
        (
            docx(DOCUMENT, parts={"word/x.xml": b'<!DOCTYPE a [<!ENTITY b "">]><a/>'}),
            "import_entities",
        ),
        (
            docx(DOCUMENT, parts={"word/x.xml": "<!DOCTYPE a><a/>".encode("utf-16")}),
            "import_entities",
        ),
        (docx("<w:p/>" * 500_001), "import_pieces"),
        (docx(DOCUMENT)[:-30], "import_unknown"),
    ],
    ids=["empty", "damaged", "bomb", "long", "entities", "entities in UTF-16", "pieces", "cut"],
)
def test_a_docx_that_cannot_be_an_article_is_refused_with_the_reason(
    content: bytes, key: str
) -> None:
    assert refusal("scic.docx", content).key == key


def test_markdown_with_front_matter_is_the_article_it_says() -> None:
    article = Article("Le vote", "Une voix.", url="https://exemple.coop/v", tags=("ag",))
    assert one_article("vote.md", dump(article), URL) == article
    assert one_article("vote.txt", dump(Article("Le vote", "Une voix.")), URL).url == URL


def test_a_broken_front_matter_is_refused_with_its_line() -> None:
    refused = refusal("vote.md", "---\ntitle: Le vote\nauteur: Anne\n---\n\nUne voix.\n")
    assert (refused.key, refused.values["line"]) == ("article_field", 3)
    assert "vote.md, ligne 3" in refused.text("fr")


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        (
            "# Le vote #\n\nUne voix.\n\n## Et après\n\nRien.",
            "Le vote",
            "Une voix.\n\n## Et après\n\nRien.",
        ),
        ("Le vote\n=======\n\nUne voix.", "Le vote", "Une voix."),
        ("Une voix par personne.", "le vote", "Une voix par personne."),
    ],
)
def test_markdown_without_front_matter_has_its_title_from_its_heading(
    text: str, title: str, body: str
) -> None:
    article = one_article("le-vote.md", text)
    assert (article.title, article.body) == (title, body)


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("Le vote\n\nUne voix.\n\nDeux mains.", "Le vote", "Une voix.\n\nDeux mains."),
        ("Une voix. Deux mains.\n\nC'est tout.", "note", "Une voix. Deux mains.\n\nC'est tout."),
        (
            "Le vote en Scop Il obéit à une règle : chacun a une voix.",
            "Le vote en Scop",
            "Il obéit à une règle : chacun a une voix.",
        ),
        (
            "Le vote\n\nChaque associé a une voix, quelle que soit la part\n"
            "du capital qu'il détient.\nFin.",
            "Le vote",
            "Chaque associé a une voix, quelle que soit la part du capital qu'il détient.\n\nFin.",
        ),
    ],
)
def test_a_plain_text_has_its_title_from_its_first_line(text: str, title: str, body: str) -> None:
    article = one_article("note.txt", text)
    assert (article.title, article.body) == (title, body)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_a_text_is_read_in_the_encoding_it_has(encoding: str) -> None:
    text = "L'œuvre\r\n\r\nUn « cœur » d'été à 5 €.".encode(encoding)
    content = b"\xfe\xff" + text if encoding == "utf-16-be" else text
    article = one_article("note.txt", content)
    assert (article.title, article.body) == ("L'œuvre", "Un « cœur » d'été à 5 €.")


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("a.txt", b"", "import_empty"),
        ("a.txt", b" \r\n\t", "import_empty"),
        ("a.txt", b"...", "import_no_text"),
        ("a.md", b"# Titre\n", "import_no_text"),
        ("a.txt", b"Les mots. " * 250_000, "import_long"),
        ("a.txt", b"x" * (MAX_BYTES + 1), "import_large"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "import_unknown"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Bonjour", "import_unknown"),
        ("a.rtf", b"{\\rtf1 Bonjour}", "import_unknown"),
        ("a.json", b'{"url": "https://a.coop/"}', "import_unknown"),
        ("a.xml", b'<?xml version="1.0"?><note>Bonjour</note>', "import_unknown"),
        ("a.xml", b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "import_feed"),
        ("a.xml", b'<feed xmlns="http://www.w3.org/2005/Atom"/>', "import_feed"),
    ],
)
def test_what_is_no_article_is_refused_with_the_reason(name: str, content: bytes, key: str) -> None:
    refused = refusal(name, content)
    assert refused.key == key
    assert refused.text("fr").startswith(name)


def test_a_zip_of_anything_else_is_refused() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        packed.writestr("content.xml", "<office/>")
    assert refusal("a.odt", written.getvalue()).key == "import_unknown"


def test_an_address_that_is_none_is_refused() -> None:
    refused = refusal("a.txt", "Bonjour.", url="exemple")
    assert isinstance(refused, Refused)
    assert refused.values["value"] == "exemple"
