"""One conversation, whatever the channel: questions, follow-ups, more, related, full passage.

Nothing of Telegram and nothing of a terminal is in here. A channel keeps a `Thread` per person and
place, shows the `Page`s it gets, and offers the actions that each page names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from coopbot.engine.protocol import StoredArticle, StoredPassage
from coopbot.french import analyse, stem_terms
from coopbot.french.wordlists import words
from coopbot.library import Library
from coopbot.messages import Language
from coopbot.search.answer import Answer, AnswerHit
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

    def ask(self, thread: Thread, text: str, language: Language) -> tuple[Thread, Page]:
        """Return the answer to *text* and the conversation after it.

        A follow-up ("et pour une Scop ?") is completed from the question before. *language* is
        that of a person whose question does not tell its own. Raises QuestionError.
        """
        completed = follow_up(thread.question, text) if thread.question else None
        answer = self._answer(completed or text, language)
        if not answer.answered:
            self._questions.unanswered(answer.question, topic(answer.question))
        token = self._questions.remember(answer.question, answer.language)
        page = self._page(answer, token, 0)
        return Thread(answer.question), replace(page, completed=completed)

    def page(self, token: str, offset: int) -> Page | None:
        """Return the answer of *token* from *offset* on; None when it is too old or over."""
        asked = self._questions.recall(token)
        if asked is None or not 0 <= offset < MOST:
            return None
        answer = self._answer(asked.question, asked.language, offset)
        over = offset and not answer.hits  # the index has changed meanwhile
        return None if over else self._page(answer, token, offset)

    def suggestion(self, token: str) -> str | None:
        """Return the better spelling of the question of *token*, None when there is none."""
        asked = self._questions.recall(token)
        return self._answer(asked.question, asked.language).did_you_mean if asked else None

    def related(self, token: str, rank: int) -> Related | None:
        """Return articles close to the one at *rank* (from 1) of the answer of *token*."""
        hit = self._hit(token, rank)
        if hit is None:
            return None
        return Related(hit.article, self._library.related(hit.article.id, _RELATED))

    def passage(self, token: str, rank: int) -> FullPassage | None:
        """Return the passage behind the snippet at *rank* (from 1) of the answer of *token*."""
        hit = self._hit(token, rank)
        if hit is None:
            return None
        return FullPassage(hit.article, self._library.passage(hit.article.id, hit.passage))

    def _hit(self, token: str, rank: int) -> AnswerHit | None:
        page = self.page(token, rank - 1) if 1 <= rank <= MOST else None
        return page.answer.hits[0] if page is not None and page.answer.hits else None

    def vote(self, token: str, user_id: int, verdict: int) -> bool:
        """Record a thumb; a thumb down is also a gap. False when the answer is too old."""
        asked = self._questions.recall(token)
        if asked is None:
            return False
        self._questions.vote(asked, topic(asked.question), user_id, verdict)
        return True

    def report(self, token: str, user_id: int) -> bool:
        """Record that a person misses an answer; False when the question is too old."""
        asked = self._questions.recall(token)
        if asked is None:
            return False
        self._questions.report(asked, topic(asked.question), user_id)
        return True

    def _answer(self, question: str, language: Language, offset: int = 0) -> Answer:
        limit = min(PAGE, MOST - offset)
        return self._library.ask(question, limit=limit, offset=offset, language=language)

    def _page(self, answer: Answer, token: str, offset: int) -> Page:
        moves = {Move.LIKE, Move.DISLIKE, Move.RELATED, Move.PASSAGE} if answer.answered else set()
        if offset + PAGE < min(answer.total, MOST):
            moves.add(Move.MORE)
        if offset:
            moves.add(Move.BACK)
        if not answer.answered:
            moves.add(Move.REPORT)
        if answer.did_you_mean:
            moves.add(Move.DID_YOU_MEAN)
        return Page(answer, token, offset, frozenset(moves))


def topic(question: str) -> str:
    """Return what groups wordings of one need: the stems of *question*, each once, sorted."""
    english = words("stop_words_en.txt")
    stems = {s for t in analyse(question) if not set(t.exact) <= english for s in t.stems}
    return " ".join(sorted(stems or set(stem_terms(question)))) or question.casefold()
