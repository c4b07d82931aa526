"""The same rows in PostgreSQL, and the same paths asked of it.

It gets the columns the query reads and no others, in the types AMC gives them, vacuumed and
analysed, with memory enough to sort and hash without files, and two workers beside the leader.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import duckdb

from bench.amc._queries import PATHS_OF_POSTGRES, WINDOW
from metatron.apps.amc.sandbox.views import definitions
from metatron.apps.amc.schema.loading import facts
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres

LONGEST_SECONDS = 240
TABLES = {
    "dsp_impressions": (
        "impression_dt_utc",
        {"user_id": "text", "campaign": "text", "impression_dt_utc": "timestamp",
         "impressions": "bigint"},
    ),
    "sponsored_ads_traffic": (
        "event_dt_utc",
        {"user_id": "text", "campaign": "text", "event_dt_utc": "timestamp",
         "impressions": "bigint"},
    ),
    "conversions": (
        "event_dt_utc",
        {"user_id": "text", "event_subtype": "text", "event_dt_utc": "timestamp",
         "conversions": "bigint", "total_product_sales": "numeric"},
    ),
}  # fmt: skip
SETTINGS = (
    "work_mem = '512MB'", "hash_mem_multiplier = 2", "max_parallel_workers_per_gather = 2",
    f"statement_timeout = '{LONGEST_SECONDS}s'",
)  # fmt: skip


def seconds(folder: Path) -> list[float]:
    """Return the time PostgreSQL takes, the better of with and without JIT compilation.

    What is ended for its length counts as that long.
    """
    with tempfile.TemporaryDirectory(prefix="amc-bench-postgres-") as place:
        server = EmbeddedPostgres(Path(place) / "data", durable=False)
        server.start()
        try:
            return asyncio.run(_measure(server, folder, Path(place)))
        finally:
            server.stop()


async def _measure(server: EmbeddedPostgres, folder: Path, scratch: Path) -> list[float]:
    await server.ensure_roles()
    connection = await asyncpg.connect(server.dsn("metatron_owner"))
    try:
        loaded = await _load(connection, folder, scratch)
        for setting in SETTINGS:
            await connection.execute(f"set {setting}")
        spent = []
        for jit in ("on", "off"):
            await connection.execute(f"set jit = {jit}")
            begun = time.monotonic()
            try:
                await connection.execute(f"create temp table found as {PATHS_OF_POSTGRES}")
                count = await connection.fetchval("select count(*) from found")
                await connection.execute("drop table found")
            except asyncpg.QueryCanceledError:
                count = -1
            spent.append(time.monotonic() - begun)
            told = f"PostgreSQL, jit {jit}: {spent[-1]:.1f} s for {count} paths of {loaded:,} rows"
            print(told, file=sys.stderr)
        return [min(spent)]
    finally:
        await connection.close()


async def _load(
    connection: "asyncpg.Connection[asyncpg.Record]", folder: Path, scratch: Path
) -> int:
    rows = 0
    await connection.execute("create schema paths; set search_path = paths")
    for table, (instant, columns) in TABLES.items():
        file = scratch / f"{table}.csv"
        await asyncio.to_thread(_write, table, instant, list(columns), folder, file)
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        await connection.execute(f"create unlogged table {table} ({typed})")
        copied = await connection.copy_to_table(
            table, source=file, columns=list(columns), format="csv", schema_name="paths"
        )
        rows += int(copied.split()[1])
        file.unlink()
        await connection.execute(f"vacuum analyze {table}")
    return rows


def _write(table: str, instant: str, columns: list[str], folder: Path, file: Path) -> None:
    shown, start, end = ", ".join(columns), WINDOW.start, WINDOW.end
    with duckdb.connect() as connection:
        for view in definitions(facts(), folder, [table]):
            connection.execute(view)
        connection.execute(
            f"copy (select {shown} from {table} where {instant} >= timestamp '{start}'"
            f" and {instant} < timestamp '{end}') to '{file}' (format csv, header false)"
        )
