"""A tenant with real campaigns, money and a sealed log moves away and back; nothing is lost."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.audit.interface import verify_tenant
from metatron.platform.audit.sealer import Sealer
from metatron.platform.ledger.interface import run_checks
from metatron.platform.payments.providers import configure_from
from metatron.platform.tenancy import copying
from metatron.platform.tenancy.moving import move_tenant
from metatron.platform.tenancy.rights import rights
from metatron.platform.tenancy.site import site
from tests.apps.campaigns.stage import Stage
from tests.support.people import Door, new_email

from .steps import code, events_of, run_jobs

WORK = {"kernel.outbox"}
"""Work to be done is done meanwhile; everything else stays as it was."""


class MovingStage(Stage):
    """A stage whose outbox is wherever the tenant lives."""

    async def take_due(self) -> list[dict[str, Any]]:
        home = self.database.system
        self.database.system = (await self.database.outboxes({self.tenant_id}))[-1]
        try:
            return await super().take_due()
        finally:
            self.database.system = home


async def _contents(database: Database, tenant_id: UUID) -> dict[str, copying.Content]:
    """Count and hash of every table that moves, where the tenant lives now."""
    name = await database.system.fetchval(
        "select database_name from tenancy.placement where tenant_id = $1 and is_current", tenant_id
    )
    owner = await asyncpg.connect(site().owner_dsn(name))
    modules = rights().modules
    staying = {table for m in modules for table in (*m.home_tables, *m.global_tables)}
    try:
        found = {}
        async with owner.transaction():
            await copying.bind(owner, tenant_id)
            for table in set(await copying.tenant_tables(owner, staying)) - WORK:
                columns = [row[0] for row in await owner.fetch(copying._COLUMNS, table)]
                found[table] = await copying.content_of(owner, table, columns)
        return found
    finally:
        await owner.close()


async def _check_books_and_log(stage: Stage, settings: Settings) -> int:
    """The ledger's invariants hold and the audit chain is whole; how many events are sealed."""
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        assert await run_checks(session) == []
    pool = (await stage.database.outboxes({stage.tenant_id}))[-1]
    report = await verify_tenant(pool, stage.tenant_id, data_dir=settings.data_dir)
    assert report.intact, report.findings
    return report.sealed


async def _seal(database: Database, settings: Settings) -> None:
    sealer = Sealer(database.outboxes, settings.data_dir)
    await sealer.seal()
    await sealer.checkpoint()


async def _raise_money(stage: Stage) -> Campaign:
    campaign = await stage.live()
    for units in (4, 3, 5):
        await stage.commit(campaign, units)
    await stage.answer_all()
    return campaign


async def _finish(stage: Stage, campaign: Campaign) -> None:
    await stage.pass_time(days=7)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    await stage.pass_time(days=7)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"


async def test_campaigns_money_and_log_move_away_and_back(
    door: Door,
    admin: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure_from(settings)
    email = new_email("owner")
    tenant = await door.organisation(email)
    member = await door.signed_in(email)
    stage = MovingStage(database, tenant_id=tenant.id)
    accepted, forgotten = await _raise_money(stage), await _raise_money(stage)
    await _seal(database, settings)
    before = await _contents(database, tenant.id)
    assert before["ledger.transfer"].rows > 0
    assert before["campaigns.commitment"].rows == 6
    seen: dict[str, Any] = {}
    original = copying.copy_table

    async def slow(*arguments: Any) -> int:
        if arguments[2] == "campaigns.campaign":
            await asyncio.sleep(0.2)  # the gate hears of the state
            seen["write"] = code(await member.post("/campaigns", json={"title": "Too late"}))
            seen["home"] = code(await member.patch("/organisation", json={"name": "Too late"}))
            seen["read"] = (await member.get("/campaigns")).status_code
            seen["state"] = (await admin.get(f"/admin/tenants/{tenant.id}")).json()["state"]
        return await original(*arguments)

    monkeypatch.setattr(copying, "copy_table", slow)
    asked = await admin.post(f"/admin/tenants/{tenant.id}/move", json={"to": "dedicated"})
    assert asked.status_code == 202, asked.text
    frozen = await _contents(database, tenant.id)
    assert await run_jobs(database, "tenancy.move", tenant_id=tenant.id) == 1
    monkeypatch.undo()
    assert seen == {
        "write": (503, "tenant_moving"), "home": (503, "tenant_moving"), "read": 200,
        "state": "moving",
    }  # fmt: skip
    assert await run_jobs(database, "tenancy.record_event", tenant_id=tenant.id) >= 1
    shown = (await admin.get(f"/admin/tenants/{tenant.id}")).json()
    assert (shown["state"], shown["placement"]) == ("active", "dedicated")
    away = await _contents(database, tenant.id)
    assert _same(away, frozen)
    sealed = await _check_books_and_log(stage, settings)
    assert sealed >= before["audit.seal"].rows

    # Life goes on over there: one campaign ends with its money released, one with refunds.
    await _finish(stage, await stage.fresh(accepted))
    assert (await stage.fresh(forgotten)).state == "failed"
    await _seal(database, settings)
    assert await _check_books_and_log(stage, settings) > sealed
    there = await _contents(database, tenant.id)

    await move_tenant(database, tenant_id=tenant.id, to="pooled", now=stage.now)
    back = await _contents(database, tenant.id)
    assert _same(back, there)
    await _check_books_and_log(stage, settings)
    await _finish(stage, await _raise_money(stage))
    await _seal(database, settings)
    await _check_books_and_log(stage, settings)
    names = [name for name, _, _ in await events_of(database, tenant.id, tenant.id)]
    assert "tenancy.tenant_moved.v1" in names


def _same(after: dict[str, copying.Content], before: dict[str, copying.Content]) -> bool:
    """The log and its seals may have grown by what the move itself announced."""
    grown = {"kernel.event", "kernel.delivery", "audit.seal", "audit.checkpoint"}
    differing = {name for name in before if after[name] != before[name]} - grown
    assert not differing, differing
    assert all(after[name].rows >= before[name].rows for name in grown)
    return True


async def test_a_mover_that_died_is_followed_by_another(
    door: Door, admin: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    tenant = await door.organisation()
    before = await _contents(database, tenant.id)

    async def die(*_: Any) -> int:
        raise Killed

    path = f"/admin/tenants/{tenant.id}"
    with monkeypatch.context() as patch:
        patch.setattr(copying, "copy_table", die)
        await admin.post(f"{path}/move", json={"to": "dedicated"})
        with pytest.raises(Killed):
            await run_jobs(database, "tenancy.move", tenant_id=tenant.id)
    assert (await admin.get(path)).json()["state"] == "moving"
    refused = await admin.post(f"{path}/move", json={"to": "pooled"})
    assert code(refused) == (409, "transition_refused")
    assert code(await admin.delete(path)) == (409, "transition_refused")
    assert (await admin.post(f"{path}/move", json={"to": "dedicated"})).status_code == 202
    await run_jobs(database, "tenancy.move", tenant_id=tenant.id)
    shown = (await admin.get(path)).json()
    assert (shown["state"], shown["placement"]) == ("active", "dedicated")
    assert _same(await _contents(database, tenant.id), before)
    again = await admin.post(f"{path}/move", json={"to": "dedicated"})
    assert code(again) == (409, "transition_refused")
