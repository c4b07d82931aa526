"""All the doors of one process, opened together and closed together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database.direct import DirectDoor, open_pool
from metatron.kernel.database.guard import check_role
from metatron.kernel.database.router import FindDsn, Placement, TenantRouter
from metatron.kernel.database.session import open_session
from metatron.kernel.database.wake import Waker
from metatron.kernel.settings import Settings


class Database:
    """Routes sessions and direct statements to the tenant's database."""

    def __init__(
        self, router: TenantRouter, system: "asyncpg.Pool[asyncpg.Record]", waker: Waker
    ) -> None:
        """Use `Database.open` instead."""
        self.router = router
        self.system = system
        self.waker = waker

    @classmethod
    async def open(cls, settings: Settings, find_dsn: FindDsn | None = None) -> "Database":
        """Open the pools named by the settings and check the application's role.

        Raises:
            UnsafeRole: the role of `database_url` could bypass isolation.
        """
        home = await Placement.open(
            settings.database_url.get_secret_value(),
            sessions=settings.session_pool_size,
            direct=settings.direct_pool_size,
        )
        await check_role(home.direct.pool)
        system = await open_pool(settings.database_system_url.get_secret_value(), size=8)
        router = TenantRouter(home, find_dsn) if find_dsn else TenantRouter(home)
        return cls(router, system, Waker(system))

    async def session(self, context: Context) -> AsyncSession:
        """Return an open session bound to the context's tenant; the caller commits and closes."""
        placement = await self.router.place(context.tenant_id)
        return open_session(placement.engine, context)

    @asynccontextmanager
    async def transaction(self, context: Context) -> AsyncIterator[AsyncSession]:
        """Run a block in one transaction: committed at its end, rolled back on an error."""
        session = await self.session(context)
        async with session:
            yield session
            await session.commit()
        self.waker.wake()

    async def direct(self, context: Context) -> DirectDoor:
        """Return the direct door of the tenant's database."""
        return (await self.router.place(context.tenant_id)).direct

    async def close(self) -> None:
        """Close every door."""
        await self.waker.close()
        await self.router.close()
        await self.system.close()
