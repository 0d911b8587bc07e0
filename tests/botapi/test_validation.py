"""What the real server refuses, this one refuses in the same words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden

from tests.botapi import BotApiServer
from tests.botapi.conftest import drive

pytestmark = pytest.mark.filterwarnings("ignore:Please use 'Bot.")


LONG = "é" * 4_096


ARTICLE: dict[str, Any] = {"type": "article", "id": "1", "title": "T"}


CONTENT: dict[str, Any] = {"input_message_content": {"message_text": "x"}}


Params = Mapping[str, Any]


def refused(server: BotApiServer, method: str, parameters: Params) -> str:
    """Return how *server* refuses a call."""

    async def call(bot: Bot) -> None:
        with pytest.raises((BadRequest, Forbidden)):
            await bot.do_api_request(method, api_kwargs=dict(parameters))

    drive(server, call)
    return (server.calls[-1].error or "").removeprefix("Bad Request: ")


def send(text: str, **more: object) -> Params:
    return {"text": text, **more}


def keyboard(*buttons: Mapping[str, object]) -> Params:
    return send("x", reply_markup={"inline_keyboard": [list(buttons)]})


def html(text: str) -> Params:
    return send(text, parse_mode="HTML")


SENDING: dict[str, tuple[Params, str]] = {
    "empty": (send(""), "message text is empty"),
    "blank": (send(" \n\u200b"), "text must be non-empty"),
    "blank after parsing": (html("<b> </b>"), "text must be non-empty"),
    "too long": (send(LONG + "é"), "message is too long"),
    "too long in code units": (send("🌾" * 2_049), "message is too long"),
    "too many bytes": (send("é" * 16_385), "text is too long"),
    "unknown tag": (
        html("a <p>b</p>"),
        'can\'t parse entities: Unsupported start tag "p" at byte offset 2',
    ),
    "bare less-than": (
        html("é 1 < 2 "),
        'can\'t parse entities: Unsupported start tag "" at byte offset 5',
    ),
    "less-than at the end": (
        html("1 <"),
        "can't parse entities: Unclosed start tag at byte offset 2",
    ),
    "unclosed tag": (
        html("<b>x"),
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    "wrong nesting": (
        html("<b><i>x</b></i>"),
        'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    ),
    "end without start": (
        html("x</b>"),
        "can't parse entities: Unexpected end tag at byte offset 1",
    ),
    "span without class": (
        html("<span>x</span>"),
        'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset 0',
    ),
    "surrogate reference": (
        html("&#xD83C;"),
        "can't parse entities: Text contains invalid Unicode characters after decoding HTML "
        "entities, check for unmatched surrogate code units",
    ),
    "unknown parse mode": (send("x", parse_mode="BBCode"), "unsupported parse_mode"),
    "entity too far": (
        send("abc", entities=[{"type": "bold", "offset": 1, "length": 9}]),
        "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 10",
    ),
    "entity in half a symbol": (
        send("🌾abc", entities=[{"type": "bold", "offset": 1, "length": 2}]),
        "entity begins in a middle of a UTF-16 symbol at byte offset 4",
    ),
    "callback data too long": (
        keyboard({"text": "a", "callback_data": "é" * 33}),
        "BUTTON_DATA_INVALID",
    ),
    "button that does nothing": (
        keyboard({"text": "a"}),
        "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ),
    "button without text": (
        keyboard({"callback_data": "a"}),
        "can't parse inline keyboard button: Can't find field \"text\"",
    ),
    "button to this machine": (
        keyboard({"text": "a", "url": "http://localhost/x"}),
        "inline keyboard button URL 'http://localhost/x' is invalid: Wrong HTTP URL",
    ),
    "button to another protocol": (
        keyboard({"text": "a", "url": "ftp://example.org/x"}),
        "inline keyboard button URL 'ftp://example.org/x' is invalid: Unsupported URL protocol",
    ),
    "keyboard that is flat": (
        send("x", reply_markup={"inline_keyboard": [{"text": "a", "callback_data": "b"}]}),
        'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    ),
    "too many buttons": (
        send("x", reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "b"}]] * 101}),
        "reply markup is too long",
    ),
    "reply to nothing": (
        send("x", reply_parameters={"message_id": 99}),
        "message to be replied not found",
    ),
    "old reply to nothing": (send("x", reply_to_message_id=99), "message to be replied not found"),
    "thread in a private chat": (send("x", message_thread_id=7), "message thread not found"),
}


@pytest.mark.parametrize("case", SENDING)
def test_refuses_to_send(server: BotApiServer, case: str) -> None:
    parameters, words = SENDING[case]
    alice = server.user()
    message = refused(server, "sendMessage", {"chat_id": alice.id, **parameters})
    assert message == words
    assert [v.error for v in server.violations] == [f"Bad Request: {words}"]
    assert not server.messages(alice)
    assert not server.refusals


OTHER: dict[str, tuple[str, Params, str]] = {
    "nobody": ("sendMessage", {"chat_id": 42, "text": "x"}, "chat not found"),
    "no chat": ("sendMessage", {"text": "x"}, "chat_id is empty"),
    "unknown name": ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
    "strange action": ("sendChatAction", {"action": "dance"}, "wrong parameter action in request"),
    "edit of nothing": (
        "editMessageText",
        {"message_id": 9, "text": "x"},
        "message to edit not found",
    ),
    "edit of too much": (
        "editMessageText",
        {"message_id": 9, "text": LONG + "x"},
        "MESSAGE_TOO_LONG",
    ),
    "edit of an unknown inline message": (
        "editMessageText",
        {"chat_id": "", "inline_message_id": "A", "text": "x"},
        "MESSAGE_ID_INVALID",
    ),
    "deletion of nothing": ("deleteMessage", {"message_id": 9}, "message to delete not found"),
    "deletion of no message": ("deleteMessage", {}, "message identifier is not specified"),
    "reaction to nothing": ("setMessageReaction", {"message_id": 9}, "message to react not found"),
    "forward of nothing": (
        "forwardMessage",
        {"from_chat_id": 42, "message_id": 9},
        "chat not found",
    ),
    "no document": ("sendDocument", {}, "there is no document in the request"),
    "unknown document": (
        "sendDocument",
        {"document": "AAAA"},
        "wrong file identifier/HTTP URL specified",
    ),
    "unknown file": ("getFile", {"file_id": "A"}, "invalid file_id"),
    "unknown callback query": (
        "answerCallbackQuery",
        {"callback_query_id": "1"},
        "query is too old and response timeout expired or query ID is invalid",
    ),
    "unknown inline query": (
        "answerInlineQuery",
        {"inline_query_id": "1", "results": []},
        "query is too old and response timeout expired or query ID is invalid",
    ),
    "unknown guest query": (
        "answerGuestQuery",
        {"guest_query_id": "1", "result": ARTICLE | CONTENT},
        "query is too old and response timeout expired or query ID is invalid",
    ),
    "guest query without result": ("answerGuestQuery", {}, "result isn't specified"),
}


@pytest.mark.parametrize("case", OTHER)
def test_refuses_other_calls(server: BotApiServer, case: str) -> None:
    method, parameters, words = OTHER[case]
    alice = server.user()
    if case != "no chat":
        parameters = {"chat_id": alice.id, **parameters}
    assert refused(server, method, parameters) == words
    assert [v.method for v in server.violations] == [method]


COMMANDS: dict[str, tuple[list[list[str]], str]] = {
    "capital": ([["Help", "x"]], "BOT_COMMAND_INVALID"),
    "accent": ([["été", "x"]], "BOT_COMMAND_INVALID"),
    "hyphen": ([["a-b", "x"]], "BOT_COMMAND_INVALID"),
    "long name": ([["a" * 33, "x"]], "command length must not exceed 32"),
    "no name": ([["/", "x"]], "command must be non-empty"),
    "no description": ([["a", " "]], "command description must be non-empty"),
    "long description": ([["a", "x" * 257]], "command description length must not exceed 256"),
    "too many": ([[f"a{n}", "x"] for n in range(101)], "BOT_COMMANDS_TOO_MUCH"),
}


@pytest.mark.parametrize("case", COMMANDS)
def test_refuses_commands(server: BotApiServer, case: str) -> None:
    given, words = COMMANDS[case]
    commands = [{"command": name, "description": text} for name, text in given]
    assert refused(server, "setMyCommands", {"commands": commands}) == words


def test_keeps_commands_by_scope_and_language(server: BotApiServer) -> None:
    async def script(bot: Bot) -> None:
        scope = BotCommandScopeAllPrivateChats()
        await bot.set_my_commands([("/aide", "Aide"), ("aide", "De l'aide")], language_code="fr")
        await bot.set_my_commands([("help", "Help")], scope=scope)
        assert await bot.get_my_commands(language_code="fr") == (BotCommand("aide", "De l'aide"),)
        assert await bot.get_my_commands() == ()
        assert await bot.get_my_commands(scope=scope) == (BotCommand("help", "Help"),)
        await bot.delete_my_commands(scope=scope)
        assert await bot.get_my_commands(scope=scope) == ()
        with pytest.raises(BadRequest, match="Invalid language code specified"):
            await bot.set_my_commands([("a", "b")], language_code="fra")

    drive(server, script)
    assert server.commands(language="fr") == [{"command": "aide", "description": "De l'aide"}]


def test_keeps_names_and_descriptions(server: BotApiServer) -> None:
    async def script(bot: Bot) -> None:
        await bot.set_my_name("Coopbot", language_code="fr")
        await bot.set_my_description("Ce que je sais faire")
        await bot.set_my_short_description("Les coopératives")
        assert (await bot.get_my_name("fr")).name == "Coopbot"
        assert (await bot.get_my_description("fr")).description == "Ce que je sais faire"
        assert (await bot.get_my_short_description()).short_description == "Les coopératives"
        for action, most in (
            (bot.set_my_name, 64),
            (bot.set_my_description, 512),
            (bot.set_my_short_description, 120),
        ):
            await action("x" * most)
            with pytest.raises(BadRequest):
                await action("x" * (most + 1))

    drive(server, script)


INLINE: dict[str, tuple[list[dict[str, Any]], str]] = {
    "too many": (
        [ARTICLE | CONTENT | {"id": str(n)} for n in range(51)],
        "too many inline query results specified",
    ),
    "same id twice": ([ARTICLE | CONTENT] * 2, "RESULT_ID_DUPLICATE"),
    "id too long": ([ARTICLE | CONTENT | {"id": "é" * 33}], "RESULT_ID_INVALID"),
    "id empty": ([ARTICLE | CONTENT | {"id": ""}], "RESULT_ID_INVALID"),
    "no content": ([ARTICLE], "can't parse inline query result: Can't find field \"message_text\""),
    "strange content": (
        [ARTICLE | {"input_message_content": {"words": "x"}}],
        "can't parse inline query result: Input message content is not specified",
    ),
    "bad markup": (
        [ARTICLE | {"input_message_content": {"message_text": "<x>", "parse_mode": "HTML"}}],
        "can't parse inline query result: Can't parse entities: "
        'Unsupported start tag "x" at byte offset 0',
    ),
    "content too long": (
        [ARTICLE | {"input_message_content": {"message_text": LONG + "x"}}],
        "MESSAGE_TOO_LONG",
    ),
    "no title": (
        [CONTENT | {"type": "article", "id": "1"}],
        "can't parse inline query result: Can't find field \"title\"",
    ),
    "strange type": (
        [ARTICLE | {"type": "poem"}],
        'can\'t parse inline query result: type "poem" is unsupported for the inline query result',
    ),
    "long callback data": (
        [ARTICLE | CONTENT | dict(keyboard({"text": "a", "callback_data": "b" * 65}))],
        "BUTTON_DATA_INVALID",
    ),
}


@pytest.mark.parametrize("case", INLINE)
def test_refuses_inline_results(server: BotApiServer, case: str) -> None:
    results, words = INLINE[case]
    pending = server.user().asking_inline("scop")
    given = [{k: v for k, v in result.items() if k != "text"} for result in results]
    parameters = {"inline_query_id": pending.id, "results": given}
    message = refused(server, "answerInlineQuery", parameters)
    assert message == words
    assert not pending.is_answered


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        (
            {"button": {"text": "a", "start_parameter": "é"}},
            "unallowed characters in start_parameter are used",
        ),
        (
            {"button": {"text": "a", "start_parameter": "a" * 65}},
            "too long start_parameter specified",
        ),
        (
            {"button": {"text": "a"}},
            "can't parse inline query results button: InlineQueryResultsButton must have exactly "
            "one optional field",
        ),
    ],
)
def test_refuses_inline_answers(server: BotApiServer, more: Params, words: str) -> None:
    pending = server.user().asking_inline("scop")
    parameters = {"inline_query_id": pending.id, "results": [], **more}
    assert refused(server, "answerInlineQuery", parameters) == words


def test_takes_what_is_just_short_enough(server: BotApiServer) -> None:
    alice = server.user()

    async def script(bot: Bot) -> None:
        await bot.send_message(alice.id, f"<b>{LONG}</b>", parse_mode="HTML")
        button = InlineKeyboardButton("a", callback_data="é" * 32)
        await bot.send_message(alice.id, "x", reply_markup=InlineKeyboardMarkup([[button]]))
        missing = ReplyParameters(99, allow_sending_without_reply=True)
        await bot.send_message(alice.id, "x", reply_parameters=missing)

    drive(server, script)
    assert not server.violations


def test_takes_parameters_as_json_too(server: BotApiServer) -> None:
    import urllib.request

    alice = server.user()
    body = json.dumps({"chat_id": alice.id, "text": "x", "reply_parameters": {}}).encode()
    request = urllib.request.Request(  # noqa: S310
        f"{server.base_url}/bot{server.token}/SENDMESSAGE",
        body,
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:  # noqa: S310
        assert json.load(response)["result"]["text"] == "x"
