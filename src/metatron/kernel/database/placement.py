"""The doors of one physical database."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from metatron.kernel.database import opened
from metatron.kernel.database.budget import ConnectionBudget
from metatron.kernel.database.direct import DirectDoor, open_pool
from metatron.kernel.database.lines import Lines
from metatron.kernel.database.pooler import NAMELESS, POOL_OPTIONS
from metatron.kernel.database.session import create_engine
from metatron.kernel.database.shedding import SheddingPool, close_idle

IDLE_SECONDS = 60.0
_PER_DOOR = 2


@dataclass(slots=True)
class Placement:
    """The two doors of one physical database; `used_at` is monotonic seconds."""

    engine: AsyncEngine
    direct: DirectDoor
    used_at: float = field(default_factory=time.monotonic)

    @classmethod
    async def open(
        cls,
        dsn: str,
        *,
        sessions: int,
        direct: int,
        pooler: bool = False,
        few: int | None = None,
    ) -> "Placement":
        """Open both doors of the database at `dsn`.

        `pooler`: it is one behind a pooler; `few` as in `Lines`.
        """
        if pooler:
            pool = await open_pool(dsn, size=direct, **POOL_OPTIONS)
            engine = create_engine(dsn, size=sessions, pooler=True)
            return cls(engine, DirectDoor(pool, pooler=True))
        pool = await open_pool(dsn, size=_PER_DOOR)
        lines = Lines(lambda: opened.connect(dsn), size=direct, few=few)
        return cls(create_engine(dsn, size=sessions), DirectDoor(pool, lines))

    @classmethod
    async def open_small(
        cls, dsn: str, budget: ConnectionBudget, *, pooler: bool = False
    ) -> "Placement":
        """Open doors of at most two connections each, none at first, all within the budget."""
        options = POOL_OPTIONS if pooler else {}

        async def connect(**_options: Any) -> Any:
            return await budget.connect(dsn, **options)

        pool = await open_pool(
            dsn,
            size=_PER_DOOR,
            connect=budget.connect,
            max_inactive_connection_lifetime=IDLE_SECONDS,
            **options,
        )
        engine = create_async_engine(
            "postgresql+asyncpg://",
            poolclass=SheddingPool,
            pool_size=_PER_DOOR,
            max_overflow=0,
            pool_timeout=2,
            connect_args={"async_creator_fn": connect} | (NAMELESS if pooler else {}),
        )
        if pooler:
            return cls(engine, DirectDoor(pool, pooler=True))
        return cls(engine, DirectDoor(pool, Lines(connect, size=_PER_DOOR)))

    def connections(self) -> tuple[int, int]:
        """Return how many connections are open and how many of them are at work."""
        queue, pool, lines = self.engine.pool, self.direct.pool, self.direct.lines
        assert isinstance(queue, QueuePool)
        idle = queue.checkedin() + pool.get_idle_size()
        used = queue.checkedout() + pool.get_size() - pool.get_idle_size()
        if lines is not None:
            idle, used = idle + lines.idle, used + lines.open - lines.idle
        return idle + used, used

    async def shed(self) -> None:
        """Close what is idle; the doors stay open, also for those who come meanwhile."""
        pool = self.direct.pool
        await close_idle(self.engine, seconds=0.0)
        if self.direct.lines is not None:
            await self.direct.lines.shed()
        idle = [await pool.acquire() for _ in range(pool.get_idle_size())]
        for connection in idle:
            await connection.close()
            await pool.release(connection)
        # The driver tells of an ended connection in the loop's next round.
        await asyncio.sleep(0)

    async def close(self) -> None:
        """Close both doors."""
        await self.engine.dispose()
        if self.direct.lines is not None:
            await self.direct.lines.close()
        await self.direct.pool.close()
