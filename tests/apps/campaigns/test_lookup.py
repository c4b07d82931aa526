"""One box: references, ids and the provider's own names lead to what they are about."""

from typing import Any

from sqlalchemy import text

from metatron.apps.campaigns.edge.lookup import LookupAnswer, LookupHit, look_up
from metatron.apps.campaigns.tables import Payout, Refund
from metatron.kernel.context import Context, system_context
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house
from tests.apps.campaigns.test_fees import inspected
from tests.apps.campaigns.test_manual_entries import book, line
from tests.apps.campaigns.test_outside import rows
from tests.apps.campaigns.test_parts import held

__all__ = ["app", "house"]


async def find(stage: Stage, reference: object, who: Context | None = None) -> list[LookupHit]:
    found: list[LookupHit] = await stage.run_now(
        look_up, who or stage.finance, reference=str(reference)
    )
    return found


async def kinds(stage: Stage, reference: object, who: Context | None = None) -> set[str]:
    return {each.kind for each in await find(stage, reference, who)}


async def test_references_and_ids_lead_to_their_records(stage: Stage) -> None:
    campaign, [commitment, _] = await held(stage, 6, 5)
    for asked in (campaign.reference, campaign.reference.lower(), campaign.id):
        [hit] = await find(stage, asked)
        assert (hit.kind, hit.path) == ("campaign", f"/campaigns/{campaign.id}")
    [hit] = await find(stage, f"  {commitment.reference} ")
    assert (hit.id, hit.amount_minor) == (commitment.id, commitment.amount_minor)
    assert hit.path == f"/campaigns/{campaign.id}?tab=commitments"
    fresh = await stage.fresh(commitment)
    assert "commitment" in await kinds(stage, fresh.provider_reference)
    assert await kinds(stage, fresh.capture_transfer_id) >= {"commitment", "transfer"}
    await stage.return_part(commitment, 300)
    [refund] = await rows(stage, Refund)
    assert await kinds(stage, refund.transfer_id) >= {"refund", "transfer", "instruction"}
    [hit] = [each for each in await find(stage, refund.id) if each.kind == "refund"]
    assert hit.path == f"/desk/refunds?row={refund.id}"
    assert await find(stage, new_id()) == await find(stage, "no such thing") == []


async def test_a_providers_own_name_leads_to_what_it_was_for(stage: Stage) -> None:
    await inspected(stage, 6, 5)
    await stage.answer_all()
    [payout] = await rows(stage, Payout)
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        query = "select provider_reference from payments.instruction where target_id = :id"
        name: Any = await session.scalar(text(query), {"id": payout.id})
    assert name
    assert await kinds(stage, name) == {"payout", "instruction"}


async def test_books_and_other_tenants_stay_closed(stage: Stage) -> None:
    _, [commitment] = await held(stage, 6)
    fresh = await stage.fresh(commitment)
    reader = stage.person("read")
    assert await kinds(stage, fresh.capture_transfer_id, reader) == {"commitment"}
    other = Stage(stage.database)
    for asked in (commitment.id, commitment.reference, fresh.capture_transfer_id):
        assert await find(other, asked) == []


async def test_an_entry_by_hand_is_found_where_its_list_is_seen(stage: Stage) -> None:
    entry = await book(stage, "suspense", await line(stage, 900))
    for asked in (entry.id, entry.reference):
        assert "manual_entry" in await kinds(stage, asked)
        assert await kinds(stage, asked, stage.person("read")) == set()


async def test_over_http(house: House) -> None:
    campaign = await house.draft()
    answer = await house.organiser.get("/campaign-lookup", params={"q": campaign["reference"]})
    [hit] = LookupAnswer.model_validate(answer.json()).items
    assert str(hit.id) == campaign["id"]
    assert (await house.organiser.get("/campaign-lookup", params={"q": "K"})).status_code == 422
    assert (await house.supplier.get("/campaign-lookup", params={"q": "K-1"})).status_code == 403
