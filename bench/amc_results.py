"""Results of a million rows: exports as they are streamed, and windows of a thousand rows.

The peers are the goals themselves: 40 MB/s of what is sent, in 200 MB of memory. Of a workbook the
sheet's text is counted, not what is left of it packed.
"""

import argparse
import asyncio
import resource
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from bench._report import Result, result, show
from metatron.apps.amc.runs.results import engine, exporting, statements
from metatron.apps.amc.runs.results.statements import Columns

GOAL_MB_PER_SECOND, GOAL_MB, WINDOW_SECONDS = 40.0, 200.0, 1.0
MAKING = """
copy (select i as id, 'campaign ' || (i % 977) as campaign,
    'B0' || lpad((i % 99991)::varchar, 8, '0') as asin,
    (i * 7919 % 1000003)::bigint as impressions, (i * 104729 % 100003) / 100.0 as cost,
    date '2026-01-01' + (i % 300)::int as day, timestamp '2026-01-01' + interval (i) second as at,
    case when i % 11 = 0 then null else 'text, with "quotes" and ' || i end as note,
    {more} from range({rows}) t(i)) to '{file}' (format parquet, compression zstd)
"""


def make(file: Path, rows: int) -> Columns:
    """Write a result of 20 columns."""
    more = ", ".join(f"(i * {number + 3} % 100000)::bigint as n{number}" for number in range(12))
    with duckdb.connect() as connection:
        connection.execute(MAKING.format(more=more, rows=rows, file=file))
        found = connection.execute(f"describe from '{file}'").fetchall()
    return Columns.of([{"name": name, "type": kind} for name, kind, *_ in found])


async def _export(form: Any, columns: Columns, file: Path) -> tuple[float, int]:
    begun, size = time.monotonic(), 0
    async for part in exporting.content(form, columns, file):
        size += len(part)
    return time.monotonic() - begun, size


def _sheet_bytes(columns: Columns, file: Path) -> int:
    with duckdb.connect() as connection:
        statement = exporting.sheets.statement(columns)
        inner = f"select sum(strlen(c)) from ({statement}) s(c)"
        found = connection.execute(inner, {"file": str(file)}).fetchone()
    assert found is not None
    return int(found[0])


async def _windows(columns: Columns, file: Path, rows: int) -> list[Result]:
    asked: dict[str, dict[str, Any]] = {
        "first rows": {"offset": 0, "sort": None, "filters": []},
        "rows in the middle": {"offset": rows // 2, "sort": None, "filters": []},
        "sorted, far in": {"offset": rows - 2_000, "sort": "-cost", "filters": []},
        "filtered and sorted": {
            "offset": 0, "sort": "cost", "filters": [["campaign", "contains", "97"]],
        },
    }  # fmt: skip
    results = []
    for name, how in asked.items():
        spent = []
        for _ in range(5):
            begun = time.monotonic()
            questions = statements.window(columns, limit=1_000, **how)
            told = {key: each.told(str(file)) for key, each in questions.items()}
            await engine.ask({"kind": "ask", "questions": told}, files=[file])
            spent.append(time.monotonic() - begun)
        results.append(
            result(f"1,000 {name}", "s", spent, [WINDOW_SECONDS], 1.0, less_is_better=True)
        )
    return results


async def measure(rows: int, rounds: int) -> list[Result]:
    """Measure all of it over one result."""
    folder = Path(tempfile.mkdtemp(prefix="amc-results-"))
    try:
        file = folder / "result.parquet"
        columns = make(file, rows)
        results = await _windows(columns, file, rows)
        for form in ("csv", "json", "xlsx"):
            speeds = []
            for _ in range(rounds):
                seconds, size = await _export(form, columns, file)
                whole = _sheet_bytes(columns, file) if form == "xlsx" else size
                speeds.append(whole / seconds / 1e6)
            results.append(result(f"export {form}", "MB/s", speeds, [GOAL_MB_PER_SECOND], 1.0))
            used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1_000
            name = f"largest engine up to {form}"
            results.append(result(name, "MB", [used], [GOAL_MB], 1.0, less_is_better=True))
    finally:
        shutil.rmtree(folder)
    return results


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="bin/bench amc_results")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    show("amc_results", asyncio.run(measure(given.rows, given.rounds)))


if __name__ == "__main__":
    main()
