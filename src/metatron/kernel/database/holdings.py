"""Databases in which something may become due by itself: where sweeps by the clock have to look."""

from uuid import UUID

import asyncpg

from metatron.kernel.database.database import Database
from metatron.kernel.database.lost import PASSED_OVER
from metatron.kernel.database.stirred import FEW, Counters, Mark, name_of


class Holdings:
    """Databases in which something may become due by itself, as time goes by.

    For sweeps that come every few minutes. What a probe found to hold nothing is not looked into
    again before something is written there.
    """

    def __init__(self, database: Database, *, few: int = FEW) -> None:
        """Start with nothing known."""
        self._database, self._few = database, few
        self._counters = database.keep(Counters)
        self._empty: dict[tuple[str, UUID], Mark] = {}

    async def sources(self, probe: str) -> "list[asyncpg.Pool[asyncpg.Record]]":
        """Return system pools, the home one first, then those for which `probe` is true.

        Args:
            probe: a query that answers whether a database holds what the sweep may come for, now
                or at any later time.
        """
        home = self._database.system
        addresses = await self._database.router.directory.every()
        if len(addresses) <= self._few:
            return await self._database.outboxes()
        marks = await self._counters.marks([name_of(address) for address in addresses])
        of_tenants = {address.tenant_id: marks.get(name_of(address)) for address in addresses}
        asked = [
            tenant_id
            for tenant_id, mark in of_tenants.items()
            if mark is None or self._empty.get((probe, tenant_id)) != mark
        ]
        pools = await self._database.router.system_pools_by_tenant(asked)
        found = [home]
        for tenant_id, pool in pools.items():
            mark = of_tenants[tenant_id]
            if await self._holds(pool, probe):
                found.append(pool)
            elif mark is not None:
                self._empty[probe, tenant_id] = mark
        return found

    async def _holds(self, pool: "asyncpg.Pool[asyncpg.Record]", probe: str) -> bool:
        try:
            return bool(await pool.fetchval(probe))
        except PASSED_OVER:
            # Whoever sweeps knows what to do about a database that is away.
            return True
