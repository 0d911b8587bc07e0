"""Qdrant behind the engine protocol: the same answers, states, collections and generations."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient

from coopbot.encoder import Encoder
from coopbot.engine.protocol import (
    DenseView,
    Engine,
    Filter,
    IndexedArticle,
    LexicalView,
    StoredArticle,
    WeightedTerm,
)
from coopbot.engine.qdrant.statistics import FILE, read
from coopbot.engine.qdrant.storage import QdrantStorage
from coopbot.engine.vectors import VectorStore
from coopbot.errors import IndexOutdated
from coopbot.library import Library
from coopbot.search.dictionary import Dictionary
from coopbot.settings import Settings
from tests.conftest import NOW
from tests.engine.articles import (
    ARTICLES,
    DIMENSIONS,
    ids,
    indexed,
    open_engine,
    simple,
    vector,
)
from tests.engine.conftest import local_storage, open_with
from tests.small_corpus import ARTICLES as FILES

WORDS = ("scic", "scop", "cuma", "vote", "statuts", "salariés", "tracteur", "capital", "toit")
DATES = (None, "2019", "2020-02", "2020-02-11", "2021-12-31")


def made_up(number: int, draw: np.random.Generator) -> IndexedArticle:
    """Return an article of drawn words; some have the same, so that scores are level."""

    def text(length: int) -> str:
        return " ".join(draw.choice(WORDS, length)).capitalize() + "."

    stored = StoredArticle(
        f"a{number:02}",
        f"a{number:02}.md",
        text(2),
        site=("example.org", None)[number % 2],
        published=DATES[number % len(DATES)],
        language=("fr", "en")[number % 7 == 0],
        tags=((), ("Création",), ("création", "vie"))[number % 3],
    )
    passages = [((text(1),), text(int(draw.integers(3, 12)))) for _ in range(number % 4)]
    return indexed(stored, passages, [text(1)], [text(3)] * (number % 5 == 0))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """Both engines, of the same 40 articles."""
    draw = np.random.default_rng(7)
    articles = [made_up(number, draw) for number in range(40)]
    embedded = open_engine(tmp_path_factory.mktemp("embedded"))
    storage = local_storage(QdrantClient(":memory:"))
    qdrant = open_with(storage, tmp_path_factory.mktemp("qdrant"))
    for engine in (embedded, qdrant):
        engine.write(articles, [])
    yield embedded, qdrant
    embedded.close()
    qdrant.close()


WHERES = [
    Filter(),
    Filter(site="example.org"),
    Filter(tag="CREATION", language="fr"),
    Filter(since="2020-02"),
    Filter(since="2020-02-20"),
    Filter(until="2020-02-10"),
    Filter(until="2019-05", since="2019-03-01"),
    Filter(articles=frozenset(["a03", "a05", "nobody"])),
    Filter(articles=frozenset()),
]


def _restricted(where: Filter) -> str:
    return "-".join(name for name, value in asdict(where).items() if value is not None)


@pytest.mark.parametrize("where", WHERES, ids=_restricted)
def test_both_engines_give_the_same_candidates_with_the_same_scores(
    both: tuple[Engine, Engine], where: Filter
) -> None:
    asked = vector("la question")
    terms = [WeightedTerm("scic"), WeightedTerm("vot", 0.5), WeightedTerm("licorn")]
    expected, found = (
        engine.gather(dict.fromkeys(LexicalView, terms), asked, 5, where) for engine in both
    )
    assert list(found.articles) == list(expected.articles)
    for view in LexicalView:
        assert np.allclose(found.lexical[view].scores, expected.lexical[view].scores, rtol=1e-5)
        assert (found.lexical[view].passages == expected.lexical[view].passages).all()
    for dense in DenseView:
        assert np.allclose(found.dense[dense].scores, expected.dense[dense].scores, atol=1e-6)
        assert (found.dense[dense].passages == expected.dense[dense].passages).all()
    assert (found.title_terms == expected.title_terms).all()
    assert np.allclose(found.vectors, expected.vectors)
    assert np.allclose(found.matching, expected.matching, atol=1e-6)


@pytest.mark.parametrize("collapse", [False, True])
@pytest.mark.parametrize("k", [0, 1, 7, 500])
def test_both_engines_give_the_same_lists_ties_in_the_same_order(
    both: tuple[Engine, Engine], k: int, collapse: bool
) -> None:
    terms = [WeightedTerm("scop"), WeightedTerm("toit"), WeightedTerm("scop", 0.5)]
    asked = vector("ailleurs")
    for view in LexicalView:
        expected, found = (e.lexical(terms, k, view, collapse=collapse) for e in both)
        assert [hit[:2] for hit in found] == [hit[:2] for hit in expected]
        assert [h.score for h in found] == pytest.approx([h.score for h in expected], rel=1e-5)
    for dense in DenseView:
        expected, found = (e.nearest(asked, k, dense, collapse=collapse) for e in both)
        assert [hit[:2] for hit in found] == [hit[:2] for hit in expected]


def test_both_engines_know_the_same_words(both: tuple[Engine, Engine]) -> None:
    expected, found = both
    assert found.similar("scoop", 2) == expected.similar("scoop", 2) != []
    for view in LexicalView:
        theirs, ours = expected.vocabulary(view), found.vocabulary(view)
        assert ours.documents == theirs.documents
        for term in (*WORDS, "vot", "licorn", ""):
            assert ours.frequency(term) == theirs.frequency(term)


@pytest.mark.parametrize("where", WHERES[:4], ids=_restricted)
def test_both_engines_find_the_same_units_that_have_terms(
    both: tuple[Engine, Engine], where: Filter
) -> None:
    for groups in ([], [["scic"]], [["scic", "scop"], ["toit"], ["cum", "vot"]], [["licorn"]]):
        for view in (LexicalView.STEM, LexicalView.PASSAGE):
            expected, found = (sorted(e.having(groups, view, where), key=str) for e in both)
            assert found == expected


def points(client: QdrantClient) -> int:
    (collection,) = client.get_collections().collections
    return client.count(collection.name).count


def test_a_state_is_cleared_away_when_nobody_may_ask_for_it_any_more(tmp_path: Path) -> None:
    client = QdrantClient(":memory:")
    storage = local_storage(client)
    engine = open_with(storage, tmp_path)
    folder = tmp_path / "segments"
    engine.write(ARTICLES, [])
    count = points(client)
    first = shutil.copytree(folder, tmp_path / "first")
    engine.write([], ["cuma"])
    second = shutil.copytree(folder, tmp_path / "second")
    storage.published(second, [first, second])
    assert points(client) == count
    storage.published(second, [second])
    assert points(client) == count - 2
    assert ids(engine) == {ARTICLES[0].stored.id, "scop"}


def test_the_alias_follows_what_is_published_and_unused_collections_go(tmp_path: Path) -> None:
    client = QdrantClient(":memory:")
    client.create_collection("test-other", vectors_config={})
    storage = local_storage(client)
    collections = []
    for name in ("first", "second", "half"):
        open_with(storage, tmp_path / name).write(ARTICLES, [])
        found = read(tmp_path / name / "segments")
        assert found is not None
        collections.append(found.collection)
    first, second = (tmp_path / name / "segments" for name in ("first", "second"))

    def there() -> tuple[dict[str, str], set[str]]:
        aliases = client.get_aliases().aliases
        names = {c.name for c in client.get_collections().collections} - {"test-other"}
        return {a.alias_name: a.collection_name for a in aliases}, names

    storage.published(first, [first, second])
    assert there() == ({"test": collections[0]}, set(collections[:2]))
    storage.published(second, [first, second])
    assert there() == ({"test": collections[1]}, set(collections[:2]))
    storage.published(second, [second])
    assert there() == ({"test": collections[1]}, {collections[1]})
    storage.drop()
    assert there() == ({}, set())


def test_an_index_is_worn_when_half_of_its_articles_have_moved(tmp_path: Path) -> None:
    storage = local_storage(QdrantClient(":memory:"))
    engine = open_with(storage, tmp_path)
    folder = tmp_path / "segments"
    assert not storage.worn(folder)
    engine.write([simple(f"a{n}", "La Scop", "Un texte.") for n in range(4)], [])
    engine.write([simple("a1", "La Cuma", "Un texte."), simple("b", "La Scic")], [])
    assert not storage.worn(folder)
    engine.write([], ["b"])
    assert storage.worn(folder)


@pytest.mark.parametrize("damage", ["missing", "cut", "collection"])
def test_lost_statistics_or_collections_are_told(tmp_path: Path, damage: str) -> None:
    client = QdrantClient(":memory:")
    storage = local_storage(client)
    open_with(storage, tmp_path).write(ARTICLES, [])
    statistics = tmp_path / "segments" / FILE
    if damage == "missing":
        statistics.unlink()
    elif damage == "cut":
        statistics.write_bytes(statistics.read_bytes()[:-1])
    else:
        client.delete_collection(client.get_collections().collections[0].name)
    with pytest.raises(IndexOutdated):
        storage.open(tmp_path / "segments", VectorStore(tmp_path, "made-up", DIMENSIONS))


def test_an_index_changes_engines_by_making_it_anew_and_answers_the_same(
    tmp_path: Path, encoder: Encoder, dictionary: Dictionary
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for path, text in FILES.items():
        (corpus / path).write_text(text, encoding="utf-8")
    settings = Settings(corpus=corpus, index=tmp_path / "index", state=tmp_path / "state")
    storage = local_storage(QdrantClient(":memory:"))

    def answer(library: Library) -> list[tuple[object, ...]]:
        hits = library.ask("les salariés votent-ils ?", abstain=False).hits
        return [(h.article, h.passage, h.snippet, round(h.score, 4)) for h in hits]

    def opened(on: QdrantStorage | None) -> Library:
        return Library(settings, encoder, lambda: NOW, dictionary, on)

    opened(None).refresh()
    expected = answer(opened(None))
    assert expected
    for on in (storage, None):
        library = opened(on)
        with pytest.raises(IndexOutdated):
            library.open()
        assert library.refresh().rebuilt
        assert answer(library) == expected
        assert not library.refresh().changes
    library = opened(storage)
    library.refresh()
    (corpus / "scic.md").unlink()
    assert [change.path for change in library.refresh().changes] == ["scic.md"]
    assert {a.path for a in library.catalogue().articles} == {"scop.md", "cuma.md"}
    storage.drop()
    library = opened(storage)
    with pytest.raises(IndexOutdated):
        library.open()
    assert library.refresh().rebuilt
    assert {a.path for a in library.catalogue().articles} == {"scop.md", "cuma.md"}
    library.close()
