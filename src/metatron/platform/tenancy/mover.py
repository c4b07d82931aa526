"""One move of a tenant's rows, from the freeze to the flip."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import asyncpg

from metatron.platform.tenancy import copying
from metatron.platform.tenancy.rights import rights
from metatron.platform.tenancy.site import site

Where = Literal["pooled", "dedicated"]
GRACE = timedelta(days=7)
LOCK_TIMEOUT = "30s"
_WRITERS = "select pg_advisory_lock(hashtextextended('metatron.tenant/' || $1, 0))"
_HOLD = """
insert into kernel.tenant_hold (tenant_id, reason) values ($1, 'moving')
on conflict (tenant_id) do update set reason = 'moving', purge_after = null
"""
_FLIP_TENANT = """
update tenancy.tenant
set placement = $2, state = coalesce(state_before_move, 'active'), state_before_move = null,
    version = version + 1
where id = $1
"""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move carried."""

    tables: int
    rows: int
    database_name: str | None


class Mover:
    """One move, from the freeze to the flip."""

    def __init__(
        self,
        home: "asyncpg.Connection[asyncpg.Record]",
        tenant_id: UUID,
        *,
        source_name: str | None,
        target_name: str | None,
        now: datetime,
        seal: Callable[[], Awaitable[int]],
        progress: Callable[[str], None],
    ) -> None:
        self._seal = seal
        self._home, self._tenant_id, self._now = home, tenant_id, now
        self._source_name, self._target_name = source_name, target_name
        self._progress = progress
        modules = rights().modules
        self._staying = {t for m in modules for t in (*m.home_tables, *m.global_tables)}

    async def run(self) -> Moved:
        """Freeze, copy, compare, flip."""
        async with _connected(self._source_name) as source, _connected(self._target_name) as target:
            self._progress("waiting for writers")
            await source.execute(_HOLD, self._tenant_id)
            await source.execute(f"set lock_timeout = '{LOCK_TIMEOUT}'")
            await source.execute(_WRITERS, str(self._tenant_id))
            self._progress("sealing the log")
            # Over there the order of transactions is another: what is sealed here stays in order.
            await self._seal()
            tables = await copying.tenant_tables(source, self._staying)
            async with source.transaction(isolation="repeatable_read"):
                await copying.bind(source, self._tenant_id)
                if self._target_name is None:
                    rows = await self._copy_home(source, target, tables)
                else:
                    rows = await self._copy_away(source, target, tables)
        return Moved(len(tables), rows, self._target_name)

    async def _copy_away(
        self,
        source: "asyncpg.Connection[asyncpg.Record]",
        target: "asyncpg.Connection[asyncpg.Record]",
        tables: list[str],
    ) -> int:
        async with target.transaction():
            await copying.bind(target, self._tenant_id)
            rows = await self._copy(source, target, tables)
        self._progress("switching over")
        pending = await source.fetch(
            "select id from kernel.outbox where tenant_id = $1", self._tenant_id
        )
        async with self._home.transaction():
            await copying.bind(self._home, self._tenant_id)
            await self._flip("dedicated")
            await self._home.execute(
                "update tenancy.placement set is_current = true where database_name = $1",
                self._target_name,
            )
            await self._home.execute(
                "update kernel.tenant_hold set reason = 'moved', purge_after = $2"
                " where tenant_id = $1",
                self._tenant_id,
                self._now + GRACE,
            )
            # Pending work goes on over there; the old rows of everything else stay a week.
            await self._home.execute(
                "delete from kernel.outbox where tenant_id = $1 and id = any($2)",
                self._tenant_id,
                [row["id"] for row in pending],
            )
        return rows

    async def _copy_home(
        self,
        source: "asyncpg.Connection[asyncpg.Record]",
        target: "asyncpg.Connection[asyncpg.Record]",
        tables: list[str],
    ) -> int:
        async with target.transaction():
            await copying.bind(target, self._tenant_id)
            # What stayed here when the tenant left is older than what comes back.
            await target.execute(
                "update kernel.tenant_hold set purge_after = now() where tenant_id = $1",
                self._tenant_id,
            )
            waiting = await _take_outbox(target, self._tenant_id)
            await copying.purge(target, tables, self._tenant_id)
            rows = await self._copy(source, target, tables)
            await _put_outbox(target, waiting)
            self._progress("switching over")
            await target.execute(
                "delete from kernel.tenant_hold where tenant_id = $1", self._tenant_id
            )
            await self._flip("pooled", target)
            await target.execute(
                "update tenancy.placement set is_current = false, state = 'retired',"
                " drop_after = $2 where database_name = $1",
                self._source_name,
                self._now + GRACE,
            )
        return rows

    async def _copy(
        self,
        source: "asyncpg.Connection[asyncpg.Record]",
        target: "asyncpg.Connection[asyncpg.Record]",
        tables: list[str],
    ) -> int:
        rows = 0
        filled = await copying.filled(source, target, tables, self._tenant_id)
        for number, table in enumerate(filled, 1):
            self._progress(f"copying {table} ({number} of {len(filled)})")
            rows += await copying.copy_table(source, target, table, self._tenant_id)
        return rows

    async def _flip(
        self, placement: Where, connection: "asyncpg.Connection[asyncpg.Record] | None" = None
    ) -> None:
        await (connection or self._home).execute(_FLIP_TENANT, self._tenant_id, placement)


async def _take_outbox(
    target: "asyncpg.Connection[asyncpg.Record]", tenant_id: UUID
) -> list[asyncpg.Record]:
    """Events that organisation tables announced here while the log was away; still to be sent."""
    return list(
        await target.fetch(
            "delete from kernel.outbox where tenant_id = $1"
            " returning tenant_id, id, kind, name, arguments, run_at, created_at",
            tenant_id,
        )
    )


async def _put_outbox(
    target: "asyncpg.Connection[asyncpg.Record]", rows: list[asyncpg.Record]
) -> None:
    await target.executemany(
        "insert into kernel.outbox (tenant_id, id, kind, name, arguments, run_at, created_at)"
        " values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        [tuple(row) for row in rows],
    )


@asynccontextmanager
async def _connected(
    database_name: str | None,
) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    """Give the owner's direct connection to a database; None is the home database."""
    connection = await asyncpg.connect(site().owner_dsn(database_name))
    try:
        yield connection
    finally:
        await connection.close()
