"""Events and jobs of a dedicated tenant: found in its database, run in its database."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, anonymous_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND_FOR_WRITE
from metatron.kernel.events.event import Event, publish
from metatron.kernel.events.jobs import Job, Subscription, enqueue
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.ids import new_id
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.clock import advance_clock
from metatron.platform.tenancy.interface import (
    add_member,
    create_organisation,
    prepare,
    resolve_access,
)
from metatron.platform.tenancy.module import MODULE
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.registry import PlacementRegistry
from metatron.platform.tenancy.rights import rights
from metatron.platform.tenancy.site import prepare_site, site
from metatron.processes import all_modules

SEEN: list[tuple[str, str]] = []


class Rung(Event):
    name = "tenancy.bell_rung.v1"


async def _where(session: AsyncSession) -> str:
    return str((await session.execute(text("select current_database()"))).scalar_one())


async def _on_rung(session: AsyncSession, context: Context, *, now: Any, event: Any) -> None:
    SEEN.append(("event", await _where(session)))


async def _on_job(session: AsyncSession, context: Context, *, now: Any, word: str) -> None:
    SEEN.append((word, await _where(session)))


PROBE = Module(
    name="probe",
    title="Probe",
    jobs=(Job("probe.work", _on_job),),
    subscriptions=(Subscription("tenancy.bell_rung.v1", "probe.on_rung", _on_rung),),
)


@pytest.fixture
async def working(
    committed_database: tuple[Settings, Database], settings: Settings
) -> AsyncIterator[Database]:
    """A worker on a database of its own."""
    own, database = committed_database
    before = rights().modules
    prepare(all_modules())
    prepare_site(own)
    placements = PlacementRegistry(database.system, site().box)
    database.router.directory = placements
    await placements.start(database.listener)
    SEEN.clear()
    registry = Registry((MODULE, PROBE))
    runner = Runner(database, registry)
    relay = Relay(database.system, registry, database.outboxes)
    tasks = [asyncio.create_task(relay.run(sweep_seconds=0.3)), asyncio.create_task(runner.run())]
    yield database
    runner.stop()
    tasks[0].cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, 30)
    await placements.stop()
    prepare(before)
    prepare_site(settings)


async def _until(condition: Any, seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        # A worker's loop tells nobody when it has finished something.
        while not await condition():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_work_follows_the_tenant(working: Database) -> None:
    database, owner = working, new_id()
    facts = await create_organisation(
        database,
        name="Firm",
        slug=None,
        owner_user_id=owner,
        is_sandbox=True,
        actor=anonymous_context(),
    )
    access = await resolve_access(database, facts.id, owner)
    assert access is not None
    context = Context(facts.id, "user", actor_id=owner, permissions=access.permissions)
    async with database.transaction(context) as session:
        later = utc_now() + timedelta(hours=1)
        await enqueue(session, context, "probe.work", run_at=later, word="moved along")
    moved = await move_tenant(database, tenant_id=facts.id, to="dedicated", now=utc_now())
    there = str(moved.database_name)

    async with database.transaction(context) as session:
        await publish(session, context, Rung(aggregate_id=new_id()), now=utc_now())
        await enqueue(session, context, "probe.work", word="now")

    async def both() -> bool:
        return {("event", there), ("now", there)} <= set(SEEN)

    await _until(both)

    # A job that waited when the tenant moved runs over there, when the clock says so.
    async with database.transaction(context) as session:
        await advance_clock(session, context, seconds=7_200, now=utc_now())

    async def along() -> bool:
        return ("moved along", there) in SEEN

    await _until(along)

    # What happens to organisation tables at home is told in the tenant's own log.
    async with database.transaction(context) as session:
        await add_member(session, context, user_id=new_id(), role_names=("auditor",), now=utc_now())

    async def told() -> bool:
        async with database.transaction(context) as session:
            names = await session.execute(
                text("select name from kernel.event order by position desc limit 1")
            )
            return names.scalar_one() == "tenancy.member_added.v1"

    await _until(told)
    assert len(SEEN) == len(set(SEEN)) == 3


async def test_a_direct_write_waits_while_held(working: Database) -> None:
    database, owner = working, new_id()
    facts = await create_organisation(
        database, name="F", slug=None, owner_user_id=owner, actor=anonymous_context()
    )
    context = Context(facts.id, "user", actor_id=owner)
    sql = (
        f"{BOUND_FOR_WRITE} insert into kernel.delivery (tenant_id, id, handler)"
        " select bound.t::uuid, $2, 'x' from bound returning 'done'"
    )
    door = await database.direct(context)
    assert await door.json(context, sql, new_id()) == b"done"
    owner_connection = await asyncpg.connect(site().owner_dsn())
    try:
        await owner_connection.execute(
            "insert into kernel.tenant_hold (tenant_id, reason) values ($1, 'moving')", facts.id
        )
    finally:
        await owner_connection.close()
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await door.json(context, sql, new_id())
