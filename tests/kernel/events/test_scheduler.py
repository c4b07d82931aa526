"""Schedules fire once each, however many schedulers there are, and a missed firing once as well."""

import asyncio
from datetime import UTC, datetime

from metatron.kernel.database.database import Database
from metatron.kernel.events.jobs import Schedule
from metatron.kernel.events.scheduler import Scheduler
from metatron.kernel.ids import PLATFORM_TENANT_ID
from metatron.kernel.settings import Settings

HOURLY, YEARLY = (
    Schedule("test.hourly", "0 * * * *", "test.tidy"),
    Schedule("test.yearly", "0 0 1 1 *", "test.count"),
)


async def _asked(database: Database) -> list[str]:
    rows = await database.system.fetch(
        "select name from kernel.outbox where tenant_id = $1 and kind = 'job' order by id",
        PLATFORM_TENANT_ID,
    )
    return [row["name"] for row in rows]


async def _put_back(database: Database, name: str, hours: int) -> None:
    await database.system.execute(
        "update kernel.schedule set next_fire_at = now() - make_interval(hours => $2)"
        " where name = $1",
        name,
        hours,
    )


async def test_due_schedules_fire_once(committed_database: tuple[Settings, Database]) -> None:
    _, database = committed_database
    schedulers = [Scheduler(database.system, [HOURLY, YEARLY]) for _ in range(4)]
    for scheduler in schedulers:
        await scheduler.register()
    assert [await scheduler.tick() for scheduler in schedulers] == [0, 0, 0, 0]
    # Nothing ran for five hours: five firings are made up once.
    await _put_back(database, HOURLY.name, 5)
    fired = await asyncio.gather(*(scheduler.tick() for scheduler in schedulers))
    assert sum(fired) == 1
    assert await _asked(database) == ["test.tidy"]
    row = await database.system.fetchrow(
        "select next_fire_at, last_fired_at from kernel.schedule where name = $1", HOURLY.name
    )
    assert row["next_fire_at"] > datetime.now(UTC)
    assert row["next_fire_at"].minute == 0
    assert row["last_fired_at"] is not None
    # To register anew, as every start does, forgets nothing.
    await _put_back(database, YEARLY.name, 1)
    await schedulers[1].register()
    assert await schedulers[1].tick() == 1
    assert await _asked(database) == ["test.tidy", "test.count"]


async def test_a_schedule_nobody_knows_any_more_stays_silent(
    committed_database: tuple[Settings, Database],
) -> None:
    _, database = committed_database
    await Scheduler(database.system, [HOURLY]).register()
    await _put_back(database, HOURLY.name, 1)
    assert await Scheduler(database.system, [YEARLY]).tick() == 0
    assert await _asked(database) == []
