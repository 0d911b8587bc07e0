"""`coopbot add`, `crawl` and `links` as processes: what they print, store, and make found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from coopbot.cli import main
from coopbot.corpus import Corpus
from coopbot.encoder.usem3 import UniversalSentenceEncoder
from coopbot.library import Library
from coopbot.settings import Settings
from tests.cli.processes import Completed, assert_clear, run, written_corpus
from tests.conftest import article_text
from tests.ingest.articles import SCIC, SCOP, article, as_page
from tests.ingest.site import Site, feed, page, redirect, status

OWN = {"phare.md": article_text("Le phare", "Le gardien du phare allume la lanterne chaque soir.")}
DIGEST = """background preloader

La ruche du quartier Les apiculteurs de la rue Haute partagent une miellerie depuis dix ans. \
Chacun y extrait son miel le samedi. La coopérative compte douze membres et vend au marché.

Une forge reprise par ses forgerons Les salariés de la forge de Saint-Ciers ont racheté leur \
atelier en 2019. Ils étaient onze, ils sont dix-huit. La banque coopérative a prêté la moitié.

Related:
"""


@dataclass(frozen=True)
class Desk:
    """A curator's small corpus, the program, and a library that was opened before."""

    root: Path
    site: Site
    folders: tuple[str, ...]
    library: Library
    capsys: pytest.CaptureFixture[str]

    @property
    def corpus(self) -> Corpus:
        return self.library.corpus

    def process(self, *arguments: str) -> Completed:
        """Run the program as a process."""
        return run([arguments[0], *self.folders, *arguments[1:]], self.root / "home")

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run the program within this process, which is quicker; return what it prints."""
        assert main([arguments[0], *self.folders, *arguments[1:]], {}) == code
        return self.capsys.readouterr().out

    def json_lines(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """Return the objects that the program writes."""
        return [json.loads(line) for line in self.run(*arguments, "--json", code=code).splitlines()]

    def file(self, name: str, content: str) -> str:
        """Write a file and return its path."""
        (self.root / name).write_text(content, encoding="utf-8")
        return str(self.root / name)

    def first(self, question: str) -> str:
        """Return the title of what the library opened before answers first."""
        return self.library.ask(question, abstain=False).hits[0].article.title


@pytest.fixture
def desk(
    tmp_path: Path,
    built_index: Path,
    encoder: UniversalSentenceEncoder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Desk]:
    """A desk with one article of its own, and a web site without pages, which may be visited."""
    folders = written_corpus(tmp_path, OWN, built_index)
    settings = Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")
    library = Library(settings, encoder)
    library.refresh()
    library.open()
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")
    with Site.running({}) as site:
        Path("coopbot.toml").write_text(
            'private_networks = "127.0.0.0/8, ::1"\nrequest_interval = 0\nstate = "state"\n'
            f'wayback = "{site.url("/wayback")}"\nmemento = ""\n',
            encoding="utf-8",
        )
        yield Desk(tmp_path, site, folders, library, capsys)
    library.close()


def test_what_is_added_is_shown_first_then_stored_once_and_found_at_once(desk: Desk) -> None:
    desk.site.routes["/scic"] = page(as_page(SCIC))
    desk.site.routes["/mur"] = status(403)
    offered = [desk.file("veille.txt", DIGEST), desk.site.url("/scic")]
    shown = desk.run("add", "--dry-run", *offered)
    assert "serait ajouté" in shown
    assert " ".join(article(SCIC).title.split()) in shown
    assert "Une forge reprise par ses forgerons" in shown
    assert desk.corpus.paths() == ["phare.md"]
    warc = ("--warc", str(desk.root / "warc"))
    stored = desk.process("add", "--json", *offered, desk.site.url("/mur"), *warc)
    assert (stored.returncode, stored.stderr) == (1, "")
    *items, done = [json.loads(line) for line in stored.stdout.splitlines()]
    added = [item["title"] for item in items if item["action"] == "added"]
    assert added[:2] == ["La ruche du quartier", "Une forge reprise par ses forgerons"]
    assert items[-1]["reason"] == "fetch_denied"
    assert (done["added"], done["failed"], done["articles"]) == (3, 1, 4)
    assert desk.first("combien de forgerons ont racheté la forge") == added[1]
    (archive,) = (desk.root / "warc").iterdir()
    with archive.open("rb") as file:
        kept = [r.rec_headers.get_header("WARC-Target-URI") for r in ArchiveIterator(file)]
    assert kept[1:] == [desk.site.url("/scic")]
    before = {path: desk.corpus.read(path) for path in desk.corpus.paths()}
    assert "0 ajoutés, 0 mis à jour, 3 inchangés" in desk.run("add", *offered)
    assert {path: desk.corpus.read(path) for path in desk.corpus.paths()} == before


def test_a_crawl_ends_with_a_table_and_what_it_found_answers_at_once(desk: Desk) -> None:
    items = "".join(
        f"<item><link>{desk.site.url(path)}</link></item>" for path in ("/scop", "/absent")
    )
    desk.site.routes["/flux"] = feed(f"<rss version='2.0'><channel>{items}</channel></rss>")
    desk.site.routes["/scop"] = page(as_page(SCOP))
    (desk.root / "corpus" / "sources.toml").write_text(
        "".join(
            f'[[source]]\nname = "{name}"\nkind = "feed"\nurl = "{desk.site.url(path)}"\n'
            for name, path in (("Le flux", "/flux"), ("La panne", "/panne"))
        ),
        encoding="utf-8",
    )
    result = desk.process("crawl", "--log-json")
    assert result.returncode == 1, result
    events = [json.loads(line) for line in result.stderr.splitlines()]
    visits = [event for event in events if event["event"] == "source visited"]
    assert [(visit["source"], visit["action"], visit["level"]) for visit in visits] == [
        ("Le flux", "source_done", "info"),
        ("La panne", "source_broken", "warning"),
    ]
    lines = result.stdout.splitlines()
    assert any(line.startswith(f"manqué {desk.site.url('/absent')} : ") for line in lines)
    assert any(line.startswith("source en panne : La panne — ") for line in lines)
    table = [line.split("\t") for line in lines if "\t" in line]
    assert table[0][:2] == ["source", "nouveaux"]
    assert table[1] == ["Le flux", "1", "", "", "", "", "1"]
    assert table[-1][:2] == ["total", "1"]
    assert "2 articles" in lines[-1]
    assert desk.first("qu'est-ce qu'une Scop ?") == " ".join(article(SCOP).title.split())
    *_, one, two, done = desk.json_lines("crawl", code=1)
    assert (one["action"], two["action"]) == ("source_not_due", "source_broken")
    assert done["added"] == 0


def test_dead_links_are_recorded_and_answers_offer_the_archived_copy(desk: Desk) -> None:
    copy = "https://archive.example/2019/scic"
    dead, alive = desk.site.url("/mort"), desk.site.url("/vivant")
    query = "?url=http%3A%2F%2Flocalhost%3A{port}%2Fmort&timestamp=2019"
    found = {"archived_snapshots": {"closest": {"available": True, "url": copy, "status": "200"}}}
    desk.site.routes["/wayback" + query.format(port=desk.site.port)] = page(
        json.dumps(found), "application/json"
    )
    desk.site.routes["/vivant"] = redirect("/ailleurs")
    desk.site.routes["/ailleurs"] = page("<p>Bonjour")
    desk.site.routes["/ferme"] = status(403)
    text = article_text(
        "L'ornithorynque",
        "L'ornithorynque préside la coopérative.",
        published="2019",
        sources=f"[{dead}, {alive}, {desk.site.url('/ferme')}]  # relues en mai",
    )
    (desk.root / "corpus" / "animal.md").write_text(text, encoding="utf-8")
    first = desk.process("links")
    assert first.returncode == 1, first
    assert f"mort {dead} — animal.md" in first.stdout
    assert copy in first.stdout
    assert "1 liens vivants, 1 morts, 1 incertains ; 1 articles modifiés." in first.stdout
    written = (desk.root / "corpus" / "animal.md").read_text(encoding="utf-8")
    assert "# relues en mai" in written
    recorded = desk.corpus.read("animal.md").article
    assert (recorded.dead_links, recorded.archive_url) == ((dead,), copy)
    hit = desk.library.ask("qui préside : l'ornithorynque ?", abstain=False).hits[0]
    assert (hit.article.link, hit.article.archive_url) == (dead, copy)
    desk.site.routes["/mort"] = page("<p>De retour")
    *_, done = desk.json_lines("links")
    assert (done["alive"], done["dead"], done["changed"]) == (2, 0, 1)
    assert desk.corpus.read("animal.md").article.dead_links == ()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add", "absent.txt"], ["absent.txt", "http://"]),
        (["add", "."], ["dossier"]),
        (["add", "https://a.example/", "--url", "https://b.example/"], ["--url"]),
        (["add", "lu.txt", "--url", "b.example"], ["« b.example » n'est pas une adresse"]),
        (["crawl", "Le flot"], ["« Le flot »", "Le flux"]),
        (["crawl", "--corpus", "ailleurs"], ["sources.toml", "n'existe pas"]),
        (["links", "--corpus", "ailleurs"], ["ailleurs", "n'existe pas"]),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "lu.txt").write_text("Un texte.", encoding="utf-8")
    source = '[[source]]\nname = "Le flux"\nkind = "feed"\nurl = "https://a.example/"\n'
    (tmp_path / "corpus" / "sources.toml").write_text(source, encoding="utf-8")
    assert main(arguments, {"COOPBOT_STATE": "state"}) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert_clear(printed.err, *words)
