"""A person with a history of money: in the way while it moves, afterwards kept without their name.

The books (`metatron ledger check`) and the log (`metatron audit verify`) hold after an erasure.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import text

from metatron.kernel.ids import new_id
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.platform.audit.interface import seal_tenant, verify_tenant
from metatron.platform.ledger.checking import check_books
from metatron.platform.payments.providers import configure_from
from tests.apps.campaigns.clocked import ClockedStage
from tests.apps.campaigns.test_api import commitment, keyed

from .conftest import House, erased
from .search import places_of

_MONEY = text("""
select (select count(*) from ledger.transfer where tenant_id = :tenant_id),
  (select count(*) from campaigns.commitment where tenant_id = :tenant_id and member_id = :user_id),
  (select coalesce(sum(r.amount_minor), 0) from campaigns.refund r
   join campaigns.commitment c using (tenant_id)
   where c.id = r.commitment_id and c.tenant_id = :tenant_id and c.member_id = :user_id),
  (select count(*) from campaigns.delivery_address where tenant_id = :tenant_id)
""")


@pytest.fixture
async def stage(house: House) -> ClockedStage:
    """The house's campaigns, run at the time of its clock."""
    configure_from(house.door.settings)
    made = ClockedStage(house.door.database)
    made.tenant_id = house.tenant_id
    made.__post_init__()
    return made


@pytest.fixture
async def mighty(server: EmbeddedPostgres, house: House) -> AsyncIterator[Any]:
    name = house.door.settings.database_url.get_secret_value().partition("@/")[2].partition("?")[0]
    connection = await asyncpg.connect(server.dsn("postgres", name))
    yield connection
    await connection.close()


async def live(stage: ClockedStage, **changes: Any) -> Any:
    return await stage.live(deadline_at=stage.now + timedelta(days=2), **changes)


async def commit(client: httpx.AsyncClient, campaign: Any, units: int) -> str:
    body = commitment(units, terms_version=campaign.terms_version)
    url = f"/campaigns/{campaign.id}/commitments"
    answer = await client.post(url, json=body, headers=keyed())
    assert answer.status_code == 202, answer.text
    return str(body["id"])


async def obstacles(client: httpx.AsyncClient) -> list[str]:
    """What stands in the way of the caller's erasure; nothing is asked for if nothing does."""
    answer = await client.post("/personal-data/erasures", json={})
    if answer.status_code == 201:
        await client.delete(f"/personal-data/erasures/{answer.json()['id']}")
        return []
    assert answer.json()["code"] == "erasure_obstructed", answer.text
    return [each["code"] for each in answer.json()["obstacles"]]


async def money(house: House, user_id: UUID) -> Any:
    async with house.door.database.transaction(house.context) as session:
        values = {"tenant_id": house.tenant_id, "user_id": user_id}
        return (await session.execute(_MONEY, values)).one()


async def test_books_and_log_hold_after_the_erasure_of_who_paid(
    house: House, stage: ClockedStage, mighty: Any
) -> None:
    client, email, user_id = await house.join()
    assert (await client.patch("/auth/me", json={"display_name": "Ada Paid"})).is_success
    delivered, given_back = await live(stage), await live(stage)
    await commit(client, delivered, 6)
    await stage.commit(delivered, 5)
    left = await commit(client, given_back, 2)
    await stage.answer_all()
    assert await obstacles(client) == ["open_commitments"]
    withdrawn = await client.post(f"/commitments/{left}/withdraw", json={}, headers=keyed())
    assert withdrawn.is_success, withdrawn.text
    assert await obstacles(client) == ["open_commitments", "unpaid_refunds"]
    await stage.answer_all()
    await stage.pass_time(days=3)
    await stage.accept(delivered)
    await stage.deliver(delivered)
    await stage.pass_time(days=8)
    await stage.answer_all()
    assert (await stage.fresh(delivered)).state == "completed"
    assert await obstacles(client) == []
    before = await money(house, user_id)
    assert (before[1], before[2]) == (2, 2 * 1_999)

    request_id = await erased(house, client)
    after = await money(house, user_id)
    assert tuple(after)[:3] == tuple(before)[:3], "no record of money has gone"
    assert before[3] - after[3] == 2, "where it was sent to has"
    assert await places_of(mighty, email) == set()
    assert await places_of(mighty, "Ada Paid") == set()
    shown = (await house.owner.get("/personal-data/erasures")).json()["items"][0]
    kept = {step["name"]: step["years"] for step in shown["steps"] if step["fate"] == "kept"}
    assert shown["id"] == request_id
    assert (kept["campaigns.commitments"], kept["payments.money"]) == (7, 7)

    assert await check_books(house.door.database, house.tenant_id) == []
    system = house.door.database.system
    await seal_tenant(system, house.tenant_id)
    told = await verify_tenant(system, house.tenant_id, data_dir=house.door.settings.data_dir)
    assert (told.intact, told.unsealed) == (True, 0), told.findings


async def test_a_refund_that_failed_is_in_the_way(house: House, stage: ClockedStage) -> None:
    client, _, _ = await house.join()
    campaign = await live(stage)
    left = await commit(client, campaign, 2)
    await stage.answer_all()
    assert (await client.post(f"/commitments/{left}/withdraw", json={}, headers=keyed())).is_success
    await stage.answer_all("failed")
    assert await obstacles(client) == ["open_commitments", "unpaid_refunds"]


async def test_a_payment_on_its_way_to_the_supplier_is_in_the_way(
    house: House, stage: ClockedStage
) -> None:
    client, _, user_id = await house.join("supplier")
    stage.supplier = replace(stage.supplier, actor_id=user_id)
    campaign = await live(stage)
    await stage.commit(campaign, 6)
    await stage.commit(campaign, 5)
    await stage.answer_all()
    assert await obstacles(client) == ["campaigns_supplied"]
    await stage.pass_time(days=3)
    await stage.accept(campaign)
    await stage.deliver(campaign)
    await stage.pass_time(days=8)
    assert await obstacles(client) == ["campaigns_supplied", "unpaid_payouts"]
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    assert await obstacles(client) == []


async def test_a_request_for_approval_is_in_the_way_of_who_asked_and_whose_it_is(
    house: House, stage: ClockedStage
) -> None:
    """Of a refund by hand: who asked for it, and the member who gets it."""
    asking, _, _ = await house.join("finance")
    deciding, _, _ = await house.join("finance")
    member, _, _ = await house.join()
    campaign = await live(stage)
    commitment_id = await commit(member, campaign, 2)
    await stage.answer_all()
    body = {"amount_minor": 100, "reason_code": "admin_manual", "reason": "Counted twice."}
    url = f"/commitments/{commitment_id}/refunds"
    asked = await asking.post(url, json=body, headers=keyed())
    assert asked.status_code == 202, asked.text
    assert await obstacles(asking) == ["open_approvals"]
    assert await obstacles(member) == ["open_approvals", "open_commitments"]
    assert await obstacles(deciding) == [], "anybody else may decide"
    approval_id = asked.json()["approval_id"]
    done = await deciding.post(
        f"/approvals/{approval_id}/reject", json={"reason": "It was not."}, headers=keyed()
    )
    assert done.is_success, done.text
    assert await obstacles(asking) == []


async def test_money_that_moves_again_puts_an_erasure_off(
    house: House, stage: ClockedStage
) -> None:
    client, _, _ = await house.join()
    asked = (await client.post("/personal-data/erasures", json={})).json()
    campaign = await live(stage)
    placed = await commit(client, campaign, 2)
    await stage.answer_all()
    await house.pass_days(8)
    await house.work(asked["id"])
    [shown] = (await house.owner.get("/personal-data/erasures")).json()["items"]
    assert shown["state"] == "waiting"
    assert [each["code"] for each in shown["obstacles"]] == ["open_commitments"]
    assert (await client.get(f"/commitments/{placed}")).is_success, "they may still sign in"
    assert (await client.get(f"/commitments/{new_id()}")).status_code == 404
