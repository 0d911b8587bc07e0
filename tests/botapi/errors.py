"""The errors the Bot API answers with, worded as the real server words them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
}
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


@dataclass(frozen=True, slots=True)
class Note:
    """Something the real server lets pass, changed or as it is, but a bot surely did not mean."""

    text: str
    is_violation: bool = False


def bad_payload(payload: str) -> Note:
    """Return the note about a deep link that clients will not open as meant."""
    return Note(f"deep link with the payload {payload!r}", is_violation=True)


class ApiError(Exception):
    """A refusal with its HTTP code; *expected* says that a correct bot may run into it."""

    def __init__(
        self, code: int, description: str, *, expected: bool = False, **parameters: Any
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.expected = expected
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """Return the JSON object the server answers with."""
        body: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def refusal(code: int, message: str, *, expected: bool = False, **parameters: Any) -> ApiError:
    """Return the error with the prefix of its *code*; a sentence's first letter gets small."""
    prefix = _PREFIXES[code]
    is_constant = len(message) > 1 and (message[1] == "_" or message[1].isupper())
    text = message if is_constant else message[:1].lower() + message[1:]
    return ApiError(code, f"{prefix}: {text}", expected=expected, **parameters)


def bad(message: str, *, expected: bool = False, **parameters: Any) -> ApiError:
    """Return a 400 Bad Request."""
    return refusal(400, message, expected=expected, **parameters)


def forbidden(message: str, *, expected: bool = True) -> ApiError:
    """Return a 403 Forbidden, which a correct bot may run into unless said otherwise."""
    return refusal(403, message, expected=expected)


def flood(seconds: int) -> ApiError:
    """Return the 429 that asks to wait *seconds*."""
    message = f"Too Many Requests: retry after {seconds}"
    return ApiError(429, message, expected=True, retry_after=seconds)
