"""Indexing when something is wrong: a damaged index, a lost file, two writers, an interruption."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from coopbot.encoder import Encoder
from coopbot.engine.protocol import DenseView, LexicalView, WeightedTerm
from coopbot.errors import CorpusError, IndexError_, IndexOutdated
from coopbot.fingerprint import usable
from coopbot.generations import CURRENT, FORMAT, MANIFEST, Manifest
from coopbot.library import Library
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


@pytest.mark.parametrize("rebuild", [False, True])
def test_an_empty_corpus_is_refused_and_leaves_the_index_untouched(
    make_library: MakeLibrary, rebuild: bool
) -> None:
    library = make_library(ARTICLES)
    before = everything(library.generations.root)
    for file in library.corpus.root.iterdir():
        file.unlink()
    with pytest.raises(CorpusError) as caught:
        library.refresh(rebuild=rebuild)
    assert caught.value.key == "corpus_empty"
    assert everything(library.generations.root) == before
    assert "cuma.md" in found(library, "tracteur")


def test_a_corpus_of_broken_files_is_refused_and_leaves_the_index_untouched(
    make_library: MakeLibrary,
) -> None:
    library = make_library(ARTICLES)
    for path in ARTICLES:
        put(library, path, BROKEN)
    with pytest.raises(CorpusError):
        library.refresh(rebuild=True)
    assert library.generation().manifest.articles


def test_a_missing_corpus_is_refused_and_leaves_the_index_untouched(
    make_library: MakeLibrary,
) -> None:
    library = make_library(ARTICLES)
    before = everything(library.generations.root)
    shutil.rmtree(library.corpus.root)
    with pytest.raises(CorpusError) as caught:
        library.refresh()
    assert caught.value.key == "corpus_missing"
    assert everything(library.generations.root) == before


def amend(library: Library, **values: object) -> None:
    """Put *values* into the manifest of the live generation."""
    manifest = library.generation().folder / MANIFEST
    amended = replace(Manifest.parse(manifest.read_bytes()), **values)  # type: ignore[arg-type]
    manifest.write_bytes(amended.dump())


def test_an_index_made_by_other_code_answers_until_it_is_made_anew(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    amend(library, fingerprint="other")
    assert not usable(library.generation(), library.vectors(), "embedded")
    other = again(library, encoder)
    assert found(other, "tracteur")[0] == "cuma.md"
    assert other.is_of_other_code()
    assert other.refresh().rebuilt
    assert usable(other.generation(), other.vectors(), "embedded")
    assert found(other, "tracteur")[0] == "cuma.md"
    assert not other.is_of_other_code()


@pytest.mark.parametrize("layout", ["", "other"])
def test_an_index_of_other_documents_is_refused_and_then_rebuilt(
    make_library: MakeLibrary, encoder: Encoder, layout: str
) -> None:
    library = make_library(ARTICLES)
    amend(library, layout=layout)
    other = again(library, encoder)
    with pytest.raises(IndexOutdated) as caught:
        other.open()
    assert caught.value.key == "index_outdated"
    assert other.refresh().rebuilt
    assert found(other, "tracteur")[0] == "cuma.md"


def test_an_index_that_a_later_version_made_beside_us_leaves_ours_answering(
    make_library: MakeLibrary, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    library = make_library(ARTICLES)
    ours = again(library, encoder)
    ours.open()
    put(library, "scop.md", article_text("La Scop", "Un dirigeable."))
    library.refresh()
    amend(library, format=99)
    assert found(ours, "tracteur")[0] == "cuma.md"
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    put(library, "scop.md", article_text("La Scop", "Un autre dirigeable."))
    library.refresh()
    assert found(ours, "dirigeable")[0] == "scop.md"


def test_an_index_made_with_another_encoder_is_rebuilt_from_new_vectors(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    counting = Counting(encoder, "another")
    assert not usable(library.generation(), again(library, counting).vectors(), "embedded")
    assert again(library, counting).refresh().rebuilt
    assert len(counting.texts) == 7
    assert again(library, encoder).refresh().rebuilt


@pytest.mark.parametrize("damaged", [CURRENT, MANIFEST, "generation", "format"])
def test_a_damaged_index_is_rebuilt(
    make_library: MakeLibrary, encoder: Encoder, damaged: str
) -> None:
    library = make_library(ARTICLES)
    folder = library.generation().folder
    if damaged == CURRENT:
        (library.generations.root / CURRENT).write_text("rubbish")
    elif damaged == "generation":
        shutil.rmtree(folder)
    else:
        content = (folder / MANIFEST).read_bytes()
        other_format = content.replace(f'"format": {FORMAT}'.encode(), b'"format": 0')
        wrong = content[:-9] if damaged == MANIFEST else other_format
        assert wrong != content
        (folder / MANIFEST).write_bytes(wrong)
    other = again(library, encoder)
    with pytest.raises(IndexOutdated):
        other.open()
    assert other.refresh().rebuilt
    assert found(other, "tracteur")[0] == "cuma.md"


def test_while_one_writes_another_is_refused_and_readers_answer(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    put(library, "scop.md", article_text("La Scop", "Modifiée."))
    with library.generations.writing():
        with pytest.raises(IndexError_) as caught:
            again(library, encoder).refresh()
        assert caught.value.key == "index_locked"
        assert found(again(library, encoder), "tracteur")[0] == "cuma.md"
    assert changes(library.refresh()) == [("scop.md", "changed")]


def test_a_reader_of_an_old_generation_answers_on_after_two_more_updates(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    library.open()
    engine = library._engine()
    vector = encoder.encode(["un tracteur"])[0]

    def answers() -> tuple[object, ...]:
        hits = engine.lexical([WeightedTerm("tracteur")], 9, LexicalView.PASSAGE)
        return (
            hits,
            engine.nearest(vector, 9, DenseView.PASSAGE),
            engine.passages([(hit.article, hit.passage or 0) for hit in hits]),
            engine.articles([URL, "scop.md"]),
            engine.similar("tracteurs", 1),
        )

    before = answers()
    writer = again(library, encoder)
    for number in range(3):
        put(library, "cuma.md", article_text("La Cuma", f"Version {number}.", url=URL))
        writer.refresh()
    assert generation_names(library) == ["g000003", "g000004"]
    assert answers() == before
    assert all(before)
    assert library.ask("la version 2", abstain=False).hits[0].snippet.text == "Version 2."


def test_an_interrupted_update_leaves_the_index_as_it_was_and_is_made_good_later(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    library = make_library(ARTICLES)
    put(library, "scop.md", article_text("La Scop", "Modifiée."))
    with pytest.raises(KeyboardInterrupt):
        library.refresh(progress=interrupt)
    assert generation_names(library) == ["g000001", "g000002.new"]
    assert "La Scop appartient" in library.ask("la Scop").hits[0].snippet.text
    assert changes(again(library, encoder).refresh()) == [("scop.md", "changed")]
    assert generation_names(library) == ["g000001", "g000002"]


def test_after_many_updates_only_files_in_use_are_left(make_library: MakeLibrary) -> None:
    library = make_library(ARTICLES)
    for number in range(12):
        put(library, "scop.md", article_text("La Scop", f"Version {number}."))
        library.refresh()
    files = sorted(path.name for path in library.generation().folder.iterdir())
    segments = [name.removesuffix(".seg") for name in files if name.endswith(".seg")]
    assert [n.removesuffix(".arrays") for n in files if n.endswith(".arrays")] == segments
    assert len([name for name in files if name.endswith(".toc")]) == 1


@pytest.mark.parametrize("edited", [[], ["scop.md"], ["cuma.md", "scop.md"]])
def test_a_lost_vector_store_is_made_anew(
    make_library: MakeLibrary, encoder: Encoder, edited: list[str]
) -> None:
    def scores(library: Library) -> dict[str, float]:
        hits = library.ask("le tracteur des agriculteurs", abstain=False).hits
        return {hit.article.path: hit.score for hit in hits}

    library = make_library(ARTICLES)
    shutil.rmtree(library.generations.vectors)
    for path in edited:
        put(library, path, ARTICLES[path] + "Encore.\n")
    other = again(library, encoder)
    other.refresh()
    updated = scores(other)
    other.refresh(rebuild=True)
    assert updated == pytest.approx(scores(other))


def test_a_vector_store_that_cannot_be_written_is_said_in_a_sentence(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    shutil.rmtree(library.generations.root)
    library.generations.root.mkdir()
    library.generations.vectors.touch()
    with pytest.raises(IndexError_):
        again(library, encoder).refresh()


def test_a_reader_notices_an_index_made_anew_in_place_of_a_deleted_one(
    make_library: MakeLibrary, encoder: Encoder
) -> None:
    library = make_library(ARTICLES)
    library.open()
    shutil.rmtree(library.generations.root)
    put(library, "scop.md", article_text("La Scop", "Version nouvelle."))
    again(library, encoder).refresh()
    assert library.ask("la Scop").hits[0].snippet.text == "Version nouvelle."


def test_a_file_name_that_is_not_utf_8_does_not_stop_the_others(make_library: MakeLibrary) -> None:
    library = make_library(ARTICLES)
    name = os.fsencode(library.corpus.root) + b"/\xe9t\xe9.md"
    Path(os.fsdecode(name)).write_text(article_text("Été", "Texte."), encoding="utf-8")
    put(library, "scop.md", article_text("La Scop", "Modifiée."))
    assert ("scop.md", "changed") in changes(library.refresh())
