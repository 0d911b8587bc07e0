"""What the query language does to answers, on small articles made for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from coopbot.encoder import Vector, Vectors
from coopbot.engine.embedded import EmbeddedEngine
from coopbot.engine.protocol import (
    NO_FILTER,
    Filter,
    Hit,
    LexicalView,
    StoredArticle,
    StoredPassage,
    WeightedTerm,
)
from coopbot.engine.vectors import VectorStore
from coopbot.french import stem
from coopbot.french.sentences import sentences
from coopbot.library import Library
from coopbot.profiles import Profiles
from coopbot.search.finding import finder
from coopbot.search.query_language import MOST_RESTRICTIONS, parse
from coopbot.search.question import read_query
from coopbot.search.restriction import restrict
from tests.conftest import MakeLibrary, article_text
from tests.engine.articles import DIMENSIONS, open_engine, simple, vector

FOREST = {
    "hetre.md": article_text(
        "Le hêtre de la coopérative",
        "La coopérative forestière plante des hêtres. Son assemblée générale vote chaque année.",
        site="Alpha",
        published="2011",
        tags="[bois]",
    ),
    "chene.md": article_text(
        "Le chêne de la coopérative",
        "La coopérative forestière plante des chênes. Les assemblées générales y sont rares.",
        site="Bêta",
        published="2020-05",
        tags="[énergie, bois]",
    ),
    "pin.md": article_text(
        "Les pins de Saint-Vallier",
        "## L'assemblée générale\n\nLa coopérative forestière plante des pins. Chacun y vote.",
        site="Bêta",
        published="2024-05-31",
    ),
    "if.md": article_text(
        "L'if",
        "La coopérative forestière plante des ifs près de Saint Vallier. En assemblée, la réunion "
        "générale est longue.",
    ),
}
ALL = {"hetre", "chene", "pin", "if"}


@pytest.fixture
def forest(make_library: MakeLibrary) -> Library:
    return make_library(FOREST)


def found(library: Library, question: str, where: Filter = NO_FILTER) -> set[str]:
    """Return the names of the articles that *question* leaves, relevant or not."""
    answer = library.ask(question, where=where, abstain=False, exact=True, limit=50)
    assert len(answer.hits) == answer.total
    return {hit.article.path.removesuffix(".md") for hit in answer.hits}


def test_each_operator_leaves_the_articles_it_names(forest: Library) -> None:
    expected = {
        "coopérative": ALL,
        '"assemblée générale"': {"hetre", "pin"},
        "« ASSEMBLEE  generale »": {"hetre", "pin"},
        '"assemblées générales"': {"chene"},
        '"générale assemblée"': set(),
        '"vote chaque année"': {"hetre"},
        '"plante des hêtres. Son assemblée"': set(),
        '"le chêne de la coopérative"': {"chene"},
        '"Saint-Vallier"': {"pin", "if"},
        '"assemblée générale" "plante des pins"': {"pin"},
        "coopérative -hetres": {"chene", "pin", "if"},
        "coopérative -hêtre": {"chene", "pin", "if"},
        "coopérative -chêne": {"hetre", "pin", "if"},
        "coopérative -ENERGIE": {"hetre", "pin", "if"},
        "coopérative -licorne": ALL,
        "coopérative -Saint-Vallier": {"hetre", "chene"},
        'coopérative -"assemblée générale"': {"chene", "if"},
        "coopérative -hêtres -pins": {"chene", "if"},
        "titre:coopératives": {"hetre", "chene"},
        "title:cooperative chêne": {"hetre", "chene"},
        "titre:Saint-Vallier": {"pin"},
        'titre:"de la coopérative"': {"hetre", "chene"},
        'titre:"coopératives"': set(),
        "titre:coopérative titre:chêne": {"chene"},
        "coopérative site:alpha": {"hetre"},
        "coopérative site:BETA": {"chene", "pin"},
        "coopérative tag:energie": {"chene"},
        "coopérative tag:bois": {"hetre", "chene"},
        "coopérative tag:bois tag:énergie": {"chene"},
        "coopérative depuis:2020": {"chene", "pin"},
        "coopérative depuis:31/05/2024": {"pin"},
        "coopérative depuis:2024-06": set(),
        "coopérative avant:2020": {"hetre"},
        "coopérative avant:2020-05": {"hetre"},
        "coopérative avant:2020-06": {"hetre", "chene"},
        "coopérative avant:31/05/2024": {"hetre", "chene"},
        "coopérative depuis:2012 avant:2021": {"chene"},
        'coopérative "plante des" -pins site:bêta avant:2024': {"chene"},
    }
    assert {question: found(forest, question) for question in expected} == expected


@pytest.mark.parametrize(
    ("question", "where", "left"),
    [
        ("coopérative depuis:2020", Filter(site="bêta"), {"chene", "pin"}),
        ("coopérative site:bêta", Filter(site="BETA"), {"chene", "pin"}),
        ("coopérative depuis:2012", Filter(since="2021"), {"pin"}),
        ("coopérative depuis:2021", Filter(since="2012"), {"pin"}),
        ("coopérative avant:2021", Filter(until="2012"), {"hetre"}),
        ("coopérative avant:2012", Filter(until="2020-12"), {"hetre"}),
        ("coopérative avant:2021", Filter(until="2020-04"), {"hetre"}),  # stricter than all of 2020
        ("coopérative tag:énergie", Filter(tag="bois"), {"chene"}),
        ('"assemblée générale"', Filter(tag="bois"), {"hetre"}),
        ("coopérative -hêtres", Filter(articles=frozenset({"hetre.md", "if.md"})), {"if"}),
    ],
)
def test_what_the_question_restricts_and_what_the_caller_filters_count_together(
    forest: Library, question: str, where: Filter, left: set[str]
) -> None:
    assert found(forest, question, where) == left


@pytest.mark.parametrize(
    ("question", "where"),
    [
        ("coopérative -coopérative", NO_FILTER),
        ("coopérative site:alpha site:bêta", NO_FILTER),
        ("coopérative depuis:2021 avant:2020", NO_FILTER),
        ("coopérative site:alpha", Filter(site="bêta")),
        ("coopérative depuis:2021", Filter(until="2020")),
        ('titre:pins -pins "chênes"', NO_FILTER),
    ],
)
def test_a_contradiction_has_no_answer(forest: Library, question: str, where: Filter) -> None:
    answer = forest.ask(question, where=where, abstain=False)
    assert (answer.answered, answer.hits, answer.closest) == (False, (), ())


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ('coopérative "générale assemblée"', "coopérative générale assemblée"),
        ('"assemblée générale" "plante des chênes"', "assemblée générale plante des chênes"),
        ('coopérative "générale assemblée" -hêtres', "coopérative générale assemblée -hêtres"),
        ('"générale assemblée" site:Alpha', "générale assemblée site:Alpha"),
    ],
)
def test_phrases_that_no_article_has_are_plain_words_and_the_answer_tells(
    forest: Library, question: str, plain: str
) -> None:
    answer, expected = (forest.ask(q, abstain=False, limit=50) for q in (question, plain))
    assert answer.unsaid == parse(question).phrases
    assert [h.article.id for h in answer.hits] == [h.article.id for h in expected.hits]
    assert (answer.question, answer.corrected) == (question, None)
    assert (answer.only is None) == (expected.only is None)
    assert answer.only is None or answer.only.phrases == ()
    assert [a.path for a in forest.order(question, 50)] == [a.path for a in forest.order(plain, 50)]


@pytest.mark.parametrize(
    "question", ['"assemblée générale"', '"générale assemblée" site:gamma', "coopérative"]
)
def test_quotes_stay_where_they_leave_articles_or_nothing_else_would(
    forest: Library, question: str
) -> None:
    answer = forest.ask(question, abstain=False)
    assert answer.unsaid == ()
    assert (answer.only is None) == (question == "coopérative")


def test_an_answer_tells_how_the_question_was_read(forest: Library) -> None:
    question = 'coopérative "plante des" -pins depuis:2020'
    answer = forest.ask(question, abstain=False)
    assert answer.question == question
    assert answer.only is not None
    assert (answer.only.phrases, answer.only.excluded) == (("plante des",), ("pins",))
    assert forest.ask("coopérative forestière", abstain=False).only is None


def test_restrictions_are_not_words_to_look_for(forest: Library) -> None:
    terms = {t.term for t in forest.ask("coopérative -hêtres site:alpha depuis:2010").terms}
    assert terms == {t.term for t in forest.ask("coopérative").terms}


def test_what_satisfies_the_restrictions_but_does_not_answer_is_left_out(
    library: Library,
) -> None:
    answer = library.ask("recette de la tarte aux pommes -licorne")
    assert not answer.answered
    assert len(answer.closest) == 3


def test_the_language_is_that_of_the_words_without_their_operators(forest: Library) -> None:
    assert forest.ask("les coopératives since:2010 before:2030").language == "fr"
    assert forest.ask("what is a cooperative depuis:2010").language == "en"


def test_another_spelling_keeps_the_operators(library: Library) -> None:
    asked = "réserves impartajables -licorne depuis:2000"
    shown = "réserves impartageables -licorne depuis:2000"
    assert library.ask(asked).corrected == shown


def test_pages_of_a_restricted_answer_go_on_where_the_one_before_ended(forest: Library) -> None:
    asked = "coopérative forestière -ifs"
    whole = [hit.article.path for hit in forest.ask(asked, abstain=False).hits]
    pages = [forest.ask(asked, abstain=False, limit=1, offset=i).hits for i in range(3)]
    assert [hit.article.path for page in pages for hit in page] == whole


FILLER = (
    "La coopérative réunit ses associés et ses salariés autour de son activité de tous les jours. "
)
LONG = "Pour la commune, " + "le prix de l'eau, le prix du bois, " * 12
SAID = "le fonds de développement des pins est partagé entre les villages."


def test_the_passage_and_the_snippet_shown_have_the_phrase(make_library: MakeLibrary) -> None:
    body = "\n\n".join(
        [
            f"## Coopérative et associés\n\n{FILLER * 8}",
            f"## Suite\n\n{FILLER * 5}Ailleurs, {SAID} {FILLER * 3}",
            f"## Coopérative\n\n{FILLER * 8}",
        ]
    )
    library = make_library({"a.md": article_text("Coopérative et salariés", body)})
    plain = library.ask("coopérative associés salariés", abstain=False).hits[0]
    assert SAID not in plain.snippet.text
    asked = 'coopérative associés salariés "développement des pins"'
    hit = library.ask(asked, abstain=False).hits[0]
    assert SAID in library.passage(hit.article.id, hit.passage).text
    assert SAID in hit.snippet.text
    marked = {hit.snippet.text[start:end] for start, end in hit.snippet.highlights}
    assert {"développement", "pins"} <= marked


def test_a_phrase_far_into_a_long_sentence_is_shown(make_library: MakeLibrary) -> None:
    library = make_library({"a.md": article_text("Les pins", f"{LONG}{SAID}")})
    shown = library.ask('"partagé entre les villages"', abstain=False).hits[0].snippet.text
    assert shown.startswith("… ")
    assert "partagé entre les villages" in shown
    plain = library.ask("prix du bois", abstain=False).hits[0].snippet.text
    assert plain.startswith("Pour la commune")


def test_a_phrase_that_only_the_title_has_still_shows_a_sentence(forest: Library) -> None:
    (hit,) = forest.ask('"le chêne de la coopérative"', abstain=False).hits
    passage = forest.passage(hit.article.id, hit.passage).text
    assert hit.snippet.text in passage
    assert sentences(hit.snippet.text)


def test_of_more_candidates_than_are_read_those_that_answer_best_are(tmp_path: Path) -> None:
    said = "Un beau jardin partagé."
    articles = [simple(f"{i}", f"Article {i}", f"Le numéro {i}. {said}") for i in range(6)]
    articles.append(simple("serre", "Une serre", f"Avec sa serre. {said}"))
    engine = open_engine(tmp_path)
    engine.write(articles, [])
    terms = [WeightedTerm(stem(word)) for word in ("serre", "beau", "jardin")]
    query = parse('serre "beau jardin"')
    whole = restrict(engine, query, NO_FILTER, terms).where.articles
    assert whole == frozenset(article.stored.id for article in articles)
    part = restrict(engine, query, NO_FILTER, terms, most_read=2).where.articles
    engine.close()
    assert part is not None
    assert "serre" in part
    assert len(part) == 2


class Counting(EmbeddedEngine):
    """An engine that counts what it is asked for: units to read, and terms to find them by."""

    read = 0
    terms = 0

    def articles(self, ids: Sequence[str]) -> Mapping[str, StoredArticle]:
        self.read += len(ids)
        return super().articles(ids)

    def passages(self, keys: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], StoredPassage]:
        self.read += len(keys)
        return super().passages(keys)

    def lexical(
        self,
        terms: Sequence[WeightedTerm],
        k: int,
        view: LexicalView,
        filter: Filter = NO_FILTER,
        *,
        collapse: bool = False,
    ) -> list[Hit]:
        self.terms = max(self.terms, len(terms))
        return super().lexical(terms, k, view, filter, collapse=collapse)


COUNTED = 'bois "beau jardin" "jardin partagé" titre:"beau jardin" -"partagé beau" -"un partagé"'


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counting]:
    """Sixty articles that all have the words of COUNTED."""
    folder = tmp_path_factory.mktemp("counting")
    said = "Un beau jardin partagé."
    articles = [simple(f"{i}", f"Beau jardin {i} partagé", said) for i in range(60)]
    engine = open_engine(folder)
    engine.write(articles, [])
    engine.close()
    counting = Counting(folder / "segments", VectorStore(folder / "vectors", "made-up", DIMENSIONS))
    yield counting
    counting.close()


def test_all_phrases_of_a_question_together_read_no_more_than_one_may(counting: Counting) -> None:
    for question in ('"beau jardin"', "-partagé bois", COUNTED):
        counting.read = 0
        restrict(counting, parse(question), NO_FILTER, [], most_read=20)
        assert counting.read <= 2 * 20, question  # passages, and titles


def test_a_few_telling_words_choose_what_is_read_for_a_phrase(counting: Counting) -> None:
    words = [WeightedTerm(stem(word)) for word in ("partagé", *(str(i) for i in range(60)))]
    restrict(counting, parse('"beau jardin"'), NO_FILTER, words, most_read=20)
    assert 2 < counting.terms <= 12


def test_another_spelling_of_the_rest_does_not_read_for_the_phrases_again(
    counting: Counting,
) -> None:
    encoder = MadeUp()
    find = finder(counting, Profiles(), encoder, NO_FILTER, depth=5)
    reads = []
    for question in ('voix "beau jardin"', 'voie "beau jardin"'):
        counting.read = 0
        query, asked = read_query(question, "fr")
        find(query, asked)
        reads.append(counting.read)
    assert reads[0] > 0
    assert reads[1] == 0


class MadeUp:
    """An encoder for made-up vectors."""

    name = "made-up"
    dimensions = DIMENSIONS

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.array([vector(text) for text in texts])

    def encode_question(self, text: str) -> Vector:
        return vector(text)


def test_with_more_restrictions_than_a_question_may_have_all_of_it_is_plain_words() -> None:
    restrictions = ['"a bc"', "-ab", 'titre:"f gh"', "title:ij", "site:k", "tag:l", "-mn", "-op"]
    most = " ".join(["vote depuis:2020 avant:2024", *restrictions])
    assert read_query(most, "fr")[0].restrictions == MOST_RESTRICTIONS == len(restrictions)
    more = f"{most} tag:trop"
    assert parse(more).words == more
    assert not parse(more).restricts
