"""Unwinding after a supplier's default: what was not released goes back, in batches."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.money.refunding import ask_refunds
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context


async def unwind(
    session: AsyncSession, context: Context, *, campaign_id: UUID, reason: str | None, now: datetime
) -> Campaign:
    """End a campaign whose supplier did not keep its duty; refunds begin by themselves.

    What was released before stays released. The campaign's lock is taken alone, so that no release
    runs beside this.

    Raises:
        TransitionNotAllowed: the supplier has not accepted, or the campaign has ended.
        ReasonRequired: without a reason.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    campaign.outcome = "unwound"
    campaign.release_held_at = None
    await advance(session, context, campaign, "unwind", reason=reason, now=now)
    await ask_refunds(session, context, campaign.id, trigger="unwind")
    return campaign
