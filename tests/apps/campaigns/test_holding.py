"""The money of an open issue is held apart: nothing takes it but what is decided, or the bank."""

import pytest

from metatron.apps.campaigns.delivery.issues import decide_issue
from metatron.apps.campaigns.edge import own_money
from metatron.apps.campaigns.errors import RefundExceedsEscrow
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import Kind
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import system_context
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_endings import balance
from tests.apps.campaigns.test_milestones import inspecting
from tests.apps.campaigns.test_simulation import assert_sound

AMOUNT = 5 * 1_999
WORDS = "One of five is dented."


async def amounts(stage: Stage, commitment: Commitment) -> dict[str, int]:
    """The member's own sums, without those that are zero."""
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        campaign = await session.get(Campaign, (stage.tenant_id, commitment.campaign_id))
        assert campaign is not None
        booked, _ = await own_money.told_moves(session, context, campaign, commitment)
        found = own_money.amounts_of(books.chart_of(campaign, "sandbox"), commitment, booked)
    assert found is not None
    parts = {name: amount for name, amount in found.items() if name != "captured_minor"}
    assert sum(parts.values()) == found["captured_minor"] == AMOUNT
    return {name.removesuffix("_minor"): amount for name, amount in parts.items() if amount}


async def test_it_is_held_apart_and_freed_by_the_decision(stage: Stage) -> None:
    campaign, mine, issue = await inspecting(stage)
    assert await balance(stage, campaign, Kind.COMMITMENT_HOLD) == AMOUNT
    assert (await stage.fresh(issue)).held_minor == AMOUNT
    assert await amounts(stage, mine) == {"held_apart": AMOUNT}
    with pytest.raises(RefundExceedsEscrow):
        await stage.return_part(mine, 100)
    await assert_sound(stage)
    await stage.run(
        decide_issue, stage.finance, issue_id=issue.id, outcome="split", resolution=WORDS,
        refund_minor=3_333,
    )  # fmt: skip
    assert await balance(stage, campaign, Kind.COMMITMENT_HOLD) == 0
    assert await amounts(stage, mine) == {"in_escrow": AMOUNT - 3_333, "going_back": 3_333}
    fresh = await stage.fresh(issue)
    assert (fresh.held_minor, fresh.freed_minor) == (0, AMOUNT)
    await stage.pass_time(days=8)
    await stage.answer_all()
    assert await amounts(stage, mine) == {"released": AMOUNT - 3_333, "went_back": 3_333}
    assert (await stage.fresh(campaign)).state == "completed"
    await assert_sound(stage)


async def test_the_others_are_released_and_it_is_not(stage: Stage) -> None:
    campaign, mine, issue = await inspecting(stage)
    await stage.pass_time(days=8)
    await stage.answer_all()
    assert (await stage.fresh(mine)).state == "allocated"
    assert await balance(stage, campaign, Kind.COMMITMENT_HOLD) == AMOUNT
    await stage.resolve(issue, "refund")
    await stage.answer_all()
    assert await amounts(stage, mine) == {"went_back": AMOUNT}
    await assert_sound(stage)


async def test_unwinding_frees_it_and_refunds_all(stage: Stage) -> None:
    campaign, mine, _ = await inspecting(stage)
    await stage.step(stage.reviewer, campaign, "unwind", "The works have closed.")
    await stage.answer_all()
    assert (await stage.fresh(mine)).state == "refunded"
    assert (await stage.fresh(campaign)).state == "unwound"
    assert await balance(stage, campaign, Kind.COMMITMENT_HOLD) == 0
    await assert_sound(stage)


async def test_a_refund_at_the_providers_desk_leaves_the_rest_held(stage: Stage) -> None:
    campaign, mine, issue = await inspecting(stage)
    await stage.observe("refunded", mine.id, 1_000, reference="re_by_hand")
    assert await balance(stage, campaign, Kind.COMMITMENT_HOLD) == AMOUNT - 1_000
    await stage.observe("refunded", mine.id, 2 * AMOUNT, reference="re_too_much")
    assert (await stage.fresh(issue)).held_minor == AMOUNT - 1_000
    await assert_sound(stage)


@pytest.mark.parametrize("outcome", ["dispute_won", "dispute_lost"])
async def test_the_banks_dispute_goes_before_the_issue(stage: Stage, outcome: str) -> None:
    campaign, mine, issue = await inspecting(stage)
    await stage.observe("dispute_opened", mine.id, 4_000, reference="dp_1")
    assert (await stage.fresh(mine)).state == "disputed"
    assert (await stage.fresh(issue)).held_minor == 0
    assert await balance(stage, campaign, Kind.COMMITMENT_HOLD) == 4_000
    await assert_sound(stage)
    await stage.observe(outcome, mine.id, 4_000, reference="dp_1")
    rest = AMOUNT if outcome == "dispute_won" else AMOUNT - 4_000
    assert (await stage.fresh(mine)).state == "allocated"
    assert (await stage.fresh(issue)).held_minor == rest
    await assert_sound(stage)
    await stage.resolve(issue, "release")
    await stage.pass_time(days=8)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "completed"
    await assert_sound(stage)
