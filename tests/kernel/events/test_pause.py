"""Work of a module that a tenant has switched off waits; it is not tried, and not lost."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from metatron.kernel.context import Context, system_context
from metatron.kernel.events import runner
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.events.registry import Registry
from metatron.kernel.ids import new_id

from .conftest import Workshop


async def test_jobs_wait_until_their_module_is_on_again(
    workshop: Workshop, tenant: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    off, plain = {tenant.tenant_id}, workshop.registry

    async def paused(tenant_id: UUID, module: str) -> bool:
        assert module == "test"
        return tenant_id in off

    def optional() -> Registry:
        made = plain()
        made.paused = paused
        made._optional = dict.fromkeys(made.handlers(), "test")
        return made

    monkeypatch.setattr(workshop, "registry", optional)
    monkeypatch.setattr(runner, "PAUSE", timedelta(seconds=0.2))
    record, theirs, other = new_id(), new_id(), system_context(new_id())
    for context, each in ((tenant, record), (other, theirs)):
        async with workshop.database.transaction(context) as session:
            await enqueue(session, context, "test.mark", record=each)
    await workshop.happen(tenant, happened := new_id())
    async with workshop.open():

        async def elsewhere() -> bool:
            return await workshop.marks(other, theirs) == ["test.mark"]

        await workshop.until(elsewhere)
        # Long enough to be looked at again and again.
        await asyncio.sleep(1.5)
        assert await workshop.marks(tenant, record) == []
        assert await workshop.marks(tenant, happened) == []
        assert await workshop.queued("failed") == []
        off.clear()

        async def caught_up() -> bool:
            return bool(await workshop.marks(tenant, record)) and bool(
                await workshop.marks(tenant, happened)
            )

        await workshop.until(caught_up)
        await asyncio.sleep(0.5)
        assert await workshop.marks(tenant, record) == ["test.mark"]
