"""`metatron amc check` and `metatron amc run`: AMC SQL without Amazon."""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from metatron.apps.amc import conformance_commands
from metatron.apps.amc.saying import CommandFailed, said_in_one_line

app = typer.Typer(no_args_is_help=True, help="Amazon Marketing Cloud: check and run AMC SQL here.")
conformance_commands.add_to(app)

File = Annotated[Path, typer.Argument(help="A file of AMC SQL.", metavar="FILE.sql")]
Params = Annotated[
    list[str] | None,
    typer.Option(
        "--param", metavar="NAME[:TYPE]=VALUE", help="A parameter; STRING without a type."
    ),
]
WindowOption = Annotated[
    str, typer.Option("--window", metavar="START..END", help="Half-open, UTC.")
]


@app.command("check")
def check_command(
    file: File,
    param: Params = None,
    window: WindowOption = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say what AMC would refuse or do otherwise than meant, and which columns may vanish.

    Ends with 1 when AMC would refuse the query.
    """
    from metatron.apps.amc.check_lines import lines_of  # noqa: PLC0415
    from metatron.apps.amc.language.checking import Checking, check  # noqa: PLC0415

    with said_in_one_line():
        declared, values = _parameters(param or [], need_value=False)
        text = _text(file)
        when = _window(window) if window else None
        tables = _tables(text, declared, values)
        checked = check(text, Checking(declared, values, when, _now(), tables=tables))
    if as_json:
        typer.echo(orjson.dumps(checked.as_json()).decode())
    else:
        typer.echo("\n".join(lines_of(file, text, checked)))
    if checked.refused:
        raise typer.Exit(1)


@app.command("run")
def run_command(  # noqa: PLR0917 - each is an option of the command
    file: File,
    out: Annotated[Path, typer.Option(help="The result: .csv or .parquet.")],
    window: WindowOption,
    param: Params = None,
    preset: Annotated[str, typer.Option(help="100k, 1M, 10M or 100M events.")] = "100k",
    seed: Annotated[int, typer.Option(min=0, max=2**31)] = 1,
    data: Annotated[Path, typer.Option(help="Folder of everything that lasts.")] = Path(".data"),
    filtering: Annotated[str, typer.Option(help="REMOVE_ROWS or REMOVE_VALUES.")] = "REMOVE_ROWS",
    reason_column: Annotated[str, typer.Option(help="Name of a column of reasons.")] = "",
    users_column: Annotated[str, typer.Option(help="Name of a column of users.")] = "",
    memory_mb: Annotated[int, typer.Option(min=200, max=64_000)] = 2_000,
    seconds: Annotated[float, typer.Option(min=1, max=86_400)] = 900.0,
    threads: Annotated[int, typer.Option(min=1, max=64)] = 2,
) -> None:
    """Run AMC SQL over made-up data, which is made first if it is not there; write the result."""
    from metatron.apps.amc.language.checking import Checking  # noqa: PLC0415
    from metatron.apps.amc.sandbox.generation import ensure  # noqa: PLC0415
    from metatron.apps.amc.sandbox.planning import plan  # noqa: PLC0415
    from metatron.apps.amc.sandbox.presets import EVENTS, Preset  # noqa: PLC0415
    from metatron.apps.amc.sandbox.running import Limits, run  # noqa: PLC0415
    from metatron.apps.amc.sandbox.thresholds import Filtering, Privacy  # noqa: PLC0415

    with said_in_one_line():
        if preset not in EVENTS:
            raise CommandFailed(f"there is no preset {preset}", f"take one of {', '.join(EVENTS)}")
        if filtering not in set(Filtering):
            raise CommandFailed(f"{filtering} is no filtering", f"take {' or '.join(Filtering)}")
        if out.suffix not in {".csv", ".parquet"}:
            raise CommandFailed(
                f"{out} is neither .csv nor .parquet", "name the result accordingly"
            )
        if not out.resolve().parent.is_dir():
            raise CommandFailed(f"there is no folder {out.parent}", "make it, or write elsewhere")
        declared, values = _parameters(param or [], need_value=True)
        text = _text(file)
        tables = _tables(text, declared, values)
        against = Checking(declared, values, _window(window), _now(), tables=tables)
        privacy = Privacy(
            Filtering(filtering), users_column=users_column or None,
            reason_column=reason_column or None,
        )  # fmt: skip
        wanted = Preset(preset, seed)
        home = data.resolve() / "amc"
        planned = plan(text, against, privacy, home / wanted.folder)
        ensure(wanted, home, told=_progress)
        result = run(
            planned, home / wanted.folder, out.resolve(),
            limits=Limits(memory_mb * 1_000_000, threads=threads, seconds=seconds),
            form="csv" if out.suffix == ".csv" else "parquet",
        )  # fmt: skip
    typer.echo(f"{result.rows} rows of {result.rows_scanned} scanned in {result.seconds} s: {out}")


@app.command("guides")
def guides_command(
    data: Annotated[Path, typer.Option(help="Folder of everything that lasts.")] = Path(".data"),
) -> None:
    """Make the guides' sample rows anew from the local sandbox and write what changed."""
    from metatron.apps.amc.guides import reading, sampling  # noqa: PLC0415
    from metatron.apps.amc.sandbox.generation import ensure  # noqa: PLC0415
    from metatron.apps.amc.sandbox.presets import Preset  # noqa: PLC0415

    with said_in_one_line():
        folder = ensure(Preset("100k"), data.resolve() / "amc", told=_progress)
        found = sampling.samples(reading.guides().values(), folder)
        changed = sampling.write(found, Path(reading.__file__).with_name("texts"))
    typer.echo(f"{len(found)} guides, {changed} changed")


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\rmaking data: {done} of {of} parts", err=True, nl=done == of)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise CommandFailed(f"{file} is not UTF-8", "save it as UTF-8") from error


def _parameters(given: list[str], *, need_value: bool) -> tuple[dict[str, str], dict[str, Any]]:
    declared: dict[str, str] = {}
    values: dict[str, Any] = {}
    for each in given:
        named, equals, value = each.partition("=")
        name, colon, kind = named.partition(":")
        if not name or (need_value and not equals):
            raise CommandFailed(
                f"--param {each} has no value", "write NAME=VALUE or NAME:TYPE=VALUE"
            )
        declared[name] = kind if colon else "STRING"
        if equals:
            values[name] = value
    return declared, values


def _tables(text: str, declared: dict[str, str], values: dict[str, Any]) -> dict[str, str]:
    """Take what the query's {{tables}} stand for out of the values that were given."""
    from metatron.apps.amc.language.macros import macros  # noqa: PLC0415

    names = sorted(set(macros(text).values()) & values.keys())
    return {name: values.pop(name) for name in names if declared.pop(name)}


def _window(text: str) -> Any:
    from metatron.apps.amc.language.checking import Window  # noqa: PLC0415

    start, _, end = text.partition("..")
    try:
        first, last = (dt.datetime.fromisoformat(each) for each in (start, end))
    except ValueError as error:
        raise CommandFailed(f"{text} is no window", "write 2026-09-01..2026-10-01") from error
    if first.tzinfo or last.tzinfo or first >= last:
        raise CommandFailed(
            f"{text} is no window", "write start and a later end, in UTC, without zone"
        )
    return Window(first, last)


def _now() -> dt.datetime:
    from metatron.kernel.clock import utc_now  # noqa: PLC0415

    return utc_now()
