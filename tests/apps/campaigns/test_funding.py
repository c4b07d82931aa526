"""The later ways of funding: held and captured at the close, or charged on success."""

from datetime import timedelta

import pytest

from metatron.apps.campaigns.errors import PublishBlocked
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import system_context
from tests.apps.campaigns.stage import Stage

MODES = ["auth_hold", "charge_on_success"]


async def assert_sound(stage: Stage) -> None:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        assert await check_invariants(session, context) == []


async def live(stage: Stage, mode: str) -> Campaign:
    return await stage.live(funding_mode=mode, deadline_at=stage.now + timedelta(days=5))


async def states(stage: Stage, campaign: Campaign) -> set[str]:
    return {commitment.state for commitment in await stage.commitments_of(campaign)}


@pytest.mark.parametrize("mode", MODES)
async def test_a_reached_goal_is_collected_then_decided(stage: Stage, mode: str) -> None:
    campaign = await live(stage, mode)
    for units in (4, 6):
        await stage.commit(campaign, units)
    await stage.answer_all()
    early = {"auth_hold": "authorised", "charge_on_success": "placed"}[mode]
    assert await states(stage, campaign) == {early}
    await assert_sound(stage)
    await stage.pass_time(days=5)
    assert (await stage.fresh(campaign)).state == "closing"
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "awaiting_supplier"
    assert await states(stage, campaign) == {"held"}
    await assert_sound(stage)


@pytest.mark.parametrize("mode", MODES)
async def test_a_missed_goal_takes_nothing(stage: Stage, mode: str) -> None:
    campaign = await live(stage, mode)
    await stage.commit(campaign, 4)
    await stage.answer_all()
    await stage.pass_time(days=5)
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "failed"
    assert await states(stage, campaign) == {"lapsed"}
    await assert_sound(stage)


@pytest.mark.parametrize("mode", MODES)
async def test_withdrawing_takes_nothing(stage: Stage, mode: str) -> None:
    campaign = await live(stage, mode)
    early = await stage.commit(campaign, 4)
    hasty = await stage.commit(campaign, 2)
    if mode == "auth_hold":
        await stage.withdraw(hasty)  # the reservation comes through afterwards
    await stage.answer_all()
    await stage.withdraw(early)
    await stage.answer_all()
    assert (await stage.fresh(early)).state == "lapsed"
    if mode == "auth_hold":
        assert (await stage.fresh(hasty)).state == "lapsed"
    await assert_sound(stage)


async def test_a_refused_charge_is_asked_again_each_day(stage: Stage) -> None:
    campaign = await live(stage, "charge_on_success")
    for units in (6, 4):
        await stage.commit(campaign, units)
    await stage.settle()
    await stage.pass_time(days=5)
    first, second = stage.unsent
    await stage.answer(first)
    await stage.answer(second, "failed")
    await stage.settle()
    assert stage.unsent == []
    assert (await stage.fresh(campaign)).state == "closing"
    await assert_sound(stage)
    await stage.pass_time(days=1)
    assert len(stage.unsent) == 1
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "awaiting_supplier"
    await assert_sound(stage)


async def test_charges_that_never_come_are_given_up(stage: Stage) -> None:
    campaign = await live(stage, "charge_on_success")
    for units in (6, 4):
        await stage.commit(campaign, units)
    await stage.settle()
    await stage.pass_time(days=5)
    await stage.answer(stage.unsent[0])
    while (await stage.fresh(campaign)).state == "closing":
        for charge in list(stage.unsent):
            await stage.answer(charge, "failed")
        await stage.pass_time(days=1)
    ended = await stage.fresh(campaign)
    assert ended.outcome == "goal_missed"
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "failed"
    assert await states(stage, campaign) == {"lapsed", "refunded"}
    await assert_sound(stage)


async def test_a_cancelled_campaign_lets_reservations_go(stage: Stage) -> None:
    campaign = await live(stage, "auth_hold")
    await stage.commit(campaign, 6)
    await stage.answer_all()
    await stage.step(stage.reviewer, campaign, "cancel", "No supplier any more.")
    await stage.answer_all()
    assert (await stage.fresh(campaign)).state == "cancelled"
    assert await states(stage, campaign) == {"lapsed"}
    await assert_sound(stage)


async def test_a_hold_has_to_outlast_the_campaign(stage: Stage) -> None:
    campaign = await stage.draft(funding_mode="auth_hold")
    with pytest.raises(PublishBlocked, match="When members' money is locked"):
        await stage.step(stage.organiser, campaign, "submit")
