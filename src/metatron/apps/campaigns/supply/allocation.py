"""Allocation: every held commitment gets its units and its final amount, some at a time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import advance, advance_all
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.refunds import begin_refunds, return_part
from metatron.apps.campaigns.rules.milestones import PLAN_JOB
from metatron.apps.campaigns.supply.tables import Consent
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.apps.campaigns.wording import show_money, texts
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

ALLOCATE_JOB = "campaigns.allocate"
AT_ONCE = 4_000


async def allocate(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Allocate the next held commitments of an accepted campaign; ask for more until none is left.

    Units, price and rule were decided with the acceptance, so that each run is a transaction of
    its own that can be stopped and taken up anywhere. What a member locked above the final amount
    goes back as a part; a commitment without units is refunded in full.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    if campaign.state != "confirmed" or campaign.allocated_at is not None:
        return
    held = await _next_held(session, context, campaign)
    if not held:
        await _finish(session, context, campaign, now)
        return
    granted = await _granted(session, context, campaign, held)
    kept = [commitment for commitment in held if granted[commitment.id]]
    left_out = [commitment for commitment in held if not granted[commitment.id]]
    if left_out:
        await begin_refunds(
            session, context, campaign, left_out, step="leave_out",
            reason_code="supplier_unable", trigger="allocation", now=now,
        )  # fmt: skip
    if kept:
        await _allocate(session, context, campaign, kept, granted, now)
    await enqueue(session, context, ALLOCATE_JOB, campaign_id=campaign_id)


async def _next_held(
    session: AsyncSession, context: Context, campaign: Campaign
) -> Sequence[Commitment]:
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign.id,
            Commitment.state == "held",
        )
        .order_by(Commitment.placed_at, Commitment.id)
        .limit(AT_ONCE)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().all()


async def _granted(
    session: AsyncSession, context: Context, campaign: Campaign, held: Sequence[Commitment]
) -> dict[UUID, int]:
    """Return the units of each: all of its own, unless the supplier accepted a part."""
    if campaign.consent_until is None:
        return {commitment.id: commitment.units for commitment in held}
    query = select(Consent.commitment_id, Consent.units_granted).where(
        Consent.tenant_id == context.tenant_id,
        Consent.commitment_id.in_([commitment.id for commitment in held]),
    )
    found = {row.commitment_id: row.units_granted for row in await session.execute(query)}
    return {commitment.id: found.get(commitment.id) or 0 for commitment in held}


async def _allocate(  # noqa: PLR0917 - one batch, with what it was granted
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    kept: Sequence[Commitment],
    granted: dict[UUID, int],
    now: datetime,
) -> None:
    price = campaign.final_unit_price_minor
    assert price is not None
    above = [
        (commitment, commitment.amount_minor - granted[commitment.id] * price)
        for commitment in kept
    ]
    above = [(commitment, amount_minor) for commitment, amount_minor in above if amount_minor]
    in_escrow = await books.escrow_of(session, context, campaign, [each for each, _ in above])
    # What went back before may have left less than that; something stays to be released.
    parts = [
        (commitment, min(amount_minor, left - 1))
        for (commitment, amount_minor), left in zip(above, in_escrow, strict=True)
        if left > 1
    ]
    why = texts("member.allocation")["price" if campaign.consent_until is None else "part"]
    await return_part(
        session, context, campaign, parts=parts,
        reason_code="admin_manual" if campaign.consent_until is None else "supplier_unable",
        trigger="allocation", now=now, are_locked=True,
        reason=why.format(price=show_money(price, campaign.currency)),
    )  # fmt: skip
    for commitment in kept:
        commitment.units_allocated = granted[commitment.id]
        commitment.final_unit_price_minor = price
        commitment.final_amount_minor = granted[commitment.id] * price
    await advance_all(session, context, kept, "allocate", now=now, by_system=True)


async def _finish(
    session: AsyncSession, context: Context, campaign: Campaign, now: datetime
) -> None:
    query = select(func.coalesce(func.sum(Commitment.units_allocated), 0)).where(
        Commitment.tenant_id == context.tenant_id, Commitment.campaign_id == campaign.id
    )
    campaign.units_allocated = (await session.execute(query)).scalar_one() or 0
    campaign.allocated_at = now
    if campaign.milestones:
        await enqueue(session, context, PLAN_JOB, campaign_id=campaign.id)
    await advance(session, context, campaign, "allocation_done", now=now, by_system=True)
