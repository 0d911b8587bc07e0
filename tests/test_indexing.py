"""Corpus to index: only what changed is touched, and nothing is lost on the way."""

from __future__ import annotations

import os
import shutil

import pytest

from coopbot.encoder import Encoder
from coopbot.errors import CorpusError
from coopbot.fingerprint import fingerprint
from coopbot.indexing import Action, Change, Report
from coopbot.off_topic import FILE as OFF_TOPIC
from tests.conftest import MakeLibrary, article_text
from tests.small_corpus import (
    ARTICLES,
    BROKEN,
    URL,
    Counting,
    again,
    changes,
    everything,
    found,
    generation_names,
    put,
)


def test_the_first_build_holds_every_article(make_library: MakeLibrary) -> None:
    library = make_library(ARTICLES)
    manifest = library.generation().manifest
    assert set(manifest.articles) == {"scic.md", "scop.md", URL}
    assert (manifest.passages, manifest.made) == (4, "2026-11-23T12:00:00+00:00")
    assert (manifest.fingerprint, manifest.encoder) == (fingerprint(), library.encoder.name)
    assert found(library, "comment créer une Scic ?")[0] == "scic.md"


def test_the_first_build_reports_every_article_as_added(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    shutil.rmtree(library.generations.root)
    report = again(library, encoder).refresh()
    assert changes(report) == [(path, "added") for path in sorted(ARTICLES)]
    assert (report.articles, report.passages, report.rebuilt) == (3, 4, True)


def test_when_nothing_changed_no_generation_is_made(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    before = everything(library.generations.root)
    counting = Counting(encoder)
    report = again(library, counting).refresh()
    assert report == Report((), articles=3, passages=4, rebuilt=False)
    assert counting.texts == []
    assert everything(library.generations.root) == before


def test_an_article_only_touched_on_disk_is_not_indexed_again(make_library: MakeLibrary) -> None:
    library = make_library(ARTICLES)
    os.utime(library.corpus.root / "scop.md", (0, 0))
    put(library, "scic.md", ARTICLES["scic.md"])
    assert library.refresh().changes == ()


def test_an_edit_touches_that_article_and_encodes_its_new_texts_only(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    put(library, "scop.md", ARTICLES["scop.md"].replace("Un, une.", "Une personne, une voix."))
    counting = Counting(encoder)
    report = again(library, counting).refresh()
    assert changes(report) == [("scop.md", "changed")]
    assert (report.articles, report.passages, report.rebuilt) == (3, 4, False)
    assert counting.texts == ["La Scop. Une personne, une voix."]
    assert (
        library.ask("une personne une voix", abstain=False).hits[0].snippet.text
        == "Une personne, une voix."
    )


def test_an_added_article_is_found_and_encoded_alone(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    put(library, "cae.md", article_text("La CAE", "Un entrepreneur salarié."))
    counting = Counting(encoder)
    report = again(library, counting).refresh()
    assert changes(report) == [("cae.md", "added")]
    assert sorted(counting.texts) == ["La CAE", "La CAE. Un entrepreneur salarié."]
    assert found(library, "entrepreneur salarié")[0] == "cae.md"


def test_a_deleted_article_answers_no_more(make_library: MakeLibrary) -> None:
    library = make_library(ARTICLES)
    (library.corpus.root / "cuma.md").unlink()
    report = library.refresh()
    assert changes(report) == [("cuma.md", "removed")]
    assert (report.articles, report.passages) == (2, 3)
    assert sorted(found(library, "les agriculteurs et leur tracteur")) == ["scic.md", "scop.md"]


def test_a_renamed_article_without_address_is_added_and_removed(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    (library.corpus.root / "scop.md").rename(library.corpus.root / "a.md")
    counting = Counting(encoder)
    report = again(library, counting).refresh()
    assert changes(report) == [("a.md", "added"), ("scop.md", "removed")]
    assert counting.texts == []
    assert sorted(found(library, "la Scop")) == ["a.md", "cuma.md", "scic.md"]


def test_a_renamed_article_with_an_address_is_the_same_article(make_library: MakeLibrary) -> None:
    library = make_library(ARTICLES)
    (library.corpus.root / "cuma.md").rename(library.corpus.root / "a.md")
    report = library.refresh()
    assert changes(report) == [("a.md", "changed")]
    assert report.articles == 3
    assert found(library, "le tracteur des agriculteurs")[0] == "a.md"


@pytest.mark.parametrize("url", ["https://example.org/autre", None])
def test_an_article_whose_address_changed_stands_once_in_the_index(
    make_library: MakeLibrary, url: str | None
) -> None:
    library = make_library(ARTICLES)
    line = f"url: {url}\n" if url else ""
    put(library, "cuma.md", ARTICLES["cuma.md"].replace(f"url: {URL}\n", line))
    report = library.refresh()
    assert changes(report) == [("cuma.md", "changed")]
    assert set(library.generation().manifest.articles) == {"scic.md", "scop.md", url or "cuma.md"}
    assert sorted(found(library, "tracteur")) == ["cuma.md", "scic.md", "scop.md"]


def test_two_articles_may_exchange_their_addresses(make_library: MakeLibrary) -> None:
    texts = {"1.md": ("La Scic", "Des associés."), "2.md": ("La Cuma", "Un tracteur.")}
    one, two = "https://example.org/1", "https://example.org/2"

    def with_addresses(*urls: str) -> dict[str, str]:
        pairs = zip(texts, urls, strict=True)
        return {path: article_text(*texts[path], url=url) for path, url in pairs}

    library = make_library(with_addresses(one, two))
    for path, text in with_addresses(two, one).items():
        put(library, path, text)
    assert changes(library.refresh()) == [("1.md", "changed"), ("2.md", "changed")]
    hit = library.ask("tracteur", abstain=False).hits[0].article
    assert (hit.id, hit.path) == (one, "2.md")


def test_a_file_that_becomes_broken_is_reported_and_its_last_version_answers_on(
    make_library: MakeLibrary,
) -> None:
    library = make_library(ARTICLES)
    put(library, "scop.md", BROKEN)
    (library.corpus.root / "cuma.md").unlink()
    report = library.refresh()
    assert changes(report) == [("cuma.md", "removed"), ("scop.md", "skipped")]
    (skipped,) = report.skipped
    assert skipped.error is not None
    assert (skipped.error.key, skipped.error.line) == ("article_yaml", 2)
    assert report.articles == 2
    assert found(library, "à qui appartient la Scop ?")[0] == "scop.md"


def test_a_file_that_stays_broken_is_reported_each_time_without_a_new_generation(
    make_library: MakeLibrary,
) -> None:
    library = make_library(ARTICLES)
    put(library, "scop.md", BROKEN)
    assert [changes(library.refresh()) for _ in range(2)] == [[("scop.md", "skipped")]] * 2
    assert generation_names(library) == ["g000001"]


def test_a_mended_file_is_changed_only_if_it_differs_from_what_is_indexed(
    make_library: MakeLibrary,
) -> None:
    library = make_library(ARTICLES)
    put(library, "scop.md", BROKEN)
    library.refresh()
    put(library, "scop.md", ARTICLES["scop.md"])
    assert library.refresh().changes == ()
    put(library, "scop.md", ARTICLES["scop.md"] + "Encore.\n")
    assert changes(library.refresh()) == [("scop.md", "changed")]


def test_a_file_that_was_never_readable_is_skipped_and_the_others_indexed(
    make_library: MakeLibrary,
) -> None:
    library = make_library(ARTICLES | {"a.md": BROKEN})
    assert library.generation().manifest.articles.keys() == {"scic.md", "scop.md", URL}


def test_a_rebuild_holds_only_what_can_be_read_then(make_library: MakeLibrary) -> None:
    library = make_library(ARTICLES)
    put(library, "scop.md", BROKEN)
    report = library.refresh(rebuild=True)
    assert [change.path for change in report.skipped] == ["scop.md"]
    assert "scop.md" not in found(library, "à qui appartient la Scop ?")


def test_a_rebuild_encodes_nothing_again(make_library: MakeLibrary, encoder: Encoder) -> None:
    library = make_library(ARTICLES)
    counting = Counting(encoder)
    report = again(library, counting).refresh(rebuild=True)
    assert (report.rebuilt, report.articles, report.passages) == (True, 3, 4)
    assert counting.texts == []
    assert library.generation().folder.name == "g000002"


def test_a_text_that_stands_twice_is_encoded_once(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    for path in ("a.md", "b.md"):
        put(library, path, article_text("Même titre", "Même texte."))
    counting = Counting(encoder)
    again(library, counting).refresh()
    assert sorted(counting.texts) == ["Même titre", "Même titre. Même texte."]


def test_progress_counts_the_articles_to_index(make_library: MakeLibrary) -> None:
    library = make_library(ARTICLES)
    told: list[tuple[int, int]] = []
    library.refresh(rebuild=True, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_a_change_of_the_off_topic_questions_makes_a_generation(make_library: MakeLibrary) -> None:
    library = make_library({"a.md": article_text("Scic", "Une Scic.")})
    before = library.generation().folder
    file = library.settings.corpus / OFF_TOPIC
    file.write_text("la météo demain ?\n", encoding="utf-8")
    added = library.refresh()
    file.write_text("la météo hier ?\n", encoding="utf-8")
    changed = library.refresh()
    file.unlink()
    removed = library.refresh()
    assert [r.changes for r in (added, changed, removed)] == [
        (Change(OFF_TOPIC, Action.ADDED),),
        (Change(OFF_TOPIC, Action.CHANGED),),
        (Change(OFF_TOPIC, Action.REMOVED),),
    ]
    assert library.generation().folder != before
    assert library.refresh().changes == ()


def test_off_topic_questions_that_cannot_be_read_leave_the_index_alone(
    make_library: MakeLibrary,
) -> None:
    library = make_library({"a.md": article_text("Scic", "Une Scic.")})
    (library.settings.corpus / OFF_TOPIC).write_bytes("météo".encode("latin-1"))
    with pytest.raises(CorpusError):
        library.refresh()
    assert library.ask("une Scic").hits
