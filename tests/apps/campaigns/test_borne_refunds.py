"""A refund made at the provider beyond what was held: two people have the bond bear the rest."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from metatron.apps.campaigns.care.borne_refunds import ask_loss
from metatron.apps.campaigns.care.errors import ProviderActionNotFound, ProviderActionNotPossible
from metatron.apps.campaigns.care.tables import ProviderAction
from metatron.apps.campaigns.edge import care_schemas
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.money.tables import ProviderCharge
from metatron.apps.campaigns.tables import Campaign, Commitment, Refund
from metatron.kernel.context import Context
from metatron.kernel.errors import PermissionDenied
from metatron.kernel.ids import new_id
from metatron.platform.approvals.decisions import approve
from metatron.platform.approvals.errors import SamePerson
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house, keyed
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_fees import gap, inspected, left_in_bond, pay_in
from tests.apps.campaigns.test_outside import rows, seen
from tests.apps.campaigns.test_simulation import assert_sound
from tests.support.people import new_email

__all__ = ["app", "house"]
PRICE = 1_999


async def action_of(stage: Stage) -> ProviderAction:
    [action] = await rows(stage, ProviderAction)
    return action  # type: ignore[no-any-return]


async def ask(stage: Stage, who: Context | None = None) -> Any:
    action = await action_of(stage)
    return await stage.run(
        ask_loss, who or stage.finance, action_id=action.id, reason="Refunded twice at the desk."
    )


async def released(stage: Stage) -> tuple[Campaign, Commitment]:
    """Return a completed campaign whose first commitment is refunded at the provider all the same.

    Everything of it went to the supplier.
    """
    campaign = await inspected(stage, 6, 5)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    commitment = next(each for each in await stage.commitments_of(campaign) if each.units == 5)
    await seen(stage, commitment, 5 * PRICE)
    assert (await action_of(stage)).state == "unmirrored"
    return campaign, commitment


async def test_a_refund_after_the_release_is_borne_by_the_bond(stage: Stage) -> None:
    await pay_in(stage, 12_000)
    await stage.answer_all()
    campaign, commitment = await released(stage)
    asked = await ask(stage)
    assert await left_in_bond(stage) == 12_000, "one person books nothing"
    own = replace(stage.approver(), actor_id=stage.finance.actor_id)
    with pytest.raises(SamePerson):
        await stage.run(approve, own, approval_id=asked.id)
    await stage.approve(asked.id)
    [loss] = await rows(stage, ProviderCharge)
    assert (loss.kind, loss.amount_minor, loss.recharged_minor, loss.campaign_id) == (
        "refund_loss", 5 * PRICE, 5 * PRICE, campaign.id,
    )  # fmt: skip
    assert (await left_in_bond(stage), await gap(stage)) == (12_000 - 5 * PRICE, 0)
    assert await balance(stage, campaign, Kind.LOSS) == 0
    action = await action_of(stage)
    assert (action.state, action.resolved_at) == ("mirrored", stage.now)
    assert "The bond bears €99.95 of it, as two" in (action.why or "")
    assert (await stage.fresh(commitment)).state == "settled", "its own story does not change"
    await assert_sound(stage)
    with pytest.raises(ProviderActionNotPossible, match="in the books"):
        await ask(stage)


async def test_what_the_bond_cannot_bear_is_a_gap_until_it_is_paid_in(stage: Stage) -> None:
    await pay_in(stage, 4_000)
    await stage.answer_all()
    await released(stage)
    await stage.approve((await ask(stage)).id)
    margin = 11 * (PRICE - 1_500)
    assert (await left_in_bond(stage), await gap(stage)) == (0, 5 * PRICE - 4_000 - margin)
    await assert_sound(stage)
    await pay_in(stage, 6_000)
    await stage.answer_all()
    assert (await left_in_bond(stage), await gap(stage)) == (10_000 - 5 * PRICE, 0)
    await assert_sound(stage)


async def test_what_is_held_goes_before_the_bond(stage: Stage) -> None:
    """More was refunded than is held: the rest of escrow is not paid to the supplier as well."""
    await pay_in(stage, 2_000)
    await stage.answer_all()
    campaign = await inspected(stage, 6, 5)
    ends, stage.now = stage.now, stage.now - timedelta(hours=1)
    commitment = next(each for each in await stage.commitments_of(campaign) if each.units == 5)
    await stage.return_part(commitment, 800)
    await stage.answer_all()
    await seen(stage, commitment, 5 * PRICE)
    asked = await ask(stage)
    assert "the bond bears €8.00, €91.95 of it comes out of escrow" in asked.summary
    await stage.approve(asked.id)
    assert (await stage.fresh(commitment)).state == "refunded"
    whole = [each for each in await rows(stage, Refund) if each.whole]
    assert [(each.amount_minor, each.state) for each in whole] == [(5 * PRICE - 800, "confirmed")]
    assert (await left_in_bond(stage), await gap(stage)) == (1_200, 0)
    stage.now = ends
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    await assert_sound(stage)


async def test_what_has_changed_is_asked_anew(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 3)
    await stage.answer_all()
    await seen(stage, commitment, 3 * PRICE + 100)
    asked = await ask(stage)
    await stage.return_part(commitment, 500)
    with pytest.raises(ProviderActionNotPossible, match="under way"):
        await stage.approve(asked.id)
    await stage.answer_all()
    with pytest.raises(ProviderActionNotPossible, match="changed"):
        await stage.approve(asked.id)
    await assert_sound(stage)
    await stage.approve((await ask(stage)).id)
    assert await gap(stage) == 600
    assert (await stage.fresh(commitment)).state == "refunded"
    await assert_sound(stage)


async def test_a_refund_about_nothing_known_is_the_organisations_own(stage: Stage) -> None:
    await pay_in(stage, 500)
    await stage.answer_all()
    await seen(stage, None, 300)
    await stage.approve((await ask(stage)).id)
    [loss] = await rows(stage, ProviderCharge)
    assert (loss.campaign_id, loss.recharged_minor) == (None, 300)
    assert await left_in_bond(stage) == 200
    await assert_sound(stage)


async def test_what_is_not_borne(stage: Stage) -> None:
    with pytest.raises(ProviderActionNotFound):
        await stage.run(ask_loss, stage.finance, action_id=new_id(), reason="No.")
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 3)
    await stage.answer_all()
    await seen(stage, commitment, 5, action="captured", reference="cap_1")
    with pytest.raises(ProviderActionNotPossible, match="refund"):
        await ask(stage)
    with pytest.raises(PermissionDenied):
        await ask(stage, stage.organiser)


async def test_over_http(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    await released(stage)
    first, second = [
        await house.door.signed_in(new_email("finance"), house.tenant.id, ("finance",))
        for _ in range(2)
    ]
    path = f"/campaign-provider-actions/{(await action_of(stage)).id}/loss"
    body = {"reason": "Refunded twice at the desk."}
    assert (await house.organiser.post(path, json=body, headers=keyed())).status_code == 403
    assert (await first.post(path, json=body)).status_code == 400, "without a key"
    assert (await first.post(path, json={"reason": " "}, headers=keyed())).status_code == 422
    nobody = f"/campaign-provider-actions/{new_id()}/loss"
    assert (await first.post(nobody, json=body, headers=keyed())).status_code == 404
    asked = await first.post(path, json=body, headers=keyed())
    assert asked.status_code == 202, asked.text
    approval = asked.json()["approval_id"]
    done = await second.post(f"/approvals/{approval}/approve", headers=keyed())
    assert done.status_code == 200, done.text
    [shown] = (await first.get("/campaign-provider-actions?state=mirrored")).json()["items"]
    assert "bond bears" in (care_schemas.ProviderActionShown.model_validate(shown).why or "")
    [loss] = (await first.get("/campaign-provider-charges?kind=refund_loss")).json()["items"]
    assert (loss["amount_minor"], loss["recharged_minor"]) == (5 * PRICE, 0)
    again = await first.post(path, json=body, headers=keyed())
    assert (again.status_code, again.json()["code"]) == (409, "provider_action_not_possible")
