"""Fees the provider tells of are booked where they belong, once, and never cost a member."""

from typing import Any

from sqlalchemy import select

from metatron.apps.campaigns.care.tables import ExceptionRow
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import NO_CAMPAIGN, Kind
from metatron.apps.campaigns.money.bond import BOND_TARGET
from metatron.apps.campaigns.money.payouts import PAYOUT_TARGET
from metatron.apps.campaigns.money.tables import ProviderCharge
from metatron.apps.campaigns.tables import Payout
from metatron.kernel.context import system_context
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_fees import charge, inspected, pay_in
from tests.apps.campaigns.test_outside import rows
from tests.apps.campaigns.test_simulation import assert_sound


async def told(stage: Stage, target: Any, fee_minor: int, **more: Any) -> dict[str, Any]:
    """Let the provider tell of a fee; returns the event."""
    values = {"reference": "fee_1", **more}
    return await stage.observe(
        "fee_charged", target and target.id, 0, fee_minor=fee_minor, **values
    )


async def test_a_captures_fee_is_borne_by_the_bond_and_booked_once(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 3)
    await pay_in(stage, 500)
    await stage.answer_all()
    event = await told(stage, commitment, 59)
    await stage.deliver_again(event)
    await told(stage, commitment, 59)
    [recorded] = await rows(stage, ProviderCharge)
    assert (recorded.campaign_id, recorded.kind) == (campaign.id, "provider_fee")
    assert (recorded.amount_minor, recorded.recharged_minor) == (59, 59)
    assert await balance(stage, campaign, Kind.PROVIDER_CLEARING) == 59
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == 3 * 1_999
    await assert_sound(stage)


async def test_a_payouts_fee_belongs_to_its_campaign(stage: Stage) -> None:
    campaign = await inspected(stage, 5, 6)
    await stage.settle()
    await stage.answer_all()
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        payout = (
            await session.execute(select(Payout).where(Payout.tenant_id == stage.tenant_id))
        ).scalar_one()
    await told(stage, payout, 30, target_kind=PAYOUT_TARGET)
    [recorded] = await rows(stage, ProviderCharge)
    assert (recorded.campaign_id, recorded.recharged_minor) == (campaign.id, 0)
    await pay_in(stage, 30)
    await stage.answer_all()
    assert (await rows(stage, ProviderCharge))[0].recharged_minor == 30
    await assert_sound(stage)


async def test_the_bonds_own_fee_and_one_nobody_knows_are_the_organisations(stage: Stage) -> None:
    paid = await pay_in(stage, 500)
    await stage.answer_all()
    await told(stage, paid, 14, target_kind=BOND_TARGET)
    await told(stage, None, 6, reference="fee_2")
    found = await rows(stage, ProviderCharge)
    assert {(each.campaign_id, each.amount_minor, each.recharged_minor) for each in found} == {
        (None, 14, 14),
        (None, 6, 6),
    }
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        lines = await books.lines_of(session, context, NO_CAMPAIGN)
    at_provider = {line.code: line.debits_posted - line.credits_posted for line in lines}
    assert at_provider[Kind.PROVIDER_CLEARING] + at_provider[Kind.PROVIDER_ESCROW] == 480
    assert at_provider[Kind.ORGANISER_BOND] == -480
    await assert_sound(stage)


async def test_a_fee_recorded_otherwise_by_hand_is_put_on_the_register(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 3)
    await stage.answer_all()
    await charge(stage, campaign, 60, "fee_1")
    await told(stage, commitment, 59)
    await told(stage, commitment, 59)
    assert [each.amount_minor for each in await rows(stage, ProviderCharge)] == [60]
    [found] = await rows(stage, ExceptionRow)
    assert (found.category, found.campaign_id) == ("escrow_anomaly", campaign.id)
    assert found.cause == "provider_fee/fee_1"
