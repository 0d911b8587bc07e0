"""The documents say what is so."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from coopbot import __version__
from coopbot.messages import LANGUAGES, Language
from coopbot.settings import Settings
from tests.conftest import ROOT
from tests.reference import path, reference

DOCUMENTS = ("README.md", "ARCHITECTURE.md", "docs/security.md", "docs/scale-out.md")
LINKED = (*DOCUMENTS, "docs/operations.md")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_of_the_commands_is_that_of_help(language: Language) -> None:
    assert path(language).read_text(encoding="utf-8") == reference(language), "run: make docs"


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_a_document_names_exists(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"`((?:coopbot|corpus|docs|tests|index)/[\w./-]*)`", text)
    assert named
    for name in named:
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("document", LINKED)
def test_every_link_within_the_repository_leads_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)", text):
        assert (ROOT / document).parent.joinpath(target).exists(), target


def test_readme_shows_the_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = set(re.findall(r"\bmake ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert shown <= targets
    assert {"search", "test"} <= shown


def test_the_changelog_has_an_entry_for_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_exact_versions_are_locked_for_all_that_is_required() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = _locked(ROOT / "requirements.txt")
    for requirement in project["dependencies"]:
        name = re.match(r"[\w-]+", requirement)
        assert name
        assert name[0].lower() in locked
    development = _locked(ROOT / "requirements-dev.txt")
    assert locked.items() <= development.items()
    deployed = _locked(ROOT / "deploy/requirements.txt")
    assert locked.items() <= deployed.items() <= development.items()
    assert "qdrant-client" in deployed


def _locked(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    pinned = (re.match(r"([\w.-]+)==([\w.]+)", line) for line in lines)
    return {match[1].lower(): match[2] for match in pinned if match}


def test_the_example_of_many_machines_names_settings_that_there_are() -> None:
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text(encoding="utf-8"))[
        "services"
    ]
    workers = [s["environment"] for name, s in services.items() if name.startswith("worker-")]
    shares = []
    for environment in workers:
        given = {name: value for name, value in environment.items() if name.startswith("COOPBOT_")}
        assert given == environment
        known = {f"COOPBOT_{field.name.upper()}" for field in fields(Settings)}
        assert set(given) <= known
        placeholders = {name: value for name, value in given.items() if "${" not in value}
        read = Settings.load({}, placeholders, None)
        assert (read.engine, len(read.qdrant_url)) == ("qdrant", 3)
        shares.append(read.telegram_worker)
    assert shares == [(1, 3), (2, 3), (3, 3)]
