"""A feature of its own: releases go to verified suppliers only, where that is switched on."""

from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

import pytest
from sqlalchemy import select

from metatron.apps.campaigns.care.tables import ExceptionRow
from metatron.apps.campaigns.edge import verification_schemas as shapes
from metatron.apps.campaigns.errors import (
    FeatureSwitchedOff,
    SamePersonReview,
    SupplierNotVerified,
)
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.rules.tenant_settings import change_settings
from metatron.apps.campaigns.supply.errors import SupplierNotFound
from metatron.apps.campaigns.supply.verifying import state_verification
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context, system_context
from metatron.kernel.errors import InvalidInput, PermissionDenied
from metatron.kernel.ids import new_id
from metatron.platform.approvals.tables import ApprovalRow
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house, keyed
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_fees import inspected
from tests.apps.campaigns.test_outside import rows
from tests.support.people import new_email

__all__ = ["app", "house"]
HELD = 11 * 1_999


async def switch(stage: Stage, *, on: bool) -> None:
    await stage.run(change_settings, stage.reviewer, changes={"supplier_verification": on})


async def state(
    stage: Stage,
    verdict: Literal["verified", "refused"] = "verified",
    *,
    who: Context | None = None,
    supplier_id: UUID | None = None,
    valid_until: date | None = None,
) -> Any:
    return await stage.run(
        state_verification, who or stage.finance,
        supplier_id=supplier_id or stage.supplier.actor_id, verdict=verdict,
        basis="Extract of the register, seen today.", valid_until=valid_until,
    )  # fmt: skip


async def at_its_end(stage: Stage) -> Campaign:
    """Return a campaign whose inspection has ended, after its first look for the release."""
    campaign = await inspected(stage, 6, 5)
    await stage.answer_all()
    return campaign


async def test_nothing_is_released_before_the_supplier_is_verified(stage: Stage) -> None:
    await switch(stage, on=True)
    campaign = await at_its_end(stage)
    await stage.pass_time(hours=5)
    assert (await stage.fresh(campaign)).state == "inspecting"
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == HELD
    await state(stage, "refused")
    await stage.pass_time(hours=2)
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == HELD
    await state(stage)
    await stage.settle()
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"


async def test_switched_off_it_asks_nothing_and_what_waited_goes_on(stage: Stage) -> None:
    with pytest.raises(FeatureSwitchedOff, match="supplier_verification"):
        await state(stage)
    await switch(stage, on=True)
    campaign = await at_its_end(stage)
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == HELD
    await switch(stage, on=False)
    await stage.pass_time(hours=1)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"


async def test_a_word_holds_to_its_last_day(stage: Stage) -> None:
    await switch(stage, on=True)
    campaign = await inspected(stage, 6, 5)
    ends = stage.now
    stage.now -= timedelta(days=1)
    await state(stage, valid_until=stage.now.date())
    stage.now = ends
    await stage.answer_all()
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == HELD, "it has expired"
    with pytest.raises(InvalidInput):
        await state(stage, valid_until=ends.date() - timedelta(days=1))
    await state(stage, valid_until=ends.date())
    await stage.settle()
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"


async def test_a_release_that_two_people_approve_is_held_to_it(stage: Stage) -> None:
    stage.pays_by_itself = False
    await switch(stage, on=True)
    campaign = await inspected(stage, 6, 5)
    await state(stage)
    await stage.settle()
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        query = select(ApprovalRow.id).where(ApprovalRow.subject_id == campaign.id)
        approval_id = (await session.execute(query)).scalar_one()
    await state(stage, "refused")
    with pytest.raises(SupplierNotVerified):
        await stage.approve(approval_id)
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == HELD
    await state(stage)
    await stage.approve(approval_id)
    await stage.settle()
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"


async def test_what_waits_too_long_is_on_the_register_with_its_cause(stage: Stage) -> None:
    await switch(stage, on=True)
    await at_its_end(stage)
    await stage.pass_time(days=5)
    [found] = [
        each
        for each in await rows(stage, ExceptionRow)
        if (each.cause or "").startswith("late_release/")
    ]
    assert "identity to be verified" in found.detail


async def test_who_says_what_of_whom(stage: Stage) -> None:
    await switch(stage, on=True)
    with pytest.raises(SupplierNotFound):
        await state(stage, supplier_id=new_id())
    await stage.live()
    with pytest.raises(PermissionDenied):
        await state(stage, who=stage.organiser)
    both = stage.person("settle", "supply")
    await stage.live(supplier_id=both.actor_id)
    with pytest.raises(SamePersonReview):
        await state(stage, who=both, supplier_id=both.actor_id)


async def test_over_http(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    finance = await house.door.signed_in(new_email("finance"), house.tenant.id, ("finance",))
    listed, one = "/supplier-verifications", f"/supplier-verifications/{stage.supplier.actor_id}"
    body = {"verdict": "verified", "basis": "Register.", "valid_until": "2199-12-31"}
    await stage.live()
    for answer in (await finance.get(listed), await finance.post(one, json=body, headers=keyed())):
        assert answer.status_code == 409
        assert answer.json()["code"] == "feature_switched_off"
        assert answer.json()["feature"] == "supplier_verification"
    own = (await house.supplier.get("/supplier/verification")).json()
    assert own == {"is_needed": False, "state": "unverified", "valid_until": None}
    changed = await house.reviewer.patch("/campaign-settings", json={"supplier_verification": True})
    assert changed.json()["supplier_verification"] is True
    [shown] = (await finance.get(listed)).json()
    assert shapes.SupplierVerificationItem.model_validate(shown).state == "unverified"
    assert (await house.organiser.post(one, json=body, headers=keyed())).status_code == 403
    wrong = body | {"verdict": "refused"}
    assert (await finance.post(one, json=wrong, headers=keyed())).status_code == 422
    done = await finance.post(one, json=body, headers=keyed())
    assert done.status_code == 201, done.text
    assert done.json() == {"state": "verified", "valid_until": "2199-12-31"}
    [shown] = (await finance.get(listed)).json()
    item = shapes.SupplierVerificationItem.model_validate(shown)
    assert (item.state, item.basis, item.supplier_name) == (
        "verified", "Register.", "Northern Metalworks",
    )  # fmt: skip
