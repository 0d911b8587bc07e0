"""The records an answer is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coopbot.engine.protocol import StoredArticle
from coopbot.messages import Language
from coopbot.search.query_language import Query


@dataclass(frozen=True, slots=True)
class Snippet:
    """One or two whole sentences; `highlights` are (start, end) of matched words in `text`."""

    text: str
    highlights: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Caution:
    """Why to read an article with care, for one reason or both.

    What it says is of `published`, None when that is not known, more than `older_than_years` ago;
    or another article replaces it: `superseded_by`, the newest when that one is replaced in turn,
    None also when its front matter names no article that is there.
    """

    published: str | None
    older_than_years: int | None
    superseded_by: StoredArticle | None


@dataclass(frozen=True, slots=True)
class AnswerHit:
    """An article that answers: `passage` is the number of the passage the snippet is from.

    `score` orders the hits of one answer, save where a newer article passed an older one
    (search/freshness.py), or a translation its original (search/translations.py); `confidence`
    compares between questions; `shares` are what each feature added to the score. `caution` is None
    for an article that needs none.
    """

    rank: int
    article: StoredArticle
    passage: int
    snippet: Snippet
    score: float
    confidence: float
    shares: Mapping[str, float]
    caution: Caution | None = None


@dataclass(frozen=True, slots=True)
class ExplainedTerm:
    """A term of the question: its idf, its weight, and where it comes from.

    `origin` is "question", "lexicon" or "spelling"; `because` the words it stands for.
    """

    term: str
    idf: float
    weight: float
    origin: str
    because: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to `question`: hits, or, when there are none, the `closest` articles.

    `hits` may be a stretch of the `total` articles that answer. `unknown_words` are words of the
    question that no article has; the hits answer the rest of it. `sure` is false when the best of
    them may well not answer. `only` is how a question that restricts the articles was read, None
    when it is plain words.
    `corrected` is the question with its spelling corrected when that is what the hits answer;
    `did_you_mean` a spelling that was not put in its place. `unsaid` are phrases that no article
    has word for word, and that were searched for as plain words.
    """

    question: str
    language: Language
    hits: tuple[AnswerHit, ...]
    closest: tuple[StoredArticle, ...]
    did_you_mean: str | None
    took_ms: float
    total: int = 0
    unknown_words: tuple[str, ...] = ()
    terms: tuple[ExplainedTerm, ...] = ()
    sure: bool = True
    only: Query | None = None
    corrected: str | None = None
    unsaid: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether anything relevant was found."""
        return bool(self.hits) or self.total > 0
