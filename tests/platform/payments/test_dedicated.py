"""A tenant with a database of its own: overdue work, statements and strangers' messages find it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, anonymous_context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.payments.adapter import Observation, ProviderEvent
from metatron.platform.payments.overdue import take_up_overdue
from metatron.platform.payments.statements import fetching
from metatron.platform.payments.webhook_owners import find_tenant
from metatron.platform.tenancy.interface import create_organisation, prepare
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.registry import PlacementRegistry
from metatron.platform.tenancy.rights import rights
from metatron.platform.tenancy.site import prepare_site, site
from metatron.processes import all_modules
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.statement_steps import lines
from tests.platform.payments.steps import ask, connected, done


@pytest.fixture
async def away(
    committed_database: tuple[Settings, Database], settings: Settings
) -> AsyncIterator[tuple[Database, Context]]:
    """A tenant in a database of its own, and the doors of both."""
    own, database = committed_database
    before: Any = rights().modules
    prepare(all_modules())
    prepare_site(own)
    database.router.directory = placements = PlacementRegistry(database.system, site().box)
    await placements.start(database.listener)
    facts = await create_organisation(
        database, name="Firm", slug=None, owner_user_id=new_id(), is_sandbox=False,
        actor=anonymous_context(),
    )  # fmt: skip
    await move_tenant(database, tenant_id=facts.id, to="dedicated", now=utc_now())
    yield database, system_context(facts.id)
    await placements.stop()
    prepare(before)
    prepare_site(settings)


async def _jobs(database: Database, tenant: Context) -> tuple[str, int]:
    async with database.transaction(tenant) as session:
        query = (
            "select current_database(), count(*) from kernel.outbox"
            " where name = 'payments.send_instruction'"
        )
        found = (await session.execute(text(query))).one()
        return str(found[0]), int(found[1])


async def test_what_was_left_in_a_database_of_its_own_is_taken_up(
    away: tuple[Database, Context], own_provider: ProviderProcess
) -> None:
    database, tenant = away
    pooled = system_context(new_id())
    async with connected(own_provider):
        then = utc_now() - timedelta(minutes=3)
        for context in (tenant, pooled):
            await ask(database, context, "capture", now=then)
        there, before = await _jobs(database, tenant)
        home, _ = await _jobs(database, pooled)
        assert there != home
        assert await take_up_overdue(database) == 2
        assert await _jobs(database, tenant) == (there, before + 1)
        assert await take_up_overdue(database) == 0


async def test_statements_and_strangers_messages_find_it(
    away: tuple[Database, Context], own_provider: ProviderProcess
) -> None:
    database, tenant = away
    async with connected(own_provider):
        taken = await done(database, tenant, "capture")
        assert taken.provider_reference is not None
        await fetching.fetch_statements(database, now=utc_now() + timedelta(days=1))
        assert [line[2] for line in await lines(database, tenant)] == ["matched"]
        seen = Observation("dispute_opened", "dp_1", taken.provider_reference, 1, 0, "EUR")
        event = ProviderEvent("evt_1", "dispute", None, None, None, seen)
        assert await find_tenant(database, "sandbox", event) == tenant.tenant_id
        nobody = Observation("dispute_opened", "dp_1", "auth_of_nobody", 1, 0, "EUR")
        event = ProviderEvent("evt_1", "dispute", None, None, None, nobody)
        assert await find_tenant(database, "sandbox", event) is None
