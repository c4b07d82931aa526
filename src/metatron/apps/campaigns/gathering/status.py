"""The weekly status of a gathering campaign."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import advance
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.rules.disclosure import stage_of
from metatron.apps.campaigns.rules.goal import per_cent
from metatron.apps.campaigns.wording import show_instant, texts
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

STATUS_JOB = "campaigns.tell_status"
WEEK = timedelta(days=7)


async def begin_weekly_status(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Have the first status told in a week."""
    await enqueue(session, context, STATUS_JOB, run_at=now + WEEK, campaign_id=campaign_id)


async def tell_status(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Tell where the campaign stands, and ask for the next week's; nothing once it has closed."""
    campaign = await lock_campaign(session, context, campaign_id)
    if campaign.state not in {"live", "paused"} or campaign.deadline_at is None:
        return
    if now >= campaign.deadline_at:
        return
    units = await books.units_committed(session, context, campaign)
    words = texts("member.status")
    told = words["told"].format(
        stage=words[f"stage_{stage_of(per_cent(campaign, units))}"],
        deadline=show_instant(campaign.deadline_at, campaign.time_zone),
    )
    await advance(session, context, campaign, "tell_status", reason=told, now=now, by_system=True)
    await begin_weekly_status(session, context, campaign_id=campaign_id, now=now)
