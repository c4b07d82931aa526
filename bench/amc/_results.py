"""Results of a million rows of 20 columns: exports as they are streamed, windows of 1,000 rows.

Of a workbook the sheet's text is counted, not what is left of it packed. Memory is the peak of the
process that makes the export; whoever passes it on holds one part at a time.
"""

import asyncio
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from bench._report import Result
from bench.amc._goals import at_least, at_most, slowest
from bench.amc._memory import peaks
from metatron.apps.amc.runs.results import engine, exporting, statements
from metatron.apps.amc.runs.results.statements import Columns

MB_PER_SECOND, MEGABYTES, WINDOW_MILLISECONDS = 40.0, 200.0, 1_000.0
GROWTH = 1.25
"""Four times the rows take at most that much more memory: what is left is the allocator's."""
WORKER = "results/worker.py"
LIMIT = 1_000
MAKING = """
copy (select i as id, 'campaign ' || (i % 977) as campaign,
    'B0' || lpad((i % 99991)::varchar, 8, '0') as asin,
    (i * 7919 % 1000003)::bigint as impressions, (i * 104729 % 100003) / 100.0 as cost,
    date '2026-01-01' + (i % 300)::int as day, timestamp '2026-01-01' + interval (i) second as at,
    case when i % 11 = 0 then null else 'text, with "quotes" and ' || i end as note,
    {more} from range({rows}) t(i)) to '{file}' ({form})
"""
PARQUET = "format parquet, compression zstd, row_group_size 100000"


def make(file: Path, rows: int, form: str = PARQUET) -> None:
    """Write a result of 20 columns, as the engine keeps one, or as Amazon sends it."""
    more = ", ".join(f"(i * {number + 3} % 100000)::bigint as n{number}" for number in range(12))
    with duckdb.connect() as connection:
        connection.execute(MAKING.format(more=more, rows=rows, file=file, form=form))


def columns_of(file: Path) -> list[dict[str, str]]:
    """Return the columns as they are stored with a run."""
    with duckdb.connect() as connection:
        found = connection.execute(f"describe from '{file}'").fetchall()
    return [{"name": name, "type": kind} for name, kind, *_ in found]


async def measure(rows: int, rounds: int) -> list[Result]:
    """Measure exports and windows over one result, and exports of one four times as long."""
    with tempfile.TemporaryDirectory(prefix="amc-results-") as place:
        file, longer = Path(place) / "result.parquet", Path(place) / "longer.parquet"
        make(file, rows)
        make(longer, 4 * rows)
        columns = Columns.of(columns_of(file))
        results = await windows(columns, file, rows, rounds=20)
        for form in ("csv", "json", "xlsx"):
            made = [await _export(form, columns, file) for _ in range(rounds)]
            whole = _sheet_bytes(columns, file) if form == "xlsx" else made[0][1]
            speeds = [whole / seconds / 1e6 for seconds, _, _ in made]
            used = max(peak for _, _, peak in made)
            results.append(at_least(f"export {form}", "MB/s", speeds, MB_PER_SECOND))
            results.append(at_most(f"memory of an export {form}", "MB", [used], MEGABYTES))
            if form != "xlsx":  # a sheet has no room for four million
                _, _, more = await _export(form, columns, longer)
                name = f"memory of an export {form} of four times the rows, against it"
                results.append(at_most(name, "times", [more / used], GROWTH))
        return results


async def _export(form: Any, columns: Columns, file: Path) -> tuple[float, int, float]:
    """Return seconds, bytes and the peak of memory."""
    begun, size = time.monotonic(), 0
    with peaks(os.getpid(), WORKER) as found:
        async for part in exporting.content(form, columns, file):
            size += len(part)
        seconds = time.monotonic() - begun
    return seconds, size, max(found.values(), default=0.0)


def _sheet_bytes(columns: Columns, file: Path) -> int:
    with duckdb.connect() as connection:
        statement = exporting.sheets.statement(columns)
        inner = f"select sum(strlen(c)) from ({statement}) s(c)"
        found = connection.execute(inner, {"file": str(file)}).fetchone()
    assert found is not None
    return int(found[0])


def asked_windows(rows: int) -> dict[str, dict[str, Any]]:
    """Return the windows a grid asks for, as `statements.window` takes them."""
    return {
        "first rows": {"offset": 0, "sort": None, "filters": []},
        "rows in the middle": {"offset": rows // 2, "sort": None, "filters": []},
        "rows sorted, far in": {"offset": max(rows - 2_000, 0), "sort": "-cost", "filters": []},
        "rows filtered and sorted": {
            "offset": 0, "sort": "cost", "filters": [["campaign", "contains", "97"]],
        },
    }  # fmt: skip


async def windows(columns: Columns, file: Path, rows: int, *, rounds: int) -> list[Result]:
    """Measure each kind of window."""
    results = []
    for name, how in asked_windows(rows).items():
        spent = []
        for _ in range(rounds):
            begun = time.monotonic()
            questions = statements.window(columns, limit=LIMIT, **how)
            told = {key: each.told(str(file)) for key, each in questions.items()}
            await engine.ask({"kind": "ask", "questions": told}, files=[file])
            spent.append(time.monotonic() - begun)
        results.append(slowest(f"{LIMIT:,} {name}", spent, WINDOW_MILLISECONDS))
    return results


async def measure_big(gigabytes: float) -> list[Result]:
    """Keep, read and export a result as long as Amazon's longest; memory must not follow it."""
    with tempfile.TemporaryDirectory(prefix="amc-big-") as place:
        source, file = Path(place) / "part.csv", Path(place) / "result.parquet"
        make(source, 10_000, "format csv, header")
        rows = int(gigabytes * 1e9 / source.stat().st_size * 10_000)
        make(source, rows, "format csv, header")
        size = source.stat().st_size
        job = {
            "kind": "keep", "files": [str(source)], "columns": [], "target": str(file),
            "longest_line": 20_000_000,
        }  # fmt: skip
        begun = time.monotonic()
        with peaks(os.getpid(), WORKER) as found:
            told = await engine.run(job, limits=engine.KEEPING, files=[source], target=file)
        kept, kept_in = time.monotonic() - begun, max(found.values(), default=0.0)
        source.unlink()
        columns = Columns.of(told["columns"])
        seconds, sent, peak = await _export("csv", columns, file)
        how = f"{size / 1e9:.1f} GB"
        most = engine.KEEPING.memory_bytes / 1e6 + MEGABYTES
        return [
            at_least(f"keeping {how}", "MB/s", [size / kept / 1e6], 10.0),
            at_most(f"memory of keeping {how}", "MB", [kept_in], most),
            at_least(f"export csv of {how}", "MB/s", [sent / seconds / 1e6], MB_PER_SECOND),
            at_most(f"memory of an export csv of {how}", "MB", [peak], MEGABYTES),
            *await windows(columns, file, told["rows"], rounds=3),
        ]


def run_big(gigabytes: float) -> list[Result]:
    """As `measure_big`, from outside an event loop."""
    return asyncio.run(measure_big(gigabytes))
