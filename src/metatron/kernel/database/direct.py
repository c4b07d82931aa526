"""The direct door: one statement binds the tenant, does the work and answers JSON."""

from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg

from metatron.kernel.context import Context
from metatron.kernel.database.lines import Lines
from metatron.kernel.database.opened import noted
from metatron.kernel.database.pooler import Transactions
from metatron.kernel.telemetry.calls import count_statement

BOUND = "with bound as materialized (select set_config('app.tenant_id', $1, true) t)"
"""Opening of every statement of this door. `$1` is the tenant; refer to `bound.t::uuid`."""

BOUND_FOR_WRITE = "with bound as materialized (select kernel.bind_for_write($1) t)"
"""The same for a statement that writes: refused (503) while the tenant is being moved."""


async def _keep(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Nothing session-level is ever set on these connections, so nothing is reset."""


async def open_pool(dsn: str, *, size: int, **options: Any) -> "asyncpg.Pool[asyncpg.Record]":
    """Open a pool without a reset query on release. `size` is the most connections."""
    return await asyncpg.create_pool(
        dsn, min_size=0, max_size=size, reset=_keep, init=noted, **options
    )


class DirectDoor:
    """Sends single statements that begin with `BOUND`."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        lines: Lines | None = None,
        *,
        pooler: bool = False,
    ) -> None:
        """Wrap the pool of one database; `lines` to it are faster and leave the pool to others.

        With `pooler` the pool leads to one in transaction mode, and there are no lines.
        """
        self.pool = pool
        self.lines = lines
        self._way: Lines | Transactions | asyncpg.Pool[asyncpg.Record] = lines or pool
        if pooler:
            self._way = Transactions(pool)

    async def json(self, context: Context, sql: str, *arguments: Any) -> bytes | None:
        """Run one statement and return its single text value as bytes, None for no row.

        Args:
            context: names the tenant bound as `$1`.
            sql: starts with `BOUND`; its one column is JSON as text.
            arguments: `$2` and on.
        """
        count_statement()
        value = await self._way.fetchval(_checked(sql), _spelled(context.tenant_id), *arguments)
        return None if value is None else value.encode()

    async def row(self, context: Context, sql: str, *arguments: Any) -> asyncpg.Record | None:
        """Run one statement and return its first row."""
        count_statement()
        return await self._way.fetchrow(_checked(sql), _spelled(context.tenant_id), *arguments)

    async def rows(self, context: Context, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """Run one statement and return its rows."""
        count_statement()
        return list(await self._way.fetch(_checked(sql), _spelled(context.tenant_id), *arguments))


@lru_cache(maxsize=10_000)
def _spelled(tenant_id: UUID) -> str:
    """Spell an id, in a fifth of the time for those asked for lately."""
    return str(tenant_id)


@lru_cache(maxsize=2_000)
def _checked(sql: str) -> str:
    assert sql.startswith((BOUND, BOUND_FOR_WRITE)), (
        "a statement of the direct door starts with BOUND"
    )
    return sql
