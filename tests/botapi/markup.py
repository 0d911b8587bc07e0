"""Reply markup: which keyboards Telegram takes, and the buttons a person sees."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.botapi import links
from tests.botapi.errors import Note, bad, bad_payload
from tests.botapi.parameters import FieldError, Fields, Json

MAX_CALLBACK_DATA = 64
_MAX_BUTTONS = 100
_MAX_ROW = 12
_STYLES = ("", "default", "primary", "danger", "success")


@dataclass(frozen=True, slots=True)
class Button:
    """A button of an inline keyboard."""

    text: str
    data: str | None = None
    url: str | None = None
    raw: str = "{}"

    @property
    def fields(self) -> Json:
        """All fields as the bot gave them."""
        fields: Json = json.loads(self.raw)
        return fields


def rows(markup: Json | None) -> list[list[Button]]:
    """Return the buttons of an inline keyboard, row by row; none for other markup."""
    return [
        [
            Button(b["text"], b.get("callback_data"), b.get("url"), json.dumps(b, sort_keys=True))
            for b in row
        ]
        for row in (markup or {}).get("inline_keyboard", [])
    ]


def parsed(
    value: object,
    report: Callable[[Note], None],
    *,
    inline_only: bool = False,
    private: bool = True,
) -> Json | None:
    """Return the keyboard as the server keeps it, None for an empty one.

    Raises ApiError for what the real server refuses.
    """
    if value is None:
        return None
    fields = Fields(value, "Object expected as reply markup")
    try:
        kept = _markup(fields, inline_only=inline_only, private=private)
    except FieldError as error:
        raise bad(str(error)) from None
    for button in [button for row in rows(kept) for button in row]:
        deep = links.deep(button.url or "")
        if deep is not None and not links.is_payload(deep[1]):
            report(bad_payload(deep[1]))
    return kept


def _markup(fields: Fields, *, inline_only: bool, private: bool) -> Json | None:
    keyboard = _grid(fields, "keyboard", 'Field "keyboard" must be an Array of Arrays')
    grid = _grid(
        fields,
        "inline_keyboard",
        'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    )
    if keyboard:
        reply = [[_reply_button(button, private=private) for button in row] for row in keyboard]
        kept: Json = {"keyboard": reply}
        kept |= {n: True for n in ("resize_keyboard", "one_time_keyboard") if fields.flag(n)}
    elif grid:
        read = [[_button(button) for button in row[:_MAX_ROW]] for row in grid]
        inline = [row for row in ([b for b in row if b["text"]] for row in read) if row]
        if sum(len(row) for row in inline) > _MAX_BUTTONS:
            raise bad("Reply markup is too long")
        return {"inline_keyboard": inline} if inline else None
    elif fields.flag("remove_keyboard"):
        kept = {"remove_keyboard": True}
    elif fields.flag("force_reply"):
        kept = {"force_reply": True}
    else:
        return None
    if inline_only:
        raise bad("Inline keyboard expected")
    return kept


def _grid(fields: Fields, name: str, complaint: str) -> list[list[Any]]:
    value = fields.raw.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad(f'Field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in value):
        raise bad(complaint)
    return value


def _reply_button(button: object, *, private: bool) -> Json:
    if isinstance(button, str):
        return {"text": button}
    fields = Fields(
        button, "Can't parse keyboard button: KeyboardButton must be a String or an Object"
    )
    for name in ("request_contact", "request_location"):
        if fields.flag(name) and not private:
            raise bad("Phone number can be requested in private chats only")
    return {"text": fields.text("text")}


def _button(button: object) -> Json:
    problem = "Can't parse inline keyboard button: "
    fields = Fields(button, f"{problem}InlineKeyboardButton must be an Object")
    try:
        kept: Json = {"text": fields.text("text")}
        kept |= _style(fields)
        kept |= _action(fields)
    except FieldError as error:
        raise bad(f"{problem}{error}") from None
    return kept


def _style(fields: Fields) -> Json:
    if fields.text("style", "").lower() not in _STYLES:
        raise FieldError("invalid button style specified")
    names = ("style", "icon_custom_emoji_id")
    return {name: fields.text(name) for name in names if fields.text(name, "")}


def _action(fields: Fields) -> Json:
    if fields.text("url", ""):
        return {"url": _url(fields.text("url"))}
    if fields.text("callback_data", ""):
        if len(fields.text("callback_data").encode()) > MAX_CALLBACK_DATA:
            raise bad("BUTTON_DATA_INVALID")
        return {"callback_data": fields.text("callback_data")}
    for name in ("switch_inline_query", "switch_inline_query_current_chat"):
        if name in fields:
            return {name: fields.text(name)}
    for name in ("callback_game", "pay", "switch_inline_query_chosen_chat"):
        if name in fields:
            return {name: fields.raw[name]}
    for name, label in (("login_url", "login"), ("web_app", "Web App")):
        child = fields.child(name)
        if child is not None:
            url = Fields(child, "").text("url")
            return {name: child | {"url": _url(url, label=f" {label}", https_only=True)}}
    copied = fields.child("copy_text")
    if copied is not None:
        if not 1 <= len(Fields(copied, "").text("text")) <= 256:
            raise bad("BUTTON_COPY_TEXT_INVALID")
        return {"copy_text": copied}
    raise FieldError("Text buttons are unallowed in the inline keyboard")


def _url(url: str, *, label: str = "", https_only: bool = False) -> str:
    if not https_only and links.user_id(url) is not None:
        return url
    try:
        return links.checked(url, https_only=https_only)
    except links.LinkError as error:
        raise bad(f"Inline keyboard button{label} URL '{url}' is invalid: {error}") from None
