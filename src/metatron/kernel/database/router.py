"""Which database a tenant lives in: the home database, or one of its own."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

import asyncpg

from metatron.kernel.database.budget import ConnectionBudget
from metatron.kernel.database.direct import open_pool
from metatron.kernel.database.placement import IDLE_SECONDS, Placement
from metatron.kernel.errors import TenantMigrating


@dataclass(frozen=True, slots=True)
class Address:
    """Where a dedicated tenant's rows live. `is_usable`: this code knows the schema there."""

    tenant_id: UUID
    dsn: str
    system_dsn: str
    is_usable: bool = True


class Directory(Protocol):
    """Knows the dedicated databases; wired by the module that keeps the registry."""

    async def find(self, tenant_id: UUID) -> Address | None:
        """Return where a tenant lives, or None for the home database."""
        ...

    async def every(self) -> list[Address]:
        """Return all dedicated databases in use."""
        ...


class _NoDirectory:
    async def find(self, _tenant_id: UUID) -> Address | None:
        return None

    async def every(self) -> list[Address]:
        return []


class TenantRouter:
    """Finds a tenant's placement; dedicated ones are opened on demand, least recent closed.

    Args:
        home: the doors of the home database.
        budget: connections to dedicated databases that this process may have open at once.
        directory: knows the dedicated databases; none at first.
        pooler: their addresses lead to a pooler in transaction mode.
    """

    MOST_DEDICATED = 96

    def __init__(
        self,
        home: Placement,
        budget: int = 24,
        directory: Directory | None = None,
        *,
        pooler: bool = False,
    ) -> None:
        """Start with the home database alone."""
        self.home = home
        self._pooler = pooler
        self.directory: Directory = directory or _NoDirectory()
        self.budget = ConnectionBudget(budget, self._reclaim)
        self._dedicated: OrderedDict[str, Placement] = OrderedDict()
        self._retired: list[Placement] = []
        self._system: OrderedDict[str, asyncpg.Pool[asyncpg.Record]] = OrderedDict()
        self._lock = asyncio.Lock()
        self._swept_at = time.monotonic()

    async def place(self, tenant_id: UUID) -> Placement:
        """Return the doors of the database in which the tenant's rows live.

        Raises:
            TenantMigrating: its database is at a schema that this code does not know.
        """
        address = await self.directory.find(tenant_id)
        if address is None:
            return self.home
        if not address.is_usable:
            raise TenantMigrating(retry_after_seconds=30)
        placement = self._dedicated.get(address.dsn)
        if placement is None:
            async with self._lock:
                placement = await self._open(address.dsn)
        placement.used_at = time.monotonic()
        self._dedicated.move_to_end(address.dsn)
        await self._sweep()
        return placement

    async def _open(self, dsn: str) -> Placement:
        placement = self._dedicated.get(dsn)
        if placement is None:
            placement = await Placement.open_small(dsn, self.budget, pooler=self._pooler)
            self._dedicated[dsn] = placement
            if len(self._dedicated) > self.MOST_DEDICATED:
                # Somebody may be about to use it, so it closes when it has long been idle.
                self._retired.append(self._dedicated.popitem(last=False)[1])
        return placement

    async def system_pools(
        self, tenants: Collection[UUID] | None = None
    ) -> "list[asyncpg.Pool[asyncpg.Record]]":
        """Return the system role's pools of dedicated databases: of all, or of some tenants."""
        return list((await self.system_pools_by_tenant(tenants)).values())

    async def system_pools_by_tenant(
        self, tenants: Collection[UUID] | None = None
    ) -> "dict[UUID, asyncpg.Pool[asyncpg.Record]]":
        """Return the same by tenant; one that lives in the home database has none."""
        addresses = await self.directory.every()
        asked = None if tenants is None else frozenset(tenants)
        for dsn in self._system.keys() - {address.system_dsn for address in addresses}:
            await self._system.pop(dsn).close()
        found = {}
        for address in addresses:
            if asked is None or address.tenant_id in asked:
                found[address.tenant_id] = await self._system_pool(address.system_dsn)
        return found

    async def _system_pool(self, dsn: str) -> "asyncpg.Pool[asyncpg.Record]":
        if dsn not in self._system:
            self._system[dsn] = await open_pool(
                dsn,
                size=1,
                connect=self.budget.connect,
                max_inactive_connection_lifetime=IDLE_SECONDS,
            )
        self._system.move_to_end(dsn)
        return self._system[dsn]

    async def forget(self, dsn: str, system_dsn: str) -> None:
        """Close this process's doors of a database that is about to go away."""
        placement = self._dedicated.pop(dsn, None)
        if placement is not None:
            await placement.close()
        pool = self._system.pop(system_dsn, None)
        if pool is not None:
            await pool.close()

    async def _reclaim(self) -> bool:
        """Close idle connections of the database used least recently."""
        for placement in [*self._retired, *self._dedicated.values()]:
            opened, used = placement.connections()
            if opened and not used:
                await placement.shed()
                return True
        for pool in self._system.values():
            if pool.get_idle_size():
                connection = await pool.acquire()
                await connection.close()
                await pool.release(connection)
                return True
        return False

    async def _sweep(self) -> None:
        now = time.monotonic()
        if now - self._swept_at < IDLE_SECONDS / 3:
            return
        self._swept_at = now
        for placement in [*self._dedicated.values(), *self._retired]:
            opened, used = placement.connections()
            if opened and not used and now - placement.used_at > IDLE_SECONDS:
                await placement.shed()
        for placement in list(self._retired):
            if now - placement.used_at > IDLE_SECONDS and not placement.connections()[0]:
                self._retired.remove(placement)
                await placement.close()

    async def close(self) -> None:
        """Close every door."""
        for placement in [self.home, *self._dedicated.values(), *self._retired]:
            await placement.close()
        for pool in self._system.values():
            await pool.close()
