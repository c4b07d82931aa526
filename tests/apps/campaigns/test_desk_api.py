"""The escrow desk's lists over all campaigns: card disputes and payments to suppliers."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from metatron.apps.campaigns.edge import desk_schemas
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house

__all__ = ["app", "house"]


async def _delivered(house: House, *units: int) -> tuple[Stage, Campaign, list[Commitment]]:
    """A campaign of the house's supplier up to its inspection."""
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    campaign = await stage.live(supplier_id=UUID(house.supplier_id))
    placed = [await stage.commit(campaign, each) for each in units]
    await stage.answer_all()
    await stage.pass_time(days=7)
    stage.supplier = replace(stage.supplier, actor_id=UUID(house.supplier_id))
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    return stage, campaign, placed


async def _items(client: Any, path: str, **query: str) -> list[dict[str, Any]]:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_payment_to_the_supplier_is_seen_by_both_until_it_arrives(house: House) -> None:
    stage, campaign, _ = await _delivered(house, 6, 5)
    assert await _items(house.organiser, "/campaign-payouts") == []
    await stage.pass_time(days=7)
    await stage.answer_all("failed")
    [row] = await _items(house.organiser, "/campaign-payouts", state="failed")
    payout = desk_schemas.ListedPayout.model_validate(row)
    assert (payout.campaign_reference, payout.commitments) == (campaign.reference, 2)
    assert payout.amount_minor == 11 * 1_500
    assert payout.destination.startswith("acct_")
    [own] = await _items(house.supplier, "/supplier/payouts")
    mine = desk_schemas.SupplierPayout.model_validate(own)
    assert (mine.id, mine.state, mine.attempts) == (payout.id, "failed", 1)
    assert "destination" not in own
    await stage.step(stage.finance, campaign, "retry_payout", "The account was corrected.")
    await stage.answer_all()
    assert await _items(house.organiser, "/campaign-payouts", state="failed") == []
    [done] = await _items(house.supplier, "/supplier/payouts")
    assert (done["state"], done["attempts"]) == ("confirmed", 2)
    elsewhere = {"campaign_id": str(new_id())}
    assert await _items(house.organiser, "/campaign-payouts", **elsewhere) == []
    assert (await house.organiser.get("/campaign-payouts?state=lost")).status_code == 422
    assert (await house.supplier.get("/campaign-payouts")).status_code == 403
    assert (await house.organiser.get("/supplier/payouts")).status_code == 403


async def test_another_supplier_sees_nothing_of_it(house: House) -> None:
    stage, _, _ = await _delivered(house, 6, 5)
    await stage.pass_time(days=7)
    another = await house.door.signed_in("another@supplier.example", house.tenant.id, ("supplier",))
    assert await _items(another, "/supplier/payouts") == []


async def test_card_disputes_of_all_campaigns_with_what_they_belong_to(house: House) -> None:
    stage, campaign, [first, second] = await _delivered(house, 6, 5)
    for number, each in enumerate((first, second)):
        await stage.observe("dispute_opened", each.id, 100, reference=f"dp_{number}", fee_minor=15)
    await stage.pass_time(hours=1)
    await stage.observe("dispute_won", first.id, 100, reference="dp_0")
    [open_one] = await _items(house.organiser, "/campaign-card-disputes", state="open")
    dispute = desk_schemas.ListedDispute.model_validate(open_one)
    assert dispute.commitment_reference == (await stage.fresh(second)).reference
    assert dispute.campaign_reference == campaign.reference
    [won] = await _items(house.organiser, "/campaign-card-disputes", state="won")
    assert won["commitment_id"] == str(first.id)
    page = (await house.organiser.get("/campaign-card-disputes?limit=1")).json()
    rest = await _items(house.organiser, "/campaign-card-disputes", cursor=page["next_cursor"])
    assert {page["items"][0]["id"], rest[0]["id"]} == {open_one["id"], won["id"]}
    assert (await house.supplier.get("/campaign-card-disputes")).status_code == 403
