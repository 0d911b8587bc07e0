"""Passages: where an article is cut, what stays with what, and what is left out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from coopbot.article import Article
from coopbot.french.sentences import sentences
from coopbot.passages import OVERLAP_WORDS, TARGET_WORDS, Passage, Prepared, prepare

PROPERTY = settings(deadline=None, derandomize=True)
LARGEST = 2 * TARGET_WORDS + OVERLAP_WORDS

# words in each sentence of each paragraph of each section
_Shape = list[list[list[int]]]
_shapes = st.lists(
    st.lists(st.lists(st.integers(1, 40), min_size=1, max_size=8), min_size=1, max_size=4),
    min_size=1,
    max_size=4,
)


def prepared(body: str) -> Prepared:
    return prepare(Article("Le titre", body))


def passages(body: str) -> tuple[Passage, ...]:
    return prepared(body).passages


def texts(body: str) -> list[str]:
    return [passage.text for passage in passages(body)]


def count(text: str) -> int:
    return len(text.split())


def sentence(length: int, name: str = "mot") -> str:
    """Return a sentence of *length* words that no other *name* gives."""
    return " ".join([name.capitalize(), *[name] * (length - 1)]) + "."


def article(shape: _Shape) -> tuple[str, list[list[str]]]:
    """Return a body of that shape, and the sentences of each of its sections."""
    number = 0
    body: list[str] = []
    sections: list[list[str]] = []
    for section, paragraphs in enumerate(shape):
        body.append(f"## Section {section}")
        sections.append([])
        for lengths in paragraphs:
            written = [sentence(n, f"mot{number + i}") for i, n in enumerate(lengths)]
            number += len(lengths)
            body.append(" ".join(written))
            sections[-1] += written
    return "\n\n".join(body), sections


def test_a_short_body_is_one_passage() -> None:
    assert passages("Un texte.\n\nEncore un.") == (Passage(0, (), "Un texte.\nEncore un."),)


@pytest.mark.parametrize("body", ["", " \n ", "<!-- note -->", "## Plan", "[a]: https://b.coop"])
def test_an_article_without_text_is_found_by_its_title(body: str) -> None:
    assert passages(body) == (Passage(0, (), "Le titre"),)


@PROPERTY
@given(_shapes)
def test_a_passage_lies_in_one_section_and_keeps_its_heading(shape: _Shape) -> None:
    body, sections = article(shape)
    for passage in passages(body):
        ((heading,), text) = passage.headings, passage.text
        section = sections[int(heading.removeprefix("Section "))]
        assert {text[a:b] for a, b in sentences(text)} <= set(section)


@PROPERTY
@given(_shapes)
def test_every_sentence_of_the_body_stands_whole_in_some_passage(shape: _Shape) -> None:
    body, sections = article(shape)
    found = {p.text[a:b] for p in passages(body) for a, b in sentences(p.text)}
    assert found == {sentence for section in sections for sentence in section}


@PROPERTY
@given(_shapes)
def test_passages_are_numbered_and_ordered_as_the_text_is(shape: _Shape) -> None:
    body, sections = article(shape)
    order = [sentence for section in sections for sentence in section]
    found = passages(body)
    assert [passage.number for passage in found] == list(range(len(found)))
    last = [order.index(p.text[slice(*sentences(p.text)[-1])]) for p in found]
    assert last == sorted(last)


@PROPERTY
@given(_shapes)
def test_a_passage_is_about_as_long_as_wanted(shape: _Shape) -> None:
    body, _ = article(shape)
    found = passages(body)
    for passage in found:
        assert count(passage.text) <= TARGET_WORDS + OVERLAP_WORDS
        if sum(other.headings == passage.headings for other in found) > 1:
            assert count(passage.text) > OVERLAP_WORDS


@PROPERTY
@given(_shapes)
def test_passages_of_one_section_share_no_more_than_the_overlap(shape: _Shape) -> None:
    found = passages(article(shape)[0])
    for one, two in pairwise(found):
        shared = {one.text[a:b] for a, b in sentences(one.text)}
        shared &= {two.text[a:b] for a, b in sentences(two.text)}
        assert sum(map(count, shared)) <= OVERLAP_WORDS


def test_a_passage_begins_with_the_end_of_the_one_before() -> None:
    written = [sentence(10, f"mot{n}") for n in range(18)]
    first, second = texts(" ".join(written))
    assert first == " ".join(written[:9])
    assert second.startswith(" ".join(written[7:10]))


def test_no_passage_only_repeats_the_end_of_the_one_before() -> None:
    first, *others = texts(
        " ".join([sentence(70, "un"), sentence(15, "deux"), sentence(100, "trois")])
    )
    assert first.endswith(sentence(15, "deux"))
    assert all(sentence(100, "trois") in other for other in others)


def test_a_last_short_sentence_stays_with_its_passage() -> None:
    body = " ".join([sentence(90, "un"), sentence(20, "deux")])
    assert texts(body) == [body]


def test_text_without_any_punctuation_is_cut_all_the_same() -> None:
    found = texts(" ".join(f"mot{n}" for n in range(1_000)))
    assert max(map(count, found)) <= LARGEST
    assert {word for text in found for word in text.split()} == {f"mot{n}" for n in range(1_000)}


@pytest.mark.parametrize("blank", ["", "\n", "\u00a0", "\t"])
def test_a_very_long_run_of_letters_is_no_trouble(blank: str) -> None:
    found = texts(("a" * 50 + blank) * 2_000)
    assert sum(text.count("a") for text in found) >= 100_000
    assert max(map(count, found)) <= LARGEST


def test_headings_above_a_passage_are_kept_outermost_first() -> None:
    body = "Avant.\n\n# A\n\nUn.\n\n### B\n\nDeux.\n\n## C\n\nTrois.\n\nD\n===\n\nQuatre."
    assert [(p.headings, p.text) for p in passages(body)] == [
        ((), "Avant."),
        (("A",), "Un."),
        (("A", "B"), "Deux."),
        (("A", "C"), "Trois."),
        (("D",), "Quatre."),
    ]
    assert prepared(body).headings == ("A", "B", "C", "D")
    assert prepared(body).text == "Avant.\nUn.\nDeux.\nTrois.\nQuatre."


def test_two_sections_of_one_name_are_two_passages() -> None:
    assert texts("## Réponse\n\nOui.\n\n## Réponse\n\nNon.") == ["Oui.", "Non."]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1. Un\n2. Deux\n\n   Suite", "1. Un\n2. Deux\nSuite"),
        ("3) Trois\n4) Quatre", "3. Trois\n4. Quatre"),
        ("1. Un\n   - dedans\n   - aussi\n2. Deux", "1. Un\ndedans\naussi\n2. Deux"),
        ("- Un\n- Deux", "Un\nDeux"),
        ("1901. L'année de la loi.", "1901. L'année de la loi."),
    ],
)
def test_items_of_a_numbered_list_keep_their_numbers(body: str, expected: str) -> None:
    assert texts(body) == [expected]


@pytest.mark.parametrize("item", ["1.", "1. ```\n   code\n   ```"])
def test_an_item_without_a_paragraph_gives_its_number_to_no_other(item: str) -> None:
    assert texts(f"{item}\n\nSuite.")[0].split("\n")[-1] == "Suite."


@pytest.mark.parametrize(
    "heading",
    ["Sources", "SOURCES :", "Source\u00a0:", "Références", "Notes", "Bibliographie", "Voir aussi"],
)
def test_a_section_of_references_is_left_out_with_what_is_below_it(heading: str) -> None:
    body = f"## A\n\nUn.\n\n## {heading}\n\n- Livre\n\n### Presse\n\nJournal.\n\n## B\n\nDeux."
    assert texts(body) == ["Un.", "Deux."]
    assert prepared(body).headings == ("A", "B")
    assert prepared(body).text == "Un.\nDeux."


@pytest.mark.parametrize("heading", ["Les sources de financement", "Notes de lecture"])
def test_a_section_that_only_speaks_of_sources_stays(heading: str) -> None:
    assert texts(f"## {heading}\n\nUn.") == ["Un."]


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**Un** *deux* `trois`", "Un deux trois"),
        ("[le site](https://a.coop 'titre') et <https://b.coop>", "le site et https://b.coop"),
        ("![une photo](a.jpg) légendée", "une photo légendée"),
        ("> Cité\n> ainsi", "Cité ainsi"),
        ("Un\ndeux\\\ntrois  \nquatre", "Un deux trois quatre"),
        ("&laquo;&nbsp;R&amp;D&nbsp;&raquo; \\*", "«\u00a0R&D\u00a0» *"),
        ("| a | b |\n|---|---|\n| c | d |", "a\nb\nc\nd"),
        ("```python\ncode = 1\n```", "code = 1"),
        ("***\n\nUn", "Un"),
        ("Un <em>deux</em> <!-- non -->trois", "Un deux trois"),
        ("<p>Un <b>deux</b></p>\n<script>non()</script>", "Un deux"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
    ],
)
def test_marks_of_markdown_and_html_are_taken_off(markdown: str, plain: str) -> None:
    assert texts(markdown) == [plain]


@pytest.mark.parametrize("mark", ["<br>", "<br/>", "<br />"])
def test_a_line_break_in_html_separates_words(mark: str) -> None:
    assert texts(f"avant{mark}après") == ["avant après"]


def test_html_that_the_parser_rejects_does_not_stop_the_index() -> None:
    assert "après" in texts("<div>\n<![foo[x]]>\n</div>\n\naprès")[0]


_MARKDOWN = st.text("ab1 .\n\n#-*_>`[]()!<&|\\~=:/\t«»’\u00a0é", max_size=200)


@PROPERTY
@given(st.text(st.characters(codec=None)) | _MARKDOWN)
@example("<?xml version='1.0'?>\n<a>http://b</a>")
@example("> " * 200 + "a")
@example("[" * 2_000)
@example("\ud800")
def test_any_body_gives_passages_of_some_text(body: str) -> None:
    found = prepare(Article("Le titre", body))
    assert found.passages
    assert all(passage.text.strip() for passage in found.passages)
