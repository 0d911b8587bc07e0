"""One conversation, whatever the channel: questions, follow-ups, more, related, full passage.

Nothing of Telegram and nothing of a terminal is in here. A channel keeps a `Thread` per person and
place, shows the `Page`s it gets, and offers the actions that each page names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from coopbot.engine.protocol import Filter, LexicalView, StoredArticle, StoredPassage
from coopbot.errors import QuestionError
from coopbot.french import analyse, stem_terms
from coopbot.french.wordlists import words
from coopbot.library import Library
from coopbot.messages import Language
from coopbot.search.answer import Answer, AnswerHit, Caution
from coopbot.search.follow_up import (
    FollowUp,
    follow_up,
    is_continuation,
    names_a_cooperative,
    says_nothing,
)
from coopbot.state.questions import Asked, Questions

PAGE = 3  # hits shown at once
MOST = 15  # hits that "more" leads to
_RELATED = 5
_EXACT = "."  # behind a token: its question is answered as it was typed


class Move(StrEnum):
    """What a person can do with a page."""

    MORE = "more"
    BACK = "back"
    RELATED = "related"
    PASSAGE = "passage"
    LIKE = "like"
    DISLIKE = "dislike"
    DID_YOU_MEAN = "did_you_mean"
    AS_TYPED = "as_typed"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Thread:
    """What is remembered of a conversation.

    `question` is the last one, completed if it was a follow-up, in `language`; `token` and `offset`
    tell the page that was shown last. The spelling is that which was answered; `exact` tells that
    the person insisted on it.
    """

    question: str | None = None
    language: Language | None = None
    token: str | None = None
    offset: int = 0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of an answer: the hits from `offset`, and the moves it offers.

    `token` recalls the question, and whether its spelling may be corrected; `completed` is the
    question a follow-up was understood as.
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
    """A whole passage and the article it is from, with why to read it with care."""

    article: StoredArticle
    passage: StoredPassage
    caution: Caution | None = None


class Dialogue:
    """Conversations over *library*; what was asked and missing is noted in *questions*."""

    def __init__(self, library: Library, questions: Questions) -> None:
        self._library = library
        self._questions = questions

    def ask(self, thread: Thread, text: str, language: Language) -> tuple[Thread, Page]:
        """Return the answer to *text* and the conversation after it.

        A follow-up ("et pour une Scop ?") is completed from the question before; "la suite" leads
        to its next page. *language* is that of a person whose question does not tell its own.
        Raises QuestionError, also when there is no next page.
        """
        if is_continuation(text):
            return self.more(thread)
        completed, answer = self._complete(thread, text, language)
        if answer is None:
            answer = self._answer(text, language, exact=False)
        if not answer.answered:
            self._questions.unanswered(answer.question, topic(answer.question))
        token = self._questions.remember(answer.question, answer.language)
        if completed and thread.exact:
            token += _EXACT
        page = replace(self._page(answer, token, 0), completed=completed)
        return _after(thread, page, text), page

    def more(self, thread: Thread) -> tuple[Thread, Page]:
        """Return the next page of the last answer; raises QuestionError when there is none."""
        if thread.token is None:
            raise QuestionError("question_nothing_before")
        page = self.page(thread.token, thread.offset + PAGE)
        if page is None:
            raise QuestionError("question_nothing_more")
        return replace(thread, offset=page.offset), page

    def _complete(
        self, thread: Thread, text: str, language: Language
    ) -> tuple[str, Answer] | tuple[None, None]:
        """Return *text* completed from the question before and its answer, if it follows it."""
        found = follow_up(thread.question, text) if thread.question else None
        if found is None:
            return None, None
        answer = self._answer(found.question, thread.language or language, exact=thread.exact)
        return (found.question, answer) if self._belongs(found, answer) else (None, None)

    def _belongs(self, found: FollowUp, answer: Answer) -> bool:
        """Tell whether the articles shown have each of the words that may be of another topic."""
        shown = Filter(articles=frozenset(hit.article.id for hit in answer.hits))
        return all(self._have(shown, word, answer.language) for word in found.doubtful)

    def _have(self, where: Filter, word: str, language: Language) -> bool:
        found = self._library.ask(word, where=where, abstain=False, language=language)
        return any(hit.shares[LexicalView.STEM] > 0 for hit in found.hits)

    def page(self, token: str, offset: int) -> Page | None:
        """Return the answer of *token* from *offset* on; None when it is too old or over."""
        asked = self._recall(token)
        if asked is None or not 0 <= offset < MOST:
            return None
        exact = token.endswith(_EXACT)
        answer = self._answer(asked.question, asked.language, offset, exact=exact)
        over = offset and not answer.hits  # the index has changed meanwhile
        return None if over else self._page(answer, token, offset)

    def suggestion(self, token: str) -> str | None:
        """Return the better spelling of the question of *token*, None when there is none."""
        page = self.page(token, 0)
        return page.answer.did_you_mean if page else None

    def as_typed(self, token: str) -> tuple[Thread, Page] | None:
        """Return the answer to the question of *token* as it was typed, None when it is too old."""
        page = self.page(token.removesuffix(_EXACT) + _EXACT, 0)
        if page is None:
            return None
        asked = page.answer
        return Thread(asked.question, asked.language, page.token, page.offset, exact=True), page

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
        passage = self._library.passage(hit.article.id, hit.passage)
        return FullPassage(hit.article, passage, hit.caution)

    def _hit(self, token: str, rank: int) -> AnswerHit | None:
        page = self.page(token, rank - 1) if 1 <= rank <= MOST else None
        return page.answer.hits[0] if page is not None and page.answer.hits else None

    def vote(self, token: str, user_id: int, verdict: int) -> bool:
        """Record a thumb; a thumb down is also a gap. False when the answer is too old."""
        asked = self._recall(token)
        if asked is None:
            return False
        self._questions.vote(asked, topic(asked.question), user_id, verdict)
        return True

    def report(self, token: str, user_id: int) -> bool:
        """Record that a person misses an answer; False when the question is too old."""
        asked = self._recall(token)
        if asked is None:
            return False
        self._questions.report(asked, topic(asked.question), user_id)
        return True

    def _recall(self, token: str) -> Asked | None:
        return self._questions.recall(token.removesuffix(_EXACT))

    def _answer(self, question: str, language: Language, offset: int = 0, *, exact: bool) -> Answer:
        limit = min(PAGE, MOST - offset)
        return self._library.ask(
            question, limit=limit, offset=offset, language=language, exact=exact
        )

    def _page(self, answer: Answer, token: str, offset: int) -> Page:
        moves = {Move.LIKE, Move.DISLIKE, Move.RELATED, Move.PASSAGE} if answer.answered else set()
        if offset + PAGE < min(answer.total, MOST):
            moves.add(Move.MORE)
        if offset:
            moves.add(Move.BACK)
        if not answer.answered:
            moves.add(Move.REPORT)
        if answer.corrected:
            moves.add(Move.AS_TYPED)
        if answer.did_you_mean:
            moves.add(Move.DID_YOU_MEAN)
        return Page(answer, token, offset, frozenset(moves))


def _after(thread: Thread, page: Page, text: str) -> Thread:
    """Return the conversation after *text* was answered by *page*.

    Politeness does not change the subject. A question that the articles know nothing about ends the
    conversation: nothing is completed from it, nor from what was before it.
    """
    answer = page.answer
    asked = answer.corrected or answer.question
    if answer.answered or names_a_cooperative(asked):
        exact = page.token.endswith(_EXACT)
        return Thread(asked, answer.language, page.token, page.offset, exact)
    return thread if says_nothing(text) else Thread()


def topic(question: str) -> str:
    """Return what groups wordings of one need: the stems of *question*, each once, sorted."""
    english = words("stop_words_en.txt")
    stems = {s for t in analyse(question) if not set(t.exact) <= english for s in t.stems}
    return " ".join(sorted(stems or set(stem_terms(question)))) or question.casefold()
