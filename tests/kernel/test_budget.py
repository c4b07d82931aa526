"""Connections to dedicated databases share one bound; idle ones give way, then callers wait."""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from metatron.kernel.context import Context, system_context
from metatron.kernel.database.budget import LONGEST_WAIT_SECONDS
from metatron.kernel.database.database import Database
from metatron.kernel.database.direct import BOUND
from metatron.kernel.database.placement import Placement
from metatron.kernel.database.router import Address, TenantRouter
from metatron.kernel.errors import Busy
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings

SLEEP = f"{BOUND} select pg_sleep(3)::text from bound"
QUICK = f"{BOUND} select bound.t from bound"


class OneServer:
    """Every tenant is dedicated; each has an address of its own on the test's database."""

    def __init__(self, settings: Settings) -> None:
        self._app = settings.database_url.get_secret_value()
        self._system = settings.database_system_url.get_secret_value()

    async def find(self, tenant_id: UUID) -> Address:
        more = f"&application_name=t{tenant_id.hex[-12:]}"
        return Address(tenant_id, self._app + more, self._system + more)

    async def every(self) -> list[Address]:
        return []


@pytest.fixture
async def router(settings: Settings) -> AsyncIterator[TenantRouter]:
    home = await Placement.open(settings.database_url.get_secret_value(), sessions=1, direct=1)
    made = TenantRouter(home, 3, OneServer(settings))
    yield made
    await made.close()


def _tenants(count: int) -> list[Context]:
    return [system_context(new_id()) for _ in range(count)]


async def test_idle_connections_give_way(router: TenantRouter) -> None:
    for context in _tenants(8):
        door = (await router.place(context.tenant_id)).direct
        assert await door.json(context, QUICK) == str(context.tenant_id).encode()
        assert router.budget.open <= 3


@pytest.mark.alone
async def test_over_the_budget_a_caller_waits_then_is_refused(router: TenantRouter) -> None:
    busy, late = _tenants(3), _tenants(1)[0]
    tasks = []
    for context in busy:
        door = (await router.place(context.tenant_id)).direct
        tasks.append(asyncio.create_task(door.json(context, SLEEP)))
    await asyncio.sleep(0.3)
    started = time.monotonic()
    with pytest.raises(Busy) as refused:
        await (await router.place(late.tenant_id)).direct.json(late, QUICK)
    assert LONGEST_WAIT_SECONDS - 0.5 < time.monotonic() - started < LONGEST_WAIT_SECONDS + 1
    assert refused.value.headers["Retry-After"]
    await asyncio.gather(*tasks)
    door = (await router.place(late.tenant_id)).direct
    assert await door.json(late, QUICK) == str(late.tenant_id).encode()


async def test_only_so_many_databases_are_kept_open(
    router: TenantRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TenantRouter, "MOST_DEDICATED", 2)
    kept = [await router.place(context.tenant_id) for context in _tenants(5)]
    assert len(set(map(id, kept))) == 5
    assert len(router._dedicated) == 2
    # A placement that fell out still serves whoever holds it.
    context = _tenants(1)[0]
    assert await kept[0].direct.json(context, QUICK) == str(context.tenant_id).encode()


async def test_sessions_count_too(router: TenantRouter, database: Database) -> None:
    from sqlalchemy import text

    from metatron.kernel.database.session import open_session

    context = _tenants(1)[0]
    placement = await router.place(context.tenant_id)
    async with open_session(placement.engine, context) as session:
        await session.execute(text("select 1"))
        assert router.budget.open == 1
    await placement.shed()
    assert router.budget.open == 0
    assert database.router is not router
