"""The table of a destination: made when it is not there, widened when a result brings more."""

from dataclasses import dataclass
from typing import Any

from metatron.apps.amc.destinations.targets.outcome import Refused
from metatron.apps.amc.destinations.targets.pg_types import rewritten, wider
from metatron.apps.amc.runs.results.statements import quoted

MARK_KINDS = {
    "_client": "uuid", "_workflow": "text", "_window_start": "timestamp without time zone",
    "_window_end": "timestamp without time zone", "_run_id": "uuid",
    "_delivered_at": "timestamp with time zone",
}  # fmt: skip
_KNOWN = """
select c.oid, c.relkind::text from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2
"""
_COLUMNS = """
select a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod) kind
from pg_catalog.pg_attribute a where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped
"""
_SCHEMA = "select 1 from pg_catalog.pg_namespace where nspname = $1"
_ALONE = "select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))"


@dataclass(frozen=True, slots=True)
class Table:
    """A table by its names, which are only ever used quoted."""

    schema: str
    name: str

    @property
    def quoted(self) -> str:
        """Return it as SQL writes it."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    async def known(self, connection: Any) -> int | None:
        """Return its number in the server's books, None when there is none; raises `Refused`."""
        found = await connection.fetchrow(_KNOWN, self.schema, self.name)
        if found is None:
            return None
        if found["relkind"] not in {"r", "p"}:
            raise Refused("Something that is no table has this name.")
        number: int = found["oid"]
        return number

    async def owned(self, connection: Any) -> dict[str, str]:
        """Return its columns: name -> type; raises `Refused` unless it was made for results."""
        number = await self.known(connection)
        rows = await connection.fetch(_COLUMNS, number)
        columns = {row["attname"]: row["kind"] for row in rows}
        if any(columns.get(name) != kind for name, kind in MARK_KINDS.items()):
            raise Refused("A table of this name is there, and was not made for results.")
        return columns


async def hold(connection: Any, table: Table, wanted: dict[str, str]) -> None:
    """Have the table hold `wanted` columns (name -> type), one delivery at a time.

    Raises:
        Refused: the table of this name is somebody else's.
    """
    await connection.execute(_ALONE, f"metatron {table.quoted}")
    if await table.known(connection) is None:
        await _make(connection, table, wanted)
        return
    there = await table.owned(connection)
    for name, kind in wanted.items():
        column = quoted(name)
        if name not in there:
            await connection.execute(f"alter table {table.quoted} add column {column} {kind}")
            continue
        wide = wider(there[name], kind)
        if wide != there[name]:
            await connection.execute(
                f"alter table {table.quoted} alter column {column} type {wide}"
                f" using {rewritten(column, there[name], wide)}"
            )


async def _make(connection: Any, table: Table, wanted: dict[str, str]) -> None:
    if await connection.fetchval(_SCHEMA, table.schema) is None:
        await connection.execute(f"create schema {quoted(table.schema)}")
    columns = [
        *(f"{quoted(name)} {kind}" for name, kind in wanted.items()),
        *(f"{name} {kind} not null" for name, kind in MARK_KINDS.items()),
    ]
    await connection.execute(f"create table {table.quoted} ({', '.join(columns)})")
    await connection.execute(
        f"create index on {table.quoted} (_client, _workflow, _window_start, _window_end)"
    )
