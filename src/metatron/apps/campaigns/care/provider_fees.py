"""Fees the provider told of: booked with the campaign they were for, borne by the bond."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.exceptions import Found, notice
from metatron.apps.campaigns.care.outside import Seen
from metatron.apps.campaigns.errors import ChargeDiffers
from metatron.apps.campaigns.money.charges import Cost, record_charge, record_own_charge
from metatron.apps.campaigns.money.payouts import PAYOUT_TARGET
from metatron.apps.campaigns.money.refunds import COMMITMENT_TARGET
from metatron.apps.campaigns.tables import Campaign, Commitment, Payout
from metatron.apps.campaigns.wording import show_money
from metatron.kernel.context import Context


async def book_fee(session: AsyncSession, context: Context, *, seen: Seen, now: datetime) -> None:
    """Book a fee once; what contradicts a record made by hand opens an exception.

    A fee of which nobody knows what it was for is the organisation's own cost, as is that of its
    payments into the bond. A fee of nothing is none.
    """
    if not seen.fee_minor:
        return
    campaign = await _campaign_of(session, context, seen)
    try:
        if campaign is None or campaign.currency != seen.currency:
            cost = Cost("provider_fee", seen.fee_minor, seen.currency, seen.reference)
            await record_own_charge(session, context, cost=cost, now=now)
        else:
            await record_charge(
                session, context, campaign_id=campaign.id, kind="provider_fee",
                amount_minor=seen.fee_minor, reference=seen.reference, now=now,
            )  # fmt: skip
    except ChargeDiffers:
        await _differs(session, context, campaign, seen, now)


async def _campaign_of(session: AsyncSession, context: Context, seen: Seen) -> Campaign | None:
    if seen.target_id is None:
        return None
    campaign_id: UUID | None = None
    if seen.target_kind == COMMITMENT_TARGET:
        campaign_id = await _named(session, context, Commitment, seen.target_id)
    elif seen.target_kind == PAYOUT_TARGET:
        campaign_id = await _named(session, context, Payout, seen.target_id)
    return await session.get(Campaign, (context.tenant_id, campaign_id)) if campaign_id else None


async def _named(
    session: AsyncSession, context: Context, mapped: type[Commitment | Payout], row_id: UUID
) -> UUID | None:
    query = select(mapped.campaign_id).where(
        mapped.tenant_id == context.tenant_id, mapped.id == row_id
    )
    return (await session.execute(query)).scalar_one_or_none()


async def _differs(
    session: AsyncSession, context: Context, campaign: Campaign | None, seen: Seen, now: datetime
) -> None:
    shown = show_money(seen.fee_minor, seen.currency)
    found = Found(
        category="escrow_anomaly",
        severity="high",
        title="The provider's fee differs from the one recorded by hand",
        detail=f"{seen.provider} {seen.reference} is a fee of {shown}; the books say otherwise.",
        cause=f"provider_fee/{seen.reference}",
        campaign_id=campaign.id if campaign else None,
    )
    await notice(session, context, found=found, source_id=seen.observation_id, now=now)
