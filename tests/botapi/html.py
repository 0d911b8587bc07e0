"""Telegram's HTML: which tags it takes, and what it says about the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.botapi import links
from tests.botapi.errors import Note, bad
from tests.botapi.text import Entity, FormattedText

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
_SPACE = b" \t\r\n\0\x0b"
_DECIMAL = b"0123456789"
_HEXADECIMAL = _DECIMAL + b"abcdefABCDEF"
_TOKEN = _DECIMAL + b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-"


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    characters: int


def parse(markup: str) -> tuple[FormattedText, list[Note]]:
    """Return the text of *markup* and notes on what was let pass but surely not meant.

    Raises ApiError where the real server refuses.
    """
    parser = _Parser(markup)
    try:
        parser.run()
    except _MarkupError as error:
        raise bad(f"Can't parse entities: {error}") from None
    return FormattedText("".join(parser.text), tuple(parser.entities)), parser.notes


class _MarkupError(ValueError):
    pass


class _Parser:
    """Reads the bytes, as the byte offsets in errors want it; a NUL marks the end."""

    def __init__(self, markup: str) -> None:
        self.data = markup.encode("utf-8", "surrogatepass")
        self.text: list[str] = []
        self.entities: list[Entity] = []
        self.notes: list[Note] = []
        self._at = 0
        self._offset = 0
        self._open: list[_Open] = []

    def run(self) -> None:
        while self._at < len(self.data):
            if self._peek() == b"<":
                self._tag()
            else:
                self._character()
        if self._open:
            raise _MarkupError(
                f'Can\'t find end tag corresponding to start tag "{self._open[-1].tag}"'
            )
        if any("\ud800" <= char <= "\udfff" for char in self.text):
            raise _MarkupError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        self.entities = [
            replace(e, language=None) if e.type == "code" else e for e in self.entities
        ]
        self.entities.sort(key=lambda e: (e.offset, -e.length))

    def _byte(self, place: int) -> bytes:
        return self.data[place : place + 1] or b"\0"

    def _peek(self) -> bytes:
        return self._byte(self._at)

    def _take_until(self, stops: bytes) -> bytes:
        start = self._at
        while self._at < len(self.data) and self._peek() not in stops:
            self._at += 1
        return self.data[start : self._at]

    def _skip_space(self) -> None:
        while self._at < len(self.data) and self._peek() in _SPACE:
            self._at += 1

    def _character(self) -> None:
        char = self._reference() if self._peek() == b"&" else None
        if char is None:
            start = self._at
            self._at += 1
            while self._at < len(self.data) and self.data[self._at] & 0xC0 == 0x80:
                self._at += 1
            char = self.data[start : self._at].decode("utf-8", "surrogatepass")
        self.text.append(char)
        self._offset += 2 if char > "\uffff" else 1

    def _reference(self) -> str | None:
        start = self._at
        end = start + 1
        if self._byte(end) == b"#":
            base = 16 if self._byte(end + 1) == b"x" else 10
            first = end = end + (2 if base == 16 else 1)
            while self._byte(end) in (_HEXADECIMAL if base == 16 else _DECIMAL):
                end += 1
            code = int(self.data[first:end] or b"0", base)
            char = chr(code) if 0 < code < 0x10FFFF and end - start < 10 else None
        else:
            while self._byte(end).isalpha():
                end += 1
            char = _NAMED.get(self.data[start + 1 : end])
        if char is None:
            self.notes.append(Note(f'unescaped "&" at byte offset {start}', is_violation=True))
            return None
        self._at = end + (self._byte(end) == b";")
        return char

    def _tag(self) -> None:
        begin = self._at
        self._at += 1
        if self._peek() == b"/":
            self._end_tag(begin)
            return
        name = self._take_until(_SPACE + b">")
        if self._at >= len(self.data):
            raise _MarkupError(f"Unclosed start tag at byte offset {begin}")
        tag = name.decode("utf-8", "replace").lower()
        if tag not in _TYPES:
            raise _MarkupError(f'Unsupported start tag "{tag}" at byte offset {begin}')
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self._open.append(_Open(tag, attributes, self._offset, len(self.text)))
        self._at += 1

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._skip_space()
            if self._peek() == b">":
                return attributes
            name = self._take_until(_SPACE + b"=>/\"'").decode("utf-8", "replace")
            if not name:
                raise _MarkupError(
                    f'Empty attribute name in the tag "{tag}" at byte offset {begin}'
                )
            self._skip_space()
            if self._peek() != b"=":
                self._not_at_end(f'Unclosed start tag "{tag}" at byte offset {begin}')
                attributes[name] = ""
                continue
            self._at += 1
            self._skip_space()
            self._not_at_end(f'Unclosed start tag "{tag}" at byte offset {begin}')
            attributes[name] = self._attribute_value()
            self._not_at_end(f"Unclosed start tag at byte offset {begin}")

    def _not_at_end(self, complaint: str) -> None:
        if self._at >= len(self.data):
            raise _MarkupError(complaint)

    def _attribute_value(self) -> str:
        start = self._at
        quote = self._peek()
        if quote not in (b'"', b"'"):
            while self._peek() in _TOKEN:
                self._at += 1
            if self._peek() not in _SPACE + b">":
                raise _MarkupError(f"Unexpected end of name token at byte offset {start}")
            return self.data[start : self._at].decode().lower()
        self._at += 1
        value = bytearray()
        while self._at < len(self.data) and self._peek() != quote:
            char = self._reference() if self._peek() == b"&" else None
            if char is not None:
                value += char.encode("utf-8", "surrogatepass")
            else:
                value += self._peek()
                self._at += 1
        self._at += 1 if self._at < len(self.data) else 0
        return value.decode("utf-8", "replace")

    def _end_tag(self, begin: int) -> None:
        if not self._open:
            raise _MarkupError(f"Unexpected end tag at byte offset {begin}")
        self._at += 1
        name = self._take_until(_SPACE + b">").decode("utf-8", "replace").lower()
        self._skip_space()
        if self._peek() != b">":
            raise _MarkupError(f"Unclosed end tag at byte offset {begin}")
        self._at += 1
        opened = self._open[-1]
        if name and name != opened.tag:
            raise _MarkupError(
                f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>", '
                f'found "</{name}>"'
            )
        if self._offset > opened.offset:
            self._close(opened)
        self._open.pop()

    def _close(self, opened: _Open) -> None:
        offset, length = opened.offset, self._offset - opened.offset
        kind = _TYPES[opened.tag]
        given = opened.attributes
        inner = self.entities[-1] if self.entities else None
        same = inner is not None and (inner.offset, inner.length) == (offset, length)
        if kind == "text_link":
            self._link(opened, offset, length)
        elif kind == "custom_emoji":
            emoji = given.get("emoji-id", "")
            if not emoji.isdecimal() or not int(emoji):
                raise _MarkupError("Invalid custom emoji identifier specified")
            self.entities.append(Entity(kind, offset, length, custom_emoji_id=emoji))
        elif kind == "date_time":
            moment = int(given["unix"]) if given.get("unix", "").isdecimal() else 0
            pattern = given.get("format") or None
            self.entities.append(
                Entity(kind, offset, length, unix_time=moment, date_time_format=pattern)
            )
        elif kind == "blockquote":
            kind = "expandable_blockquote" if "expandable" in given else kind
            self.entities.append(Entity(kind, offset, length))
        elif (
            inner
            and same
            and {kind, inner.type} == {"pre", "code"}
            and (language := _language(given) if kind == "code" else inner.language)
        ):
            self.entities[-1] = Entity("pre", offset, length, language=language)
        else:
            language = _language(given) if kind == "code" else None
            self.entities.append(Entity(kind, offset, length, language=language))

    def _link(self, opened: _Open, offset: int, length: int) -> None:
        target = opened.attributes.get("href") or "".join(self.text[opened.characters :])
        user = links.user_id(target)
        if user is not None:
            self.entities.append(Entity("text_mention", offset, length, user_id=user))
            return
        try:
            url = links.checked(target)
        except links.LinkError as error:
            self.notes.append(Note(f"link to {target!r} dropped: {error}"))
        else:
            self.entities.append(Entity("text_link", offset, length, url=url))


def _language(attributes: dict[str, str]) -> str | None:
    name = attributes.get("class", "")
    return name.removeprefix("language-") if name.startswith("language-") else None
