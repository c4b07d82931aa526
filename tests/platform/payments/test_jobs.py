"""The whole way: a committed intention, relay, worker, provider, webhook, announced outcome."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.events.registry import Registry
from metatron.kernel.events.relay import Relay
from metatron.kernel.events.runner import Runner
from metatron.kernel.settings import Settings
from metatron.platform.payments.instructions import Instruction
from metatron.platform.payments.module import MODULE
from tests.platform.payments.provider_process import ProviderProcess
from tests.platform.payments.steps import (
    ask,
    connected,
    inbox,
    names,
    read,
    serving,
)


@asynccontextmanager
async def working(database: Database) -> AsyncIterator[None]:
    registry = Registry([MODULE])
    relay, runner = Relay(database.system, registry), Runner(database, registry)
    tasks = [asyncio.create_task(relay.run(sweep_seconds=0.2)), asyncio.create_task(runner.run())]
    yield
    runner.stop()
    tasks[0].cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(task, 30)


async def decided(database: Database, tenant: Context, one: Instruction) -> Instruction:
    for _ in range(300):
        now = await read(database, tenant, one.id)
        if now.state in {"confirmed", "failed"}:
            return now
        await asyncio.sleep(0.05)
    raise TimeoutError(now.state)


async def test_worker_and_webhooks_bring_instructions_to_their_end(
    committed_database: tuple[Settings, Database], tenant: Context, own_provider: ProviderProcess
) -> None:
    settings, database = committed_database
    async with (
        connected(own_provider) as _,
        serving(database, settings) as web,
        working(database),
    ):
        own_provider.call("POST", "/control/webhook_endpoint", {"url": f"{web}/sandbox"})
        fault = {"operation": "authorise", "fault": "timeout_with_effect", "count": 1}
        own_provider.faults({**fault, "seconds": 1.0})
        lost = await ask(database, tenant, "capture", amount=3000)
        declined = await ask(database, tenant, "capture", payment_method="pm_declined")
        assert (await decided(database, tenant, lost)).state == "confirmed"
        assert (await decided(database, tenant, declined)).state == "failed"
        paid = await ask(database, tenant, "payout", amount=1000, destination="acct_supplier")
        assert (await decided(database, tenant, paid)).state == "confirmed"
        for _ in range(100):
            rows = await inbox(database, tenant)
            if len(rows) >= 4 and {state for _, _, state in rows} == {"processed"}:
                break
            await asyncio.sleep(0.05)
        assert {kind for _, kind, _ in rows} == {
            "authorisation.captured",
            "authorisation.declined",
            "payout.pending",
            "payout.paid",
        }
        assert {state for _, _, state in rows} == {"processed"}
    assert sorted(await names(database, tenant)) == [
        "payments.instruction_confirmed.v1",
        "payments.instruction_confirmed.v1",
        "payments.instruction_failed.v1",
    ]
    assert own_provider.balance() == 2000
