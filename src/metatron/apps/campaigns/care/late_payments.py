"""What was not paid to the supplier within two business days is put on the register."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.care.exceptions import Found, notice
from metatron.apps.campaigns.money.release import waits_for_release
from metatron.apps.campaigns.rules.verification import may_be_paid
from metatron.apps.campaigns.tables import Campaign, Payout
from metatron.apps.campaigns.wording import show_instant, show_money
from metatron.kernel.context import Context


async def look_for_late_payment(
    session: AsyncSession, context: Context, *, payout_id: UUID, now: datetime
) -> None:
    """Open an exception for a payment that the provider has not confirmed by the time it is due."""
    payout = await session.get(Payout, (context.tenant_id, payout_id))
    if payout is None or payout.state == "confirmed" or payout.due_at is None:
        return
    shown = show_money(payout.amount_minor, payout.currency)
    found = Found(
        category="process_failure",
        severity="high",
        title="A payment to the supplier is late",
        detail=f"{shown} was due by {show_instant(payout.due_at)} and is {payout.state}.",
        cause=f"late_payment/{payout_id}",
        campaign_id=payout.campaign_id,
    )
    await notice(session, context, found=found, source_id=payout_id, now=now)


async def look_for_late_release(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Open an exception for a release that waits for people when it was to be paid.

    A release that open issues or a gap in the coverage hold back is not late: the rules hold it.
    """
    campaign = await session.get(Campaign, (context.tenant_id, campaign_id))
    if campaign is None or not await waits_for_release(session, context, campaign):
        return
    payable = await may_be_paid(session, context, campaign, now=now)
    waits_for = "two people's approval" if payable else "the supplier's identity to be verified"
    found = Found(
        category="process_failure",
        severity="high",
        title="A release waits longer than the terms say",
        detail=f"Campaign {campaign.reference}: the inspection has ended, the release waits for "
        f"{waits_for}, and the supplier was to be paid within two business days.",
        cause=f"late_release/{campaign_id}",
        campaign_id=campaign_id,
    )
    await notice(session, context, found=found, source_id=campaign_id, now=now)
