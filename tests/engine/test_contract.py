"""What every engine does, shown of each: the embedded one, and Qdrant behind the same protocol."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.engine.protocol import (
    DenseView,
    Engine,
    Filter,
    IndexedArticle,
    LexicalView,
    StoredArticle,
    StoredPassage,
    WeightedTerm,
)
from coopbot.french.phonetics import sound
from coopbot.search.slips import edits
from tests.engine.articles import (
    ARTICLES,
    EVERYTHING,
    PASSAGES,
    SCIC,
    answers,
    ids,
    indexed,
    simple,
    vector,
)
from tests.engine.conftest import OpenEngine


@pytest.fixture
def engine(open_in: OpenEngine, tmp_path: Path) -> Iterator[Engine]:
    """An engine of two segments."""
    made = open_in(tmp_path)
    made.write(ARTICLES[:2], [])
    made.write(ARTICLES[2:], [])
    yield made
    made.close()


def test_an_article_is_given_back_as_it_was_put(engine: Engine) -> None:
    assert engine.articles([SCIC.id]) == {SCIC.id: SCIC}


def test_versions_tell_the_same_of_an_article_as_its_record(engine: Engine) -> None:
    translated = StoredArticle(
        "coop", "en/coop.md", "Coops", None, published="2020", language="en",
        translation_of="scop.md", superseded_by="\udc80.md",
    )  # fmt: skip
    engine.write([indexed(translated)], [])
    asked = [SCIC.id, "coop", "scop", "nobody"]
    versions, articles = engine.versions(asked), engine.articles(asked)
    assert list(versions) == list(articles) == asked[:3]
    told = attrgetter("id", "path", "published", "language", "translation_of", "superseded_by")
    assert [told(v) for v in versions.values()] == [told(a) for a in articles.values()]


def test_passages_are_given_back_as_they_were_put(engine: Engine) -> None:
    keys = [(SCIC.id, number) for number in range(2)]
    assert engine.passages(keys) == {
        (SCIC.id, number): StoredPassage(SCIC.id, number, *PASSAGES[number]) for number in range(2)
    }


def test_what_is_not_there_is_left_out(engine: Engine) -> None:
    assert engine.articles([]) == {}
    assert engine.articles(["nobody", "scop", ""]).keys() == {"scop"}
    keys = [("scop", 0), ("scop", 1), ("nobody", 0), ("scop", -1)]
    assert engine.passages(keys).keys() == {("scop", 0)}


def test_what_is_written_is_seen_at_once_and_by_those_who_open_later(
    open_in: OpenEngine, tmp_path: Path
) -> None:
    engine = open_in(tmp_path)
    assert engine.prepare() == 0
    engine.write(ARTICLES, [])
    assert engine.prepare() == 4
    later = open_in(tmp_path)
    assert ids(later) == ids(engine) == {SCIC.id, "scop", "cuma"}
    engine.close()
    later.close()


def test_who_opened_before_a_write_sees_the_former_state_until_closed(
    engine: Engine, open_in: OpenEngine, tmp_path: Path
) -> None:
    reader = open_in(tmp_path)
    before = answers(reader)
    engine.write([simple("scop", "Autre")], ["cuma"])
    assert answers(reader) == before
    reader.close()
    assert ids(open_in(tmp_path)) == {SCIC.id, "scop"}


def test_an_article_put_again_replaces_the_one_with_its_id(engine: Engine) -> None:
    engine.write([simple("scop", "La coopérative", "Un.", "Deux.")], [])
    assert engine.articles(["scop"])["scop"].title == "La coopérative"
    assert engine.passages([("scop", 0)])["scop", 0].text == "Un."
    assert engine.lexical([WeightedTerm("salar")], 9, LexicalView.PASSAGE) == []
    assert engine.vocabulary(LexicalView.TITLE).frequency("scop") == 0
    assert engine.prepare() == 5


def test_a_deleted_article_is_gone_with_its_passages(engine: Engine) -> None:
    engine.write([], ["scop", "nobody"])
    assert ids(engine) == {SCIC.id, "cuma"}
    assert engine.articles(["scop"]) == {}
    assert engine.passages([("scop", 0)]) == {}
    assert engine.prepare() == 3


def test_one_write_may_delete_an_article_and_put_it_again(engine: Engine) -> None:
    engine.write([simple("scop", "Revenue")], ["scop"])
    assert engine.articles(["scop"])["scop"].title == "Revenue"


def test_an_id_that_begins_like_another_is_not_taken_for_it(engine: Engine) -> None:
    engine.write([simple("scop/2", "La suite", "Texte.")], [])
    engine.write([], ["scop"])
    assert engine.articles(["scop", "scop/2"]).keys() == {"scop/2"}


def test_a_write_that_fails_changes_nothing(
    engine: Engine, open_in: OpenEngine, tmp_path: Path
) -> None:
    def failing() -> Iterator[IndexedArticle]:
        yield simple("new", "Nouvelle")
        raise ZeroDivisionError

    before = answers(engine)
    with pytest.raises(ZeroDivisionError):
        engine.write(failing(), ["scop"])
    assert answers(engine) == before
    assert answers(open_in(tmp_path)) == before
    engine.write([simple("new", "Nouvelle")], [])
    assert "new" in ids(engine)


@pytest.mark.parametrize(
    ("view", "text", "unit"),
    [
        (DenseView.TITLE, "La Cuma", ("cuma", None)),
        (DenseView.PASSAGE, "Le vote.", (SCIC.id, 1)),
        (DenseView.PASSAGE, "Les salariés votent.", ("scop", 0)),
    ],
)
def test_the_nearest_is_the_one_with_the_vector_asked_for(
    engine: Engine, view: DenseView, text: str, unit: tuple[str, int | None]
) -> None:
    best = engine.nearest(vector(text), 1, view)[0]
    assert (best.article, best.passage) == unit
    assert best.score == pytest.approx(1, abs=1e-3)


def test_the_nearest_are_all_of_a_view_best_first(engine: Engine) -> None:
    asked = vector("la question")
    texts = {a.stored.id: [p.text for p in a.passages] for a in ARTICLES}
    cosines = {
        (i, n): float(vector(text) @ asked)
        for i, found in texts.items()
        for n, text in enumerate(found)
    }
    hits = engine.nearest(asked, 99, DenseView.PASSAGE)
    expected = sorted(cosines, key=lambda unit: -cosines[unit])
    assert [(hit.article, hit.passage) for hit in hits] == expected
    assert [hit.score for hit in hits] == pytest.approx(sorted(cosines.values())[::-1], abs=1e-3)
    assert engine.nearest(asked, 2, DenseView.PASSAGE) == hits[:2]


def test_a_filter_holds_for_vectors_too(engine: Engine) -> None:
    hits = engine.nearest(vector("x"), 99, DenseView.PASSAGE, Filter(tag="scic"))
    assert {(hit.article, hit.passage) for hit in hits} == {(SCIC.id, 0), (SCIC.id, 1)}


WORDS = sorted({"tracteur", "tracteurs", "facteur", "trace", "traces", "terre", "scic", "scop"})


@pytest.fixture(scope="module")
def words(open_in: OpenEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine whose words are WORDS, in two segments, and one of a deleted article."""
    made = open_in(tmp_path_factory.mktemp("words"))
    made.write([simple("a", " ".join(WORDS[:4])), simple("gone", "tracteura")], [])
    made.write([simple("b", " ".join(WORDS[3:]))], ["gone"])
    yield made
    made.close()


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    st.sampled_from(WORDS) | st.text("tracesfu", min_size=1, max_size=9),
    st.text("tracesfu", max_size=3),
    st.integers(0, 2),
)
def test_similar_terms_are_those_within_the_distance_or_sounding_alike(
    words: Engine, term: str, ending: str, distance: int
) -> None:
    asked = (term + ending)[:12]
    near = {w for w in WORDS if edits(asked, w) <= distance or sound(asked) == sound(w)}
    found = words.similar(asked, distance)
    counts = {word: 2 if word == WORDS[3] else 1 for word in near}
    assert found == sorted(counts.items())


@pytest.mark.parametrize(("typed", "meant"), [("sicc", "scic"), ("tratceur", "tracteur")])
def test_two_letters_exchanged_are_one_edit(words: Engine, typed: str, meant: str) -> None:
    assert (meant, 1) in words.similar(typed, 1)


def test_nothing_is_similar_to_no_word(words: Engine) -> None:
    assert words.similar("", 1) == []


def test_an_engine_answers_after_it_was_closed(engine: Engine) -> None:
    before = answers(engine)
    engine.close()
    engine.close()
    assert answers(engine) == before


def test_aliases_find_their_article_and_are_no_passages(
    open_in: OpenEngine, tmp_path: Path
) -> None:
    engine = open_in(tmp_path)
    stored = StoredArticle("scop", "scop.md", "La Scop")
    texts = [((), "Les salariés votent."), ((), "Ils partagent.")]
    engine.write([indexed(stored, texts, aliases=["qui commande ?", "à qui est la boîte ?"])], [])
    (hit,) = engine.nearest(vector("à qui est la boîte ?"), 5, DenseView.ALIAS, collapse=True)
    assert hit.article == "scop"
    assert hit.score == pytest.approx(1.0, abs=1e-3)
    assert len(engine.nearest(vector("x"), 5, DenseView.ALIAS)) == 2
    assert [hit.passage for hit in engine.lexical([WeightedTerm("boit")], 5, LexicalView.STEM)] == [
        None
    ]
    assert engine.prepare() == 2
    engine.close()


def test_the_lead_is_the_first_passage_of_each_article(engine: Engine) -> None:
    hits = engine.nearest(vector("x"), 10, DenseView.LEAD)
    assert {(hit.article, hit.passage) for hit in hits} == {(SCIC.id, 0), ("scop", 0), ("cuma", 0)}


def test_collapsed_hits_are_the_best_of_each_article(engine: Engine) -> None:
    every = engine.nearest(vector("x"), 10, DenseView.PASSAGE)
    best = {hit.article: hit for hit in reversed(every)}
    collapsed = engine.nearest(vector("x"), 10, DenseView.PASSAGE, collapse=True)
    assert {hit.article: hit for hit in collapsed} == best
    assert len(collapsed) == 3


def test_candidates_come_with_what_every_list_says_of_them(engine: Engine) -> None:
    asked = vector("Le vote.")
    terms = [*EVERYTHING, WeightedTerm("statut")]
    found = engine.gather(dict.fromkeys(LexicalView, terms), asked, 1)
    assert list(found.articles) == sorted(found.articles)
    for view in DenseView:
        hits = engine.nearest(asked, 9, view, collapse=True)
        score_of = {hit.article: hit.score for hit in hits}
        wanted = [score_of.get(article, 0.0) for article in found.articles]
        assert found.dense[view].scores.tolist() == pytest.approx(wanted, abs=1e-6)
    row = found.articles.index(SCIC.id)
    assert found.dense[DenseView.PASSAGE].passages[row] == 1
    assert np.allclose(found.vectors[row], asked, atol=1e-3)
    best = found.lexical[LexicalView.PASSAGE].passages[row]
    wanted_cosine = vector(PASSAGES[best][1]) @ asked
    assert found.matching[row] == pytest.approx(wanted_cosine, abs=1e-3)


def test_an_article_without_passages_is_a_candidate_too(engine: Engine) -> None:
    engine.write([indexed(StoredArticle("x", "x.md", "Le tracteur"))], [])
    found = engine.gather(dict.fromkeys(LexicalView, EVERYTHING), vector("x"), 9)
    row = found.articles.index("x")
    assert found.dense[DenseView.PASSAGE].passages[row] == -1
    assert not found.vectors[row].any()
    assert found.matching[row] == 0


def test_of_a_filter_only_what_passes_is_a_candidate(engine: Engine) -> None:
    where = Filter(articles=frozenset(["scop", "cuma", "nobody"]))
    found = engine.gather(dict.fromkeys(LexicalView, EVERYTHING), vector("x"), 9, where)
    assert list(found.articles) == ["cuma", "scop"]


def test_an_empty_engine_has_no_candidates(open_in: OpenEngine, tmp_path: Path) -> None:
    engine = open_in(tmp_path)
    found = engine.gather(dict.fromkeys(LexicalView, EVERYTHING), vector("x"), 9)
    assert list(found.articles) == []
    assert found.vectors.shape == (0, vector("x").size)
    engine.close()


def test_a_title_has_as_many_terms_as_stems(engine: Engine) -> None:
    engine.write([indexed(StoredArticle("x", "x.md", "How to vote", language="en"))], [])
    found = engine.gather(dict.fromkeys(LexicalView, EVERYTHING), vector("x"), 9)
    terms = dict(zip(found.articles, found.title_terms.tolist(), strict=True))
    assert (terms[SCIC.id], terms["x"]) == (2, 3)


def test_articles_are_asked_which_terms_they_have(engine: Engine) -> None:
    found = engine.matching(["cuma", "nobody", SCIC.id], ["tracteur", "vot", "licorn", "statut"])
    assert found.tolist() == [
        [True, False, False, False],
        [False, False, False, False],
        [False, True, False, True],
    ]


@pytest.mark.parametrize(
    ("groups", "view", "where", "units"),
    [
        ([], LexicalView.STEM, Filter(), {(SCIC.id, None), ("scop", None), ("cuma", None)}),
        (
            [],
            LexicalView.PASSAGE,
            Filter(articles=frozenset({SCIC.id})),
            {(SCIC.id, 0), (SCIC.id, 1)},
        ),
        ([["scop", "cuma"]], LexicalView.TITLE, Filter(), {("scop", None), ("cuma", None)}),
        ([["scop", "cuma"]], LexicalView.TITLE, Filter(site="example.org"), set()),
        ([["vote", "votent"], ["salaries"]], LexicalView.EXACT, Filter(), {("scop", None)}),
        ([["vot"]], LexicalView.PASSAGE, Filter(), {(SCIC.id, 1), ("scop", 0)}),
        ([["licorne"]], LexicalView.STEM, Filter(), set()),
        ([[]], LexicalView.STEM, Filter(), set()),
    ],
)
def test_units_with_a_term_of_each_group_are_found_and_no_deleted_ones(
    engine: Engine,
    groups: list[list[str]],
    view: LexicalView,
    where: Filter,
    units: set[tuple[str, int | None]],
) -> None:
    found = engine.having(groups, view, where)
    assert len(found) == len(set(found))
    assert set(found) == units
    engine.write([], ["scop"])
    left = engine.having(groups, view, where)
    assert set(left) == {unit for unit in units if unit[0] != "scop"}
