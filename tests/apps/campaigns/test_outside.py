"""What is done at the provider outside the platform: mirrored once, or on the register."""

import itertools
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from metatron.apps.campaigns.care.tables import ExceptionRow, ProviderAction
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.invariants import check_invariants
from metatron.apps.campaigns.tables import Refund
from metatron.kernel.context import system_context
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage


async def rows(stage: Stage, mapped: Any) -> list[Any]:
    async with stage.database.transaction(system_context(stage.tenant_id)) as session:
        query = select(mapped).where(mapped.tenant_id == stage.tenant_id)
        return list((await session.execute(query)).scalars())


async def sound(stage: Stage) -> None:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        assert await check_invariants(session, context) == []


async def sums(stage: Stage, campaign: Any) -> dict[int, tuple[int, int]]:
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        lines = await books.lines_of(session, context, campaign.id)
    return {line.code: (line.debits_posted, line.credits_posted) for line in lines}


async def seen(
    stage: Stage, commitment: Any, amount_minor: int, *, action: str = "refunded",
    reference: str = "re_hand", **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """Let the provider tell what was done at its desk; returns the event."""
    return await stage.observe(
        action, commitment.id if commitment else None, amount_minor, reference=reference, **more
    )


async def test_a_refund_of_all_at_the_providers_desk_is_mirrored_once(stage: Stage) -> None:
    campaign = await stage.live(cap_units=12)
    commitment = await stage.commit(campaign, 2)
    await stage.commit(campaign, 3)
    await stage.answer_all()
    event = await seen(stage, commitment, 2 * 1_999)
    await stage.deliver_again(event)
    await seen(stage, commitment, 2 * 1_999)
    after = await stage.fresh(commitment)
    assert (after.state, after.refund_reason) == ("refunded", "commitment_cancelled")
    [refund] = await rows(stage, Refund)
    assert (refund.state, refund.whole, refund.trigger) == ("confirmed", True, "outside")
    assert (await sums(stage, campaign))[202] == (2 * 1_999, 2 * 1_999)
    assert await rows(stage, ExceptionRow) == []
    await sound(stage)
    await stage.commit(campaign, 6)
    await stage.commit(campaign, 3)


async def test_a_refund_of_a_part_leaves_the_rest(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 3)
    await stage.answer_all()
    await seen(stage, commitment, 500)
    await seen(stage, commitment, 700, reference="re_second")
    after = await stage.fresh(commitment)
    assert (after.state, after.last_transition) == ("held", "mirror_part")
    await sound(stage)
    await seen(stage, commitment, 3 * 1_999 - 1_200, reference="re_rest")
    assert (await stage.fresh(commitment)).state == "refunded"
    await sound(stage)


async def test_more_than_there_is_opens_an_exception_and_books_nothing(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 1)
    await stage.answer_all()
    before = await sums(stage, campaign)
    event = await seen(stage, commitment, 2_000)
    await stage.deliver_again(event)
    [found] = await rows(stage, ExceptionRow)
    assert (found.category, found.commitment_id) == ("escrow_anomaly", commitment.id)
    assert await sums(stage, campaign) == before
    [action] = await rows(stage, ProviderAction)
    assert action.state == "unmirrored"
    assert "more than" in action.why


async def test_what_is_about_nothing_known_opens_an_exception(stage: Stage) -> None:
    await seen(stage, None, 300)
    await seen(stage, None, 0, reference="fee_1", action="fee_charged")
    await stage.observe("refunded", new_id(), 5, reference="re_other", target_kind="billing.bill")
    [found] = await rows(stage, ExceptionRow)
    assert found.category == "escrow_anomaly"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_any_sequence_of_messages_gives_the_same_books(
    stage: Stage, order: tuple[int, ...]
) -> None:
    """The capture's answer, and two refunds by hand, in whatever sequence they are told."""
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 3)
    await stage.settle()
    [capture] = stage.unsent

    async def first() -> None:
        await stage.answer(capture)

    async def second() -> None:
        await seen(stage, commitment, 1_000)

    async def third() -> None:
        await seen(stage, commitment, 3 * 1_999 - 1_000, reference="re_rest")

    for number in order:
        await (first, second, third)[number]()
        await stage.settle()
    deliveries = list(stage.delivered)
    random.Random(1).shuffle(deliveries)
    for row in deliveries:
        await stage.deliver_again(row)
    gross = 3 * 1_999
    assert await sums(stage, campaign) == {
        101: (gross, gross), 102: (gross, gross), 201: (gross, gross), 202: (gross, gross),
        301: (0, 0), 401: (0, 0),
    }  # fmt: skip
    assert (await stage.fresh(commitment)).state == "refunded"
    assert await rows(stage, ExceptionRow) == []
    await sound(stage)


@pytest.mark.parametrize("told_first", ["answer", "desk"])
async def test_a_refused_refund_made_by_hand_is_settled(stage: Stage, told_first: str) -> None:
    """Ours is refused because somebody made it at the desk; both sequences end alike."""
    campaign = await stage.live(goal_units=10)
    commitment = await stage.commit(campaign, 2)
    await stage.answer_all()
    await stage.pass_time(days=8)
    [refund] = stage.unsent
    if told_first == "desk":
        await seen(stage, commitment, 2 * 1_999)
        assert (await stage.fresh(commitment)).state == "refund_due"
    await stage.answer(refund, "failed")
    await stage.settle()
    if told_first == "answer":
        assert (await stage.fresh(commitment)).state == "refund_failed"
        await seen(stage, commitment, 2 * 1_999)
    assert (await stage.fresh(commitment)).state == "refunded"
    assert (await sums(stage, campaign))[202] == (2 * 1_999, 2 * 1_999)
    await stage.settle()
    assert (await stage.fresh(campaign)).state == "failed"
    opened = await rows(stage, ExceptionRow)
    assert len(opened) == (1 if told_first == "answer" else 0)
    await sound(stage)


@pytest.mark.parametrize("action", ["voided", "expired"])
async def test_a_reservation_that_ended_lets_the_units_go(stage: Stage, action: str) -> None:
    deadline = stage.now + timedelta(days=3)
    campaign = await stage.live(
        funding_mode="auth_hold", deadline_at=deadline, cap_units=6, goal_units=5
    )
    commitment = await stage.commit(campaign, 4)
    await stage.settle()
    [reserved] = stage.unsent
    # The end may be told before the reservation itself.
    await seen(stage, commitment, 4 * 1_999, action=action)
    assert (await stage.fresh(commitment)).state == "authorising"
    await stage.answer(reserved)
    await stage.settle()
    assert (await stage.fresh(commitment)).state == "lapsed"
    await seen(stage, commitment, 4 * 1_999, action=action, reference="re_again")
    assert await rows(stage, ExceptionRow) == []
    await stage.commit(campaign, 6)
    await sound(stage)


async def test_nothing_follows_from_a_capture_at_the_desk(stage: Stage) -> None:
    campaign = await stage.live()
    commitment = await stage.commit(campaign, 1)
    await stage.answer_all()
    await seen(stage, commitment, 1_999, action="captured")
    [found] = await rows(stage, ExceptionRow)
    assert found.cause.startswith("provider_action/")
    assert isinstance(found.id, UUID)
