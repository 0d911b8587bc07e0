"""Files that name articles elsewhere: bookmarks, Pearltrees, OPML, CSV, lists of addresses."""

from __future__ import annotations

import pytest

from coopbot.errors import Refused
from coopbot.ingest import importers
from coopbot.ingest.records import FeedReference, Reference
from tests.ingest import samples
from tests.ingest.reading import only, read, refusal


def test_bookmarks_carry_their_folders_tags_and_descriptions() -> None:
    records = read("favoris.html", samples.BOOKMARKS)
    assert only(Reference, records) == [
        Reference(
            "https://www.les-scic.coop/?a=1&b=2",
            "Qu'est-ce qu'une Scic ?",
            "Une société à plusieurs",
            tags=("statut", "Scic"),
        ),
        Reference("https://exemple.coop/vote", "Voter à distance", tags=("Gouvernance",)),
        Reference(
            "https://exemple.coop/ag", "L'AG & ses suites", tags=("Gouvernance", "Assemblées")
        ),
        Reference("https://exemple.coop/fin", "Sans dossier"),
    ]
    assert only(FeedReference, records) == [
        FeedReference(
            "https://exemple.coop/rss", "Un flux", "https://exemple.coop/", ("Gouvernance",)
        )
    ]
    (refused,) = only(Refused, records)
    assert (refused.key, refused.values["line"]) == ("import_address", 19)


def test_what_browsers_and_pocket_write_without_declaring_it_is_recognised() -> None:
    undeclared = samples.BOOKMARKS.split("\n", 4)[4].replace("<DT><A ", '<DT><A ADD_DATE="1" ', 1)
    assert len(only(Reference, read("x.html", undeclared))) == 4
    pocket = (
        "<!DOCTYPE html><html><head><title>Pocket Export</title></head><body><h1>Unread</h1><ul>"
        '<li><a href="https://exemple.coop/a" time_added="1" tags="scop,ag">Un</a></li></ul></body>'
    )
    assert read("ril_export.html", pocket) == [
        Reference("https://exemple.coop/a", "Un", tags=("scop", "ag"))
    ]


def test_a_link_in_a_description_is_no_bookmark() -> None:
    text = '<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><A HREF="https://a.coop/">A</A><DD>Voir '
    records = read(
        "x.html", text + '<a href="https://b.coop/">B</a> aussi<DT><A HREF="https://c.coop/">C</A>'
    )
    assert [(r.url, r.excerpt) for r in only(Reference, records)] == [
        ("https://a.coop/", "Voir B aussi"),
        ("https://c.coop/", None),
    ]


@pytest.mark.parametrize(
    "content", [samples.PEARLTREES_HTML, samples.PEARLTREES_HTML.encode("cp1252")]
)
def test_pearltrees_aliases_are_not_articles(content: str | bytes) -> None:
    records = read("export.html", content)
    assert only(Reference, records) == [
        Reference("http://exemple.coop/telecentre", "Un télécentre", tags=("Télétravail",))
    ]
    refused = [(r.key, r.values["value"]) for r in only(Refused, records)]
    assert refused == [("import_alias", "Coopératives"), ("import_alias", "Scop")]


def test_pearltrees_rdf_gives_its_pages_with_their_collections() -> None:
    records = read("export.rdf", samples.PEARLTREES_RDF)
    assert only(Reference, records) == [
        Reference(
            "http://exemple.coop/ceralep?a=1&b=2",
            "Ceralep, l'usine",
            tags=("Scop & Scic", "Reprises"),
        ),
        Reference("http://exemple.coop/racine", "À la racine"),
    ]
    (refused,) = only(Refused, records)
    assert (refused.key, refused.values["value"]) == ("import_alias", "Une autre collection")


def test_collections_that_hold_each_other_end() -> None:
    loop = samples.PEARLTREES_RDF.replace("maveille/scop/id2", "maveille/reprise/id3")
    assert len(only(Reference, read("export.rdf", loop))) == 2


def test_opml_gives_its_feeds_and_links() -> None:
    assert read("flux.opml", samples.OPML)[:2] == [
        FeedReference(
            "https://www.les-scic.coop/rss",
            "Les Scic",
            "https://www.les-scic.coop/",
            ("Coopératives", "Scic", "droit", "statuts", "ess"),
        ),
        Reference("https://www.avise.org/articles", "L'Avise", tags=("Coopératives",)),
    ]
    (refused,) = only(Refused, read("flux.opml", samples.OPML))
    assert refused.values == {"path": "flux.opml", "line": 8, "value": "/rss.xml"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            samples.DIIGO,
            [
                Reference(
                    "http://exemple.coop/mandatement",
                    'Le mandatement, "mode d\'emploi"',
                    "Fiche sur deux lignes",
                    tags=("sieg", "aides d'État"),
                ),
                Reference("http://exemple.coop/autre", "Sans étiquette"),
            ],
        ),
        (samples.POCKET, [Reference("http://exemple.coop/pocket", tags=("scop", "reprise"))]),
        (
            samples.RAINDROP,
            [
                Reference(
                    "https://a.coop/cuma",
                    "La Cuma",
                    "Du matériel partagé",
                    tags=("Agriculture", "Cuma", "matériel", "prêt"),
                ),
                Reference("https://exemple.coop/divers", "Divers"),
            ],
        ),
        (
            samples.SPREADSHEET,
            [
                Reference(
                    "https://exemple.coop/scop",
                    "Une Scop",
                    "Reprise par ses salariés",
                    tags=("scop", "emploi"),
                )
            ],
        ),
        (
            samples.SPREADSHEET.removeprefix("sep=;\n").replace(";", "\t"),
            [
                Reference(
                    "https://exemple.coop/scop",
                    "Une Scop",
                    "Reprise par ses salariés",
                    tags=("scop", "emploi"),
                )
            ],
        ),
    ],
    ids=["diigo", "pocket", "raindrop", "spreadsheet", "tabs"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_tables_are_read_by_the_names_of_their_columns(
    text: str, wanted: list[Reference], encoding: str
) -> None:
    assert only(Reference, read("export.csv", text.encode(encoding))) == wanted


def test_a_row_without_address_is_refused_with_its_line() -> None:
    (refused,) = only(Refused, read("pocket.csv", samples.POCKET))
    assert refused.values == {"path": "pocket.csv", "line": 3, "value": "Une adresse perdue"}


def test_a_table_without_addresses_says_which_columns_it_has() -> None:
    refused = refusal("membres.csv", "nom,téléphone\nAnne,01\n")
    assert refused.key == "import_no_column"
    assert "nom, téléphone" in refused.text("fr")


def test_an_unclosed_quote_costs_its_rows_and_says_so() -> None:
    rows = 'url,title\nhttps://a.coop/,A\nhttps://b.coop/,"B\n' + ("x" * 100 + "\n") * 1_400
    records = read("x.csv", rows)
    assert only(Reference, records) == [Reference("https://a.coop/", "A")]
    assert only(Refused, records)[0].key == "import_row"


def test_a_list_of_addresses_is_read_line_by_line() -> None:
    records = read("liens.txt", samples.ADDRESSES)
    assert only(Reference, records) == [
        Reference("https://exemple.coop/a"),
        Reference("https://exemple.coop/b"),
        Reference("https://exemple.coop/c_(d)", "Un titre"),
        Reference("https://exemple.coop/e", "Le guide des Scic"),
        Reference("https://exemple.coop/f", "Le vote"),
        Reference("https://www.exemple.coop/"),
        Reference("https://exemple.coop/g"),
    ]
    (refused,) = only(Refused, records)
    assert (refused.key, refused.values["line"]) == ("import_address", 10)


@pytest.mark.parametrize("name", ["liens.txt", "liens.md", "liens", "liens.csv"])
def test_a_list_of_addresses_is_known_by_what_it_holds(name: str) -> None:
    assert len(only(Reference, read(name, "https://a.coop/\nhttps://b.coop/\n"))) == 2


def test_an_address_that_occurs_twice_comes_once_with_the_tags_of_both() -> None:
    text = (
        "url,title,tags\nhttps://a.coop/x#1,,un\nhttps://b.coop/,B,\n"
        'HTTPS://A.coop/x,Le A,"Un,deux"\n'
    )
    assert read("x.csv", text) == [
        Reference("https://a.coop/x", "Le A", tags=("un", "deux")),
        Reference("https://b.coop/", "B"),
    ]


def test_a_file_with_too_many_entries_is_read_up_to_there_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importers, "MAX_ENTRIES", 100)
    many = "".join(f"https://a.coop/{number}\n" for number in range(105))
    records = read("liens.txt", many)
    assert len(only(Reference, records)) == 100
    (refused,) = only(Refused, records)
    assert (refused.key, refused.values["limit"]) == ("import_many", 100)


@pytest.mark.parametrize("sample", [samples.OPML, samples.PEARLTREES_RDF])
def test_damaged_xml_gives_what_comes_before_and_says_where(sample: str) -> None:
    records = read("x.xml", sample[: sample.index("</body>" if "opml" in sample else "<pt:Alias")])
    assert only(Reference, records)
    assert [r.key for r in only(Refused, records)][-1] == "import_damaged"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE opml [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_with_entities_of_its_own_is_refused(doctype: str, encoding: str) -> None:
    bomb = f'{doctype}<opml><body><outline text="x" xmlUrl="https://a.coop/&amp;b"/></body></opml>'
    assert refusal("flux.opml", bomb.encode(encoding)).key == "import_entities"
