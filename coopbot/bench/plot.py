"""A comparison as an SVG picture: the median question of each engine, as the passages grow.

Both axes are logarithmic: equal steps are equal factors.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from coopbot.bench.peers import ENGINES, Engine
from coopbot.bench.records import Comparison
from coopbot.bench.table import grouped, reference
from coopbot.messages import Texts

_WIDTH, _HEIGHT = 760, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 590, 50, 380  # of the field that the lines are in
_LABEL = 15  # between the names of two lines
# Told apart by people who see fewer colours (Okabe and Ito, https://jfly.uni-koeln.de/color/).
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#555555")
_FONT = 'font-family="sans-serif" font-size="12"'

Point = tuple[float, float]


def picture(found: Comparison, say: Texts) -> str:
    """Return the picture; 1 is the median of the first engine on the fewest passages."""
    one = reference(found.sizes[0]).p50_ms
    lines: dict[Engine, list[Point]] = {
        engine: [
            (size.about.passages, figures.p50_ms / one)
            for size in found.sizes
            if (figures := size.of(engine)) is not None
        ]
        for engine in ENGINES
    }
    lines = {engine: points for engine, points in lines.items() if points}
    field = _Field([point for points in lines.values() for point in points], say)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
            f' viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
            f"<title>{escape(title(found, say))}</title>",
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
            _text(_LEFT, 24, title(found, say), "start", 'font-weight="bold"'),
            _text((_LEFT + _RIGHT) / 2, _HEIGHT - 14, say("bench.plot_passages"), "middle"),
            *field.grid(sorted({x for points in lines.values() for x, _ in points})),
            *_drawn(lines, field, say),
            "</svg>\n",
        ]
    )


def title(found: Comparison, say: Texts) -> str:
    """Return what the picture shows."""
    engine = reference(found.sizes[0]).engine
    return say("bench.plot_title", engine=say(f"bench.engine_{engine}"))


class _Field:
    """Where values are in the picture; *points* are all that must fit in."""

    def __init__(self, points: Sequence[Point], say: Texts) -> None:
        self._say = say
        xs, ys = zip(*points, strict=True)
        self._x = math.log10(min(xs)), math.log10(max(xs))
        self._y = math.floor(math.log10(min(ys))), math.ceil(math.log10(max(ys)))

    def place(self, x: float, y: float) -> Point:
        """Return where the value *y* at *x* passages is."""
        return (
            _LEFT + _share(math.log10(x), *self._x) * (_RIGHT - _LEFT),
            _BOTTOM - _share(math.log10(y), *self._y) * (_BOTTOM - _TOP),
        )

    def grid(self, sizes: Sequence[float]) -> Iterator[str]:
        """Yield a line for each power of ten, and one for each of *sizes*."""
        for power in range(self._y[0], self._y[1] + 1):
            _, y = self.place(sizes[0], 10.0**power)
            yield _line((_LEFT, y), (_RIGHT, y))
            yield _text(_LEFT - 8, y + 4, grouped(10.0**power, self._say), "end")
        for size in sizes:
            x, _ = self.place(size, 1)
            yield _line((x, _TOP), (x, _BOTTOM))
            yield _text(x, _BOTTOM + 18, grouped(size, self._say), "middle")


def _share(value: float, least: float, most: float) -> float:
    return 0.5 if least == most else (value - least) / (most - least)


def _drawn(lines: dict[Engine, list[Point]], field: _Field, say: Texts) -> Iterator[str]:
    """Yield each line with its points and, at its right end, its name."""
    ends: list[tuple[float, float, str, str]] = []
    for engine, points in lines.items():
        colour = _COLOURS[ENGINES.index(engine)]
        places = [field.place(*point) for point in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for x, y in places:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
        ends.append((places[-1][1], places[-1][0], say(f"bench.engine_{engine}"), colour))
    lowest = -math.inf
    for y, x, name, colour in sorted(ends):
        lowest = max(y, lowest + _LABEL)
        yield _text(x + 10, lowest + 4, name, "start", f'fill="{colour}"')


def _line(start: Point, end: Point) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#dddddd"/>'


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    start = f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {_FONT}'
    return f"{start} {more}>{escape(text)}</text>" if more else f"{start}>{escape(text)}</text>"
