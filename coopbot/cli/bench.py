"""`coopbot bench`: how fast it is here, on the articles in place or beside other search engines."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coopbot.cli.output import echo, echo_json
from coopbot.errors import EvaluationError, SettingsError
from coopbot.messages import Texts, texts
from coopbot.settings import Settings

if TYPE_CHECKING:
    from coopbot.bench.measuring import Plan, Step, Tell
    from coopbot.bench.peers import Engine

_DEFAULT_RUNS = 20
_MOST_RUNS = 1_000
_DEFAULT_SIZES = "1000,10000,100000"
_MOST_PASSAGES = 10_000_000


def params(say: Texts) -> list[click.Parameter]:
    """Return the parameters of the command."""

    def default(value: object) -> str:
        return f" [{say('usage.default', value=value)}]"

    number, folder = say("metavar.number"), say("metavar.folder")
    return [
        click.Argument(
            ["folders"], nargs=-1, required=False, metavar=say("metavar.optional_folders")
        ),
        click.Option(
            ["--runs"], metavar=number, help=say("help.bench_runs") + default(_DEFAULT_RUNS)
        ),
        click.Option(
            ["--sizes"],
            metavar=say("metavar.numbers"),
            help=say("help.bench_sizes") + default(_DEFAULT_SIZES),
        ),
        click.Option(["--engines"], metavar=say("metavar.engines"), help=say("help.bench_engines")),
        click.Option(["--synthetic"], metavar=number, help=say("help.bench_synthetic")),
        click.Option(["--work"], metavar=folder, help=say("help.bench_work")),
        click.Option(["--write"], metavar=folder, help=say("help.bench_write")),
        click.Option(["--json", "as_json"], is_flag=True, help=say("help.json")),
    ]


def run(
    settings: Settings,
    say: Texts,
    folders: tuple[str, ...],
    *,
    runs: str | None,
    sizes: str | None,
    engines: str | None,
    synthetic: str | None,
    work: str | None,
    write: str | None,
    as_json: bool,
) -> int:
    """Print how fast it is: beside other engines on collections in *folders*, else in place."""
    if not folders:
        from coopbot.cli.bench_in_place import measure

        _refuse({"--sizes": sizes, "--engines": engines, "--synthetic": synthetic, "--work": work})
        _refuse({"--write": write, "--json": "yes" if as_json else None})
        return measure(settings, say, _number(runs or str(_DEFAULT_RUNS), _MOST_RUNS))
    chosen, left_out = _engines(engines, alone=synthetic is not None)
    wanted = (synthetic or sizes or _DEFAULT_SIZES).split(",")
    passages = {_number(size, _MOST_PASSAGES) for size in wanted}
    with _work(work) as place:
        from coopbot.bench.measuring import Plan

        plan = Plan(
            folders=tuple(map(Path, folders)),
            sizes=tuple(sorted(passages)),
            engines=chosen,
            work=place,
            synthetic=synthetic is not None,
        )
        _compare(plan, left_out, say, Path(write) if write else None, as_json=as_json)
    return 0


def _refuse(options: Mapping[str, str | None]) -> None:
    """Raise SettingsError for the first of *options* that has a value."""
    for option, value in options.items():
        if value is not None:
            raise SettingsError("bench_folder_needed", option=option)


def _compare(
    plan: Plan, left_out: tuple[Engine, ...], say: Texts, write: Path | None, *, as_json: bool
) -> None:
    from dataclasses import asdict

    from coopbot.bench.comparison import compare
    from coopbot.bench.document import write as write_document
    from coopbot.bench.table import markdown
    from coopbot.library import utc_now

    with _telling(say) as tell:
        found = compare(plan, left_out, utc_now(), tell)
    if as_json:
        echo_json(asdict(found))
    else:
        echo(markdown(found, say))
    if write is not None:
        try:
            write_document(found, write, texts("en"))
        except OSError as error:
            raise EvaluationError("bench_unwritable", path=write, reason=error.strerror) from error


@contextmanager
def _telling(say: Texts) -> Iterator[Tell]:
    from coopbot.cli.progress import progress

    with progress("") as advance:

        def tell(passages: int, step: Step, engine: Engine) -> None:
            name = say(f"bench.engine_{engine}")
            advance(say(f"bench.doing_{step}", passages=passages, engine=name), 0, None)

        yield tell


@contextmanager
def _work(folder: str | None) -> Iterator[Path]:
    """Yield the folder for passages and indexes: the one named, else one that goes at the end."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="coopbot-bench-") as temporary:
            yield Path(temporary)
        return
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EvaluationError("bench_unwritable", path=place, reason=error.strerror) from error
    yield place


def _engines(names: str | None, *, alone: bool) -> tuple[tuple[Engine, ...], tuple[Engine, ...]]:
    """Return the engines to measure, of those *names*, and those that are not installed."""
    from coopbot.bench.peers import ENGINES, installed

    wanted = names.split(",") if names else ["coopbot", "hybrid"] if alone else ENGINES
    for name in wanted:
        if name not in ENGINES:
            raise SettingsError("bench_engine", value=name, known=", ".join(ENGINES))
    chosen = tuple(e for e in ENGINES if e in wanted and installed(e))
    left_out = tuple(e for e in ENGINES if e in wanted and not installed(e))
    if not chosen:
        raise SettingsError("bench_not_installed", engines=", ".join(left_out))
    return chosen, left_out


def _number(value: str, most: int) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise SettingsError("limit_filter", value=value, most=most)
    return int(value)
