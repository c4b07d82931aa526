"""Many tenants, few connections, and tasks that end in the middle: nobody gets another's rows."""

import asyncio
import random
from contextlib import suppress

import pytest
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.database.placement import Placement
from metatron.kernel.events.event import Event, publish
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from tests.isolation.conftest import Organisation

REQUESTS, TASKS, TENANTS = 2_000, 100, 50
_READ = (
    f"{BOUND} select coalesce(json_agg(e.words), '[]')::text from bound, lateral ("
    "select distinct payload->>'words' as words from kernel.event"
    " where tenant_id = bound.t::uuid and name = 'kernel.bleed_noted.v1') e"
)


class Noted(Event):
    name = "kernel.bleed_noted.v1"
    words: str


class Interrupted(Exception):
    """Raised in the middle of a transaction, on purpose."""


async def _seed(database: Database, context: Context) -> None:
    async with database.transaction(context) as session:
        event = Noted(aggregate_id=new_id(), words=str(context.tenant_id))
        await publish(session, context, event, now=utc_now())


async def _by_session(database: Database, context: Context, dice: random.Random) -> None:
    session = await database.session(context)
    async with session:
        rows = await session.execute(
            text(
                "select distinct payload->>'words' from kernel.event"
                " where name = 'kernel.bleed_noted.v1'"
            )
        )
        assert {row[0] for row in rows} == {str(context.tenant_id)}
        if dice.random() < 0.2:
            raise Interrupted
        if dice.random() < 0.2:
            await session.execute(text("select pg_sleep(0.05)"))
        await session.rollback()


async def _by_direct(database: Database, context: Context, _dice: random.Random) -> None:
    found = await (await database.direct(context)).json(context, _READ)
    assert found == f'["{context.tenant_id}"]'.encode()


@pytest.mark.timeout(180)
async def test_no_connection_carries_a_tenant_over(
    database: Database, settings: Settings, theirs: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    small = await Placement.open(settings.database_url.get_secret_value(), sessions=4, direct=4)
    monkeypatch.setattr(database.router, "home", small)
    tenants = [system_context(new_id()) for _ in range(TENANTS - 1)]
    tenants.append(theirs.system)
    for context in tenants:
        await _seed(database, context)
    if theirs.database_name is None:
        assert await database.router.place(theirs.tenant_id) is small
    outcomes = {"right": 0, "interrupted": 0, "cancelled": 0}

    async def task(number: int) -> None:
        dice = random.Random(seed + number)
        for _ in range(REQUESTS // TASKS):
            way = dice.choice([_by_session, _by_direct])
            running = asyncio.create_task(way(database, dice.choice(tenants), dice))
            if dice.random() < 0.15:
                await asyncio.sleep(dice.random() * 0.03)
                running.cancel()
            try:
                await running
                outcomes["right"] += 1
            except Interrupted:
                outcomes["interrupted"] += 1
            except asyncio.CancelledError:
                outcomes["cancelled"] += 1

    # The pool is smaller than the crowd on purpose: waiting longer than its patience is no fault.
    gate = asyncio.Semaphore(24)

    async def gated(number: int) -> None:
        async with gate:
            await task(number)

    try:
        await asyncio.gather(*(gated(number) for number in range(TASKS)))
        assert sum(outcomes.values()) == REQUESTS
        assert min(outcomes.values()) > 0, outcomes
        for _ in range(8):
            async with small.direct.pool.acquire() as connection:
                assert not await connection.fetchval(
                    "select current_setting('app.tenant_id', true)"
                )
    finally:
        with suppress(asyncio.CancelledError):
            await small.close()
