"""A table of a PostgreSQL server: rows of a window replaced in one transaction."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

from metatron.apps.amc.destinations.kinds import LONGEST_IDENTIFIER_BYTES, PostgresqlSettings
from metatron.apps.amc.destinations.targets.load import MARKS, Load
from metatron.apps.amc.destinations.targets.outcome import Refused
from metatron.apps.amc.destinations.targets.pg_connection import connected
from metatron.apps.amc.destinations.targets.pg_table import Table, hold
from metatron.apps.amc.destinations.targets.pg_types import kind_of
from metatron.apps.amc.runs.results import engine

_SETTINGS = (
    "set local search_path = ''",
    "set local datestyle = 'ISO, YMD'",
    "set local timezone = 'UTC'",
    "set local lock_timeout = '60s'",
    "set local idle_in_transaction_session_timeout = '300s'",
)
_MAY = """
select coalesce(
  (select pg_catalog.has_schema_privilege(n.oid, 'create') from pg_catalog.pg_namespace n
   where n.nspname = $1),
  pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create'))
"""


async def deliver(settings: PostgresqlSettings, secret: str, load: Load) -> int:
    """Replace the rows of the load's client, workflow and window; returns how many are there now.

    Raises:
        Refused, Away: nothing changed there.
        engine.Failed, Busy: the result could not be read; nothing changed there.
    """
    names = load.names(LONGEST_IDENTIFIER_BYTES)
    kinds = load.result.columns.types
    columns = {names[name]: kind_of(kind) for name, kind in kinds.items()}
    table = Table(settings.schema_name, settings.table_name)
    async with connected(settings, secret) as connection, connection.transaction():
        await _prepare(connection)
        await hold(connection, table, columns)
        await connection.execute(
            f"delete from {table.quoted} where _client = $1 and _workflow = $2"
            " and _window_start = $3 and _window_end = $4",
            load.client, load.workflow, load.window_start, load.window_end,
        )  # fmt: skip
        async with aclosing(_rows(load, names)) as rows:
            told = await connection.copy_to_table(
                table.name, schema_name=table.schema, columns=[*columns, *MARKS], source=rows,
                format="csv",
            )  # fmt: skip
    return int(str(told).removeprefix("COPY "))


async def _rows(load: Load, names: dict[str, str]) -> AsyncGenerator[bytes]:
    # All that is there is quoted, so that an empty text is not taken for no value.
    statement = (
        f"copy ({load.statement(names)}) to '{engine.OUT}'"
        " (format csv, header false, force_quote *, nullstr '')"
    )
    job = {"kind": "copy", "statement": statement, "values": load.values()}
    told = engine.stream(job, files=[load.result.file], tenant_id=load.tenant_id)
    stream = cast("AsyncGenerator[bytes]", told)
    async with aclosing(stream) as parts:
        async for part in parts:
            yield part


async def try_out(settings: PostgresqlSettings, secret: str) -> None:
    """Sign in and look whether the table is ours or can be made; raises `Refused` and `Away`."""
    table = Table(settings.schema_name, settings.table_name)
    async with connected(settings, secret) as connection, connection.transaction():
        await _prepare(connection)
        if await table.known(connection) is not None:
            await table.owned(connection)
        elif not await connection.fetchval(_MAY, table.schema):
            raise Refused("This user may not make a table there.")


async def _prepare(connection: Any) -> None:
    for each in _SETTINGS:
        await connection.execute(each)
