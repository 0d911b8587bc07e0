"""What Coopbot says: the same in both languages, complete, and in decent French."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import coopbot
from coopbot.errors import CoopbotError
from coopbot.messages import LANGUAGES, Language, texts

CODE = Path(coopbot.__file__).parent
FRENCH, ENGLISH = texts("fr").sentences, texts("en").sentences
_GIVEN_BY_THE_CLASS = {"ArticleError": {"path", "line"}}


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def errors_below(kind: type[CoopbotError]) -> Iterator[str]:
    yield kind.__name__
    for below in kind.__subclasses__():
        yield from errors_below(below)


@cache
def trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(file.read_text(encoding="utf-8")) for file in CODE.rglob("*.py"))


def raised() -> Iterator[tuple[str, str, set[str]]]:
    """Yield class, key and names of the values of every error that the code makes."""
    kinds = set(errors_below(CoopbotError))
    for node in (node for tree in trees() for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            key = node.args[0]
            if node.func.id in kinds and isinstance(key, ast.Constant):
                given = {keyword.arg for keyword in node.keywords if keyword.arg}
                yield node.func.id, str(key.value), given


def constants() -> set[str]:
    nodes = (node for tree in trees() for node in ast.walk(tree))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


RAISED = sorted({(kind, key, frozenset(given)) for kind, key, given in raised()}, key=str)


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    assert list(FRENCH) == list(ENGLISH)


@pytest.mark.parametrize("key", FRENCH)
def test_a_sentence_has_the_same_placeholders_in_both_languages(key: str) -> None:
    assert placeholders(FRENCH[key]) == placeholders(ENGLISH[key])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_can_be_filled(language: Language) -> None:
    say = texts(language)
    for key, sentence in say.sentences.items():
        values = {name: f"[{name}]" for name in placeholders(sentence)}
        filled = say(key, **values)
        assert filled.strip()
        assert all(value in filled for value in values.values()), key


def test_the_code_makes_errors_of_many_kinds() -> None:
    assert len({key for _, key, _ in RAISED}) > 30
    assert {"ArticleError", "CorpusError", "IndexMissing"} < {kind for kind, _, _ in RAISED}


@pytest.mark.parametrize(("kind", "key", "given"), RAISED)
def test_every_error_of_the_code_has_a_sentence_and_fills_it(
    kind: str, key: str, given: frozenset[str]
) -> None:
    assert f"errors.{key}" in FRENCH
    assert placeholders(FRENCH[f"errors.{key}"]) <= given | _GIVEN_BY_THE_CLASS.get(kind, set())


@pytest.mark.parametrize("key", [key for key in FRENCH if key.startswith("errors.")])
def test_every_sentence_about_an_error_is_used(key: str) -> None:
    assert key.removeprefix("errors.") in {used for _, used, _ in RAISED} or key in constants()


def test_every_key_that_the_code_names_in_full_exists() -> None:
    sections = {key.partition(".")[0] for key in FRENCH}
    shape = re.compile(rf"({'|'.join(sections)})\.[a-z_]*[a-z]")
    named = {constant for constant in constants() if shape.fullmatch(constant)}
    assert len(named) > 50
    assert named <= FRENCH.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_scic_and_scop_are_written_as_words(language: Language) -> None:
    shouted = re.compile(r"\b(SCIC|SCOP|CUMA|S\.C\.I\.C|S\.C\.O\.P)S?\b")
    assert [key for key, text in texts(language).sentences.items() if shouted.search(text)] == []


def test_french_sentences_have_blanks_before_high_punctuation_and_within_quotes() -> None:
    code = re.compile(r"title: |x: \[|\w+:[\w/«]")
    slip = re.compile(r"\w[;!?:»]|«\w")
    filled = {
        key: texts("fr")(key, **dict.fromkeys(placeholders(sentence), "x"))
        for key, sentence in FRENCH.items()
    }
    assert [key for key, text in filled.items() if slip.search(code.sub("", text))] == []


def test_a_key_that_does_not_exist_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        texts("fr")("errors.inconnue")
    with pytest.raises(KeyError):
        texts("fr")("errors.index_missing")
