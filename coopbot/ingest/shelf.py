"""The articles there are, and putting another one beside them: never the same text twice."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from coopbot.article import Article
from coopbot.corpus import Corpus, Entry
from coopbot.errors import CoopbotError
from coopbot.french import fold
from coopbot.ingest.duplicates import KnownTexts, address_key
from coopbot.ingest.records import Validators


class Became(StrEnum):
    """What became of something offered to the corpus."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"  # of another article
    REFUSED = "refused"  # looked at, and not wanted
    FAILED = "failed"  # could not be had


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of *offered*: an address, or the name of a file.

    `path` is where the article stands in the corpus (on a dry run, would stand), or that of which
    it is a duplicate. `error` says why it was refused or failed. `validators` are for asking
    later whether the page changed, and `digest` for seeing that the text in it did.
    """

    offered: str
    became: Became
    article: Article | None = None
    path: str | None = None
    error: CoopbotError | None = None
    validators: Validators = field(default_factory=Validators)
    digest: str | None = None

    @property
    def changed(self) -> bool:
        """Whether the corpus is another than before."""
        return self.became in (Became.ADDED, Became.UPDATED)


# What a person may have put right in the head of a file stays when its text is taken anew.
_KEPT = (
    "title",
    "site",
    "author",
    "published",
    "licence",
    "archive_url",
    "sources",
    "translation_of",
    "superseded_by",
    "title_en",
    "summary_en",
    "asked",
    "dead_links",
)


class Shelf:
    """The corpus, read once; with *dry_run*, it only tells what would be done.

    Raises CorpusError when the folder cannot be read.
    """

    def __init__(self, corpus: Corpus, *, dry_run: bool = False) -> None:
        self._corpus = corpus
        self._dry_run = dry_run
        self._by_address: dict[str, tuple[str, Article]] = {}
        self._by_path: dict[str, Article] = {}
        self._texts = KnownTexts()
        for entry in corpus.entries():
            if isinstance(entry, Entry):
                self._remember(entry.path, entry.article)

    def known(self, address: str) -> Article | None:
        """Return the article with the *address*, however it is spelt."""
        found = self._by_address.get(address_key(address))
        return found[1] if found else None

    def put(self, offered: str, article: Article) -> Outcome:
        """Save *article* unless it is there already, and return what became of it.

        One with the same address gets the new text; what its head says stays, since a person may
        have put it right. Nearly the same text at another address, or a part of a text there is,
        is a duplicate. Raises CorpusError when the folder cannot be written.
        """
        there = self._by_address.get(address_key(article.url)) if article.url else None
        if there is not None:
            return self._renew(offered, *there, article)
        twin = self._twin(article)
        if twin is not None:
            again = article.url is None and fold(self._by_path[twin].title) == fold(article.title)
            became = Became.UNCHANGED if again else Became.DUPLICATE
            return Outcome(offered, became, article, twin)
        path = self._free_path(article)
        if not self._dry_run:
            self._corpus.save(article, path)
        self._remember(path, article)
        return Outcome(offered, Became.ADDED, article, path)

    def _twin(self, article: Article) -> str | None:
        """Return the path of the article that has the text of *article*, perhaps among more."""
        like = self._texts.most_like(article.body)
        if like is None:
            return None
        longer = len(self._by_path[like.name].body) >= len(article.body)
        return like.name if like.same or (like.part and longer) else None

    def _renew(self, offered: str, path: str, old: Article, new: Article) -> Outcome:
        kept = {name: value for name in _KEPT if (value := getattr(old, name)) not in (None, ())}
        merged = replace(new, url=old.url, tags=_united(old.tags, new.tags), **kept)
        if merged == replace(old, retrieved=merged.retrieved):
            return Outcome(offered, Became.UNCHANGED, old, path)
        if not self._dry_run:
            self._corpus.revise(path, merged)
        self._remember(path, merged)
        return Outcome(offered, Became.UPDATED, merged, path)

    def _free_path(self, article: Article) -> str:
        """Return where *article* will stand; on a dry run, others may have been promised it."""
        path = self._corpus.free_path(article)
        stem, number = path.removesuffix(".md"), 1
        while path in self._by_path:
            number += 1
            path = f"{stem}-{number}.md"
        return path

    def _remember(self, path: str, article: Article) -> None:
        self._by_path[path] = article
        if article.url is not None:
            self._by_address[address_key(article.url)] = (path, article)
        self._texts.add(path, article.body)


def _united(tags: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """Return *tags* and those of *more* that are not among them in another spelling."""
    known = {fold(tag) for tag in tags}
    return (*tags, *(tag for tag in dict.fromkeys(more) if fold(tag) not in known))
