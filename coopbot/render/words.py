"""What every way of showing an answer says alike: where it comes from, dates, notices."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from coopbot.engine.protocol import StoredArticle
from coopbot.messages import Texts
from coopbot.search.answer import Answer, AnswerHit, Caution
from coopbot.search.query_language import Query


def notices(answer: Answer, texts: Texts, way: str = "") -> list[str]:
    """Return what to say before the hits.

    Phrases that nobody says, how the question was read when it restricts the articles, another
    spelling, words left out, nothing found. *way* is how to ask for the spelling that was typed,
    where no button does.
    """
    said = []
    if answer.unsaid:
        key = "search.unsaid" if len(answer.unsaid) == 1 else "search.unsaid_together"
        said.append(texts(key, phrases=_quoted(answer.unsaid, texts)))
    if answer.only:
        said.append(restrictions(answer.only, texts))
    if answer.corrected:
        said.append(corrected(answer.corrected, answer.question, texts, way))
    if answer.did_you_mean:
        said.append(texts("search.did_you_mean", question=answer.did_you_mean))
    if answer.unknown_words:
        words = _quoted(answer.unknown_words, texts)
        said.append(texts("search.unknown_words", words=words))
    if not answer.answered:
        said.append(texts("search.nothing"))
    elif not answer.sure:
        said.append(texts("search.unsure"))
    return said


def _quoted(words: Sequence[str], texts: Texts) -> str:
    return ", ".join(texts("search.quoted", word=word) for word in words)


def corrected(meant: str, typed: str, texts: Texts, way: str = "") -> str:
    """Return that *meant* was searched for in place of *typed*, and how to have it otherwise."""
    said = texts("search.corrected", meant=meant, typed=typed)
    return f"{said} ({way})" if way else said


def restrictions(query: Query, texts: Texts) -> str:
    """Return which articles *query* wants: "Seulement : site avise.org, depuis 2020"."""
    worded = {
        "phrase": query.phrases,
        "without": query.excluded,
        "title": query.titles,
        "title_phrase": query.title_phrases,
    }
    parts = [
        texts(f"only.{name}", words=texts("search.quoted", word=words))
        for name, several in worded.items()
        for words in several
    ]
    parts += [texts("only.site", site=site) for site in query.sites]
    parts += [texts("only.tag", tag=tag) for tag in query.tags]
    for name, date in (("since", query.since), ("before", query.before)):
        if date is not None:
            key = f"only.{name}_day" if len(date) == len("2020-05-31") else f"only.{name}"
            parts.append(texts(key, date=readable_date(date, texts)))
    return texts("only.these", restrictions=", ".join(parts))


def provenance_parts(article: StoredArticle, texts: Texts) -> list[str]:
    """Return the site and the date of *article*, for a title that is a link already."""
    date = readable_date(article.published, texts)
    return [part for part in (article.site, date) if part]


def warning(caution: Caution, texts: Texts) -> str:
    """Return the warning that what an article says may no longer hold; it names no newer one."""
    if caution.published is None:
        return texts("caution.undated")
    return texts("caution.dated", year=caution.published[:4])


def caution_line(caution: Caution, texts: Texts) -> str:
    """Return the warning about an article, and where the newer one is when there is one."""
    said = warning(caution, texts)
    newer = caution.superseded_by
    if newer is None:
        return said
    where = " — ".join(part for part in (newer.title, _address(newer, texts)) if part)
    return f"{said} {texts('caution.newer')} {where}"


def provenance(article: StoredArticle, texts: Texts) -> str:
    """Return where *article* comes from on one line: site, date, address."""
    archived = article.archive_url and texts("search.archived", link=article.archive_url)
    date = readable_date(article.published, texts)
    parts = (article.site, date, _address(article, texts), archived)
    return " · ".join(part for part in parts if part)


def _address(article: StoredArticle, texts: Texts) -> str | None:
    link = article.link
    if link and not article.id.startswith("http"):  # written for the corpus: a source, not itself
        return texts("search.source", link=link)
    return link


def readable_date(date: str | None, texts: Texts) -> str:
    """Return an ISO date as people write it: "23 novembre 2026", "mai 2011", "2011"."""
    if date is None:
        return texts("search.undated")
    year, *rest = date.split("-")
    if not rest:
        return year
    month = texts("dates.months").split()[int(rest[0]) - 1]
    day = ""
    if len(rest) > 1:
        number = int(rest[1])
        day = texts("dates.first" if number == 1 else "dates.day", day=number) + " "
    return f"{day}{month} {year}"


def passed(hits: Sequence[AnswerHit]) -> bool:
    """Tell whether an article comes before one of a higher score: see `AnswerHit`."""
    return any(first.score < second.score for first, second in pairwise(hits))


def feature_name(feature: str, texts: Texts) -> str:
    """Return what a person calls the ranking feature *feature*."""
    return texts(f"features.{feature}")
