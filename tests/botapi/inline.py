"""Inline results: what a bot may offer, and the message each would send."""

from __future__ import annotations

from collections.abc import Callable

from tests.botapi import entities, links, markup
from tests.botapi.errors import ApiError, Note, bad
from tests.botapi.parameters import FieldError, Fields, Json
from tests.botapi.pending import InlineResult
from tests.botapi.text import FormattedText, units

MAX_RESULTS = 50
MAX_ID = 64
# what each type cannot do without, beside id and type
_REQUIRED = {
    "article": ("title",),
    "photo": ("photo_url|photo_file_id",),
    "gif": ("gif_url|gif_file_id",),
    "mpeg4_gif": ("mpeg4_url|mpeg4_file_id",),
    "video": ("title", "video_url|video_file_id"),
    "audio": ("audio_url|audio_file_id",),
    "voice": ("title", "voice_url|voice_file_id"),
    "document": ("title", "document_url|document_file_id"),
    "location": ("latitude", "longitude", "title"),
    "venue": ("latitude", "longitude", "title", "address"),
    "contact": ("phone_number", "first_name"),
    "game": ("game_short_name",),
    "sticker": ("sticker_file_id",),
}
Report = Callable[[Note], None]


def results(value: object, note: Report) -> tuple[InlineResult, ...]:
    """Return the results an answer offers. Raises ApiError for what the real server refuses."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise bad("Expected an Array of inline query results")
    if len(value) > MAX_RESULTS:
        raise bad("Too many inline query results specified")
    read = []
    for item in value:
        try:
            read.append(result(item, note))
        except FieldError as error:
            raise bad(f"Can't parse inline query result: {error}") from None
        except ApiError as error:
            raise _inside(error, "can't parse inline query result: ") from None
    identifiers = [offered.id for offered in read]
    if len(set(identifiers)) < len(identifiers):
        raise bad("RESULT_ID_DUPLICATE")
    return tuple(read)


def _inside(error: ApiError, where: str) -> ApiError:
    message = error.description.removeprefix("Bad Request: ")
    is_constant = message.replace("_", "").isupper()
    if is_constant or message.startswith(("text must be", "inline keyboard button")):
        return error
    return bad(where + message[:1].upper() + message[1:])


def result(value: object, note: Report) -> InlineResult:
    """Return one result."""
    fields = Fields(value, "Inline query result must be an object")
    kind, identifier = fields.text("type").lower(), fields.text("id")
    if kind not in _REQUIRED:
        raise FieldError(f'type "{kind}" is unsupported for the inline query result')
    content, preview = _content(fields, note, required=kind == "article")
    for names in _REQUIRED[kind]:
        alternatives = names.split("|")
        if not any(fields.text(name, "") for name in alternatives):
            raise FieldError(f'Can\'t find field "{alternatives[-1]}"')
    _check(fields, kind, identifier)
    return InlineResult(
        id=identifier,
        type=kind,
        title=fields.text("title", ""),
        description=fields.text("description", ""),
        content=content,
        markup=markup.parsed(fields.child("reply_markup"), note, inline_only=True),
        raw=fields.raw,
        link_preview=preview,
    )


def _check(fields: Fields, kind: str, identifier: str) -> None:
    if not 1 <= len(identifier.encode()) <= MAX_ID:
        raise bad("RESULT_ID_INVALID")
    if kind == "article" and not fields.text("title").strip():
        raise bad("ARTICLE_TITLE_EMPTY")
    for name in ("url", "thumbnail_url"):
        address = fields.text(name, "")
        try:
            links.checked(address or "https://example.org")
        except links.LinkError:
            constant = "WEBDOCUMENT_URL_INVALID" if name == "thumbnail_url" else "URL_INVALID"
            raise bad(constant) from None


def _content(
    fields: Fields, note: Report, *, required: bool
) -> tuple[FormattedText | None, Json | None]:
    given = fields.child("input_message_content")
    if given is None:
        # the form of 2015, which the server still reads
        if not required and not fields.text("message_text", ""):
            return _caption(fields, note), None
        return _text(fields, fields.text("message_text"), note), None
    inner = Fields(given, "")
    if inner.text("message_text", ""):
        preview = inner.child("link_preview_options")
        return _text(inner, inner.text("message_text"), note), preview
    others = ({"latitude", "longitude"}, {"phone_number", "first_name"}, {"title", "payload"})
    if required and not any(names <= inner.raw.keys() for names in others):
        raise FieldError("Input message content is not specified")
    return None, None


def _text(fields: Fields, text: str, note: Report) -> FormattedText:
    if not text:
        raise bad("Message text is empty")
    content, notes = entities.written(
        text, fields.text("parse_mode", ""), fields.raw.get("entities")
    )
    for problem in notes:
        note(problem)
    if units(content.text) > entities.MAX_TEXT:
        raise bad("MESSAGE_TOO_LONG")
    return content


def _caption(fields: Fields, note: Report) -> FormattedText | None:
    if not fields.text("caption", ""):
        return None
    content, notes = entities.written(
        fields.text("caption"),
        fields.text("parse_mode", ""),
        fields.raw.get("caption_entities"),
        may_be_empty=True,
    )
    for problem in notes:
        note(problem)
    if units(content.text) > entities.MAX_CAPTION:
        raise bad("MEDIA_CAPTION_TOO_LONG")
    return content


def button(value: object) -> Json | None:
    """Return the button above the results."""
    if value is None:
        return None
    problem = "Can't parse inline query results button: "
    fields = Fields(value, f"{problem}InlineQueryResultsButton must be an Object")
    try:
        kept: Json = {"text": fields.text("text")}
        if "start_parameter" in fields:
            return kept | {"start_parameter": _start_parameter(fields.text("start_parameter"))}
        if "web_app" in fields:
            return kept | {"web_app": fields.child("web_app")}
    except FieldError as error:
        raise bad(f"{problem}{error}") from None
    raise bad(f"{problem}InlineQueryResultsButton must have exactly one optional field")


def _start_parameter(parameter: str) -> str:
    if not parameter:
        raise bad("Can't use empty start_parameter")
    if len(parameter.encode()) > 64:
        raise bad("Too long start_parameter specified")
    if not all(char.isascii() and (char.isalnum() or char in "-_") for char in parameter):
        raise bad("Unallowed characters in start_parameter are used")
    return parameter
