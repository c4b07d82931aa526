"""What shares released before the inspection leave to fees, disputes, unwinding and coverage."""

from typing import Any

import pytest

from metatron.apps.campaigns.errors import CoverageGap
from metatron.apps.campaigns.money import bond, charges
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.rules import tenant_settings
from metatron.apps.campaigns.tables import Campaign
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_milestones import (
    allocated,
    ask,
    decide,
    finish,
    folder,  # noqa: F401 - a fixture
    prove,
)
from tests.apps.campaigns.test_simulation import assert_sound

GROSS = 11 * 1_999


async def share_released(stage: Stage, *shares: int) -> tuple[Campaign, list[Any]]:
    campaign, milestones = await allocated(stage, *shares)
    await stage.step(stage.organiser, campaign, "start_procuring")
    await prove(stage, milestones[0])
    await ask(stage, milestones[0])
    await decide(stage, milestones[0], stage.person("settle"))
    return campaign, milestones


async def test_fees_of_all_shares_come_to_those_of_one_release(stage: Stage) -> None:
    changes = {
        "revenue": "fee", "fee_basis_points": 333, "fee_fixed_minor": 7,
        "fee_tax_basis_points": 1_900,
    }  # fmt: skip
    await stage.run(tenant_settings.change_settings, stage.reviewer, changes=changes)
    campaign, _ = await share_released(stage, 3_333, 6_667)
    early = GROSS * 3_333 // 10_000
    fee = early * 333 / 10_000 + 3 * 7 * 0.3333
    assert abs(await balance(stage, campaign, Kind.FEE_INCOME) - fee) < 1
    await stage.step(stage.organiser, campaign, "start_fulfilment")
    await finish(stage, campaign)
    whole = GROSS * 333 / 10_000 + 3 * 7
    assert abs(await balance(stage, campaign, Kind.FEE_INCOME) - whole) < 2
    assert abs(await balance(stage, campaign, Kind.TAX_PAYABLE) - whole * 0.19) < 2
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == 0
    assert await balance(stage, campaign, Kind.CAMPAIGN_PAYABLE) == 0
    await assert_sound(stage)


async def test_odd_shares_pay_the_supplier_to_the_cent(stage: Stage) -> None:
    campaign, [_, second, _] = await share_released(stage, 3_333, 1_111, 5_556)
    await prove(stage, second, 2)
    await ask(stage, second)
    await decide(stage, second, stage.person("settle"))
    await stage.step(stage.organiser, campaign, "start_fulfilment")
    await finish(stage, campaign)
    assert await balance(stage, campaign, Kind.MARGIN_INCOME) == 11 * (1_999 - 1_500)
    await assert_sound(stage)


async def test_a_disputed_commitment_takes_no_part_and_its_supplier_is_paid_later(
    stage: Stage,
) -> None:
    campaign, [first, _] = await allocated(stage, 4_000, 6_000)
    disputed = (await stage.commitments_of(campaign))[0]
    await stage.observe(
        "dispute_opened", disputed.id, disputed.amount_minor, reference="dp_1", fee_minor=0
    )
    await stage.step(stage.organiser, campaign, "start_procuring")
    await prove(stage, first)
    await ask(stage, first)
    await decide(stage, first, stage.person("settle"))
    rest = GROSS - disputed.amount_minor
    assert (await stage.fresh(first)).released_minor == rest * 4_000 // 10_000
    await stage.observe("dispute_won", disputed.id, disputed.amount_minor, reference="dp_1")
    assert (await stage.fresh(disputed)).state == "allocated"
    await stage.step(stage.organiser, campaign, "start_fulfilment")
    await finish(stage, campaign)
    assert await balance(stage, campaign, Kind.MARGIN_INCOME) == 11 * (1_999 - 1_500)
    await assert_sound(stage)


async def test_unwinding_refunds_what_the_shares_left(stage: Stage) -> None:
    campaign, _ = await share_released(stage, 2_500, 7_500)
    released = GROSS * 2_500 // 10_000
    await stage.step(stage.reviewer, campaign, "unwind", "The workshop closed.")
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "unwound"
    assert {each.state for each in await stage.commitments_of(campaign)} == {"refunded"}
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == 0
    margin = await balance(stage, campaign, Kind.MARGIN_INCOME)
    assert margin == released - 11 * 1_500 * 2_500 // 10_000
    assert -await balance(stage, campaign, Kind.PROVIDER_ESCROW) == margin
    await assert_sound(stage)


async def test_a_gap_in_coverage_blocks_shares(stage: Stage) -> None:
    campaign, [first, _] = await allocated(stage, 4_000, 6_000, auto_approve_hours=2)
    await stage.run(
        charges.record_charge, stage.finance, campaign_id=campaign.id, kind="provider_fee",
        amount_minor=300, reference="fee_1",
    )  # fmt: skip
    await stage.step(stage.organiser, campaign, "start_procuring")
    await prove(stage, first)
    with pytest.raises(CoverageGap):
        await ask(stage, first)
    await stage.pass_time(hours=2)
    assert (await stage.fresh(first)).state == "evidence_in"
    await stage.run(
        bond.pay_into_bond, stage.finance, amount_minor=300, currency="EUR", payment_method="pm_ok"
    )
    await stage.answer_all()
    await stage.pass_time(hours=1)
    await stage.answer_all()
    assert (await stage.fresh(first)).state == "released"
    await assert_sound(stage)
