"""The file of sources: what ships, and what is said of a wrong line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from coopbot.errors import SourcesError
from coopbot.ingest.sources import FILE, Frequency, Kind, Source, read_sources
from tests.conftest import CORPUS

GOOD = """
[[source]]  # un flux
name = "Avise"
kind = "feed"
url = "HTTPS://Avise.org"
tags = ["ess"]
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / FILE
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_sources_that_ship_are_many_and_each_says_why_it_is_there() -> None:
    sources = read_sources(CORPUS / FILE)
    assert len(sources) >= 15
    assert {source.kind for source in sources} >= {Kind.FEED, Kind.LISTING, Kind.PAGE}
    assert len({source.url for source in sources}) == len(sources)
    blocks = (CORPUS / FILE).read_text(encoding="utf-8").split("\n\n")
    described = [block for block in blocks if block.startswith("#") and "[[source]]" in block]
    assert len(described) >= 15


def test_a_source_has_sensible_defaults(tmp_path: Path) -> None:
    (source,) = read_sources(written(tmp_path, GOOD))
    assert source == Source("Avise", Kind.FEED, "https://avise.org/", tags=("ess",))
    assert source.frequency is Frequency.WEEKLY
    assert dt.timedelta(days=6) < source.frequency.span <= dt.timedelta(days=7)


@pytest.mark.parametrize(
    ("include", "exclude", "address", "wanted"),
    [
        ((), (), "https://a.coop/x", True),
        (("*/actu/*",), (), "https://a.coop/actu/x", True),
        (("*/actu/*",), (), "https://a.coop/x", False),
        (("*scic*", "*scop*"), (), "https://a.coop/la-scop", True),
        ((), ("*/agenda/*",), "https://a.coop/agenda/x", False),
        (("*/actu/*",), ("*pdf",), "https://a.coop/actu/x.pdf", False),
    ],
)
def test_a_source_wants_addresses_of_some_forms(
    include: tuple[str, ...], exclude: tuple[str, ...], address: str, wanted: bool
) -> None:
    source = Source("A", Kind.SITEMAP, "https://a.coop/", include=include, exclude=exclude)
    assert source.wants(address) is wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("source = 3", "ce n'est pas une liste de sources"),
        ("", "ce n'est pas une liste de sources"),
        (GOOD + "[autre]\n", "ce n'est pas une liste de sources"),
        ("[[source]]\nname = \n", "line 2"),
        (b"name = '\xe9'", "n'est pas en UTF-8"),
        (GOOD + "couleur = 'bleu'", "ligne 7 : « couleur » n'est pas un champ connu"),
        (GOOD + '[[source]]\nname = "B"\nkind = "feed"', "ligne 7 : il manque « url »"),
        (GOOD + GOOD, "ligne 9 : deux sources s'appellent « Avise »"),
        (GOOD.replace('"feed"', '"flux"'), "ligne 4 : « flux » ne convient pas pour « kind »"),
        (GOOD.replace("HTTPS", "ftp"), "ligne 5 : « ftp://Avise.org » n'est pas une adresse"),
        (GOOD.replace('["ess"]', '"ess"'), "ligne 6 : « tags » doit être une liste"),
        (GOOD.replace('["ess"]', "[1]"), "ligne 6 : « tags » doit être une liste"),
        (GOOD + "frequency = 'parfois'", "Valeurs possibles : daily, weekly, monthly"),
        (GOOD + "most = 0", "ligne 7 : « 0 » ne convient pas"),
        (GOOD + "most = true", "ligne 7 : « True » ne convient pas"),
        (GOOD + "language = 'français'", "ligne 7 : « français » n'est pas un code"),
        (GOOD + "selector = 'h2 >> a'", "ligne 7 : « h2 >> a » n'est pas un sélecteur"),
        (GOOD + "selector = ' '", "ligne 7 : « selector » doit être un texte"),
        (GOOD.replace("feed", "listing"), "ligne 2 : il manque « selector »"),
    ],
)
def test_a_wrong_source_is_named_with_its_line(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    with pytest.raises(SourcesError) as error:
        read_sources(written(tmp_path, text))
    assert said in error.value.text("fr")
    assert FILE in error.value.text("fr")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourcesError) as error:
        read_sources(tmp_path / FILE)
    assert "n'existe pas" in error.value.text("fr")
