"""Fees and tax of a release, fees of the provider, the bond, and the coverage rule."""

import asyncio
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from metatron.apps.campaigns.errors import ChargeDiffers, CoverageGap
from metatron.apps.campaigns.money import bond, charges, coverage, release
from metatron.apps.campaigns.money.accounts import Chart, Kind, derived_id
from metatron.apps.campaigns.money.charges import bond_left
from metatron.apps.campaigns.money.shares import divide, largest_remainder
from metatron.apps.campaigns.money.tables import BondDeposit, ProviderCharge
from metatron.apps.campaigns.rules.tenant_settings import change_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import system_context
from metatron.platform.approvals.decisions import approve
from metatron.platform.approvals.errors import PartyToIt
from metatron.platform.approvals.requests import expire
from metatron.platform.approvals.tables import ApprovalRow
from metatron.platform.ledger import interface as ledger
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_simulation import assert_sound


async def inspected(stage: Stage, *units: int) -> Campaign:
    """Take a campaign to the end of its inspection, which the next settling finds."""
    campaign = await stage.live()
    for each in units:
        await stage.commit(campaign, each)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    found = await stage.fresh(campaign)
    stage.now = found.inspection_ends_at
    return campaign


async def charge(
    stage: Stage, campaign: Campaign, amount_minor: int, reference: str
) -> ProviderCharge:
    recorded: ProviderCharge = await stage.run(
        charges.record_charge, stage.finance, campaign_id=campaign.id, kind="provider_fee",
        amount_minor=amount_minor, reference=reference,
    )  # fmt: skip
    return recorded


async def pay_in(stage: Stage, amount_minor: int) -> BondDeposit:
    paid: BondDeposit = await stage.run(
        bond.pay_into_bond, stage.finance, amount_minor=amount_minor, currency="EUR",
        payment_method="pm_ok",
    )  # fmt: skip
    return paid


async def gap(stage: Stage) -> int:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        return await coverage.missing(session, context, "EUR")


async def left_in_bond(stage: Stage) -> int:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        return await bond_left(session, context, Chart(stage.tenant_id, "EUR", "sandbox"))


@given(
    released=st.integers(1, 10**12), count=st.integers(1, 10**5), points=st.integers(0, 5_000),
    fixed=st.integers(0, 10**6), tax=st.integers(0, 5_000),
)  # fmt: skip
def test_shares_add_up(released: int, count: int, points: int, fixed: int, tax: int) -> None:
    shares = divide(released, count, basis_points=points, fixed_minor=fixed, tax_basis_points=tax)
    parts = (shares.supplier_minor, shares.fee_minor, shares.tax_minor)
    assert sum(parts) == released
    assert min(parts) >= 0
    assert shares.supplier_minor >= 1
    fee = released * points / 10_000 + fixed * count
    if fee * (1 + tax / 10_000) < released - 1:
        assert abs(shares.fee_minor - fee) <= 1
        assert abs(shares.tax_minor - fee * tax / 10_000) <= 1


def test_the_largest_remainders_are_rounded_up() -> None:
    # Hamilton's method on Balinski and Young's example, 26 seats over populations.
    people = [9061, 7179, 5259, 3319, 1182]
    exact = [Fraction(26 * each, sum(people)) for each in people]
    assert largest_remainder(exact, 26) == [9, 7, 5, 4, 1]
    assert largest_remainder([Fraction(1, 2)] * 2, 1) == [1, 0]


async def test_a_release_with_fee_and_tax(stage: Stage) -> None:
    changes = {
        "revenue": "fee", "fee_basis_points": 333, "fee_fixed_minor": 7,
        "fee_tax_basis_points": 1_900,
    }  # fmt: skip
    await stage.run(change_settings, stage.reviewer, changes=changes)
    campaign = await inspected(stage, 6, 5)
    # A campaign keeps the fee it was submitted with.
    await stage.run(change_settings, stage.reviewer, changes={"fee_basis_points": 5_000})
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    gross = 11 * 1_999
    fee = gross * 333 / 10_000 + 2 * 7
    fee_minor = await balance(stage, campaign, Kind.FEE_INCOME)
    tax_minor = await balance(stage, campaign, Kind.TAX_PAYABLE)
    assert abs(fee_minor - fee) < 1
    assert abs(tax_minor - fee * 0.19) < 1
    assert await balance(stage, campaign, Kind.PROVIDER_ESCROW) == -(fee_minor + tax_minor)
    assert await balance(stage, campaign, Kind.CAMPAIGN_PAYABLE) == 0
    await assert_sound(stage)


async def test_the_bond_bears_a_fee_in_the_same_chain(stage: Stage) -> None:
    paid = await pay_in(stage, 1_000)
    assert await left_in_bond(stage) == 0
    await stage.answer_all()
    assert (await stage.fresh(paid)).state == "confirmed"
    campaign = await inspected(stage, 6, 5)
    recorded = await charge(stage, campaign, 400, "fee_1")
    assert recorded.recharged_minor == 400
    again = await charge(stage, campaign, 400, "fee_1")
    assert again.id == recorded.id
    with pytest.raises(ChargeDiffers):
        await charge(stage, campaign, 401, "fee_1")
    assert (await left_in_bond(stage), await gap(stage)) == (600, 0)
    assert await balance(stage, campaign, Kind.PROVIDER_FEE) == 0
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    await assert_sound(stage)


async def test_a_full_refund_after_a_fee_is_possible_because_the_bond_pays_it(stage: Stage) -> None:
    await pay_in(stage, 1_000)
    await stage.answer_all()
    campaign = await stage.live(goal_units=10)
    commitment = await stage.commit(campaign, 2)
    await stage.answer_all()
    recorded = await charge(stage, campaign, 90, "fee_1")
    context = system_context(stage.tenant_id)
    recharge_id = derived_id(recorded.id, "recharge/1")
    async with stage.database.transaction(context) as session:
        [fee, recharge] = await ledger.lookup_transfers(
            session, context, ids=[recorded.id, recharge_id]
        )
    assert fee is not None
    assert recharge is not None
    assert fee.flags & ledger.TransferFlags.LINKED, "one does not stand without the other"
    assert fee.debit_account_id == recharge.credit_account_id
    await stage.pass_time(days=8)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "failed"
    assert (await stage.fresh(commitment)).state == "refunded"
    assert await balance(stage, campaign, Kind.COMMITMENT_REFUND_DUE) == 0
    assert (await left_in_bond(stage), await gap(stage)) == (910, 0)
    await assert_sound(stage)


async def test_a_gap_blocks_the_release_until_it_is_covered(stage: Stage) -> None:
    campaign = await inspected(stage, 6, 5)
    await charge(stage, campaign, 300, "fee_1")
    await charge(stage, campaign, 50, "fee_2")
    assert await gap(stage) == 350
    await assert_sound(stage)
    await stage.settle()
    blocked = await stage.fresh(campaign)
    assert (blocked.state, blocked.coverage_gap_at) == ("inspecting", stage.now)
    assert await stage.commitments_of(campaign, "allocated")
    await pay_in(stage, 340)
    await stage.answer_all()
    assert await gap(stage) == 10
    assert (await stage.fresh(campaign)).state == "inspecting"
    refused = await pay_in(stage, 500)
    await stage.answer_all("failed")
    assert (await stage.fresh(refused)).state == "failed"
    assert await gap(stage) == 10
    await pay_in(stage, 500)
    await stage.answer_all()
    assert (await gap(stage), await left_in_bond(stage)) == (0, 490)
    assert (await stage.fresh(campaign)).state == "completed"
    await assert_sound(stage)


async def test_fees_at_once_share_the_bond(stage: Stage) -> None:
    await pay_in(stage, 250)
    await stage.answer_all()
    campaign = await inspected(stage, 6, 5)
    await asyncio.gather(*(charge(stage, campaign, 100, f"fee_{n}") for n in range(4)))
    assert (await left_in_bond(stage), await gap(stage)) == (0, 150)
    await assert_sound(stage)


async def open_request(stage: Stage) -> ApprovalRow:
    query = select(ApprovalRow).where(
        ApprovalRow.tenant_id == stage.tenant_id, ApprovalRow.state == "requested"
    )
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        return (await session.execute(query)).scalar_one()


async def test_without_automatic_payouts_a_release_waits_for_two_people(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "AT_ONCE", 1)
    stage.pays_by_itself = False
    campaign = await inspected(stage, 6, 5)
    await stage.answer_all()
    await stage.pass_time(days=1)
    assert len(await stage.commitments_of(campaign, "allocated")) == 2
    asked = await open_request(stage)
    assert asked.action == "campaigns.release"
    for party in (stage.organiser, stage.supplier):
        in_office = replace(stage.approver(), actor_id=party.actor_id)
        with pytest.raises(PartyToIt):
            await stage.run(approve, in_office, approval_id=asked.id)
    agreed = await stage.run(approve, stage.approver(), approval_id=asked.id)
    assert agreed.state == "requested"
    assert len(await stage.commitments_of(campaign, "allocated")) == 2
    await charge(stage, campaign, 10, "fee_1")
    with pytest.raises(CoverageGap):
        await stage.approve(asked.id)
    await pay_in(stage, 10)
    await stage.answer_all()
    await stage.approve(asked.id)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    await assert_sound(stage)


async def test_a_request_to_release_that_has_expired_is_made_again(stage: Stage) -> None:
    stage.pays_by_itself = False
    campaign = await inspected(stage, 6, 5)
    await stage.answer_all()
    first = await open_request(stage)
    await stage.pass_time(days=1)
    assert (await open_request(stage)).id == first.id
    await stage.run(expire, system_context(stage.tenant_id), approval_id=first.id)
    for _ in range(3):
        await stage.pass_time(days=1)
        await stage.run(expire, system_context(stage.tenant_id), approval_id=first.id)
    await stage.pass_time(days=1)
    again = await open_request(stage)
    assert again.id != first.id
    await stage.approve(again.id)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    await assert_sound(stage)


async def test_a_release_in_batches_tells_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release, "AT_ONCE", 2)
    campaign = await inspected(stage, 1, 2, 3, 4, 5)
    await stage.answer_all()
    ended = await stage.fresh(campaign)
    assert ended.state == "completed"
    assert await balance(stage, campaign, Kind.MARGIN_INCOME) == 15 * (1_999 - 1_500)
    assert len(await stage.commitments_of(campaign, "settled")) == 5
    # confirm_delivery, release, complete
    told = sorted(ordinal for subject, ordinal in stage.told if subject == campaign.id)
    assert told[-3:] == [
        ended.transition_count - 2,
        ended.transition_count - 1,
        ended.transition_count,
    ]
    await assert_sound(stage)
