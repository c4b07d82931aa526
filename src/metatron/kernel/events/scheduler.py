"""Fires the platform's own schedules once each, however many schedulers run."""

import asyncio

import asyncpg
import orjson

from metatron.kernel.clock import utc_now
from metatron.kernel.database.lost import outlived
from metatron.kernel.events.jobs import Schedule
from metatron.kernel.ids import PLATFORM_TENANT_ID, new_id
from metatron.kernel.schedule import next_fire

_DUE = """
select name from kernel.schedule where next_fire_at <= now() and name = any($1)
for update skip locked
"""
_ADVANCE = "update kernel.schedule set next_fire_at = $2, last_fired_at = now() where name = $1"
_ENQUEUE = """
insert into kernel.outbox (tenant_id, id, kind, name, arguments) values ($1, $2, 'job', $3, $4)
"""
_REGISTER = """
insert into kernel.schedule (name, next_fire_at) values ($1, $2) on conflict (name) do nothing
"""


class Scheduler:
    """Turns due schedules into outbox rows of the platform's tenant."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", schedules: list[Schedule]) -> None:
        """Use the system pool of the home database."""
        self._pool = pool
        self._schedules = {schedule.name: schedule for schedule in schedules}

    async def run(self, *, tick_seconds: float = 1.0) -> None:
        """Fire until cancelled."""
        registered = False
        while True:
            with outlived("scheduler_reconnects"):
                if not registered:
                    await self.register()
                    registered = True
                await self.tick()
            await asyncio.sleep(tick_seconds)

    async def register(self) -> None:
        """Note every schedule's first firing, unless it is known already."""
        now = utc_now()
        for schedule in self._schedules.values():
            await self._pool.execute(_REGISTER, schedule.name, next_fire(schedule.expression, now))

    async def tick(self) -> int:
        """Fire what is due; a firing missed while nothing ran is made up once."""
        async with self._pool.acquire() as connection, connection.transaction():
            due = [row["name"] for row in await connection.fetch(_DUE, list(self._schedules))]
            for name in due:
                schedule = self._schedules[name]
                await connection.execute(
                    _ENQUEUE, PLATFORM_TENANT_ID, new_id(), schedule.job, orjson.dumps({}).decode()
                )
                await connection.execute(_ADVANCE, name, next_fire(schedule.expression, utc_now()))
        return len(due)
