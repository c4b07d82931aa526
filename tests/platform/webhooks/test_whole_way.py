"""With a relay and a worker as they run: an event commits, and whoever wants it is told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID

import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.events.event import publish
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.records.events import ViewForgotten
from metatron.platform.tenancy.interface import ActorRights
from metatron.platform.webhooks import endpoints, hearing
from metatron.platform.webhooks import site as kept
from metatron.platform.webhooks.module import MODULE
from metatron.platform.webhooks.permissions import MANAGE
from tests.platform.webhooks.receiver import receiving

RIGHTS = frozenset({MANAGE, "audit:read"})


@asynccontextmanager
async def working(database: Database) -> AsyncIterator[None]:
    registry = Registry([MODULE])
    relay, runner = Relay(database.system, registry), Runner(database, registry)
    tasks = [asyncio.create_task(relay.run(sweep_seconds=0.2)), asyncio.create_task(runner.run())]
    yield
    runner.stop()
    tasks[0].cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


async def announce(database: Database, context: Context) -> UUID:
    async with database.transaction(context) as session:
        event = ViewForgotten(aggregate_id=new_id(), list_name="campaigns")
        return await publish(session, context, event, now=utc_now())


async def test_what_commits_comes_to_those_who_want_it_and_costs_others_nothing(
    committed_database: tuple[Settings, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, database = committed_database
    monkeypatch.setattr(kept, "_site", None)
    kept.prepare(SimpleNamespace(settings=settings, modules=(MODULE,)))
    monkeypatch.setattr(kept, "_site", replace(kept.site(), allow_private=True))

    async def held(*_: object) -> ActorRights:
        return ActorRights(RIGHTS)

    monkeypatch.setattr(hearing, "rights_of_actor", held)
    owner, other = Context(new_id(), "user", new_id(), RIGHTS), system_context(new_id())
    async with receiving() as receiver, working(database):
        async with database.transaction(owner) as session:
            await endpoints.add_endpoint(
                session, owner, url=receiver.url, description="", events=["records.*"],
                is_on=True, now=utc_now(),
            )  # fmt: skip
        for _ in range(30):
            await announce(database, other)
        announced = [str(await announce(database, owner)) for _ in range(30)]
        async with asyncio.timeout(20):
            await receiver.has(len(announced))
    assert sorted(each.told["data"]["event_id"] for each in receiver.came) == sorted(announced)
    assert len({each.id for each in receiver.came}) == len(announced), "each of them once"
    states = await database.system.fetch(
        "select tenant_id, state, count(*) from webhooks.delivery group by 1, 2"
    )
    assert [tuple(row) for row in states] == [(owner.tenant_id, "delivered", 30)]
    jobs = await database.system.fetchval(
        "select count(*) from kernel.delivery where tenant_id = $1", other.tenant_id
    )
    assert jobs == 0
