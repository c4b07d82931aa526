"""The release of one milestone's share: every commitment's part of it, in one linked batch."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.milestone_tables import Milestone
from metatron.apps.campaigns.machine.steps import advance, advance_all
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.division import pay_out_released
from metatron.apps.campaigns.money.payouts import instruct_payout
from metatron.apps.campaigns.money.release import open_issue
from metatron.apps.campaigns.rules.milestones import WHOLE
from metatron.apps.campaigns.tables import Campaign, Commitment, Payout
from metatron.kernel.context import Context

_KEEP = text("""
insert into campaigns.share_release
  (tenant_id, milestone_id, commitment_id, campaign_id, amount_minor)
select :tenant_id, :milestone_id, s.id, :campaign_id, s.amount
from unnest(cast(:ids as uuid[]), cast(:amounts as bigint[])) s(id, amount)
""")


def shares_of(amounts: Sequence[int], share_bp: int) -> list[int]:
    """Return each amount's share of `share_bp` basis points, summing to that of their total.

    Each is rounded down and the rest goes, one minor unit each, to the largest remainders
    (Hamilton's method), ties by position.
    """
    shares = [amount * share_bp // WHOLE for amount in amounts]
    left = sum(amounts) * share_bp // WHOLE - sum(shares)
    by_remainder = sorted(
        range(len(amounts)), key=lambda place: (-(amounts[place] * share_bp % WHOLE), place)
    )
    for place in by_remainder[:left]:
        shares[place] += 1
    return shares


async def release_share(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    milestone: Milestone,
    *,
    now: datetime,
) -> None:
    """Release an approved milestone's share and have the provider instructed.

    Campaign and milestone are locked, and what is held is covered. A commitment with an open issue
    or dispute takes no part, and none gives more than what is in escrow for it.
    """
    allocated = await _allocated(session, context, campaign)
    in_escrow = await books.escrow_of(session, context, campaign, allocated)
    wanted = shares_of([each.final_amount_minor or 0 for each in allocated], milestone.share_bp)
    parts = [
        (commitment, min(share, left - 1))
        for commitment, share, left in zip(allocated, wanted, in_escrow, strict=True)
        if min(share, left - 1) > 0
    ]
    milestone.state = "release_instructed"
    milestone.released_minor = sum(amount_minor for _, amount_minor in parts)
    if not parts:
        milestone.state = "released"
        await session.flush()
        return
    payout = await _book(session, context, campaign, milestone, parts, now)
    milestone.payout_id = payout.id
    campaign.released_bp += milestone.share_bp
    upfront = campaign.state == "confirmed"
    step = "release_upfront" if upfront else "release_share"
    await advance(session, context, campaign, step, now=now, by_system=True)
    commitments = [commitment for commitment, _ in parts]
    for commitment in commitments:
        commitment.released_bp += milestone.share_bp
    await advance_all(session, context, commitments, "release_share", now=now, by_system=True)
    await instruct_payout(session, context, payout, now)


async def _allocated(
    session: AsyncSession, context: Context, campaign: Campaign
) -> Sequence[Commitment]:
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign.id,
            Commitment.state == "allocated",
            ~open_issue(),
        )
        .order_by(Commitment.placed_at, Commitment.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().all()


async def _book(  # noqa: PLR0917 - one batch of one milestone
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    milestone: Milestone,
    parts: Sequence[tuple[Commitment, int]],
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
        "ids": [commitment.id for commitment, _ in parts],
        "amounts": [amount_minor for _, amount_minor in parts],
    }
    await session.execute(_KEEP, values)
    return payout
