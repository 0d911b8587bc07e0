"""Blocks become Markdown that reads back as the same text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fromstring

from coopbot.article import Article
from coopbot.ingest.markdown import Block, blocks, plain, render
from coopbot.passages import prepare

TABLE = [
    ("<p>Un</p><p>Deux</p>", "Un\n\nDeux"),
    ("<h1>Un</h1><h3>Deux</h3><p>Trois</p>", "# Un\n\n### Deux\n\nTrois"),
    ("<ul><li>un</li><li>deux</li></ul>", "- un\n- deux"),
    ("<ol><li>un</li><li>deux</li></ol>", "1. un\n2. deux"),
    ("<ul><li>un<ul><li>dedans</li></ul></li><li>deux</li></ul>", "- un\n    - dedans\n- deux"),
    ("<ul><li><p>un</p><p>suite</p></li></ul>", "- un\n\n    suite"),
    ("<blockquote><p>Un</p><p>Deux</p></blockquote><p>Trois</p>", "> Un\n\n> Deux\n\nTrois"),
    ("<p>Un <b>gras</b>, un <a href='/x'>lien</a>, <i>une</i> image<img src=x>.</p>",
     "Un gras, un lien, une image."),
    ("<p>Un<br>Deux<br><br>Trois</p>", "Un\nDeux\n\nTrois"),
    ("<p>Un\n   deux\tet trois</p>", "Un deux et trois"),
    ("<p>1\u202f700\u00a0€</p>", "1\u202f700\u00a0€"),
    ("<p>coopé\u00adrative</p>", "coopérative"),
    ("<div>Un<p>Deux</p>Trois</div>", "Un\n\nDeux\n\nTrois"),
    ("<table><tr><th>Forme</th><th>Associés</th></tr><tr><td>Scop</td><td>2</td></tr></table>",
     "| Forme | Associés |\n| --- | --- |\n| Scop | 2 |"),
    ("<table><tr><td><p>Une mise en page</p></td></tr></table>", "Une mise en page"),
    ("<p># pas un titre</p>", "\\# pas un titre"),
    ("<p>1. pas une liste</p>", "1\\. pas une liste"),
    ("<p>- pas une liste</p>", "\\- pas une liste"),
    ("<p>2 * 3 &lt;br&gt; salarié_e_s &amp;amp; [note](x)</p>",
     "2 \\* 3 \\<br> salarié_e_s \\&amp; \\[note](x)"),
    ("<p> </p><ul><li> </li></ul><h2></h2>", ""),
]  # fmt: skip


@pytest.mark.parametrize(("html", "markdown"), TABLE)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert render(blocks(fromstring(f"<div>{html}</div>"))) == markdown


WORDS = st.lists(
    st.text(st.sampled_from("abé€12 #*_-+>`~|\\[]()<>!&;:=.'\""), min_size=1, max_size=12),
    min_size=1,
    max_size=5,
)


@given(st.lists(WORDS, min_size=1, max_size=5), st.sampled_from(["paragraph", "item"]))
def test_any_text_reads_back_as_it_was(texts: list[list[str]], kind: str) -> None:
    lines = [" ".join(" ".join(words).split()) for words in texts]
    made = [
        Block("item", line, 1, "-") if kind == "item" else Block("paragraph", line)
        for line in lines
        if line
    ]
    text = prepare(Article(title="T", body=render(made))).text
    assert text == plain(made)


def test_a_list_deeper_than_all_reading_stays_a_list() -> None:
    html = "<div>" + "<ul><li>un" * 40 + "</li></ul>" * 40 + "</div>"
    found = blocks(fromstring(html))
    assert len(found) == 40
    assert {block.kind for block in found} == {"item"}
    assert prepare(Article(title="T", body=render(found))).text == "\n".join(["un"] * 40)
