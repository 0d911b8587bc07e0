"""One conversation, whatever the channel: questions, follow-ups, more, related, full passage.

Nothing of Telegram and nothing of a terminal is in here. A channel keeps a `Thread` per person and
place, shows the `Page`s it gets, and offers the actions that each page names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from coopbot.engine.protocol import NO_FILTER, Filter, StoredArticle, StoredPassage
from coopbot.french import analyse, stem_terms
from coopbot.french.wordlists import words
from coopbot.library import Library
from coopbot.messages import Language
from coopbot.search.answer import Answer
from coopbot.search.follow_up import follow_up
from coopbot.state.questions import Questions

PAGE = 3  # hits shown at once
MOST = 15  # hits that "more" leads to
_RELATED = 5


class Move(StrEnum):
    """What a person can do with a page."""

    MORE = "more"
    BACK = "back"
    RELATED = "related"
    PASSAGE = "passage"
    LIKE = "like"
    DISLIKE = "dislike"
    DID_YOU_MEAN = "did_you_mean"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Thread:
    """What is remembered of a conversation: the last question, completed if it was a follow-up."""

    question: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of an answer: the hits from `offset`, and the moves it offers.

    `token` recalls the question; `completed` is the question a follow-up was understood as.
    """

    answer: Answer
    token: str
    offset: int
    moves: frozenset[Move]
    completed: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Articles close to another."""

    article: StoredArticle
    articles: tuple[StoredArticle, ...]


@dataclass(frozen=True, slots=True)
class FullPassage:
    """A whole passage and the article it is from."""

    article: StoredArticle
    passage: StoredPassage


class Dialogue:
    """Conversations over *library*; what was asked and missing is noted in *questions*."""

    def __init__(self, library: Library, questions: Questions) -> None:
        self._library = library
        self._questions = questions

    def ask(
        self, thread: Thread, text: str, language: Language, where: Filter = NO_FILTER
    ) -> tuple[Thread, Page]:
        """Return the answer to *text* and the conversation after it.

        A follow-up ("et pour une Scop ?") is completed from the question before. *language* is
        that of a person whose question does not tell its own. Raises QuestionError.
        """
        completed = follow_up(thread.question, text) if thread.question else None
        answer = self._answer(completed or text, language, where)
        if not answer.answered:
            self._questions.add_gap(answer.question, topic(answer.question), "unanswered")
        token = self._questions.remember(answer.question, answer.language)
        page = self._page(answer, token, 0)
        return Thread(answer.question), replace(page, completed=completed)

    def page(self, token: str, offset: int) -> Page | None:
        """Return the answer of *token* from *offset* on; None when it is too old."""
        asked = self._questions.recall(token)
        if asked is None:
            return None
        answer = self._answer(asked.question, asked.language, NO_FILTER)
        return self._page(answer, token, min(offset, max(len(answer.hits) - 1, 0)))

    def suggestion(self, token: str) -> str | None:
        """Return the better spelling of the question of *token*, None when there is none."""
        asked = self._questions.recall(token)
        if asked is None:
            return None
        return self._answer(asked.question, asked.language, NO_FILTER).did_you_mean

    def related(self, token: str, rank: int) -> Related | None:
        """Return articles close to the one at *rank* (from 1) of the answer of *token*."""
        page = self.page(token, 0)
        if page is None or not 1 <= rank <= len(page.answer.hits):
            return None
        article = page.answer.hits[rank - 1].article
        return Related(article, self._library.related(article.id, _RELATED))

    def passage(self, token: str, rank: int) -> FullPassage | None:
        """Return the passage behind the snippet at *rank* (from 1) of the answer of *token*."""
        page = self.page(token, 0)
        if page is None or not 1 <= rank <= len(page.answer.hits):
            return None
        hit = page.answer.hits[rank - 1]
        return FullPassage(hit.article, self._library.passage(hit.article.id, hit.passage))

    def vote(self, token: str, user_id: int, verdict: int) -> bool:
        """Record a thumb; a thumb down is also a gap. False when the answer is too old."""
        asked = self._questions.recall(token)
        if asked is None:
            return False
        self._questions.vote(token, user_id, verdict)
        if verdict < 0:
            self._questions.add_gap(asked.question, topic(asked.question), "disliked")
        return True

    def report(self, token: str) -> bool:
        """Record that a person misses an answer; False when the question is too old."""
        asked = self._questions.recall(token)
        if asked is None:
            return False
        self._questions.add_gap(asked.question, topic(asked.question), "reported")
        return True

    def _answer(self, question: str, language: Language, where: Filter) -> Answer:
        return self._library.ask(question, limit=MOST, where=where, language=language)

    def _page(self, answer: Answer, token: str, offset: int) -> Page:
        moves = {Move.LIKE, Move.DISLIKE, Move.RELATED, Move.PASSAGE} if answer.answered else set()
        if answer.answered and offset + PAGE < len(answer.hits):
            moves.add(Move.MORE)
        if offset:
            moves.add(Move.BACK)
        if not answer.answered:
            moves.add(Move.REPORT)
        if answer.did_you_mean:
            moves.add(Move.DID_YOU_MEAN)
        return Page(answer, token, offset, frozenset(moves))


def shown(page: Page) -> Answer:
    """Return the answer with only the hits of *page*."""
    return replace(page.answer, hits=page.answer.hits[page.offset : page.offset + PAGE])


def topic(question: str) -> str:
    """Return what groups wordings of one need: the stems of *question*, each once, sorted."""
    english = words("stop_words_en.txt")
    stems = {s for t in analyse(question) if not set(t.exact) <= english for s in t.stems}
    return " ".join(sorted(stems or set(stem_terms(question)))) or question.casefold()
