"""What a request carries, read the way the real server reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from tests.botapi.errors import bad

Json = dict[str, Any]
_INTEGER = re.compile(r"[+-]?\d+")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    filename: str
    content_type: str
    data: bytes


class Parameters:
    """The arguments of one call; all values are text, nested ones JSON text."""

    def __init__(
        self, values: Mapping[str, str], files: Mapping[str, Upload] | None = None
    ) -> None:
        self._values = dict(values)
        self.files = dict(files or {})

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """Return the argument, or an empty text."""
        return self._values.get(name, "")

    def required(self, name: str) -> str:
        """Return the argument, refusing the call without it."""
        if not self.text(name):
            raise bad(f'Parameter "{name}" is required')
        return self.text(name)

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """Return the argument as an integer between *low* and *high*; nonsense is 0."""
        value = whole_number(self.text(name)) if self.text(name) else default
        return min(max(value, low), high)

    def message_id(self, name: str = "message_id") -> int:
        """Return the message or thread the argument names, 0 for none."""
        return max(whole_number(self.text(name)), 0)

    def flag(self, name: str) -> bool:
        """Say whether the argument is true."""
        return self.text(name).lower() in ("true", "yes", "1")

    def parsed(self, name: str, refused_as: str) -> Any:
        """Return the JSON value of the argument, None without it."""
        if not self.text(name):
            return None
        try:
            return json.loads(self.text(name))
        except ValueError:
            raise bad(refused_as) from None

    def readable(self) -> Json:
        """Return all arguments for the log, JSON decoded where it is."""
        values = {name: _readable(value) for name, value in self._values.items()}
        return values | {name: file.filename for name, file in self.files.items()}


def whole_number(text: str) -> int:
    """Return the number *text* begins with, or 0."""
    found = _INTEGER.match(text.strip())
    return int(found.group()) if found else 0


def _readable(value: str) -> Any:
    if value[:1] in ("{", "[") or value in ("true", "false") or _INTEGER.fullmatch(value):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


class Fields:
    """A JSON object's fields, with the real server's complaints about them."""

    def __init__(self, value: object, refused_as: str) -> None:
        if not isinstance(value, dict):
            raise bad(refused_as)
        self.raw = cast("Json", value)

    def __contains__(self, name: str) -> bool:
        return self.raw.get(name) is not None

    def text(self, name: str, default: object = _MISSING) -> str:
        """Return a field that is text or a number; refuse the call if it is not there."""
        value = self.raw.get(name)
        if value is None:
            if default is _MISSING:
                raise FieldError(f'Can\'t find field "{name}"')
            return str(default)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise FieldError(f'Field "{name}" must be of type String')
        return str(value)

    def flag(self, name: str) -> bool:
        """Return a field that is true, false or absent."""
        value = self.raw.get(name, False)
        if not isinstance(value, bool):
            raise FieldError(f'Field "{name}" must be of type Boolean')
        return value

    def integer(self, name: str, default: object = _MISSING) -> int:
        """Return a field that is a whole number."""
        value = self.raw.get(name)
        if value is None:
            if default is _MISSING:
                raise FieldError(f'Can\'t find field "{name}"')
            return int(cast("int", default))
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise FieldError(f'Field "{name}" must be a Number')
        if not _INTEGER.fullmatch(str(value)):
            raise FieldError(f'Field "{name}" must be a valid Number')
        return int(value)

    def child(self, name: str) -> Json | None:
        """Return a field that is an object, or None."""
        value = self.raw.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise FieldError(f'Field "{name}" must be of type Object')
        return cast("Json", value)


class FieldError(ValueError):
    """What is wrong with a field; the caller says of which object."""
