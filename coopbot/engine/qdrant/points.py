"""How an article becomes points of a collection, and filters conditions on them.

An article is a point, and so is each of its passages and aliases; a list is a named vector, which
only the points have that it is about, so that no list needs a filter for the kind of its points:

    article   stem, exact, title_words (sparse), title, lead (dense; its first passage's)
    passage   lexical (sparse), dense (dense)
    alias     alias (dense)

Sparse vectors hold the impacts of the embedded engine. The idf is multiplied into the question's
weights instead of left to the server's IDF modifier, which counts points that no state shows any
more, and whatever the kind of deployment takes for the whole: so both engines give the same score.

A point lives from the state of the collection `since` which it is there to the one `until` which it
is; who reads a state asks for its points only. So a write shows nothing before its statistics are
published, readers of the former state go on with that, and what a killed writer left is undone.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from coopbot.engine.impacts import impacts, norms
from coopbot.engine.postings import MAX_FREQUENCY
from coopbot.engine.protocol import (
    DenseView,
    Filter,
    IndexedArticle,
    LexicalView,
    StoredArticle,
    StoredPassage,
)
from coopbot.engine.qdrant.statistics import Means, Tally
from coopbot.engine.schema import ALIAS, ARTICLE, FIRST_ALIAS, KIND_OF, PASSAGE, VIEWS, documents
from coopbot.french import fold

if TYPE_CHECKING:
    from qdrant_client import models

SPARSE: Mapping[LexicalView, str] = {
    LexicalView.STEM: "stem",
    LexicalView.EXACT: "exact",
    LexicalView.TITLE: "title_words",
    LexicalView.PASSAGE: "lexical",
}
DENSE: Mapping[DenseView, str] = {
    DenseView.PASSAGE: "dense",
    DenseView.LEAD: "lead",
    DenseView.TITLE: "title",
    DenseView.ALIAS: "alias",
}
# What payload is searched by, and its type on the server.
INDEXED = {
    "article": "keyword",
    "kind": "keyword",
    "number": "integer",
    "site": "keyword",
    "tags": "keyword",
    "language": "keyword",
    "first_day": "integer",
    "last_day": "integer",
    "since": "integer",
    "until": "integer",
}
ALIVE = 2**31 - 1  # `until` of what has not been replaced or removed
_NAMESPACE = uuid.UUID("3f3b1f5a-4a0d-5d3b-9a52-6a3c8f1f5d0e")
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class Draft:
    """A point before its terms are weighed: `terms` per view, `vectors` by name."""

    id: str
    payload: dict[str, Any]
    terms: dict[LexicalView, tuple[NDArray[np.int64], NDArray[np.uint16]]]
    vectors: dict[str, NDArray[np.float16]]


def drafts(article: IndexedArticle, tally: Tally, state: int) -> Iterator[Draft]:
    """Yield the points of *article* that are there since *state*, counted into *tally*."""
    shared = {**_traits(article.stored), "since": state, "until": ALIVE}
    shared["passages"], shared["aliases"] = len(article.passages), len(article.aliases)
    rows = list(range(len(article.passages)))
    fields = documents(article, 0, rows, list(range(len(article.aliases))))

    views = [view for view in LexicalView if KIND_OF[view] == ARTICLE]
    terms = _terms(next(fields), views, tally)
    vectors = {DENSE[DenseView.TITLE]: _half(article.title_vector)}
    if article.passages:
        vectors[DENSE[DenseView.LEAD]] = _half(article.passages[0].vector)
    own = {
        "kind": ARTICLE,
        "title_terms": int(terms[LexicalView.TITLE][1].sum()),
        "record": asdict(article.stored),
    }
    yield Draft(_id(article, None, state), shared | own, terms, vectors)

    for passage, document in zip(article.passages, fields, strict=False):
        terms = _terms(document, [LexicalView.PASSAGE], tally)
        own = {
            "kind": PASSAGE,
            "number": passage.number,
            "headings": list(passage.headings),
            "text": passage.text,
        }
        vectors = {DENSE[DenseView.PASSAGE]: _half(passage.vector)}
        yield Draft(_id(article, passage.number, state), shared | own, terms, vectors)

    for place, alias in enumerate(article.aliases):
        own = {"kind": ALIAS, "number": FIRST_ALIAS - place}
        vectors = {DENSE[DenseView.ALIAS]: _half(alias.vector)}
        yield Draft(_id(article, FIRST_ALIAS - place, state), shared | own, {}, vectors)


def point(draft: Draft, means: Means) -> models.PointStruct:
    """Return *draft* with the impacts of its terms, by the mean lengths *means*."""
    from qdrant_client import models

    vectors: dict[str, Any] = {
        name: vector.astype(np.float32).tolist() for name, vector in draft.vectors.items()
    }
    for view, (numbers, frequencies) in draft.terms.items():
        if numbers.size:
            lengths = frequencies.sum(axis=0, dtype=np.uint32)[np.newaxis]
            weights = norms(lengths, list(VIEWS[view].values()), means[view])
            values = impacts(frequencies, np.broadcast_to(weights, frequencies.shape))
            vectors[SPARSE[view]] = models.SparseVector(
                indices=numbers.tolist(), values=values.tolist()
            )
    return models.PointStruct(id=draft.id, payload=draft.payload, vector=vectors)


def stored_article(payload: Mapping[str, Any]) -> StoredArticle:
    """Return the article whose point has *payload*."""
    record = payload["record"]
    return StoredArticle(**record | {n: tuple(record[n]) for n in ("tags", "sources")})


def stored_passage(payload: Mapping[str, Any]) -> StoredPassage:
    """Return the passage whose point has *payload*."""
    return StoredPassage(
        payload["article"], payload["number"], tuple(payload["headings"]), payload["text"]
    )


def conditions(where: Filter, state: int) -> list[models.FieldCondition]:
    """Return what points of the articles in *where* fulfil, in the *state* of the collection."""
    from qdrant_client import models

    found = [
        models.FieldCondition(key="since", range=models.Range(lte=state)),
        models.FieldCondition(key="until", range=models.Range(gt=state)),
    ]
    equal = {
        "site": where.site and fold(where.site),
        "tags": where.tag and fold(where.tag),
        "language": where.language,
    }
    found += [
        models.FieldCondition(key=key, match=models.MatchValue(value=value))
        for key, value in equal.items()
        if value is not None
    ]
    if where.since is not None:
        least = _days(where.since)[0]
        found.append(models.FieldCondition(key="last_day", range=models.Range(gte=least)))
    if where.until is not None:
        most = _days(where.until)[1]
        found.append(models.FieldCondition(key="first_day", range=models.Range(lte=most)))
    if where.articles is not None:
        found.append(of_articles(sorted(where.articles)))
    return found


def of_articles(ids: Sequence[str]) -> models.FieldCondition:
    """Return the condition that a point is of one of the articles *ids*."""
    from qdrant_client import models

    return models.FieldCondition(key="article", match=models.MatchAny(any=list(ids)))


def of_kind(kind: str) -> models.FieldCondition:
    """Return the condition that a point is of *kind*."""
    from qdrant_client import models

    return models.FieldCondition(key="kind", match=models.MatchValue(value=kind))


def _id(article: IndexedArticle, number: int | None, state: int) -> str:
    # of the unit and the state, so that a write tried again writes the same points
    return str(uuid.uuid5(_NAMESPACE, f"{article.stored.id}\n{number}\n{state}"))


def _terms(
    document: Mapping[str, Any], views: Sequence[LexicalView], tally: Tally
) -> dict[LexicalView, tuple[NDArray[np.int64], NDArray[np.uint16]]]:
    return {
        view: tally.add(view, [_frequencies(document[name]) for name in VIEWS[view]])
        for view in views
    }


def _frequencies(terms: str) -> Mapping[str, int]:
    return {t: min(count, MAX_FREQUENCY) for t, count in Counter(terms.split()).items()}


def _traits(article: StoredArticle) -> dict[str, Any]:
    traits: dict[str, Any] = {
        "article": article.id,
        "site": fold(article.site or ""),
        "tags": [fold(tag) for tag in article.tags],
        "language": article.language,
    }
    if article.published is not None:
        traits["first_day"], traits["last_day"] = _days(article.published)
    return traits


def _days(date: str) -> tuple[int, int]:
    """Return the first and the last day that *date* may mean, as numbers that ascend with them."""
    match = _DATE.match(date)
    if match is None:
        return 0, -1  # before nothing and after nothing
    year, month, day = match.groups()
    return int(f"{year}{month or '00'}{day or '00'}"), int(f"{year}{month or '99'}{day or '99'}")


def _half(vector: NDArray[np.float32]) -> NDArray[np.float16]:
    return vector.astype(np.float16)
