"""Which database a tenant lives in: the home database, or one of its own."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from metatron.kernel.database.direct import DirectDoor, open_pool
from metatron.kernel.database.session import create_engine

FindDsn = Callable[[UUID], Awaitable[str | None]]
"""Given a tenant, answers the DSN of its dedicated database, or None for the home database."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The two doors of one physical database."""

    engine: AsyncEngine
    direct: DirectDoor

    @classmethod
    async def open(cls, dsn: str, *, sessions: int, direct: int) -> "Placement":
        """Open both doors of the database at `dsn`."""
        pool = await open_pool(dsn, size=direct)
        return cls(create_engine(dsn, size=sessions), DirectDoor(pool))

    async def close(self) -> None:
        """Close both doors."""
        await self.engine.dispose()
        await self.direct.pool.close()


async def _always_home(_tenant_id: UUID) -> str | None:
    return None


class TenantRouter:
    """Finds a tenant's placement; dedicated ones are opened on demand, least recent closed."""

    MOST_DEDICATED = 48

    def __init__(self, home: Placement, find_dsn: FindDsn = _always_home) -> None:
        """Start with the home database alone."""
        self.home = home
        self._find_dsn = find_dsn
        self._dedicated: OrderedDict[str, Placement] = OrderedDict()
        self._lock = asyncio.Lock()

    async def place(self, tenant_id: UUID) -> Placement:
        """Return the doors of the database in which the tenant's rows live."""
        dsn = await self._find_dsn(tenant_id)
        if dsn is None:
            return self.home
        async with self._lock:
            placement = self._dedicated.get(dsn)
            if placement is None:
                placement = await Placement.open(dsn, sessions=2, direct=2)
                self._dedicated[dsn] = placement
            self._dedicated.move_to_end(dsn)
            if len(self._dedicated) > self.MOST_DEDICATED:
                _, oldest = self._dedicated.popitem(last=False)
                await oldest.close()
        return placement

    async def close(self) -> None:
        """Close every door."""
        for placement in [self.home, *self._dedicated.values()]:
            await placement.close()
