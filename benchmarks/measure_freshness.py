"""How close is close? What a margin for newer articles brings and costs: run

    python -m benchmarks.measure_freshness

A newer article passes an older one on a question about a rule when its score is at most that share
below. Printed for each share:

- what it brings: made-up pairs of an old and a new article on one rule (`freshness_pairs.toml`) are
  added to the corpus in place; how many of their questions have the new one before the old;
- what it costs: on the half "tune" of the golden questions, where the date does not tell which
  article is right, with dates thrown at random: half of the articles of 2010, half of 2024.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from coopbot.engine.protocol import StoredArticle
from coopbot.evaluation import GOLDEN, measure, read_golden
from coopbot.library import Library
from coopbot.search.answer import AnswerHit
from coopbot.search.freshness import fresher_first
from coopbot.search.ranking import Ranked
from coopbot.search.replacements import Replacements
from coopbot.search.translations import prefer_language
from coopbot.settings import Settings

SHARES = (0.0, 0.04, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3)
DRAWS = 10  # of random dates
DEPTH = 20
OLD, NEW = "2010", "2024"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what answers it, best first before dates play a part."""

    question: str
    language: str
    right: Sequence[str]
    hits: Sequence[AnswerHit]

    def order(self, dates: Mapping[str, str | None], close: float) -> list[StoredArticle]:
        """Return the articles in the order that *dates*, by article id, would bring about."""
        ranked = [Ranked(h.article.id, h.score) for h in self.hits]
        articles = {
            h.article.id: replace(h.article, published=dates[h.article.id]) for h in self.hits
        }
        ordered = fresher_first(ranked, articles, self.question, close)
        return [articles[r.article] for r in prefer_language(ordered, articles, self.language)]


def ask(library: Library, question: str, right: Sequence[str]) -> Asked:
    """Return what the library finds for *question*."""
    answer = library.ask(question, limit=DEPTH, abstain=False)
    hits = sorted(answer.hits, key=lambda hit: -hit.score)
    return Asked(answer.only.words if answer.only else question, answer.language, right, hits)


def brought(asked: Sequence[Asked], close: float) -> int:
    """Return how many have the new article of their pair before the old one."""
    count = 0
    for one in asked:
        order = one.order({h.article.id: h.article.published for h in one.hits}, close)
        paths = [article.path for article in order]
        old, new = (paths.index(p) if p in paths else DEPTH for p in one.right)
        count += new < old
    return count


def costs(asked: Sequence[Asked], library: Library, close: float) -> list[float]:
    """Return success@1 and nDCG@10, means over the random dates."""
    articles = library.catalogue().articles
    of = Replacements(articles)
    original = {a.id: of.original(a) for a in articles}
    figures: dict[str, list[float]] = {"success@1": [], "ndcg@10": []}
    for seed in range(DRAWS):
        throws = np.random.default_rng(seed).choice((OLD, NEW), len(articles)).tolist()
        thrown = dict(zip(original, throws, strict=True))
        dates = {i: thrown[first.id] for i, first in original.items()}
        found = {
            str(n): list(dict.fromkeys(original[a.id].path for a in one.order(dates, close)))
            for n, one in enumerate(asked)
        }
        judged = {str(n): dict.fromkeys(one.right, 1) for n, one in enumerate(asked)}
        measured = measure(judged, found).values()
        for name, values in figures.items():
            values.append(statistics.fmean(m[name] for m in measured))
    return [statistics.fmean(values) for values in figures.values()]


def main() -> None:
    """Measure on the corpus in place and print a line for each share."""
    settings = Settings()
    pairs = tomllib.loads(
        Path(__file__).with_name("freshness_pairs.toml").read_text(encoding="utf-8")
    )["pair"]
    with tempfile.TemporaryDirectory(prefix="coopbot-freshness-") as place:
        corpus = Path(place, "corpus")
        shutil.copytree(settings.corpus, corpus)
        for number, pair in enumerate(pairs):
            for name, date in (("old", OLD), ("new", NEW)):
                head = f"title: {pair[name]['title']!r}\npublished: {date}"
                text = f"---\n{head}\n---\n\n{pair[name]['body']}\n"
                (corpus / f"{number}-{name}.md").write_text(text, encoding="utf-8")
        library = Library(replace(settings, corpus=corpus, index=Path(place, "index")))
        library.refresh()
        of_pairs = [
            ask(library, question, (f"{number}-old.md", f"{number}-new.md"))
            for number, pair in enumerate(pairs)
            for question in pair["questions"]
        ]
        library.close()
    library = Library(settings)
    library.refresh()
    golden = [
        ask(library, q.text, q.articles)
        for q in read_golden(settings.corpus / GOLDEN)
        if q.half == "tune" and q.articles
    ]
    print(
        f"| close | new before old, of {len(of_pairs)} | success@1 | nDCG@10 |\n|---|---|---|---|"
    )
    for close in SHARES:
        success, ndcg = costs(golden, library, close)
        print(f"| {close:.2f} | {brought(of_pairs, close)} | {success:.1%} | {ndcg:.3f} |")
    library.close()


if __name__ == "__main__":
    main()
