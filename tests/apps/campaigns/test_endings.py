"""Both endings of a campaign, and the ways in between, with books that balance."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from metatron.apps.campaigns.edge import books_view, own_money
from metatron.apps.campaigns.errors import (
    CampaignNotOpen,
    CapReached,
    DeadlinePassed,
    TransitionNotAllowed,
    WithdrawalClosed,
)
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.rules.tenant_settings import change_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import system_context
from metatron.platform.approvals.tables import ApprovalRow
from tests.apps.campaigns.stage import Stage


async def balance(stage: Stage, campaign: Campaign, kind: Kind) -> int:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        lines = await books.lines_of(session, context, campaign.id)
    found = [line for line in lines if line.code == kind]
    return sum(line.credits_posted - line.debits_posted for line in found)


async def test_a_reached_goal_ends_with_escrow_released(stage: Stage) -> None:
    campaign = await stage.live()
    for units in (4, 3, 5):
        await stage.commit(campaign, units)
    await stage.answer_all()
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == 12 * 1_999

    await stage.pass_time(days=7)
    assert (await stage.fresh(campaign)).state == "awaiting_supplier"
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    await stage.pass_time(days=6)
    assert (await stage.fresh(campaign)).state == "inspecting"
    await stage.pass_time(days=1)
    await stage.answer_all()

    ended = await stage.fresh(campaign)
    assert (ended.state, ended.outcome) == ("completed", "goal_reached")
    assert {c.state for c in await stage.commitments_of(campaign)} == {"settled"}
    assert await balance(stage, campaign, Kind.MARGIN_INCOME) == 12 * (1_999 - 1_500)
    assert await balance(stage, campaign, Kind.PROVIDER_ESCROW) == -12 * (1_999 - 1_500)
    for kind in (Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_REFUND_DUE, Kind.CAMPAIGN_PAYABLE):
        assert await balance(stage, campaign, kind) == 0


async def test_a_missed_goal_refunds_every_commitment_by_itself(stage: Stage) -> None:
    campaign = await stage.live()
    for units in (2, 3, 4):
        await stage.commit(campaign, units)
    await stage.answer_all()
    await stage.pass_time(days=7)
    assert (await stage.fresh(campaign)).state == "failing"
    await stage.answer_all()
    ended = await stage.fresh(campaign)
    assert (ended.state, ended.outcome) == ("failed", "goal_missed")
    commitments = await stage.commitments_of(campaign)
    assert {(c.state, c.refund_reason) for c in commitments} == {("refunded", "campaign_failed")}
    assert await balance(stage, campaign, Kind.PROVIDER_ESCROW) == 0


@pytest.mark.parametrize("silent", [True, False])
async def test_refusal_and_silence_of_the_supplier_refund_everybody(
    stage: Stage, *, silent: bool
) -> None:
    campaign = await stage.live()
    for units in (5, 5):
        await stage.commit(campaign, units)
    await stage.answer_all()
    await stage.pass_time(days=7)
    if silent:
        await stage.pass_time(days=7)
    else:
        await stage.step(stage.supplier, campaign, "decline", "No steel.")
    await stage.answer_all()
    ended = await stage.fresh(campaign)
    assert ended.state == "failed"
    assert ended.outcome == ("supplier_silent" if silent else "declined")
    assert {c.state for c in await stage.commitments_of(campaign)} == {"refunded"}


async def test_only_escrowed_money_decides(stage: Stage) -> None:
    campaign = await stage.live()
    held = await stage.commit(campaign, 6)
    await stage.answer_all()
    await stage.commit(campaign, 6)
    await stage.settle()
    [waiting] = stage.unsent
    await stage.pass_time(days=7)
    assert (await stage.fresh(campaign)).state == "closing"
    await stage.answer(waiting, "failed")
    await stage.settle()
    assert (await stage.fresh(campaign)).state == "failing"
    assert (await stage.fresh(held)).state == "refund_due"


async def test_a_capture_after_the_decision_goes_straight_back(stage: Stage) -> None:
    campaign = await stage.live()
    late = await stage.commit(campaign, 6)
    await stage.settle()
    [waiting] = stage.unsent
    await stage.pass_time(days=7)
    assert (await stage.fresh(campaign)).state == "closing"
    await stage.pass_time(days=1)  # the collection window
    assert (await stage.fresh(campaign)).state == "failing"
    await stage.answer(waiting)
    await stage.answer_all()
    found = await stage.fresh(late)
    assert (found.state, found.refund_reason) == ("refunded", "commitment_cancelled")
    assert (await stage.fresh(campaign)).state == "failed"


async def test_an_amount_that_arrives_short_goes_back_in_full(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 6)
    await stage.answer_all("short")
    found = await stage.fresh(commitment)
    assert found.state == "refunded"
    assert found.captured_minor == 6 * 1_999 // 2
    assert await balance(stage, campaign, Kind.PROVIDER_ESCROW) == 0


async def test_withdrawing_before_and_after_the_capture(stage: Stage) -> None:
    campaign = await stage.live()
    early = await stage.commit(campaign, 3)
    await stage.withdraw(early)
    held = await stage.commit(campaign, 4)
    await stage.answer_all()
    await stage.withdraw(held)
    await stage.answer_all()
    for commitment in (early, held):
        found = await stage.fresh(commitment)
        assert (found.state, found.refund_reason) == ("refunded", "participant_request")
    with pytest.raises(TransitionNotAllowed):
        await stage.withdraw(held)
    kept = await stage.commit(campaign, 2)
    await stage.answer_all()
    stage.now += timedelta(days=7)
    with pytest.raises(WithdrawalClosed):
        await stage.withdraw(kept)


async def test_a_refused_refund_stays_visible_until_it_succeeds(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 6)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.answer_all("failed")
    assert (await stage.fresh(commitment)).state == "refund_failed"
    assert (await stage.fresh(campaign)).state == "failing"
    assert await balance(stage, campaign, Kind.COMMITMENT_REFUND_DUE) == 6 * 1_999
    await stage.step(stage.finance, campaign, "retry_refunds", "The card works again.")
    await stage.answer_all()
    assert (await stage.fresh(commitment)).state == "refunded"
    assert (await stage.fresh(campaign)).state == "failed"


async def test_issues_hold_the_release_or_leave_a_reserve(stage: Stage) -> None:
    campaign = await stage.live(goal_units=20)
    commitments = [await stage.commit(campaign, 1) for _ in range(21)]
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    first = await stage.complain(commitments[0])
    second = await stage.complain(commitments[1])
    await stage.pass_time(days=7)
    assert (await stage.fresh(campaign)).release_held_at is not None
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == 19 * 1_999
    assert await balance(stage, campaign, Kind.COMMITMENT_HOLD) == 2 * 1_999

    await stage.resolve(first, "refund")
    await stage.answer_all()
    released = await stage.commitments_of(campaign, "settled")
    assert len(released) == 0  # 1 of 20 is still 5 per cent
    await stage.resolve(second, "release")
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    assert len(await stage.commitments_of(campaign, "settled")) == 20
    assert (await stage.fresh(commitments[0])).refund_reason == "quality_issue"


async def test_a_reserve_is_kept_below_the_hold_rate(stage: Stage) -> None:
    campaign = await stage.live(goal_units=21)
    commitments = [await stage.commit(campaign, 1) for _ in range(21)]
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    issue = await stage.complain(commitments[5])
    await stage.pass_time(days=7)
    await stage.answer_all()
    assert len(await stage.commitments_of(campaign, "settled")) == 20
    assert await balance(stage, campaign, Kind.COMMITMENT_HOLD) == 1_999
    assert (await stage.fresh(campaign)).state == "inspecting"
    await stage.resolve(issue, "refund")
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"


async def test_a_refused_payment_to_the_supplier_is_instructed_again(stage: Stage) -> None:
    campaign = await stage.live()
    for _ in range(2):
        await stage.commit(campaign, 5)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    await stage.pass_time(days=7)
    await stage.answer_all("failed")
    assert (await stage.fresh(campaign)).state == "inspecting"
    assert await balance(stage, campaign, Kind.CAMPAIGN_PAYABLE) == 10 * 1_500
    await stage.step(stage.finance, campaign, "retry_payout", "New account.")
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"


async def test_the_cap_is_a_limit_of_the_ledger(stage: Stage) -> None:
    campaign = await stage.live(cap_units=12)
    for units in (6, 5):
        await stage.commit(campaign, units)
    with pytest.raises(CapReached):
        await stage.commit(campaign, 2)
    last = await stage.commit(campaign, 1)
    with pytest.raises(CapReached):
        await stage.commit(campaign, 1)
    await stage.withdraw(last)
    await stage.commit(campaign, 1)
    await stage.answer_all()
    await stage.step(stage.organiser, campaign, "close_early")
    assert (await stage.fresh(campaign)).state == "awaiting_supplier"


async def test_no_commitment_at_or_after_the_deadline(stage: Stage) -> None:
    campaign = await stage.live()
    stage.now = campaign.deadline_at
    with pytest.raises(DeadlinePassed):
        await stage.commit(campaign, 1)
    await stage.settle()
    with pytest.raises(CampaignNotOpen):
        await stage.commit(campaign, 1)


async def test_cancelling_refunds_everybody(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 2)
    await stage.answer_all()
    in_flight = await stage.commit(campaign, 2)
    await stage.step(stage.reviewer, campaign, "cancel", "The mould broke.")
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "cancelled"
    assert (await stage.fresh(commitment)).refund_reason == "admin_manual"
    assert (await stage.fresh(in_flight)).state == "refunded"


async def test_a_draft_is_cancelled_without_books(stage: Stage) -> None:
    campaign = await stage.draft()
    await stage.step(stage.organiser, campaign, "cancel", "Not now.")
    await stage.settle()
    assert (await stage.fresh(campaign)).state == "cancelled"


async def test_every_move_tells_its_story(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 6)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.answer_all()
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        _, moves = await own_money.told_moves(
            session, context, campaign, await stage.fresh(commitment)
        )
        trial = await books_view.books_view(session, context, campaign)
    assert [move["kind"] for move in moves] == [
        "capture_instructed",
        "capture_confirmed",
        "refund_decided",
        "refund_instructed",
        "refund_confirmed",
    ]
    assert all(move["why"] and move["where_to"] and move["trigger"] for move in moves)
    assert "did not reach its goal" in moves[2]["why"]
    assert trial["balanced"]


async def test_answers_that_come_at_once_end_the_campaign(stage: Stage) -> None:
    """Whichever of parallel transactions resolves the last commitment notices that it did."""
    campaign = await stage.live()
    for _ in range(9):
        await stage.commit(campaign, 1)
    await stage.settle()
    stage.now = campaign.deadline_at
    await stage.settle()
    assert (await stage.fresh(campaign)).state == "closing"
    for expected in ("failing", "failed"):
        await asyncio.gather(*(stage.answer(each) for each in stage.unsent))
        rows = await stage.take_due()
        await asyncio.gather(*(stage.handle(row) for row in rows))
        await stage.settle()
        assert (await stage.fresh(campaign)).state == expected


async def test_a_release_goes_on_when_releases_are_switched_on_again(stage: Stage) -> None:
    campaign = await stage.live()
    await stage.commit(campaign, 5)
    await stage.commit(campaign, 5)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    await stage.run(change_settings, stage.reviewer, changes={"release_open": False})
    await stage.pass_time(days=7)
    await stage.pass_time(hours=5)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "inspecting"
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == 10 * 1_999
    await stage.run(change_settings, stage.reviewer, changes={"release_open": True})
    await stage.pass_time(hours=1)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"


async def test_what_is_approved_while_releases_are_switched_off_stays(stage: Stage) -> None:
    campaign = await stage.live()
    await stage.run(change_settings, stage.reviewer, changes={"auto_payout": False})
    for _ in range(2):
        await stage.commit(campaign, 5)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.step(stage.supplier, campaign, "accept")
    await stage.deliver(campaign)
    await stage.pass_time(days=7)
    await stage.run(change_settings, stage.reviewer, changes={"release_open": False})
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        query = select(ApprovalRow.id).where(ApprovalRow.subject_id == campaign.id)
        approval_id = (await session.execute(query)).scalar_one()
    with pytest.raises(TransitionNotAllowed, match="switched releases off"):
        await stage.approve(approval_id)
    assert await balance(stage, campaign, Kind.COMMITMENT_ESCROW) == 10 * 1_999
    await stage.run(change_settings, stage.reviewer, changes={"release_open": True})
    await stage.approve(approval_id)
    await stage.settle()
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
