"""Which links Telegram takes, and the form it gives them."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import parse_qs

_SCHEME = re.compile(r"([^:/?#@\[\]]*)://")
_AUTHORITY = re.compile(r"[^/?#]*")
_PART = re.compile(r"(?:[A-Za-z0-9.\-_!$,~*'();&+=\x80-\U0010ffff]|%[0-9A-Fa-f]{2})*")
_USER = re.compile(r"tg:(?://)?user/?\?([^#]*)", re.IGNORECASE)
_NATIVE = re.compile(r"(tg|ton|tonsite):(?://)?", re.IGNORECASE)
_SPACE = re.compile(r"[\x00-\x20]")


_DEEP = re.compile(
    r"(?:https?://)?(?:t|telegram)\.me/(\w+)/?\?(?:[^#]*&)?start(?:group)?=([^&#]*)", re.IGNORECASE
)
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


class LinkError(ValueError):
    """Why a link is not taken."""


def user_id(link: str) -> int | None:
    """Return whom a tg://user?id=… link mentions."""
    found = _USER.match(link)
    given = parse_qs(found.group(1)).get("id", [""])[0] if found else ""
    return int(given) if given.isdecimal() and int(given) > 0 else None


def deep(link: str) -> tuple[str, str] | None:
    """Return the bot and the payload of a t.me/bot?start=payload link."""
    found = _DEEP.match(link)
    return (found.group(1), found.group(2)) if found else None


def is_payload(payload: str) -> bool:
    """Say whether a deep link can carry *payload*."""
    return _PAYLOAD.fullmatch(payload) is not None


def checked(link: str, *, https_only: bool = False) -> str:
    """Return *link* as Telegram will show it. Raises LinkError for one it does not take."""
    native = _NATIVE.match(link)
    protocol, host, rest = _split(link[native.end() :] if native else link)
    if native:
        if https_only:
            raise LinkError("Only HTTPS links are allowed")
        if not re.fullmatch(r"[A-Za-z0-9_.\-]+", host):
            raise LinkError("Unallowed characters in URL host")
        query = rest.removeprefix("/") if rest.startswith("/?") else rest
        return f"{native.group(1).lower()}://{host}{query}"
    if https_only and protocol != "https":
        raise LinkError("Only HTTPS links are allowed")
    if "." not in host and not host.startswith("["):
        raise LinkError("Wrong HTTP URL")
    return f"{protocol}://{host}{rest}"


def _split(link: str) -> tuple[str, str, str]:
    scheme = _SCHEME.match(link)
    protocol = scheme.group(1).lower() if scheme else "http"
    if protocol not in ("http", "https"):
        raise LinkError("Unsupported URL protocol")
    start = scheme.end() if scheme else 0
    authority = _AUTHORITY.match(link, start)
    name = authority.group() if authority else ""
    rest = _SPACE.sub(lambda c: f"%{ord(c.group()):02X}", link[start + len(name) :].rstrip()) or "/"
    userinfo, _, place = name.rpartition("@")
    host, _, port = place.rpartition(":") if re.search(r":[^\]]*$", place) else (place, "", None)
    if port is not None and not (port.isdecimal() and 0 < int(port) <= 65_535):
        raise LinkError("Wrong port number specified in the URL")
    _check_host(host, userinfo)
    shown = f"{userinfo}@" if userinfo else ""
    shown += host.lower() + (f":{int(port)}" if port else "")
    return protocol, shown, rest if rest.startswith("/") else f"/{rest}"


def _check_host(host: str, userinfo: str) -> None:
    if not host:
        raise LinkError("URL host is empty")
    if host == ".":
        raise LinkError("Host is invalid")
    if host.startswith("[") and host.endswith("]"):
        try:
            ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            raise LinkError("Wrong IPv6 address specified in the URL") from None
        return
    for part, label in ((host, "host"), (userinfo.replace(":", ""), "userinfo")):
        if not _PART.fullmatch(part):
            raise LinkError(f"Disallowed character in URL {label}")
