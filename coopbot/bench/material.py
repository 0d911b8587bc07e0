"""What is searched and asked: the passages and questions of collections, as every engine gets them.

Documents become articles and are cut by `coopbot.passages`, as ever. Collections repeat themselves:
a line of a document that an earlier one has too is left out, and so is a document with a passage
that another one has. When the collections have too few passages, the mixer makes the rest.
"""

from __future__ import annotations

import random
import shutil
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from coopbot.article import Article, dump, parse
from coopbot.bench.home import About, Asked, EncoderKind, Home, article_path
from coopbot.bench.mixer import Mixer
from coopbot.engine.vectors import text_key
from coopbot.errors import QuestionError
from coopbot.evaluation import Collection
from coopbot.french import analyse
from coopbot.messages import Language
from coopbot.passages import Passage, prepare

if TYPE_CHECKING:
    from coopbot.indexing import Progress

SEED = 20261124
_NOTABLE = 40  # characters, at least, of a line that must not be repeated
_WORDS = 45  # of a mixed article for each passage that is still wanted, which is few enough
_MIXED = 20_000  # articles, at most, whose words are mixed


def questions(collections: Sequence[Collection], language: Language) -> tuple[list[Asked], float]:
    """Return the questions of *collections*, none twice, in random order, and the time of reading.

    That is the median of the milliseconds the French chain took. Those without a word to search
    for are left out.
    """
    from coopbot.search.question import read_query

    texts = {" ".join(q.text.casefold().split()): q.text for c in collections for q in c.queries}
    found, took = [], []
    for text in texts.values():
        started = time.perf_counter()
        try:
            _, question = read_query(text, language)
        except QuestionError:  # signs only: nothing anyone would search for
            continue
        terms = dict.fromkeys(stem for token in question.tokens for stem in token.stems)
        took.append((time.perf_counter() - started) * 1_000)
        if terms:
            found.append(Asked(text, tuple(terms)))
    random.Random(SEED).shuffle(found)  # noqa: S311 - reproducible, not secret
    return found, statistics.median(took) if took else 0.0


def articles(collections: Sequence[Collection]) -> Iterator[Article]:
    """Yield the documents of *collections* by turns, without lines that an earlier one has."""
    streams = [(article for _, article in c.documents()) for c in collections]
    known: set[str] = set()
    for article in chain.from_iterable(zip_longest(*streams)):
        if article is None:
            continue
        lines = [line for line in article.body.split("\n") if _key(line) not in known]
        known.update(key for line in lines if len(key := _key(line)) >= _NOTABLE)
        if any(line.strip() for line in lines):
            yield replace(article, body="\n".join(lines))


def _key(line: str) -> str:
    return " ".join(line.split())


@dataclass(slots=True)
class _Filling:
    """The passages put into a home so far."""

    home: Home
    count: int = 0
    articles: int = 0
    analysis_s: float = 0.0
    known: set[bytes] = field(default_factory=set)  # digests of their texts

    def add(self, article: Article, most: int) -> None:
        """Put *article* in, unless it has more than *most* passages or one that is known."""
        path = article_path(self.count)
        written = dump(article)
        passages = prepare(parse(written, path)).passages
        keys = {text_key(passage.text) for passage in passages}
        if len(passages) > most or len(keys) < len(passages) or keys & self.known:
            return
        self.known |= keys
        file = self.home.corpus / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(written, encoding="utf-8")
        started = time.perf_counter()
        lines = [_stems(passage) for passage in passages]
        self.analysis_s += time.perf_counter() - started
        with (self.home.folder / "passages.txt").open("a", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in lines)
        self.count += len(passages)
        self.articles += 1


def _stems(passage: Passage) -> str:
    text = "\n".join((*passage.headings, passage.text))
    return " ".join(stem for token in analyse(text) for stem in token.stems)


def fill(
    home: Home,
    real: Iterable[Article],
    mixed: Callable[[], Mixer],
    size: int,
    sources: Sequence[str],
    asked: tuple[list[Asked], float],
    encoder: EncoderKind,
    progress: Progress | None = None,
) -> About:
    """Fill *home* with *size* passages: of *real* articles, then of *mixed* ones."""
    if home.folder.exists():
        shutil.rmtree(home.folder)  # half filled
    home.folder.mkdir(parents=True)
    filling = _Filling(home)
    for article in real:
        if filling.count == size:
            break
        filling.add(article, size - filling.count)
        if progress is not None:
            progress(filling.count, size)
    found = filling.count
    mixer = mixed() if found < size else None
    while mixer is not None and filling.count < size:
        missing = size - filling.count
        filling.add(mixer.article(missing * _WORDS), missing)
        if progress is not None:
            progress(filling.count, size)
    questions, question_ms = asked
    home.ask(questions)
    about = About(
        passages=size,
        made=size - found,
        articles=filling.articles,
        analysis_s=filling.analysis_s,
        question_ms=question_ms,
        encoder=encoder,
        sources=tuple(sources),
    )
    home.describe(about)
    return about


def mixer(collections: Sequence[Collection], seed: int = SEED) -> Mixer:
    """Return a mixer of the words of *collections*."""
    some = (article.body for article, _ in zip(articles(collections), range(_MIXED), strict=False))
    return Mixer(list(some), seed)


def folder_mark(folder: Path) -> str:
    """Return what changes when the collection in *folder* does."""
    files = sorted(file for file in folder.iterdir() if file.name.startswith(("corpus", "queries")))
    return "".join(f"{f.name} {f.stat().st_size} {f.stat().st_mtime_ns}\n" for f in files)
