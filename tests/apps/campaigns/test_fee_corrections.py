"""A fee recorded wrongly: an entry of the difference by two people, beside the first."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from metatron.apps.campaigns.edge import money_answers
from metatron.apps.campaigns.errors import ChargeDiffers
from metatron.apps.campaigns.money import charges
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.money.errors import ChargeNotFound, ManualEntryNotPossible
from metatron.apps.campaigns.money.manual_entries import ask_entry, ask_fee_correction
from metatron.apps.campaigns.money.manual_tables import ManualEntry
from metatron.apps.campaigns.money.tables import ProviderCharge
from metatron.kernel.context import system_context
from metatron.kernel.errors import PermissionDenied
from metatron.kernel.ids import new_id
from metatron.platform.approvals.decisions import approve
from metatron.platform.approvals.errors import SamePerson
from metatron.platform.ledger import interface as ledger
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house, keyed
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_fees import charge, gap, inspected, left_in_bond, pay_in
from tests.apps.campaigns.test_outside import rows
from tests.apps.campaigns.test_simulation import assert_sound
from tests.support.people import new_email

__all__ = ["app", "house"]


async def ask(stage: Stage, charge_id: UUID, right_minor: int) -> Any:
    return await stage.run(
        ask_fee_correction, stage.finance, charge_id=charge_id, right_minor=right_minor,
        reason="The invoice says otherwise.",
    )  # fmt: skip


async def correct(stage: Stage, charge_id: UUID, right_minor: int) -> ManualEntry:
    await stage.approve((await ask(stage, charge_id, right_minor)).id)
    known: list[ManualEntry] = await rows(stage, ManualEntry)
    return max(known, key=lambda each: each.id)


async def fee(stage: Stage, charge_id: UUID) -> tuple[int, int, int]:
    """Return what was recorded, what corrections made of it, and what the bond bears."""
    [found] = [each for each in await rows(stage, ProviderCharge) if each.id == charge_id]
    return found.amount_minor, found.correction_minor, found.recharged_minor


async def test_a_fee_recorded_too_high_gives_the_bond_its_part_back(stage: Stage) -> None:
    await pay_in(stage, 1_000)
    await stage.answer_all()
    campaign = await inspected(stage, 6, 5)
    recorded = await charge(stage, campaign, 400, "fee_1")
    asked = await ask(stage, recorded.id, 150)
    assert await left_in_bond(stage) == 600, "one person books nothing"
    own = replace(stage.approver(), actor_id=stage.finance.actor_id)
    with pytest.raises(SamePerson):
        await stage.run(approve, own, approval_id=asked.id)
    await stage.approve(asked.id)
    [made] = await rows(stage, ManualEntry)
    assert (made.kind, made.amount_minor, made.charge_id) == ("fee_lowered", 250, recorded.id)
    assert await fee(stage, recorded.id) == (400, -250, 150)
    assert (await left_in_bond(stage), await gap(stage)) == (850, 0)
    assert await balance(stage, campaign, Kind.PROVIDER_FEE) == 0
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        [first, second] = await ledger.lookup_transfers(
            session, context, ids=[recorded.id, made.id]
        )
    assert first is not None
    assert second is not None
    assert (first.amount, second.amount) == (400, 250)
    assert (first.debit_account_id, first.credit_account_id) == (
        second.credit_account_id, second.debit_account_id,
    )  # fmt: skip
    assert "too high" in second.why
    assert "The invoice says otherwise." in second.why
    # The provider tells the same fee again: it is known, whatever was made of it.
    again = await charge(stage, campaign, 400, "fee_1")
    assert again.id == recorded.id
    with pytest.raises(ChargeDiffers):
        await charge(stage, campaign, 150, "fee_1")
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    await assert_sound(stage)


async def test_a_fee_recorded_too_low_is_borne_as_far_as_the_bond_goes(stage: Stage) -> None:
    await pay_in(stage, 500)
    await stage.answer_all()
    campaign = await inspected(stage, 6, 5)
    recorded = await charge(stage, campaign, 400, "fee_1")
    await correct(stage, recorded.id, 700)
    assert await fee(stage, recorded.id) == (400, 300, 500)
    assert (await left_in_bond(stage), await gap(stage)) == (0, 200)
    await assert_sound(stage)
    await stage.settle()
    assert (await stage.fresh(campaign)).state == "inspecting", "the gap blocks the release"
    # Right after all: back to what it was, and the release goes on.
    await correct(stage, recorded.id, 400)
    assert await fee(stage, recorded.id) == (400, 0, 400)
    assert (await left_in_bond(stage), await gap(stage)) == (100, 0)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    await assert_sound(stage)


async def test_a_fee_never_taken_covers_the_gap_it_made(stage: Stage) -> None:
    campaign = await inspected(stage, 6, 5)
    wrong = await charge(stage, campaign, 400, "fee_wrong")
    right = await charge(stage, campaign, 30, "fee_right")
    assert await gap(stage) == 430
    await correct(stage, wrong.id, 0)
    assert await fee(stage, wrong.id) == (400, -400, 0)
    assert await gap(stage) == 30
    await pay_in(stage, 100)
    await stage.answer_all()
    assert await fee(stage, right.id) == (30, 0, 30)
    assert (await left_in_bond(stage), await gap(stage)) == (70, 0)
    assert (await stage.fresh(campaign)).state == "completed"
    await assert_sound(stage)


async def test_what_the_bond_gets_back_bears_what_it_could_not(stage: Stage) -> None:
    await pay_in(stage, 400)
    await stage.answer_all()
    campaign = await inspected(stage, 6, 5)
    wrong = await charge(stage, campaign, 400, "fee_wrong")
    waiting = await charge(stage, campaign, 250, "fee_waiting")
    assert await fee(stage, waiting.id) == (250, 0, 0)
    await correct(stage, wrong.id, 100)
    assert await fee(stage, waiting.id) == (250, 0, 250)
    assert (await left_in_bond(stage), await gap(stage)) == (50, 0)
    await assert_sound(stage)


async def test_a_correction_is_judged_anew_when_it_is_approved(stage: Stage) -> None:
    campaign = await inspected(stage, 6, 5)
    recorded = await charge(stage, campaign, 400, "fee_1")
    first, second = await ask(stage, recorded.id, 150), await ask(stage, recorded.id, 100)
    await stage.approve(first.id)
    with pytest.raises(ManualEntryNotPossible, match="meanwhile"):
        await stage.approve(second.id)
    assert await fee(stage, recorded.id) == (400, -250, 0)


async def test_what_is_not_corrected(stage: Stage) -> None:
    campaign = await inspected(stage, 6, 5)
    recorded = await charge(stage, campaign, 400, "fee_1")
    with pytest.raises(ManualEntryNotPossible, match="already"):
        await ask(stage, recorded.id, 400)
    with pytest.raises(ChargeNotFound):
        await ask(stage, new_id(), 5)
    with pytest.raises(PermissionDenied):
        await stage.run(
            ask_fee_correction, stage.organiser, charge_id=recorded.id, right_minor=5, reason="No."
        )
    loss: ProviderCharge = await stage.run(
        charges.record_charge, stage.finance, campaign_id=campaign.id, kind="dispute_loss",
        amount_minor=90, reference="dp_1",
    )  # fmt: skip
    with pytest.raises(ManualEntryNotPossible, match="loss"):
        await ask(stage, loss.id, 5)
    made = await correct(stage, recorded.id, 150)
    with pytest.raises(ManualEntryNotPossible, match="fee itself"):
        await stage.run(
            ask_entry, stage.finance, wish="correction", subject_id=made.id, reason="No."
        )


async def test_over_http(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    campaign = await stage.live()
    recorded = await charge(stage, campaign, 400, "fee_1")
    first, second = [
        await house.door.signed_in(new_email("finance"), house.tenant.id, ("finance",))
        for _ in range(2)
    ]
    path = f"/campaign-provider-charges/{recorded.id}/corrections"
    body = {"right_minor": 150, "reason": "The invoice says otherwise."}
    assert (await house.organiser.post(path, json=body, headers=keyed())).status_code == 403
    assert (await first.post(path, json=body)).status_code == 400, "without a key"
    wrong = await first.post(path, json=body | {"right_minor": -1}, headers=keyed())
    assert wrong.status_code == 422
    asked = await first.post(path, json=body, headers=keyed())
    assert asked.status_code == 202, asked.text
    approval = asked.json()["approval_id"]
    effect = (await second.get(f"/approvals/{approval}")).json()["effect"]
    assert "stood at €4.00 and stands at €1.50" in effect
    assert "The bond gets back what it bore too much." in effect
    done = await second.post(f"/approvals/{approval}/approve", headers=keyed())
    assert done.status_code == 200, done.text
    [shown] = (await first.get("/campaign-provider-charges")).json()["items"]
    shown_fee = money_answers.ListedChargeAnswer.model_validate(shown)
    assert (shown_fee.amount_minor, shown_fee.correction_minor) == (400, -250)
    [entry] = (await first.get("/campaign-manual-entries")).json()["items"]
    assert (entry["kind"], entry["is_open"], entry["charge_id"]) == (
        "fee_lowered", False, str(recorded.id),
    )  # fmt: skip
