"""The buttons under each kind of message."""

from __future__ import annotations

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from coopbot.corpus import slug
from coopbot.dialogue import PAGE, Move, Page
from coopbot.messages import Texts
from coopbot.state.people import Alert
from coopbot.state.questions import Gap
from coopbot.telegram.callbacks import pack

_MAX_LABEL = 60
_TOPICS_PER_ROW = 3
_MOST_TOPICS = 90  # Telegram takes 100 buttons
_KEY = 40


def for_page(page: Page, say: Texts) -> InlineKeyboardMarkup | None:
    """Return the buttons of an answer."""
    token, offset = page.token, page.offset
    rows: list[list[InlineKeyboardButton]] = []
    if Move.DID_YOU_MEAN in page.moves and page.answer.did_you_mean:
        label = say("bot.did_you_mean", question=page.answer.did_you_mean)
        rows.append([_button(label, pack("meant", token))])
    if Move.AS_TYPED in page.moves:
        label = say("bot.as_typed", question=page.answer.question)
        rows.append([_button(label, pack("typed", token))])
    if Move.PASSAGE in page.moves:
        rows.append(
            [
                _button(say("bot.read", rank=hit.rank), pack("read", token, hit.rank, offset))
                for hit in page.answer.hits
            ]
        )
    ways = []
    if Move.BACK in page.moves:
        ways.append(_button(say("bot.back"), pack("page", token, max(offset - PAGE, 0))))
    if Move.RELATED in page.moves:
        rank = offset + 1
        ways.append(_button(say("bot.related"), pack("related", token, rank, offset)))
    if Move.MORE in page.moves:
        ways.append(_button(say("bot.more"), pack("page", token, offset + PAGE)))
    rows.append(ways)
    if Move.LIKE in page.moves:
        votes = (("👍", "like"), ("👎", "dislike"))
        rows.append([_button(label, pack(verb, token)) for label, verb in votes])
    if Move.REPORT in page.moves:
        rows.append([_button(say("bot.report"), pack("report", token))])
    return _markup(rows)


def back_to(token: str, offset: int, say: Texts) -> InlineKeyboardMarkup:
    """Return the button from a passage or related articles back to the answer."""
    return InlineKeyboardMarkup([[_button(say("bot.back"), pack("page", token, offset))]])


def topics(tags: Sequence[str]) -> InlineKeyboardMarkup | None:
    """Return a button for each of the most used tags."""
    buttons = [_button(tag, pack("topic", topic_key(tag))) for tag in tags[:_MOST_TOPICS]]
    return _markup(
        [buttons[i : i + _TOPICS_PER_ROW] for i in range(0, len(buttons), _TOPICS_PER_ROW)]
    )


def topic_key(tag: str) -> str:
    """Return what the button of *tag* carries."""
    return slug(tag)[:_KEY]


def alerts(known: Sequence[Alert]) -> InlineKeyboardMarkup | None:
    """Return a button for each alert, which removes it."""
    return _markup([[_button(f"✕ {a.question}", pack("unalert", a.id))] for a in known])


def languages() -> InlineKeyboardMarkup:
    """Return a button for each language."""
    names = (("Français", "fr"), ("English", "en"))
    return InlineKeyboardMarkup([[_button(n, pack("language", code)) for n, code in names]])


def confirm(verb: str, key: str, yes: str, no: str) -> InlineKeyboardMarkup:
    """Return the buttons that confirm or cancel *verb* on what *key* names."""
    row = [_button(yes, pack(verb, key)), _button(no, pack("cancel", key))]
    return InlineKeyboardMarkup([row])


def gaps(known: Sequence[Gap], keys: Sequence[str], say: Texts) -> InlineKeyboardMarkup | None:
    """Return a button for each gap, which marks it as done; *keys* name them."""
    numbered = enumerate(zip(known, keys, strict=True), 1)
    buttons = [
        _button(say("admin.gap_done", number=n), pack("done", key)) for n, (_, key) in numbered
    ]
    return _markup([buttons[i : i + 5] for i in range(0, len(buttons), 5)])


def _button(label: str, data: str) -> InlineKeyboardButton:
    short = label if len(label) <= _MAX_LABEL else label[: _MAX_LABEL - 1] + "…"
    return InlineKeyboardButton(short, callback_data=data)


def _markup(rows: Sequence[Sequence[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    filled = [row for row in rows if row]
    return InlineKeyboardMarkup(filled) if filled else None
