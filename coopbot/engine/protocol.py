"""What every engine answers, and the records that travel to and from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


class LexicalView(StrEnum):
    """A unit and a choice of its fields, scored as one BM25F field group.

    STEM and EXACT: the whole article, by stems and by folded words; TITLE: its title alone, by
    stems; PASSAGE: a passage with its headings, by stems.
    """

    STEM = "stem"
    EXACT = "exact"
    TITLE = "title"
    PASSAGE = "passage"


class DenseView(StrEnum):
    """Whose vectors are compared: those of passages, of articles' first passages, of article
    titles, or of aliases: other ways to say what an article is about.
    """

    PASSAGE = "passage"
    LEAD = "lead"
    TITLE = "title"
    ALIAS = "alias"


class WeightedTerm(NamedTuple):
    """A term of the question and how much it counts: 1 for a word as asked, less for a guess."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles may answer; a None field does not restrict.

    `since` and `until` are ISO dates, inclusive; an article without date passes neither. `tag` and
    `site` are compared folded. `articles` are article ids.
    """

    site: str | None = None
    since: str | None = None
    until: str | None = None
    tag: str | None = None
    language: str | None = None
    articles: frozenset[str] | None = None


NO_FILTER = Filter()


class Hit(NamedTuple):
    """A unit that scored: its article's id, its passage number (None for the article), a score."""

    article: str
    passage: int | None
    score: float


class Best(NamedTuple):
    """The best unit of each of some articles: its score, 0 for none; its passage number, or -1."""

    scores: NDArray[np.float32]
    passages: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The articles that any of several lists puts first, and what each list says of each.

    A row per article, in the order of `articles`: ids, sorted. `title_terms` is how many stems its
    title has; `vectors` that of its passage nearest in meaning; `matching` how near in meaning its
    passage with the best words is, 0 for none.
    """

    articles: Sequence[str]
    lexical: Mapping[LexicalView, Best]
    dense: Mapping[DenseView, Best]
    title_terms: NDArray[np.int32]
    vectors: NDArray[np.float32]
    matching: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """What an engine gives back of an article."""

    id: str
    path: str
    title: str
    link: str | None = None
    archive_url: str | None = None
    site: str | None = None
    author: str | None = None
    published: str | None = None
    language: str = "fr"
    tags: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    translation_of: str | None = None
    superseded_by: str | None = None
    title_en: str | None = None
    summary_en: str | None = None


class Version(Protocol):
    """What of an article, or of its record, tells which others say the same, or say it no more."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def path(self) -> str:
        """Its file in the corpus."""
        ...

    @property
    def published(self) -> str | None:
        """Its ISO date, perhaps of reduced precision."""
        ...

    @property
    def language(self) -> str:
        """The language it is in."""
        ...

    @property
    def translation_of(self) -> str | None:
        """The path or address of its original."""
        ...

    @property
    def superseded_by(self) -> str | None:
        """The path or address of what replaces it."""
        ...


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """What an engine gives back of a passage."""

    article: str
    number: int
    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class IndexedPassage:
    """A passage on its way in; `vector` has length 1 and was made from the text `encoded`."""

    number: int
    headings: tuple[str, ...]
    text: str
    vector: Vector
    encoded: str


@dataclass(frozen=True, slots=True)
class IndexedAlias:
    """Another way to say what an article is about: its English summary, a question it answers."""

    text: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """An article on its way in, with its passages; `title_vector` has length 1."""

    stored: StoredArticle
    headings: tuple[str, ...]
    body: str
    passages: tuple[IndexedPassage, ...]
    title_vector: Vector
    aliases: tuple[IndexedAlias, ...] = ()


class Vocabulary(Protocol):
    """The terms of one lexical view."""

    @property
    def documents(self) -> int:
        """How many units there are."""
        ...

    def frequency(self, term: str) -> int:
        """Return in how many units *term* occurs."""
        ...


class Engine(Protocol):
    """What an engine answers. All methods but `write` may be called from several threads."""

    def write(self, upserts: Iterable[IndexedArticle], deletions: Iterable[str]) -> None:
        """Put *upserts* in place of the articles with their ids, and remove the *deletions*."""
        ...

    def prepare(self) -> int:
        """Get ready for questions; return how many passages there are."""
        ...

    def lexical(
        self,
        terms: Sequence[WeightedTerm],
        k: int,
        view: LexicalView,
        filter: Filter = NO_FILTER,
        *,
        collapse: bool = False,
    ) -> list[Hit]:
        """Return the *k* units with the highest BM25F score, best first; scores are > 0.

        With *collapse*, only the best unit of each article.
        """
        ...

    def nearest(
        self,
        vector: Vector,
        k: int,
        view: DenseView,
        filter: Filter = NO_FILTER,
        *,
        collapse: bool = False,
    ) -> list[Hit]:
        """Return the *k* units with the highest cosine with *vector*, best first.

        With *collapse*, only the best unit of each article.
        """
        ...

    def gather(
        self,
        terms: Mapping[LexicalView, Sequence[WeightedTerm]],
        vector: Vector,
        k: int,
        filter: Filter = NO_FILTER,
    ) -> Candidates:
        """Return the articles that any list, by *terms* or *vector*, has among its *k* best.

        A list for each view; of each article, its best unit counts.
        """
        ...

    def matching(self, articles: Sequence[str], terms: Sequence[str]) -> NDArray[np.bool_]:
        """Tell which of *articles*, a row each, have which of *terms*, by stems.

        An unknown article has none.
        """
        ...

    def having(
        self,
        groups: Sequence[Collection[str]],
        view: LexicalView,
        filter: Filter = NO_FILTER,
    ) -> list[tuple[str, int | None]]:
        """Return (article id, passage number) of the units with a term of each of *groups*.

        All units that pass *filter* when there is no group; in no order.
        """
        ...

    def articles(self, ids: Sequence[str]) -> Mapping[str, StoredArticle]:
        """Return the articles with these ids; unknown ids are left out."""
        ...

    def versions(self, ids: Sequence[str]) -> Mapping[str, Version]:
        """Return what of the articles with these ids tells their order; unknown ids are left out.

        Where that is quicker, less is read than for `articles`.
        """
        ...

    def passages(self, keys: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], StoredPassage]:
        """Return the passages with these (article id, number); unknown ones are left out."""
        ...

    def vocabulary(self, view: LexicalView) -> Vocabulary:
        """Return the terms of *view*."""
        ...

    def similar(self, word: str, distance: int) -> Sequence[tuple[str, int]]:
        """Return (word, articles with it) of the words near the folded *word*, sorted.

        Near are those at most *distance* edits away and those that sound alike; see `NearbyWords`.
        """
        ...

    def close(self) -> None:
        """Release files and memory."""
        ...
