"""The lexical scores, against the formula written out in plain Python."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopbot.engine.bm25f import Search
from coopbot.engine.embedded import EmbeddedEngine
from coopbot.engine.impacts import K1, B
from coopbot.engine.protocol import (
    Filter,
    Hit,
    IndexedArticle,
    LexicalView,
    StoredArticle,
    WeightedTerm,
)
from coopbot.engine.schema import VIEWS
from coopbot.french import exact_terms, stem_terms
from tests.engine.articles import indexed, open_engine, simple, vector

WORDS = ("scic", "coopérative", "coopératives", "vote", "tracteur", "réserves")
ALL = 1_000
Unit = tuple[str, int | None]
Field = dict[str, list[str]]


def reference(
    units: Mapping[Unit, Field], weights: Mapping[str, float], terms: Sequence[WeightedTerm]
) -> dict[Unit, float]:
    """BM25F as the page of coopbot.engine.bm25f writes it."""
    mean = {f: sum(len(u[f]) for u in units.values()) / len(units) for f in weights}

    def impact(unit: Field, term: str) -> float:
        found = [f for f in weights if term in unit[f]]
        b = {f: 1 - B + B * len(unit[f]) / mean[f] for f in found}
        x = sum(weights[f] * unit[f].count(term) / b[f] for f in found)
        return x * (K1 + 1) / (x + K1)

    def idf(term: str) -> float:
        n = sum(any(term in unit[f] for f in weights) for unit in units.values())
        return math.log(1 + (len(units) - n + 0.5) / (n + 0.5))

    scores = {u: sum(w * idf(t) * impact(f, t) for t, w in terms) for u, f in units.items()}
    return {unit: score for unit, score in scores.items() if score > 0}


def units(articles: Sequence[IndexedArticle], view: LexicalView) -> dict[Unit, Field]:
    """Return the terms of each field of each unit of *view*."""
    if view is LexicalView.PASSAGE:
        return {
            (article.stored.id, passage.number): {
                "passage": stem_terms(passage.text),
                "passage_headings": stem_terms("\n".join(passage.headings)),
            }
            for article in articles
            for passage in article.passages
        }
    terms, suffix = (exact_terms, "_exact") if view is LexicalView.EXACT else (stem_terms, "")
    return {
        (article.stored.id, None): {
            f"title{suffix}": terms(article.stored.title),
            f"headings{suffix}": terms("\n".join(article.headings)),
            f"tags{suffix}": terms("\n".join(article.stored.tags)),
            f"aliases{suffix}": terms("\n".join(alias.text for alias in article.aliases)),
            f"body{suffix}": terms(article.body),
        }
        for article in articles
    }


def check(found: Sequence[Hit], expected: Mapping[Unit, float]) -> None:
    """Scores equal within 1e-4, best first, ties in the order of ids."""
    scores = {(hit.article, hit.passage): hit.score for hit in found}
    assert len(scores) == len(found)
    assert scores == pytest.approx(expected, abs=1e-4)
    assert list(found) == sorted(found, key=lambda h: (-h.score, h.article, h.passage or 0))


def check_view(
    engine: EmbeddedEngine,
    view: LexicalView,
    expected: Mapping[Unit, Field],
    words: Mapping[str, float],
) -> None:
    """Scores, units and frequencies are those of the *expected* units."""
    weights, analyse = VIEWS[view], exact_terms if view is LexicalView.EXACT else stem_terms
    terms = [WeightedTerm(t, weight) for word, weight in words.items() for t in analyse(word)]
    scores = reference(expected, weights, terms) if expected else {}
    every = engine.lexical(terms, ALL, view)
    check(every, scores)
    check_first(engine, view, terms, every)
    vocabulary = engine.vocabulary(view)
    assert vocabulary.documents == len(expected)
    for term, _ in terms:
        having = [u for u in expected.values() if any(term in u[name] for name in weights)]
        assert vocabulary.frequency(term) == len(having)


def check_first(
    engine: EmbeddedEngine, view: LexicalView, terms: Sequence[WeightedTerm], every: Sequence[Hit]
) -> None:
    """The first few are those of *every* hit, and so are those of articles, however asked for."""
    best: dict[str, Hit] = {}
    for hit in every:
        best.setdefault(hit.article, hit)
    for k in (1, 2, 5):
        assert engine.lexical(terms, k, view) == every[:k]
        assert engine.lexical(terms, k, view, collapse=True) == list(best.values())[:k]
    for k in (1, ALL):  # with what the first few left to be looked up, and with all added up
        found = engine.gather(dict.fromkeys(LexicalView, terms), vector("x"), k)
        of = found.lexical[view]
        wanted = [best.get(article, Hit(article, None, 0)) for article in found.articles]
        assert list(found.articles) == sorted(found.articles)
        assert of.scores.tolist() == pytest.approx([hit.score for hit in wanted], abs=1e-4)
        if view is LexicalView.PASSAGE:
            numbers = [-1 if hit.passage is None else hit.passage for hit in wanted]
            assert of.passages.tolist() == numbers
        assert set(found.articles) >= {hit.article for hit in list(best.values())[:k]}


Content = tuple[str, list[str], list[tuple[tuple[str, ...], str]]]


def made(
    article_id: str, title: str, tags: list[str], passages: list[tuple[tuple[str, ...], str]]
) -> IndexedArticle:
    headings = [heading for above, _ in passages for heading in above]
    stored = StoredArticle(article_id, "x.md", title, tags=tuple(tags))
    return indexed(stored, passages, headings, aliases=tags)


_text = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
_passage = st.tuples(st.lists(_text, max_size=2).map(tuple), _text)
_content = st.tuples(_text, st.lists(_text, max_size=2), st.lists(_passage, max_size=3))
# each write: articles to put (a number is an id), and to delete
_write = st.tuples(
    st.dictionaries(st.integers(0, 5), _content, max_size=4), st.sets(st.integers(0, 5), max_size=2)
)
Write = tuple[dict[int, Content], set[int]]
_terms = st.dictionaries(
    st.sampled_from(WORDS), st.sampled_from([1.0, 0.8, 0.3]), min_size=1, max_size=4
)
_MANY = ("vote " * 300).strip()


@settings(deadline=None, derandomize=True, max_examples=30)
@given(st.lists(_write, min_size=1, max_size=4), _terms)
@example(
    [
        (
            {0: ("Scic", ["vote"], [((), _MANY)]), 1: ("", [], [(("scic",), "vote tracteur")])},
            set(),
        ),
        ({2: ("Tracteur", [], []), 1: ("Vote", ["scic", "vote"], [])}, set()),
        ({3: ("Réserves", [], [((), "scic " * 12), ((), "coopératives")])}, {0}),
    ],
    {"vote": 1.0, "scic": 0.3, "coopérative": 0.8, "tracteur": 1.0},
)
def test_scores_are_those_of_the_formula_after_every_write_and_deletion(
    writes: list[Write], words: dict[str, float]
) -> None:
    alive: dict[str, IndexedArticle] = {}
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Path(folder))
        for upserts, deletions in writes:
            put = {str(i): made(str(i), *content) for i, content in upserts.items()}
            engine.write(put.values(), map(str, deletions))
            alive = {i: a for i, a in alive.items() if int(i) not in deletions} | put
            for view in LexicalView:
                check_view(engine, view, units(list(alive.values()), view), words)
        engine.close()


ARTICLES = [
    indexed(
        StoredArticle(
            article_id,
            f"{article_id}.md",
            "La Scic",
            site=site,
            published=published,
            language=language,
            tags=tags,
        ),
        [((), "La Scic vote."), ((), "Encore la Scic.")],
    )
    for article_id, site, published, language, tags in [
        ("year", "les-scic.coop", "2011", "fr", ("Création",)),
        ("month", "les-scic.coop", "2011-05", "fr", ("création", "scic")),
        ("day", "Les-Scic.coop", "2011-05-20", "en", ()),
        ("new", "scop.coop", "2024-01-02", "fr", ("gouvernance",)),
        ("undated", None, None, "fr", ("CREATION",)),
    ]
]
SCIC = [WeightedTerm("scic")]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    """An engine of three segments, one with a deleted article."""
    opened = open_engine(tmp_path_factory.mktemp("engine"))
    opened.write([*ARTICLES[:2], simple("gone", "La Scic")], [])
    opened.prepare()
    opened.write(ARTICLES[2:4], ["gone"])
    opened.write(ARTICLES[4:], [])
    yield opened
    opened.close()


def test_the_filtered_engine_has_several_segments(engine: EmbeddedEngine) -> None:
    assert len(engine._opened._segments) > 1


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (Filter(), {"year", "month", "day", "new", "undated"}),
        (Filter(site="LES-SCIC.COOP"), {"year", "month", "day"}),
        (Filter(site="les-scic"), set()),
        (Filter(tag="creation"), {"year", "month", "undated"}),
        (Filter(tag="créa"), set()),
        (Filter(language="en"), {"day"}),
        (Filter(since="2011"), {"year", "month", "day", "new"}),
        (Filter(since="2011-05"), {"year", "month", "day", "new"}),
        (Filter(since="2011-05-20"), {"year", "month", "day", "new"}),
        (Filter(since="2011-05-21"), {"year", "month", "new"}),
        (Filter(since="2011-06"), {"year", "new"}),
        (Filter(since="2012"), {"new"}),
        (Filter(until="2011"), {"year", "month", "day"}),
        (Filter(until="2011-05-19"), {"year", "month"}),
        (Filter(until="2011-05-20"), {"year", "month", "day"}),
        (Filter(until="2011-04"), {"year"}),
        (Filter(until="2010"), set()),
        (Filter(since="2011-05-20", until="2011-05-20"), {"year", "month", "day"}),
        (Filter(since="2012", until="2011"), set()),
        (Filter(articles=frozenset({"day", "new", "gone", "unknown"})), {"day", "new"}),
        (Filter(articles=frozenset()), set()),
        (Filter(articles=frozenset({"day", "new"}), language="fr"), {"new"}),
        (Filter(site="les-scic.coop", tag="scic", since="2011", language="fr"), {"month"}),
    ],
)
@pytest.mark.parametrize("view", LexicalView)
def test_a_filter_lets_through_the_articles_that_may_fit_with_their_scores(
    engine: EmbeddedEngine, view: LexicalView, where: Filter, expected: set[str]
) -> None:
    unfiltered = engine.lexical(SCIC, ALL, view)
    assert {hit.article for hit in unfiltered} == {a.stored.id for a in ARTICLES}
    wanted = [hit for hit in unfiltered if hit.article in expected]
    assert engine.lexical(SCIC, ALL, view, where) == wanted


@pytest.mark.parametrize("k", [1, 2, 3, 100])
def test_the_best_are_kept_and_ties_go_by_id(engine: EmbeddedEngine, k: int) -> None:
    every = engine.lexical(SCIC, ALL, LexicalView.TITLE)
    assert [hit.article for hit in every] == ["day", "month", "new", "undated", "year"]
    assert engine.lexical(SCIC, k, LexicalView.TITLE) == every[:k]


def test_searches_under_way_at_once_or_one_after_the_other_do_not_mix(
    engine: EmbeddedEngine,
) -> None:
    scorer = engine._opened.scorer(LexicalView.PASSAGE)

    def found(search: Search) -> list[list[float]]:
        documents, scores = search.best(ALL)
        return [documents.tolist(), scores.tolist(), search.scores(documents).tolist()]

    one, other = [WeightedTerm("scic")], [WeightedTerm("vot", 0.5), WeightedTerm("scic")]
    expected = [found(scorer.search(terms)) for terms in (one, other)]
    for _ in range(3):
        searches = [scorer.search(terms) for terms in (one, other)]
        assert [found(search) for search in searches] == expected
        for search in searches:
            search.close()


def test_many_threads_find_what_one_alone_finds(engine: EmbeddedEngine) -> None:
    asked = [[WeightedTerm("scic")], [WeightedTerm("vot")], [*SCIC, WeightedTerm("vot", 0.3)]] * 50
    alone = [engine.lexical(terms, 2, LexicalView.PASSAGE) for terms in asked]
    with ThreadPoolExecutor(8) as threads:
        assert (
            list(threads.map(lambda t: engine.lexical(t, 2, LexicalView.PASSAGE), asked)) == alone
        )


def test_asked_for_none_the_engine_gives_none(engine: EmbeddedEngine) -> None:
    assert engine.lexical(SCIC, 0, LexicalView.TITLE) == []


@pytest.mark.parametrize("terms", [[], [WeightedTerm("inconnu")], [WeightedTerm("")]])
def test_terms_that_nobody_has_find_nothing(
    engine: EmbeddedEngine, terms: list[WeightedTerm]
) -> None:
    assert engine.lexical(terms, ALL, LexicalView.STEM) == []


def test_an_index_of_nothing_finds_nothing(tmp_path: Path) -> None:
    empty = open_engine(tmp_path)
    assert empty.prepare() == 0
    assert empty.lexical(SCIC, ALL, LexicalView.PASSAGE) == []
    assert empty.vocabulary(LexicalView.STEM).documents == 0
    empty.close()
