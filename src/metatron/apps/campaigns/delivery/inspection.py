"""More time to inspect, told to everybody."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.fulfilment import INSPECTION_JOB
from metatron.apps.campaigns.machine.locking import instant_by_database, lock_campaign
from metatron.apps.campaigns.machine.steps import advance, refuse_step, step_or_refuse
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.jobs import enqueue

MOST = timedelta(days=30)


async def extend_inspection(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    until: datetime,
    reason: str,
    now: datetime,
) -> Campaign:
    """Move the end of a running inspection to `until`, once, and tell everybody why.

    Raises:
        CampaignNotFound: no such campaign.
        TransitionNotAllowed: no inspection is running, or it was extended before.
        ReasonRequired: without a reason.
        InvalidInput: `until` is not later, or more than 30 days later.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    step_or_refuse(campaign, "extend_inspection")
    ends = campaign.inspection_ends_at
    assert ends is not None
    if await instant_by_database(session, now) >= ends:
        raise refuse_step(campaign, "The inspection has ended.")
    if campaign.inspection_extended_at is not None:
        raise refuse_step(campaign, "The inspection was extended before; once is the rule.")
    if not ends < until <= ends + MOST:
        hint = "The new end is after the present one, by at most 30 days."
        raise InvalidInput.field("body.until", "out_of_range", hint)
    campaign.inspection_ends_at, campaign.inspection_extended_at = until, now
    await advance(session, context, campaign, "extend_inspection", reason=reason, now=now)
    await enqueue(session, context, INSPECTION_JOB, run_at=until, campaign_id=campaign_id)
    return campaign
