"""Every sentence a person reads, in French and in English, from the two TOML files beside this one.

A curator who knows French, not Python, corrects a sentence in `fr.toml`; a test checks that both
files hold the same keys with the same placeholders.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, TypeGuard

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")
DEFAULT_LANGUAGE: Language = "fr"


def is_language(value: str) -> TypeGuard[Language]:
    """Tell whether *value* names a language Coopbot speaks."""
    return value in LANGUAGES


@dataclass(frozen=True, slots=True)
class Texts:
    """The sentences of one language: `texts("errors.question_empty")`."""

    language: Language
    sentences: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence named *key*, its `{placeholders}` filled.

        Raises KeyError for a key or a placeholder that does not exist: a programming error, which
        the tests look for in both languages.
        """
        return self.sentences[key].strip().format(**values)


@cache
def texts(language: Language) -> Texts:
    """Return the sentences of *language*, read from its file once per process."""
    source = files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return Texts(language, dict(_flatten(tomllib.loads(source))))


def _flatten(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            flat.extend(_flatten(value, f"{prefix}{key}."))
        else:
            flat.append((prefix + key, str(value)))
    return flat
