"""Answers as Telegram HTML: well formed, escaped, never longer than Telegram allows."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

from hypothesis import given, settings

from coopbot.dialogue import FullPassage, Page, Related
from coopbot.engine.protocol import StoredArticle, StoredPassage
from coopbot.messages import texts
from coopbot.render import telegram
from coopbot.search.answer import Answer, Caution, Snippet
from tests.render.hand_made import NASTY, answer, answers, article, articles, cautions, hit
from tests.render.hand_made import texts as any_text

FR = texts("fr")
FEW = settings(max_examples=40)  # each is long
MOST = 4_096
ALLOWED = {"a", "b", "i", "blockquote"}
LINK = 'https://x.example/?a=1&b=<2>"onclick="'


class Parsed(HTMLParser):
    """HTML as Telegram reads it: the text without tags, the bold texts, the links."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.bold: list[str] = []
        self.links: list[str | None] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        assert {name for name, _ in attrs} <= {"href", "expandable"}
        self._open.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])
        if tag == "b":
            self.bold.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if "b" in self._open:
            self.bold[-1] += data

    def error_if_too_long(self) -> None:
        assert len(self.text.encode("utf-16-le", "surrogatepass")) // 2 <= MOST


def page(shown: Answer, offset: int = 0, completed: str | None = None) -> Parsed:
    """Return the first page of *shown*, parsed."""
    html = telegram.page(Page(shown, "token", offset, frozenset(), completed), FR)
    parsed = Parsed(html)
    parsed.error_if_too_long()
    return parsed


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail what takes longer, also when it would never end."""

    def stop(_signal: int, _frame: object) -> None:
        raise AssertionError("it does not end")

    former = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def test_what_html_would_take_for_markup_is_escaped_everywhere() -> None:
    shown = answer(hit(1, NASTY, title=NASTY, site=NASTY, link=LINK), did_you_mean=NASTY)
    parsed = page(shown, completed=NASTY)
    assert parsed.text.count(NASTY) == 5
    assert parsed.links == [LINK]


def test_closest_titles_are_escaped_links() -> None:
    parsed = page(answer(closest=(article(title=NASTY, link=LINK), article(title="Un", link=None))))
    assert f"– {NASTY}\n– Un" in parsed.text
    assert parsed.links == [LINK]


def test_matched_words_are_bold_and_no_others() -> None:
    snippet = Snippet("Une Scic & une <Scop>.", ((4, 8), (16, 20)))
    assert telegram.snippet(snippet) == "Une <b>Scic</b> &amp; une &lt;<b>Scop</b>&gt;."


def test_a_page_says_where_each_article_comes_from() -> None:
    parsed = page(answer(hit(1), hit(2, title="Autre", site=None, published="2024-05", link=None)))
    assert "Coopbot · 23 novembre 2026" in parsed.text
    assert "mai 2024" in parsed.text


def test_an_article_to_read_with_care_says_so_and_links_to_the_newer_one() -> None:
    newer = article(title=NASTY, link=LINK)
    parsed = page(
        answer(hit(1, published="2007-06", caution=Caution("2007-06", 8, newer), link=None))
    )
    assert f"\n⚠ Article de 2007 : la règle a pu changer. Plus récent : {NASTY}" in parsed.text
    assert parsed.links == [LINK]


def test_an_article_that_is_only_old_names_no_other() -> None:
    parsed = page(answer(hit(1, published="2007", caution=Caution("2007", 8, None)), hit(2)))
    assert parsed.text.count("⚠") == 1
    assert "⚠ Article de 2007 : la règle a pu changer.\n" in parsed.text
    assert "Plus récent" not in parsed.text


def test_the_word_of_caution_is_on_single_hits_news_and_whole_passages_too() -> None:
    old = hit(1, published="2007", caution=Caution("2007", 8, article(title="Neuf", link=LINK)))
    found = FullPassage(old.article, StoredPassage("a", 0, (), "Du texte."), old.caution)
    shown = (
        telegram.hit_alone(old, FR),
        telegram.news("Du nouveau", [old], FR),
        telegram.passage(found, FR),
    )
    for html in shown:
        parsed = Parsed(html)
        assert "⚠ Article de 2007 : la règle a pu changer. Plus récent : Neuf" in parsed.text
        assert LINK in parsed.links


def test_a_whole_passage_of_an_article_that_needs_no_caution_has_none() -> None:
    passage = StoredPassage("a", 0, (), "Du texte.")
    assert "⚠" not in telegram.passage(FullPassage(article(), passage), FR)


@FEW
@given(answers())
def test_no_page_is_ever_too_long_or_malformed(shown: Answer) -> None:
    for offset in range(0, max(len(shown.hits), 1), 3):
        page(shown, offset)


@FEW
@given(articles(), any_text(6_000), cautions())
def test_no_whole_passage_is_ever_too_long_or_malformed(
    found: StoredArticle, text: str, caution: Caution | None
) -> None:
    passage = StoredPassage(found.id, 0, ("Titre", "Sous-titre <&>"), text)
    with at_most(5):
        Parsed(telegram.passage(FullPassage(found, passage, caution), FR)).error_if_too_long()


def test_a_passage_under_a_very_long_title_is_shown_all_the_same() -> None:
    found = FullPassage(article(title="Scic " * 1_000), StoredPassage("a", 0, (), "Du texte. " * 9))
    with at_most(2):
        Parsed(telegram.passage(found, FR)).error_if_too_long()


def test_a_hit_with_a_very_long_title_shows_no_markup() -> None:
    assert "<b>" not in page(answer(hit(1, title="Scic " * 1_000))).text


@FEW
@given(articles())
def test_no_list_of_related_articles_is_ever_too_long_or_malformed(found: StoredArticle) -> None:
    html = telegram.related(Related(found, (found,) * 5), FR)
    Parsed(html).error_if_too_long()


@FEW
@given(answers())
def test_no_single_hit_is_ever_too_long_or_malformed(shown: Answer) -> None:
    for one in shown.hits:
        Parsed(telegram.hit_alone(one, FR)).error_if_too_long()
