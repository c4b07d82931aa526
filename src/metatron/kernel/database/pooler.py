"""How to speak through a pooler in transaction mode (pgbouncer), where servers are shared.

A statement is prepared and run in two exchanges; outside of a transaction the pooler may give each
to another server. So nothing is kept prepared, no statement has a name, and single statements get
a transaction of their own, which costs them two round trips more.
"""

from typing import Any

import asyncpg


class PooledConnection(asyncpg.Connection):  # type: ignore[misc]
    """A driver's connection that looks types up within a transaction."""

    async def set_type_codec(self, *arguments: Any, **options: Any) -> None:
        """Do as the driver does, on one server."""
        async with self.transaction():
            await super().set_type_codec(*arguments, **options)


POOL_OPTIONS: dict[str, Any] = {"statement_cache_size": 0, "connection_class": PooledConnection}
"""For `asyncpg.connect` and `asyncpg.create_pool`."""


def no_name() -> str:
    """Return the name of every statement: a name would stay on a server that others use."""
    return ""


NAMELESS: dict[str, Any] = {
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": no_name,
}
"""For SQLAlchemy's asyncpg dialect, where somebody else opens the connections."""
ENGINE_OPTIONS: dict[str, Any] = POOL_OPTIONS | NAMELESS
"""For SQLAlchemy's asyncpg dialect."""


class Transactions:
    """Runs single statements, each in a transaction of its own; stands in for `Lines`."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        """Take a pool opened with `POOL_OPTIONS`, whose release ends an open transaction."""
        self._pool = pool

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        """Run one statement; return the first value of its first row, None without one."""
        async with self._pool.acquire() as connection, connection.transaction():
            return await connection.fetchval(sql, *arguments)

    async def fetchrow(self, sql: str, *arguments: Any) -> "asyncpg.Record | None":
        """Run one statement; return its first row, None without one."""
        async with self._pool.acquire() as connection, connection.transaction():
            return await connection.fetchrow(sql, *arguments)

    async def fetch(self, sql: str, *arguments: Any) -> "list[asyncpg.Record]":
        """Run one statement; return its rows."""
        async with self._pool.acquire() as connection, connection.transaction():
            return list(await connection.fetch(sql, *arguments))
