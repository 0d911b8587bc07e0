"""A comparison as tables, as a picture, as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from coopbot.bench.document import write
from coopbot.bench.home import About
from coopbot.bench.peers import ENGINES, Engine
from coopbot.bench.plot import picture
from coopbot.bench.records import Comparison, Encoding, Figures, Size, Updates, percentile
from coopbot.bench.table import markdown, ratio
from coopbot.messages import LANGUAGES, Language, texts


def figures(engine: Engine, times: float) -> Figures:
    overlap = None if engine == "hybrid" else 0.9
    milliseconds = {
        name: times * factor
        for name, factor in (("p50_ms", 1), ("p95_ms", 2), ("p99_ms", 3), ("cold_ms", 4))
    }
    return Figures(
        engine=engine,
        index_s=10 * times,
        index_peak_mb=100 * times,
        bytes=int(1e6 * times),
        open_ms=5 * times,
        clock_p50_ms=times,
        clock_p99_ms=3 * times,
        resident_mb=50 * times,
        peak_mb=50 * times,
        overlap=overlap,
        **milliseconds,
    )


def size(passages: int, *, made: int = 0) -> Size:
    return Size(
        about=About(passages, made, passages // 4, 1.0, 0.5, "own", ("small",)),
        engines=tuple(figures(e, passages / 1_000 * 3**n) for n, e in enumerate(ENGINES)),
        encoding=Encoding(seconds=20.0, texts=1_000, text_alone_s=0.016),
        updates=Updates(10, 1.0, 2.0, 1.0, 2.0, 1.5, 4.0, 8.0, 90),
        indexed_by=("abc1234",),
    )


FOUND = Comparison(
    date="2026-11-24",
    commit="abc1234",
    cores=2,
    python="3.11.7",
    versions={"numpy": "2.4"},
    questions=300,
    warm=50,
    starts=5,
    left_out=("tantivy",),
    sizes=(size(1_000), size(10_000, made=4_000)),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_give_ratios_to_the_first_line(language: Language) -> None:
    lines = markdown(FOUND, texts(language)).splitlines()
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in lines if line[:1] == "|"]
    assert len(rows) == 2 * (2 + len(ENGINES))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert set(rows[2][1:-1]) == {"1.00"}
    assert set(rows[3][1:-1]) == {"3.00"}
    assert (rows[2][-1], rows[3][-1]) == ("90%", "–")
    assert ("4,000" if language == "en" else "4\u202f000") in "".join(lines)
    assert "tantivy" in lines[-1]


def test_a_kept_index_is_told_with_the_commit_that_made_it() -> None:
    kept = replace(FOUND.sizes[0], indexed_by=("abc1234", "old4321"))
    assert "old4321" in markdown(replace(FOUND, sizes=(kept,)), texts("en"))
    assert "earlier run" not in markdown(FOUND, texts("en"))


@pytest.mark.parametrize(
    ("value", "base", "text"),
    [
        (1, 1, "1.00"),
        (1, 300, "0.0033"),
        (0.2, 1, "0.20"),
        (12.34, 1, "12.3"),
        (9_876, 1, "9876"),
        (1, 0, "–"),
    ],
)
def test_a_ratio_has_the_figures_that_count(value: float, base: float, text: str) -> None:
    assert ratio(value, base) == text


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.0, 0.5, 0.99, 1.0)] == [1, 51, 100, 100]


@pytest.mark.parametrize("sizes", [FOUND.sizes, FOUND.sizes[:1]])
def test_the_picture_has_a_line_for_each_engine_within_its_frame(sizes: tuple[Size, ...]) -> None:
    drawn = etree.fromstring(picture(replace(FOUND, sizes=sizes), texts("en")).encode())
    names = {"svg": "http://www.w3.org/2000/svg"}
    lines = drawn.xpath("//svg:polyline/@points", namespaces=names)
    assert len(lines) == len(ENGINES)
    points = [tuple(map(float, point.split(","))) for line in lines for point in line.split()]
    assert len(points) == len(ENGINES) * len(sizes)
    width, height = float(drawn.get("width")), float(drawn.get("height"))
    assert all(0 < x < width and 0 < y < height for x, y in points)
    shown = set(drawn.xpath("//svg:text/text()", namespaces=names))
    assert {"tantivy", "plain Whoosh", "1,000"} <= shown


def test_files_tell_date_and_commit_and_name_no_folder(tmp_path: Path) -> None:
    write(FOUND, tmp_path / "docs", texts("en"))
    page = (tmp_path / "docs" / "speed.md").read_text(encoding="utf-8")
    assert page.startswith("# Speed\n")
    assert "2026-11-24" in page
    assert "abc1234" in page
    assert 'make bench DIRS="small"' in page
    assert "(speed.svg)" in page
    assert (tmp_path / "docs" / "speed.svg").exists()
