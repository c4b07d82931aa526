# ruff: noqa: ASYNC110 - these wait for a loop at work
"""Sealing takes committed events only, in an order that no later commit can upset."""

import asyncio
import random

import asyncpg

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.lost import outlived
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.audit.interface import seal_tenant, verify_tenant
from metatron.platform.audit.sealer import Sealer
from tests.platform.audit.conftest import Log, Noted

WORDS = """
select array_agg(e.payload->>'words' order by s.sequence) from audit.seal s
join kernel.event e on e.tenant_id = s.tenant_id and e.id = s.event_id where s.tenant_id = $1
"""


async def words(log: Log) -> list[str]:
    return list(await log.database.system.fetchval(WORDS, log.context.tenant_id) or [])


async def test_a_transaction_in_flight_holds_back_what_began_after_it(log: Log) -> None:
    context = log.context
    slow = await log.database.session(context)
    async with slow:
        await publish(slow, context, Noted(aggregate_id=new_id(), words="slow"), now=utc_now())
        await slow.flush()
        await log.note("quick")
        for _ in range(3):
            await log.sealer.seal()
        assert await words(log) == []
        await slow.commit()
    await log.seal()
    assert await words(log) == ["slow", "quick"]
    assert (await log.verify()).intact


async def test_a_rolled_back_event_leaves_no_gap(log: Log) -> None:
    await log.note("one")
    session = await log.database.session(log.context)
    async with session:
        await publish(
            session, log.context, Noted(aggregate_id=new_id(), words="never"), now=utc_now()
        )
        await session.rollback()
    await log.note("two")
    await log.seal()
    assert await words(log) == ["one", "two"]


async def test_many_sealers_and_writers_make_one_chain(log: Log) -> None:
    tenants = [log.context, *(system_context(new_id()) for _ in range(3))]
    chance = random.Random(20261121)
    done = asyncio.Event()

    async def write(number: int) -> None:
        for step in range(20):
            who = tenants[(number + step) % len(tenants)]
            session = await log.database.session(who)
            async with session:
                for part in range(chance.randint(1, 3)):
                    event = Noted(aggregate_id=new_id(), words=f"{number}.{step}.{part}")
                    await publish(session, who, event, now=utc_now())
                await asyncio.sleep(chance.random() / 100)
                if chance.random() < 0.2:
                    await session.rollback()
                else:
                    await session.commit()

    async def seal(sealer: Sealer) -> None:
        while not done.is_set():
            await sealer.seal()
            await asyncio.sleep(0.002)

    sealers = [
        asyncio.create_task(seal(Sealer(log.database.outboxes, log.settings.data_dir, most=7)))
        for _ in range(3)
    ]
    await asyncio.gather(*(write(number) for number in range(8)))
    done.set()
    await asyncio.gather(*sealers)
    await log.seal()
    total = await log.database.system.fetchval(
        "select count(*) from kernel.event where tenant_id = any($1)",
        [who.tenant_id for who in tenants],
    )
    reports = [await log.verify(who) for who in tenants]
    assert all(report.intact for report in reports), reports
    assert sum(report.sealed for report in reports) == total > 100
    assert all(report.unsealed == 0 for report in reports)


async def test_the_sealer_survives_its_connections(
    committed_database: tuple[Settings, Database],
) -> None:
    settings, database = committed_database
    log = Log(settings, database, Sealer(database.outboxes, settings.data_dir))
    task = asyncio.create_task(log.sealer.run(seal_seconds=0.02, checkpoint_seconds=0.05))
    try:
        async with asyncio.timeout(20):
            await log.note("before")
            while await words(log) != ["before"]:
                await asyncio.sleep(0.02)
            enemy = await asyncpg.connect(settings.database_system_url.get_secret_value())
            await enemy.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
                " and usename = 'metatron_system'"
            )
            await enemy.close()
            await log.note("after")
            # The reads use the same pool: they too may meet a connection that has just died.
            while not await said_twice(log):
                await asyncio.sleep(0.02)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def said_twice(log: Log) -> bool:
    with outlived("read_again"):
        return await words(log) == ["before", "after"] and (await log.verify()).checkpoints >= 2
    return False


async def checkpoints(log: Log) -> list[int]:
    signed = await log.sealer.checkpoint()
    return [item.count for item in signed if item.tenant_id == log.context.tenant_id]


async def test_checkpoints_are_signed_only_for_chains_that_grew(log: Log) -> None:
    await log.fill(2)
    await log.seal()
    assert await checkpoints(log) == [2]
    assert await checkpoints(log) == []
    await log.fill(1)
    await log.seal()
    assert await checkpoints(log) == [3]
    key = log.settings.data_dir / "audit" / "signing.key"
    assert key.stat().st_mode & 0o077 == 0


COPIED = ("kernel.event", "audit.seal", "audit.checkpoint")


async def test_a_moved_tenant_verifies_and_goes_on(
    log: Log,
    server: object,
    template: str,
) -> None:
    """Rows copied unchanged into a database of the tenant's own; new events chain on there."""
    from tests.conftest import _clone, settings_for

    await log.fill(4)
    await log.seal()
    await log.sealer.checkpoint()
    await log.fill(2)
    assert await seal_tenant(log.database.system, log.context.tenant_id) == 2
    settings = settings_for(server, await _clone(server, template), log.settings.data_dir)  # type: ignore[arg-type]
    new = await Database.open(settings)
    try:
        tenant_id = log.context.tenant_id
        for table in COPIED:
            rows = await log.database.system.fetch(
                f"select to_jsonb(t)::text as j from {table} t where tenant_id = $1", tenant_id
            )
            owner = await asyncpg.connect(settings.database_owner_url.get_secret_value())
            await owner.execute("select set_config('app.tenant_id', $1, false)", str(tenant_id))
            await owner.executemany(
                f"insert into {table} overriding system value"
                f" select * from jsonb_populate_record(null::{table}, $1::jsonb)",
                [(row["j"],) for row in rows],
            )
            await owner.close()
        moved = Log(settings, new, Sealer(new.outboxes, settings.data_dir), log.context)
        assert (await moved.verify()).intact
        await moved.note("in the new house")
        await moved.seal()
        await moved.sealer.checkpoint()
        report = await verify_tenant(new.system, tenant_id, data_dir=settings.data_dir)
        assert report.intact, report.findings
        assert (report.sealed, report.unsealed) == (7, 0)
    finally:
        await new.close()
