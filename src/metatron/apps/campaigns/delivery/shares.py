"""The release of one milestone's share: every commitment's part of it, some thousands at a time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.milestone_rows import (
    is_paid,
    lock_milestone,
    move_milestone,
)
from metatron.apps.campaigns.delivery.milestone_tables import Milestone
from metatron.apps.campaigns.machine.steps import advance, advance_all
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.coverage import block_if_uncovered
from metatron.apps.campaigns.money.division import pay_out_released
from metatron.apps.campaigns.money.payouts import instruct_payout
from metatron.apps.campaigns.money.release import LOOK_AGAIN, open_issue
from metatron.apps.campaigns.rules.milestones import WHOLE
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.verification import may_be_paid
from metatron.apps.campaigns.tables import Campaign, Commitment, Payout
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

SHARE_JOB = "campaigns.release_shares"
AT_ONCE = 2_000
BEFORE_DELIVERY = frozenset({"confirmed", "procuring", "fulfilling"})
_RELEASING = BEFORE_DELIVERY | {"inspecting"}
_KEEP = text("""
insert into campaigns.share_release
  (tenant_id, milestone_id, commitment_id, campaign_id, amount_minor, payout_id)
select :tenant_id, :milestone_id, s.id, :campaign_id, s.amount, :payout_id
from unnest(cast(:ids as uuid[]), cast(:amounts as bigint[])) s(id, amount)
""")
Parts = Sequence[tuple[Commitment, int]]


def shares_of(amounts: Sequence[int], share_bp: int, carry_bp: int = 0) -> tuple[list[int], int]:
    """Return each amount's share of `share_bp` basis points, and what rounding keeps back.

    Each is rounded down and the rest goes, one minor unit each, to the largest remainders
    (Hamilton's method), ties by position. `carry_bp` is what was kept back of earlier amounts, in
    1/10,000 of a minor unit: shares taken in several goes sum to that of the total as well.
    """
    shares = [amount * share_bp // WHOLE for amount in amounts]
    remainders = [amount * share_bp % WHOLE for amount in amounts]
    left, carry_bp = divmod(carry_bp + sum(remainders), WHOLE)
    by_remainder = sorted(range(len(amounts)), key=lambda place: (-remainders[place], place))
    for place in by_remainder[:left]:
        shares[place] += 1
    return shares, carry_bp


async def release_shares(
    session: AsyncSession, context: Context, *, milestone_id: UUID, now: datetime
) -> None:
    """Release the next commitments' parts of an approved share, and ask for more until all are.

    Each run is a transaction of its own, so that it can be stopped and taken up anywhere. It waits
    while releases are switched off, the supplier is not verified where that
    is asked for, or what is held is not covered, and ends where the campaign is
    ended: what was not released by then is refunded.
    """
    campaign, milestone = await lock_milestone(session, context, milestone_id)
    if milestone.state != "approved":
        return
    if campaign.state not in _RELEASING:
        await _end(session, context, milestone, now)
        return
    is_open = (await read_settings(session, context)).release_open
    is_open = is_open and await may_be_paid(session, context, campaign, now=now)
    if not is_open or await block_if_uncovered(session, context, campaign, now=now):
        await enqueue(
            session, context, SHARE_JOB, run_at=now + LOOK_AGAIN, milestone_id=milestone_id
        )
        return
    await release_next(session, context, campaign, milestone, now=now)


async def release_next(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    milestone: Milestone,
    *,
    now: datetime,
) -> None:
    """Release the next parts of an approved milestone's share and have the provider instructed.

    Campaign and milestone are locked, and what is held is covered. A commitment with an open issue
    or dispute takes no part, and none gives more than what is in escrow for it.
    """
    found = await _next(session, context, campaign, milestone)
    in_escrow = await books.escrow_of(session, context, campaign, found)
    wanted, milestone.share_carry_bp = shares_of(
        [each.final_amount_minor or 0 for each in found],
        milestone.share_bp,
        milestone.share_carry_bp,
    )
    parts = [
        (commitment, min(share, left - 1))
        for commitment, share, left in zip(found, wanted, in_escrow, strict=True)
        if min(share, left - 1) > 0
    ]
    if parts:
        await _release(session, context, campaign, milestone, parts, now)
    if len(found) < AT_ONCE:
        await _end(session, context, milestone, now)
        return
    milestone.release_after = found[-1].id
    await session.flush()
    await enqueue(session, context, SHARE_JOB, milestone_id=milestone.id)


async def _next(
    session: AsyncSession, context: Context, campaign: Campaign, milestone: Milestone
) -> Sequence[Commitment]:
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign.id,
            Commitment.state == "allocated",
            ~open_issue(),
        )
        .order_by(Commitment.id)
        .limit(AT_ONCE)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if milestone.release_after is not None:
        query = query.where(Commitment.id > milestone.release_after)
    return (await session.execute(query)).scalars().all()


async def _release(  # noqa: PLR0917 - one batch of one milestone
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    milestone: Milestone,
    parts: Parts,
    now: datetime,
) -> None:
    is_first = milestone.released_minor is None
    payout = await _book(session, context, campaign, milestone, parts, now)
    released = sum(amount_minor for _, amount_minor in parts)
    milestone.released_minor = (milestone.released_minor or 0) + released
    milestone.payout_id = payout.id
    if is_first:
        campaign.released_bp += milestone.share_bp
    # A delivery may be confirmed between two batches; then nothing is left to be begun.
    if is_first and campaign.state in BEFORE_DELIVERY:
        step = "release_upfront" if campaign.state == "confirmed" else "release_share"
        await advance(session, context, campaign, step, now=now, by_system=True)
    commitments = [commitment for commitment, _ in parts]
    for commitment in commitments:
        commitment.released_bp += milestone.share_bp
    await advance_all(session, context, commitments, "release_share", now=now, by_system=True)
    await instruct_payout(session, context, payout, now)


async def _book(  # noqa: PLR0917 - the same batch
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    milestone: Milestone,
    parts: Parts,
    now: datetime,
) -> Payout:
    journal = await books.journal_for(session, context, campaign, trigger="milestone", now=now)
    released = [
        journal.release_share(commitment, milestone.id, amount_minor)
        for commitment, amount_minor in parts
    ]
    shares = [(commitment, milestone.share_bp) for commitment, _ in parts]
    payout = await pay_out_released(session, context, journal, released, shares, now=now)
    values = {
        "tenant_id": context.tenant_id,
        "milestone_id": milestone.id,
        "campaign_id": campaign.id,
        "payout_id": payout.id,
        "ids": [commitment.id for commitment, _ in parts],
        "amounts": [amount_minor for _, amount_minor in parts],
    }
    await session.execute(_KEEP, values)
    return payout


async def _end(
    session: AsyncSession, context: Context, milestone: Milestone, now: datetime
) -> None:
    """Note that no part follows: the share is released as soon as every payment is confirmed."""
    is_over = await is_paid(session, context, milestone)
    state = "released" if is_over else "release_instructed"
    if milestone.released_minor is None:
        milestone.released_minor = 0
    await move_milestone(session, context, milestone, state, now)
