"""All the doors of one process, opened together and closed together."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any, Literal, cast
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.database import opened
from metatron.kernel.database.direct import DirectDoor, open_pool
from metatron.kernel.database.guard import check_role
from metatron.kernel.database.lines import Lines
from metatron.kernel.database.listener import Listener
from metatron.kernel.database.lost import outlived
from metatron.kernel.database.placement import Placement
from metatron.kernel.database.router import TenantRouter
from metatron.kernel.database.session import create_engine, open_session
from metatron.kernel.database.shedding import close_idle
from metatron.kernel.database.time_signal import read_time
from metatron.kernel.database.wake import Waker
from metatron.kernel.settings import Settings

Door = Literal["tenant", "home", "system"]
FEWEST_AT_WORK = 4
SWEEP_SECONDS = 30.0
"""Short statements of one process under way at once, however few cores there are."""


class Database:
    """Routes sessions and direct statements to the tenant's database."""

    def __init__(
        self,
        router: TenantRouter,
        system: "asyncpg.Pool[asyncpg.Record]",
        waker: Waker,
        *,
        system_engine: AsyncEngine,
        look_ups: Lines,
        listener: Listener,
    ) -> None:
        """Use `Database.open` instead."""
        self.router = router
        self.system = system
        self.waker = waker
        self.look_ups = look_ups
        """The system role's single reads of who asks, which many requests begin with."""
        self.listener = listener
        """What other processes tell, on the home database."""
        self._system_engine = system_engine
        self._sweeping = asyncio.create_task(self._sweep())
        self._kept: dict[Callable[[Database], Any], Any] = {}

    @classmethod
    async def open(cls, settings: Settings) -> "Database":
        """Open the pools named by the settings and check the application's role.

        Raises:
            UnsafeRole: the role of `database_url` could bypass isolation.
        """
        home = await Placement.open(
            settings.database_url.get_secret_value(),
            sessions=settings.session_pool_size,
            direct=settings.direct_pool_size,
            pooler=settings.database_pooler,
            few=max(FEWEST_AT_WORK, 2 * (os.cpu_count() or 1) // settings.workers),
        )
        await check_role(home.direct.pool)
        system_dsn = settings.database_system_url.get_secret_value()
        system = await open_pool(system_dsn, size=8)
        await read_time(system)
        router = TenantRouter(home, settings.dedicated_pool_budget, pooler=settings.database_pooler)
        return cls(
            router,
            system,
            Waker(system),
            system_engine=create_engine(system_dsn, size=4),
            look_ups=Lines(lambda: opened.connect(system_dsn), size=FEWEST_AT_WORK),
            listener=Listener(system_dsn),
        )

    @property
    def home(self) -> DirectDoor:
        """The direct door of the home database, without a look at where the tenant lives."""
        return self.router.home.direct

    async def session(self, context: Context, *, door: Door = "tenant") -> AsyncSession:
        """Return an open session bound to the context's tenant; the caller commits and closes.

        `door` "tenant" leads to the database of the tenant's rows, "home" to the home database
        (tables named in `Module.home_tables`), "system" there too, as the system role, which
        sees every tenant where a policy lets it.
        """
        if door == "system":
            return open_session(self._system_engine, context, guarded=False)
        home = self.router.home
        if door == "home":
            return open_session(home.engine, context, guarded=False)
        placement = await self.router.place(context.tenant_id)
        away = home.engine if placement is not home else None
        return open_session(placement.engine, context, home=away)

    @asynccontextmanager
    async def transaction(
        self, context: Context, *, door: Door = "tenant"
    ) -> AsyncIterator[AsyncSession]:
        """Run a block in one transaction: committed at its end, rolled back on an error."""
        session = await self.session(context, door=door)
        async with session:
            yield session
            await session.commit()
        self.waker.wake(context.tenant_id)

    async def outboxes(
        self, tenants: Collection[UUID] | None = None
    ) -> "list[asyncpg.Pool[asyncpg.Record]]":
        """Return the system pools of all databases with an outbox, the home one first.

        With `tenants`: of the home database and of those tenants' own databases.
        """
        return [self.system, *await self.router.system_pools(tenants)]

    async def direct(self, context: Context, *, door: Door = "tenant") -> DirectDoor:
        """Return the direct door of the tenant's database, or of another (see `session`)."""
        if door == "system":
            return DirectDoor(self.system)
        if door == "home":
            return self.router.home.direct
        return (await self.router.place(context.tenant_id)).direct

    def keep[Thing](self, make: "Callable[[Database], Thing]") -> Thing:
        """Return what `make` makes of this database, made at first use and kept as long as it."""
        if make not in self._kept:
            self._kept[make] = make(self)
        return cast("Thing", self._kept[make])

    async def _sweep(self) -> None:
        """Close what a burst has opened and nobody uses any more: a server process each."""
        home = self.router.home
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            with outlived("idle_connections_stay"):
                await close_idle(home.engine)
                await close_idle(self._system_engine)
            for lines in (home.direct.lines, self.look_ups):
                if lines is not None:
                    lines.sweep()

    async def close(self) -> None:
        """Close every door."""
        self._sweeping.cancel()
        await asyncio.wait([self._sweeping])
        await self.listener.close()
        await self.waker.close()
        await self.router.close()
        await self._system_engine.dispose()
        await self.look_ups.close()
        await self.system.close()
