"""Refunds people decide: on a second person's approval, one or many, and the refused ones."""

from uuid import UUID

import pytest

from metatron.apps.campaigns.errors import (
    PreviewOutdated,
    RefundExceedsEscrow,
    TransitionNotAllowed,
)
from metatron.apps.campaigns.money import (
    alternative_payouts,
    bulk_ranges,
    bulk_refunds,
    manual_refunds,
)
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.tables import Commitment
from metatron.kernel.errors import PermissionDenied
from metatron.platform.approvals.decisions import approve
from metatron.platform.approvals.errors import SamePerson
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_parts import held, refunds_of
from tests.apps.campaigns.test_simulation import assert_sound


async def ask(
    stage: Stage, commitment: Commitment, amount_minor: int | None = None
) -> manual_refunds.Asked:
    asked: manual_refunds.Asked = await stage.run(
        manual_refunds.ask_refund,
        stage.finance,
        commitment_id=commitment.id,
        amount_minor=amount_minor,
        whole=amount_minor is None,
        reason_code="duplicate_commitment",
        reason="It was made twice.",
    )
    return asked


async def test_one_asks_and_another_approves(stage: Stage) -> None:
    campaign, [first, _] = await held(stage, 6, 5)
    asked = await ask(stage, first)
    assert asked.refund is None
    assert asked.approval_id is not None
    again = await ask(stage, first)
    assert again.approval_id == asked.approval_id
    assert (await stage.fresh(first)).state == "held"
    everything = stage.person("settle")
    object.__setattr__(everything, "actor_id", stage.finance.actor_id)
    object.__setattr__(everything, "permissions", everything.permissions | {"approvals:decide"})
    with pytest.raises(SamePerson):
        await stage.run(approve, everything, approval_id=asked.approval_id)
    await stage.approve(asked.approval_id)
    found = await stage.fresh(first)
    assert (found.state, found.refund_reason) == ("refund_due", "duplicate_commitment")
    await stage.answer_all()
    [refund] = await refunds_of(stage, first)
    assert (refund.state, refund.approval_id) == ("confirmed", asked.approval_id)
    assert refund.requested_by == stage.finance.actor_id
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == 5 * 1_999
    await assert_sound(stage)


async def test_what_has_moved_on_is_judged_anew(stage: Stage) -> None:
    _, [first, second] = await held(stage, 6, 5)
    whole, part = await ask(stage, first), await ask(stage, second, 9_000)
    assert whole.approval_id
    assert part.approval_id
    await stage.withdraw(first)
    await stage.return_part(second, 2_000)
    with pytest.raises(TransitionNotAllowed):
        await stage.approve(whole.approval_id)
    with pytest.raises(RefundExceedsEscrow):
        await stage.approve(part.approval_id)
    await assert_sound(stage)


async def test_a_part_by_hand_and_an_open_issue(stage: Stage) -> None:
    campaign, [first, second] = await held(stage, 6, 5)
    await stage.pass_time(days=7)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    await stage.complain(first)
    with pytest.raises(TransitionNotAllowed):
        await ask(stage, first)
    with pytest.raises(RefundExceedsEscrow):
        await ask(stage, second, 5 * 1_999)
    with pytest.raises(PermissionDenied):
        await stage.run(
            manual_refunds.ask_refund, stage.organiser, commitment_id=second.id,
            amount_minor=1, whole=False, reason_code="admin_manual", reason="No.",
        )  # fmt: skip
    asked = await ask(stage, second, 100)
    assert asked.approval_id
    await stage.approve(asked.approval_id)
    await stage.answer_all()
    assert (await stage.fresh(second)).state == "allocated"
    assert [each.amount_minor for each in await refunds_of(stage, second)] == [100]
    await assert_sound(stage)


async def ask_many(stage: Stage, campaign_id: UUID, per_unit: int | None) -> UUID:
    bulk = bulk_refunds.Bulk(per_unit, "supplier_unable", "Fewer were made.")
    preview = await stage.run_now(
        bulk_refunds.preview_bulk, stage.finance, campaign_id=campaign_id, bulk=bulk
    )
    approval = await stage.run(
        bulk_refunds.ask_bulk, stage.finance, campaign_id=campaign_id, bulk=bulk,
        expected=(preview.count, preview.amount_minor),
    )  # fmt: skip
    approval_id: UUID = approval.id
    return approval_id


@pytest.mark.parametrize("per_unit", [None, 10, 1_999])
async def test_many_at_once(
    stage: Stage, per_unit: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_ranges, "AT_ONCE", 2)
    campaign, commitments = await held(stage, 1, 2, 3, 4, 5)
    if per_unit == 1_999:
        with pytest.raises(TransitionNotAllowed):
            await ask_many(stage, campaign.id, per_unit)
        return
    approval_id = await ask_many(stage, campaign.id, per_unit)
    await stage.approve(approval_id)
    later = await stage.commit(campaign, 1)
    await stage.settle()
    await assert_sound(stage)
    await stage.answer_all()
    await assert_sound(stage)
    states = {each.state for each in await stage.commitments_of(campaign)}
    assert states == ({"held", "refunded"} if per_unit is None else {"held"})
    for each in commitments:
        [refund] = await refunds_of(stage, each)
        assert refund.approval_id == approval_id
        assert refund.amount_minor == (each.amount_minor if per_unit is None else 10 * each.units)
    assert await refunds_of(stage, later) == []


async def test_an_outdated_preview_is_refused(stage: Stage) -> None:
    campaign, [first, _] = await held(stage, 1, 2)
    approval_id = await ask_many(stage, campaign.id, None)
    await stage.withdraw(first)
    with pytest.raises(PreviewOutdated):
        await stage.approve(approval_id)
    with pytest.raises(PreviewOutdated):
        await stage.run(
            bulk_refunds.ask_bulk, stage.finance, campaign_id=campaign.id,
            bulk=bulk_refunds.Bulk(None, "admin_manual", "No."), expected=(2, 3 * 1_999),
        )  # fmt: skip


@pytest.mark.parametrize("whole", [True, False])
async def test_a_refused_refund_is_paid_another_way(stage: Stage, *, whole: bool) -> None:
    campaign, [first, _] = await held(stage, 6, 5)
    if whole:
        await stage.withdraw(first)
    else:
        await stage.return_part(first, 300)
    await stage.answer_all("failed")
    [refund] = await refunds_of(stage, first)
    approval = await stage.run(
        alternative_payouts.ask_alternative_payout, stage.finance, refund_id=refund.id,
        destination="acct_member", evidence="Letter of 3 March, scan 17.",
    )  # fmt: skip
    await stage.approve(approval)
    await assert_sound(stage)
    with pytest.raises(TransitionNotAllowed):
        await stage.run(manual_refunds.retry_one, stage.finance, refund_id=refund.id)
    await stage.answer_all("failed")
    await stage.run(manual_refunds.retry_one, stage.finance, refund_id=refund.id)
    await stage.answer_all()
    [refund] = await refunds_of(stage, first)
    assert (refund.state, refund.attempts, refund.destination) == ("confirmed", 3, "acct_member")
    assert (await stage.fresh(first)).state == ("refunded" if whole else "held")
    assert await balance(stage, campaign, Kind.COMMITMENT_REFUND_DUE) == 0
    await assert_sound(stage)


async def test_a_default_of_the_supplier_unwinds(stage: Stage) -> None:
    campaign, [first, second] = await held(stage, 6, 5)
    await stage.pass_time(days=7)
    await stage.accept(campaign)
    await stage.return_part(first, 50)
    await stage.step(stage.organiser, campaign, "start_procuring")
    await stage.step(stage.reviewer, campaign, "unwind", "The workshop closed.")
    assert (await stage.fresh(campaign)).state == "unwinding"
    await stage.answer_all("failed")
    assert (await stage.fresh(campaign)).state == "unwinding"
    await stage.step(stage.finance, campaign, "retry_refunds", "Again.")
    await stage.answer_all()
    ended = await stage.fresh(campaign)
    assert (ended.state, ended.outcome) == ("unwound", "unwound")
    for each in (first, second):
        found = await stage.fresh(each)
        assert (found.state, found.refund_reason) == ("refunded", "delivery_failure")
    assert await balance(stage, campaign, Kind.PROVIDER_ESCROW) == 0
    await assert_sound(stage)
