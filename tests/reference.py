"""The reference of the commands, made from --help: `python -m tests.reference` writes it."""

from __future__ import annotations

from pathlib import Path

import click

from coopbot.cli.program import build
from coopbot.messages import LANGUAGES, Language, texts

DOCS = Path(__file__).parent.parent / "docs"
_WIDTH = 90
_TITLES = {"fr": "Les commandes", "en": "The commands"}


def path(language: Language) -> Path:
    """Return the file of the reference in *language*."""
    return DOCS / f"commands.{language}.md"


def reference(language: Language) -> str:
    """Return the reference in *language*, as Markdown."""
    program = build(texts(language), {})
    parts = [f"# {_TITLES[language]}", _page(program, "coopbot")]
    for name, command in program.commands.items():
        parts += [f"## coopbot {name}", _page(command, f"coopbot {name}")]
    return "\n\n".join(parts) + "\n"


def _page(command: click.Command, name: str) -> str:
    context = click.Context(
        command, info_name=name, terminal_width=_WIDTH, max_content_width=_WIDTH
    )
    return f"```text\n{command.get_help(context)}\n```"


if __name__ == "__main__":
    for known in LANGUAGES:
        path(known).write_text(reference(known), encoding="utf-8")
