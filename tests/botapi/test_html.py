"""Telegram's HTML, as the clients show it."""

from __future__ import annotations

import pytest
from telegram import (
    Bot,
    Message,
)

from tests.botapi import BotApiServer
from tests.botapi.conftest import drive
from tests.botapi.entities import written
from tests.botapi.errors import ApiError


def test_reads_html_as_the_clients_show_it(server: BotApiServer) -> None:
    text = (
        "<b>gras <i>et italique</i></b> <u>u</u> <s>s</s> <tg-spoiler>z</tg-spoiler> "
        '<a href="https://example.org/a?b=1&amp;c=2">lien 🌾</a> <code>1 &lt; 2</code> '
        '<pre><code class="language-python">x</code></pre>'
        "<blockquote expandable>cité</blockquote>"
    )
    alice = server.user()

    async def script(bot: Bot) -> Message:
        return await bot.send_message(alice.id, text, parse_mode="HTML")

    message = drive(server, script)
    seen = {str(entity.type): part for entity, part in message.parse_entities().items()}
    assert seen == {
        "bold": "gras et italique",
        "italic": "et italique",
        "underline": "u",
        "strikethrough": "s",
        "spoiler": "z",
        "text_link": "lien 🌾",
        "code": "1 < 2",
        "pre": "x",
        "expandable_blockquote": "cité",
    }
    assert server.messages(alice)[0].links == [("lien 🌾", "https://example.org/a?b=1&c=2")]
    assert not server.violations


def test_notes_what_the_real_server_lets_pass(server: BotApiServer) -> None:
    alice = server.user()

    async def script(bot: Bot) -> None:
        await bot.send_message(alice.id, "Pain & vin", parse_mode="HTML")
        await bot.send_message(alice.id, '<a href="/relatif">x</a>', parse_mode="HTML")
        await bot.send_message(alice.id, "<b>x</b> " * 101, parse_mode="HTML")

    drive(server, script)
    assert [v.error for v in server.violations] == ['unescaped "&" at byte offset 5']
    assert [w.error for w in server.warnings] == [
        "link to '/relatif' dropped: URL host is empty",
        "1 entities over 100 ignored",
    ]
    assert len(server.messages(alice)[-1].entities) == 100


def parsed(text: str) -> list[tuple[str, str]]:
    """Return the entities that clients show in *text*."""
    content, _ = written(text, "HTML", None)
    return [(entity.type, content.part(entity)) for entity in content.entities]


SHOWN = {
    "nothing inside code": ("<code>a<b>b</b></code>", [("code", "ab")]),
    "bold around code": (
        "<b>a<code>b</code>c</b>",
        [("bold", "a"), ("code", "b"), ("bold", "c")],
    ),
    "bold in bold": ("<b>a<b>b</b></b>", [("bold", "ab")]),
    "no quote in a quote": (
        "<blockquote>a<blockquote>b</blockquote></blockquote>",
        [("blockquote", "ab")],
    ),
    "a language without code": ('<pre class="language-py">a</pre>', [("pre", "a")]),
    "an address in a link": ('<a href="https://a.fr">www.b.fr</a>', [("text_link", "www.b.fr")]),
    "an address in bold": ("<b>www.b.fr</b>", [("url", "www.b.fr"), ("bold", "www.b.fr")]),
    "the text as the link": ("<a>example.org</a>", [("text_link", "example.org")]),
    "a person": ('<a href="tg://user?id=42">x</a>', [("text_mention", "x")]),
    "an emoji": ('<tg-emoji emoji-id="5368">👍</tg-emoji>', [("custom_emoji", "👍")]),
    "a moment": ('<tg-time unix="1700000000">x</tg-time>', [("date_time", "x")]),
    "space around": (" <i> a </i> ", [("italic", " a")]),
    "an end tag without a name": ("<b>a</>", [("bold", "a")]),
    "capitals": ("<B>a</b>", [("bold", "a")]),
    "nothing": ("<b></b>a", []),
}


@pytest.mark.parametrize("case", SHOWN)
def test_shows_what_clients_show(case: str) -> None:
    text, entities = SHOWN[case]
    assert parsed(text) == entities


def test_moves_entities_over_what_it_removes() -> None:
    content, _ = written("a\r\u2028 <b>🌾b</b>\x01c", "HTML", None)
    assert content.text == "a 🌾b c"
    assert [content.part(entity) for entity in content.entities] == ["🌾b"]


def test_leaves_no_blank_behind() -> None:
    for text in ("<b>\u2800</b>", "&#x200B;", "\u202f\xa0"):
        with pytest.raises(ApiError, match="text must be non-empty"):
            written(text, "HTML", None)
