"""The facade that the command line and the bot hold: a corpus, its index, and answers."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from coopbot.catalogue import Catalogue
from coopbot.corpus import Corpus
from coopbot.encoder import Encoder, make_encoder
from coopbot.engine.protocol import (
    NO_FILTER,
    DenseView,
    Engine,
    Filter,
    StoredArticle,
    StoredPassage,
)
from coopbot.engine.storage import Storage, make_storage
from coopbot.engine.vectors import VectorStore
from coopbot.generations import Generation, Generations
from coopbot.live import Live, Opened
from coopbot.messages import Language
from coopbot.search.answer import Answer, AnswerHit, ExplainedTerm
from coopbot.search.confidence import confidences, parameters, signs
from coopbot.search.dictionary import Dictionary
from coopbot.search.evidence import MANY, Evidence, gather
from coopbot.search.finding import Find, Found, finder
from coopbot.search.freshness import caution, fresher_first, is_moved_by_dates
from coopbot.search.query_language import Query
from coopbot.search.question import Question, read_query
from coopbot.search.ranking import Ranked, Ranking
from coopbot.search.replacements import Replacements
from coopbot.search.respelling import Spelt, spell
from coopbot.search.snippets import Snippets
from coopbot.search.translations import prefer_language
from coopbot.search.understanding import explain, understand
from coopbot.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from coopbot.indexing import Progress, Report
    from coopbot.ingest.intake import Offer, Wishes
    from coopbot.ingest.shelf import Outcome

DEFAULT_LIMIT = 5
_CLOSEST = 3
_NEIGHBOURS = 50  # titles, and passages, looked at for related articles
_CONSIDERED = 20  # articles beyond the limit whose confidence is looked at
_FIRST = "Qu'est-ce qu'une société coopérative d'intérêt collectif ?"  # asked to load all it needs
_DATED = 70  # articles, at least, whose dates are looked at: the same for every page of an answer

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Return the time, in UTC."""
    return dt.datetime.now(dt.UTC)


class Library:
    """A corpus and its index. `ask` and `refresh` may be called from several threads."""

    def __init__(
        self,
        settings: Settings,
        encoder: Encoder | None = None,
        clock: Clock = utc_now,
        dictionary: Dictionary | None = None,
        storage: Storage | None = None,
    ) -> None:
        self.settings = settings
        self.corpus = Corpus(settings.corpus)
        self.generations = Generations(settings.index)
        self.encoder = encoder or make_encoder(settings.encoder, self.generations.encoder)
        self.dictionary = dictionary or Dictionary(self.generations.dictionary)
        self.storage = storage or make_storage(settings)
        self._clock = clock
        self._live = Live(self.generations, self.storage, self.vectors)
        self._remembering = threading.Lock()

    def open(self) -> None:
        """Open the live generation and the encoder, ready for questions.

        One that other code made is opened too when it can be read: `is_of_other_code` tells.
        Raises IndexMissing or IndexOutdated when `refresh` must make one first.
        """
        self._engine().prepare()
        self.encoder.encode_question("")

    def settle(self) -> None:
        """Load what many questions need, after `open`, for a process that stays.

        It takes some tenths of a second, which a process that asks once is better without. Raises
        what `open` raises.
        """
        self.order(_FIRST, limit=1)

    def refresh(self, *, rebuild: bool = False, progress: Progress | None = None) -> Report:
        """Bring the index in line with the corpus; see `coopbot.indexing.update`."""
        from coopbot.indexing import update  # a search needs none of what reading articles needs

        return update(
            self.corpus,
            self.generations,
            self.encoder,
            self.storage,
            self._clock(),
            rebuild=rebuild,
            progress=progress,
        )

    def take_in(
        self,
        offers: Iterable[Offer],
        wishes: Wishes | None = None,
        *,
        dry_run: bool = False,
        tell: Callable[[Outcome], None] | None = None,
        warc: Path | None = None,
    ) -> tuple[Outcome, ...]:
        """Put what is offered into the corpus, and return what became of it and all that it names.

        With *dry_run*, only say it. *tell* gets each outcome as it comes. What is fetched is kept
        in the folder *warc* too. `refresh` then makes it found. Raises CorpusError.
        """
        import asyncio

        from coopbot.ingest.intake import take_in  # a search needs none of what reads the web

        return asyncio.run(
            take_in(offers, wishes, self.corpus, self.settings, self._clock(), dry_run, tell, warc)
        )

    def add(self, offers: Iterable[Offer], wishes: Wishes | None = None) -> tuple[Outcome, ...]:
        """Put what is offered into the corpus and the index: it is found when this returns.

        By other processes too, which follow the index. Raises what `take_in` and `refresh` raise.
        """
        outcomes = self.take_in(offers, wishes)
        if any(outcome.changed for outcome in outcomes):
            self.refresh()
        return outcomes

    def ask(
        self,
        question: str,
        *,
        limit: int = DEFAULT_LIMIT,
        offset: int = 0,
        where: Filter = NO_FILTER,
        abstain: bool = True,
        exact: bool = False,
        language: Language | None = None,
    ) -> Answer:
        """Return the answer to *question*: at most *limit* articles that pass *where*.

        Misspelt words are searched for as they were meant when that answers better, unless *exact*.

        What the question restricts itself, in the query language, is added to *where*.
        The first *offset* of them are left out, but counted in `total`. Articles that do not
        answer are left out, unless *abstain* is false. A question that does not tell its language
        is in *language*, else in that of the settings. Raises QuestionError, and what `open`
        raises.
        """
        opened = self._live.open()
        started = time.perf_counter()
        query, read = read_query(question, language or self.settings.language)
        # the date, because articles grow old without any change to the index
        today = self.now().date()
        key = (query.text, read.language, limit, offset, where, abstain, exact, today)
        with self._remembering:  # the cache keeps order, even when only looked into
            known = opened.answers.get(key)
        if known is None:
            find = self._finder(opened, offset + limit, where)
            spelt = spell(
                opened.engine, self.dictionary, query, read, find, exact=exact, abstain=abstain
            )
            known = self._answer(
                opened.engine, query.text, spelt, limit, offset, find, abstain=abstain
            )
            with self._remembering:
                opened.answers[key] = known
        return replace(known, took_ms=(time.perf_counter() - started) * 1_000)

    def _answer(
        self,
        engine: Engine,
        typed: str,
        spelt: Spelt,
        limit: int,
        offset: int,
        find: Find,
        *,
        abstain: bool,
    ) -> Answer:
        query = spelt.query
        asked, unknown = understand(engine, spelt.question)
        found = find(query, asked)
        ranking = found.ranking
        considered = self._considered(engine, ranking, query, offset + limit, asked)
        confidence = confidences(engine, asked, considered, ranking.scope)
        least = parameters()["unsure"] if abstain else 0.0
        answering = [r for r in considered if confidence[r.article] >= least]
        terms = explain(engine, asked)
        shown = list(enumerate(answering, 1))[offset : offset + limit]
        hits = self._hits(engine, shown, confidence, terms, found, asked.language)
        closest = [] if answering else [r.article for r in ranking.best(_CLOSEST)]
        return Answer(
            question=typed,
            language=asked.language,
            hits=hits,
            closest=tuple(engine.articles(closest).values()),
            did_you_mean=spelt.suggestion,
            corrected=spelt.corrected,
            unsaid=spelt.unsaid,
            took_ms=0.0,  # told by `ask`
            total=len(answering),
            unknown_words=unknown if answering else (),
            terms=terms,
            sure=any(confidence[r.article] >= parameters()["sure"] for r in answering),
            only=query if query.restricts else None,
        )

    def order(
        self, question: str, limit: int, language: Language | None = None
    ) -> tuple[StoredArticle, ...]:
        """Return the *limit* articles that `ask` would show first if it never abstained.

        Quicker than `ask` for many articles, which it prepares for showing.
        """
        opened = self._live.open()
        engine, find = opened.engine, self._finder(opened, limit)
        query, asked = self._asked(engine, question, find, language)
        ranking = find(query, asked).ranking
        first = self._considered(engine, ranking, query, limit, asked)[:limit]
        return tuple(engine.articles([r.article for r in first]).values())

    def _finder(self, opened: Opened, depth: int, where: Filter = NO_FILTER) -> Find:
        return finder(opened.engine, opened.profiles, self.encoder, where, depth)

    def _asked(
        self, engine: Engine, question: str, find: Find, language: Language | None = None
    ) -> tuple[Query, Question]:
        query, read = read_query(question, language or self.settings.language)
        spelt = spell(engine, self.dictionary, query, read, find, abstain=False)
        return spelt.query, understand(engine, spelt.question)[0]

    def _considered(
        self, engine: Engine, ranking: Ranking, query: Query, limit: int, asked: Question
    ) -> list[Ranked]:
        """Return those that may be among the *limit* first, in the final order."""
        considered = ranking.best(limit + _CONSIDERED)
        versions = engine.versions([r.article for r in considered])
        if is_moved_by_dates(query.words, versions.values()):
            ranked = ranking.best(max(limit + _CONSIDERED, _DATED))
            versions = engine.versions([r.article for r in ranked])
            considered = fresher_first(ranked, versions, query.words)[: limit + _CONSIDERED]
        return prefer_language(considered, versions, asked.language)

    def signs(self, question: str, language: Language | None = None) -> Mapping[str, float]:
        """Return the signs that the first article answers *question*; empty without candidate."""
        opened = self._live.open()
        engine, find = opened.engine, self._finder(opened, depth=1)
        query, asked = self._asked(engine, question, find, language)
        ranking = find(query, asked).ranking
        found = signs(engine, asked, ranking.best(1), ranking.scope)
        return {name: float(column[0]) for name, column in found.items() if column.size}

    def evidence(self, question: str) -> Evidence:
        """Return what speaks for each candidate article, as ranking sees it."""
        opened = self._live.open()
        engine, find = opened.engine, self._finder(opened, MANY)
        _, asked = self._asked(engine, question, find)
        vector = self.encoder.encode_question(asked.meaning)
        return gather(engine, opened.profiles, asked, vector, NO_FILTER, MANY)

    def related(self, article: str, limit: int) -> tuple[StoredArticle, ...]:
        """Return the *limit* articles closest in meaning to *article*, itself left out."""
        engine = self._engine()
        found = engine.articles([article])
        if article not in found:
            return ()
        lead = engine.passages([(article, 0)])
        text = f"{found[article].title}. {lead[article, 0].text if lead else ''}"
        vector = self.encoder.encode([text])[0]
        scores: dict[str, float] = {}
        for view in DenseView:
            for hit in engine.nearest(vector, _NEIGHBOURS, view):
                best = max(scores.get(hit.article, 0.0), hit.score)
                scores[hit.article] = best
        scores.pop(article, None)
        closest = sorted(scores, key=lambda other: (-scores[other], other))[:limit]
        articles = engine.articles(closest)
        return tuple(articles[other] for other in closest)

    def passage(self, article: str, number: int) -> StoredPassage:
        """Return passage *number* of the article with the id *article*.

        Raises KeyError when the live generation has none such.
        """
        return self._engine().passages([(article, number)])[article, number]

    def catalogue(self) -> Catalogue:
        """Return the articles of the live generation; raises what `open` raises."""
        opened = self._live.open()
        if opened.catalogue is None:
            ids = list(opened.generation.manifest.articles)
            opened.catalogue = Catalogue(tuple(opened.engine.articles(ids).values()))
        return opened.catalogue

    def replacements(self) -> Replacements[StoredArticle]:
        """Return which articles of the live generation replace which; raises what `open` raises."""
        opened = self._live.open()
        if opened.replacements is None:
            opened.replacements = Replacements(self.catalogue().articles)
        return opened.replacements

    def vectors(self) -> VectorStore:
        """Return the vector store of the encoder."""
        return VectorStore(self.generations.vectors, self.encoder.name, self.encoder.dimensions)

    def now(self) -> dt.datetime:
        """Return the time, by the clock the library was given."""
        return self._clock()

    def close(self) -> None:
        """Release the index."""
        self._live.close()
        self.storage.close()

    def generation(self) -> Generation:
        """Return the live generation; raises IndexMissing, IndexOutdated, IndexError_."""
        return self.generations.current()

    @property
    def opened(self) -> Generation | None:
        """The generation that answered last, None before `open` or a question."""
        opened = self._live.opened
        return opened.generation if opened else None

    def is_of_other_code(self) -> bool:
        """Tell whether the generation that answered last should be made anew, by `refresh`."""
        opened = self._live.opened
        return opened is not None and not opened.current

    def _engine(self) -> Engine:
        return self._live.open().engine

    def _hits(
        self,
        engine: Engine,
        ranked: Sequence[tuple[int, Ranked]],
        confidence: Mapping[str, float],
        terms: tuple[ExplainedTerm, ...],
        found: Found,
        language: Language,
    ) -> tuple[AnswerHit, ...]:
        best = {r.article: found.only.passage(r.article, (r.passage,)) for _, r in ranked}
        articles, passages = engine.articles(list(best)), engine.passages(list(best.items()))
        idfs = {term.term: term.idf * term.weight for term in terms}
        snippets = Snippets(idfs, found.vector, self.encoder, found.only.phrases)
        today = self.now().date()
        return tuple(
            AnswerHit(
                rank=position,
                article=articles[r.article],
                passage=best[r.article],
                snippet=snippets.of_summary(articles[r.article], language)
                or snippets.of_passage(passages[r.article, best[r.article]]),
                score=r.score,
                confidence=confidence[r.article],
                shares=found.ranking.shares(r),
                caution=caution(articles[r.article], today, language, self.replacements),
            )
            for position, r in ranked
        )
