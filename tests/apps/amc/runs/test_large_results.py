"""Results larger than the memory that may be taken for them: kept, and exported again."""

import tracemalloc
from pathlib import Path

import duckdb
import pytest

from metatron.apps.amc.runs.results import engine, exporting
from metatron.apps.amc.runs.results.statements import Columns

ROWS = 700_000
MOST = max(engine.KEEPING.memory_bytes, engine.EXPORT.memory_bytes)
COLUMNS = [
    {"name": "campaign", "type": "STRING"}, {"name": "path", "type": "STRING"},
    {"name": "users", "type": "LONG"}, {"name": "cost", "type": "DOUBLE"},
]  # fmt: skip


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file as AMC leaves it; every path of it is another."""
    file = tmp_path / "part-00000.csv"
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(
            "copy (select 'Campaign ' || (range % 977) as campaign,"
            " repeat(md5(range::text) || ' > ', 16) as path, range as users, range / 7 as cost"
            f" from range({ROWS})) to '{file}' (format csv, header)"
        )
    assert file.stat().st_size > MOST
    return file


async def test_it_is_kept_and_exported_in_less_memory_than_it_has(
    large: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "result.parquet"
    job = {
        "kind": "keep", "files": [str(large)], "columns": COLUMNS, "target": str(kept),
        "longest_line": 20_000_000,
    }  # fmt: skip
    outcome = await engine.run(job, limits=engine.KEEPING, files=[large], target=kept)
    assert outcome["rows"] == ROWS
    size = 0
    tracemalloc.start()
    try:
        async for part in exporting.content("csv", Columns.of(outcome["columns"]), kept):
            size += len(part)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > MOST
    assert most < 20_000_000, "of what is exported a few parts are held"


async def test_a_hundred_columns_are_kept(tmp_path: Path) -> None:
    """As many as AMC lets a query have: what is measured of them grows with them, not faster."""
    file, kept = tmp_path / "part-00000.csv", tmp_path / "result.parquet"
    with duckdb.connect() as connection:
        columns = ", ".join(
            [f"range * {n} as n{n}" for n in range(50)]
            + [f"'t' || range as t{n}" for n in range(50)]
        )
        connection.execute(f"copy (select {columns} from range(5000)) to '{file}' (header)")
    job = {
        "kind": "keep", "files": [str(file)], "columns": [], "target": str(kept),
        "longest_line": 20_000_000,
    }  # fmt: skip
    outcome = await engine.run(job, limits=engine.KEEPING, files=[file], target=kept)
    assert outcome["rows"] == 5_000
    assert [each["type"] for each in outcome["columns"]] == ["BIGINT"] * 50 + ["VARCHAR"] * 50
