"""Copies a tenant's rows from one database to another, in one transaction, and compares them.

COPY does not write through row-level security, so rows travel through a temporary table. Both
ends are bound to the tenant: neither reads nor writes anybody else's rows.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import asyncpg

_TABLES = """
select n.nspname || '.' || c.relname as name, c.oid
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind in ('r', 'p') and not c.relispartition and c.relrowsecurity
  and n.nspname not in ('pg_catalog', 'information_schema')
  and n.nspname !~ '^pg_(toast|temp)'
order by 1
"""
_REFERENCES = """
select conrelid as child, confrelid as parent from pg_constraint
where contype = 'f' and conrelid <> confrelid
"""
_COLUMNS = """
select attname from pg_attribute
where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and attgenerated = ''
order by attname
"""
_COLUMNS_OF_ALL = """
select t.name, array_agg(a.attname::text order by a.attname) as columns
from unnest($1::text[]) t(name)
join pg_attribute a on a.attrelid = t.name::regclass and a.attnum > 0 and not a.attisdropped
  and a.attgenerated = ''
group by t.name
"""
_DEAF_TRIGGERS = """
select t.tgname from pg_trigger t join pg_proc p on p.oid = t.tgfoid
where t.tgrelid = $1::text::regclass and not t.tgisinternal and t.tgtype & 4 = 4
  and t.tgenabled <> 'D' and strpos(p.prosrc, 'kernel.is_copying(tg_relid)') = 0
"""
"""Insert triggers that would act on copied rows as if they were new."""
_IDENTITIES = """
select quote_ident(attname) as name, pg_get_serial_sequence($1::text, attname) as sequence
from pg_attribute where attrelid = $1::text::regclass and attidentity <> ''
"""


class CopyDiffers(RuntimeError):
    """Rows or content differ between the two databases after the copy."""


@dataclass(frozen=True, slots=True)
class Content:
    """A table's rows of one tenant: how many, and the sum of two halves of their SHA-256."""

    rows: int
    one: int
    two: int


async def bind(connection: "asyncpg.Connection[asyncpg.Record]", tenant_id: UUID) -> None:
    """Bind a direct connection's transaction to the tenant, with texts that do not vary."""
    await connection.execute(
        "select set_config('app.tenant_id', $1, true), set_config('timezone', 'UTC', true),"
        " set_config('datestyle', 'ISO', true), set_config('extra_float_digits', '1', true),"
        " set_config('intervalstyle', 'postgres', true), set_config('bytea_output', 'hex', true)",
        str(tenant_id),
    )


async def tenant_tables(
    connection: "asyncpg.Connection[asyncpg.Record]", staying: Iterable[str]
) -> list[str]:
    """Return the tables that move with a tenant, each after those it refers to.

    `staying` names tables of the home database that stay there.
    """
    stay = set(staying)
    rows = await connection.fetch(_TABLES)
    names = {row["oid"]: row["name"] for row in rows if row["name"] not in stay}
    parents: dict[str, set[str]] = {name: set() for name in names.values()}
    for row in await connection.fetch(_REFERENCES):
        if row["child"] in names and row["parent"] in names:
            parents[names[row["child"]]].add(names[row["parent"]])
    ordered: list[str] = []
    while parents:
        ready = sorted(name for name, above in parents.items() if not above)
        assert ready, f"the foreign keys of {sorted(parents)} form a ring"
        ordered += ready
        parents = {n: above - set(ready) for n, above in parents.items() if n not in ready}
    return ordered


async def content_of(
    connection: "asyncpg.Connection[asyncpg.Record]", table: str, columns: Iterable[str]
) -> Content:
    """Return the count and an order-independent hash of the bound tenant's rows."""
    listed = ", ".join(f'r."{column}"' for column in columns)
    row = await connection.fetchrow(f"""
select count(*), coalesce(sum(('x' || substr(h, 1, 16))::bit(64)::bigint::numeric), 0),
       coalesce(sum(('x' || substr(h, 17, 16))::bit(64)::bigint::numeric), 0)
from (select encode(sha256(convert_to(row({listed})::text, 'UTF8')), 'hex') h
      from {table} r where r.tenant_id = nullif(current_setting('app.tenant_id'), '')::uuid) t
""")
    assert row is not None
    return Content(row[0], int(row[1]), int(row[2]))


def rows_of(table: str) -> str:
    """Return the query for a tenant's rows of a table, with all its columns; $1 is the tenant."""
    return f"select * from {table} where tenant_id = $1"


async def filled(
    source: "asyncpg.Connection[asyncpg.Record]",
    target: "asyncpg.Connection[asyncpg.Record]",
    tables: list[str],
    tenant_id: UUID,
) -> list[str]:
    """Return those of the tables in which either end has rows of the bound tenant, in their order.

    The others need no copy: both ends have nothing.

    Raises:
        CopyDiffers: a table, with rows or without, has other columns in the other database.
    """
    ours = {row["name"]: row["columns"] for row in await source.fetch(_COLUMNS_OF_ALL, tables)}
    theirs = {row["name"]: row["columns"] for row in await target.fetch(_COLUMNS_OF_ALL, tables)}
    for table in tables:
        if ours[table] != theirs[table]:
            raise CopyDiffers(f"{table} has other columns in the other database")
    found: set[str] = set()
    look = " union all ".join(
        f"(select '{table}' from {table} where tenant_id = $1 limit 1)" for table in tables
    )
    for end in (source, target):
        found.update(row[0] for row in await end.fetch(look, tenant_id))
    return [table for table in tables if table in found]


async def copy_table(
    source: "asyncpg.Connection[asyncpg.Record]",
    target: "asyncpg.Connection[asyncpg.Record]",
    table: str,
    tenant_id: UUID,
) -> int:
    """Copy one table's rows of the bound tenant and compare; returns how many there are.

    Raises:
        CopyDiffers: what arrived is not what left.
    """
    columns = [row[0] for row in await source.fetch(_COLUMNS, table)]
    there = [row[0] for row in await target.fetch(_COLUMNS, table)]
    if columns != there:
        raise CopyDiffers(f"{table} has other columns in the other database")
    expected = await content_of(source, table, columns)
    if expected.rows:
        await _carry(source, target, table, columns, tenant_id)
    arrived = await content_of(target, table, columns)
    if arrived != expected:
        raise CopyDiffers(f"{table}: {expected} left, {arrived} arrived")
    return expected.rows


async def _carry(
    source: "asyncpg.Connection[asyncpg.Record]",
    target: "asyncpg.Connection[asyncpg.Record]",
    table: str,
    columns: list[str],
    tenant_id: UUID,
) -> None:
    listed = ", ".join(f'"{column}"' for column in columns)
    await target.execute(
        f"create temp table carried on commit drop as select {listed} from {table} limit 0"
    )
    with tempfile.TemporaryFile() as file:
        await source.copy_from_query(
            f"select {listed} from {table} where tenant_id = $1",
            tenant_id,
            output=file,
            format="binary",
        )
        file.seek(0)
        await target.copy_to_table(
            "carried", schema_name="pg_temp", source=file, columns=columns, format="binary"
        )
    deaf = [row[0] for row in await target.fetch(_DEAF_TRIGGERS, table)]
    if deaf:
        raise CopyDiffers(f"{table}: {', '.join(deaf)} must ask kernel.is_copying first")
    # What an insert triggers has happened already, and its traces are copied too. Switching the
    # triggers off would lock the table for everybody else's writers.
    await target.execute("select set_config('app.copying', 'on', true)")
    await target.execute(
        f"insert into {table} ({listed}) overriding system value select {listed} from carried"
    )
    # Deferred triggers fire here or they would fire when the setting is gone.
    await target.execute("set constraints all immediate")
    await target.execute("select set_config('app.copying', '', true)")
    await target.execute("drop table carried")
    for row in await target.fetch(_IDENTITIES, table):
        # Whatever is appended next comes after what was copied.
        await target.execute(
            f"select setval($1::text::regclass, greatest((select max({row['name']}) from {table}),"
            f" (select last_value from {row['sequence']})))",
            row["sequence"],
        )


async def purge(
    connection: "asyncpg.Connection[asyncpg.Record]", tables: list[str], tenant_id: UUID
) -> int:
    """Delete the bound tenant's rows, children first; returns how many.

    Append-only tables let them go only under a hold whose time of grace has passed.
    """
    deleted = 0
    for table in reversed(tables):
        done = await connection.execute(f"delete from {table} where tenant_id = $1", tenant_id)
        deleted += int(done.rpartition(" ")[2])
    return deleted
