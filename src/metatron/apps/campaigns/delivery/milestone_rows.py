"""The rows of milestones: made once units are allocated, moved, and following the payments."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.errors import MilestoneNotFound
from metatron.apps.campaigns.delivery.events import MilestoneMoved
from metatron.apps.campaigns.delivery.milestone_tables import Milestone
from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.events.event import publish
from metatron.kernel.ids import new_id

_PAID_FOR = text("""
select milestone_id from campaigns.share_release
where tenant_id = :tenant_id and payout_id = :payout_id limit 1
""")
_UNPAID = text("""
select exists (
  select from campaigns.payout p
  where p.tenant_id = :tenant_id and p.campaign_id = :campaign_id and p.state <> 'confirmed'
    and (p.id = cast(:payout_id as uuid) or exists (
      select from campaigns.share_release s where s.tenant_id = p.tenant_id
        and s.payout_id = p.id and s.milestone_id = :milestone_id)))
""")


async def plan_milestones(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Make the rows of an allocated campaign's published milestones; bears repetition."""
    campaign = await lock_campaign(session, context, campaign_id)
    query = select(Milestone.id).where(
        Milestone.tenant_id == context.tenant_id, Milestone.campaign_id == campaign_id
    )
    if (await session.execute(query.limit(1))).first() is not None:
        return
    planned = [
        Milestone(
            tenant_id=context.tenant_id,
            id=new_id(),
            campaign_id=campaign_id,
            sequence=number,
            title=each["title"],
            share_bp=each["share_bp"],
            due_at=datetime.fromisoformat(each["due_at"]),
            auto_approve_hours=each.get("auto_approve_hours"),
            is_upfront=bool(each.get("is_upfront")),
            is_last=number == len(campaign.milestones),
            state="planned",
            version=1,
        )
        for number, each in enumerate(campaign.milestones, 1)
    ]
    session.add_all(planned)
    await session.flush()
    for milestone in planned:
        await _announce(session, context, milestone, now)


async def follow_payout(
    session: AsyncSession, context: Context, *, campaign_id: UUID, payout_id: UUID, now: datetime
) -> None:
    """Mark the milestone whose payments are all confirmed, this one being the last."""
    key = {"tenant_id": context.tenant_id, "payout_id": payout_id}
    paid_for = (await session.execute(_PAID_FOR, key)).scalar_one_or_none()
    for milestone in await _all_of(session, context, campaign_id):
        is_its = milestone.id == paid_for or milestone.payout_id == payout_id
        if not is_its or milestone.state != "release_instructed":
            continue
        if await is_paid(session, context, milestone):
            await move_milestone(session, context, milestone, "released", now)


async def is_paid(session: AsyncSession, context: Context, milestone: Milestone) -> bool:
    """Tell whether no payment of a milestone's share waits for its confirmation."""
    key = {
        "tenant_id": context.tenant_id,
        "campaign_id": milestone.campaign_id,
        "milestone_id": milestone.id,
        "payout_id": milestone.payout_id,
    }
    return not (await session.execute(_UNPAID, key)).scalar_one()


async def follow_end(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Mark what is left of a completed campaign: the inspection has released it."""
    for milestone in await _all_of(session, context, campaign_id):
        if milestone.state != "released":
            await move_milestone(session, context, milestone, "released", now)


async def _all_of(
    session: AsyncSession, context: Context, campaign_id: UUID
) -> Sequence[Milestone]:
    await lock_campaign(session, context, campaign_id, shared=True)
    query = (
        select(Milestone)
        .where(Milestone.tenant_id == context.tenant_id, Milestone.campaign_id == campaign_id)
        .order_by(Milestone.sequence)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().all()


async def lock_milestone(
    session: AsyncSession, context: Context, milestone_id: UUID
) -> tuple[Campaign, Milestone]:
    """Lock and return a milestone behind its campaign.

    Raises:
        MilestoneNotFound: no such milestone in this organisation.
    """
    found = await session.get(Milestone, (context.tenant_id, milestone_id))
    if found is None:
        raise MilestoneNotFound
    try:
        campaign = await lock_campaign(session, context, found.campaign_id)
    except CampaignNotFound as error:
        raise MilestoneNotFound from error
    await session.refresh(found, with_for_update={"key_share": True})
    return campaign, found


async def move_milestone(
    session: AsyncSession, context: Context, milestone: Milestone, state: str, now: datetime
) -> None:
    """Bring a locked milestone to `state` and announce it."""
    milestone.state = state
    milestone.version += 1
    await session.flush()
    await _announce(session, context, milestone, now)


async def _announce(
    session: AsyncSession, context: Context, milestone: Milestone, now: datetime
) -> None:
    event = MilestoneMoved(
        aggregate_id=milestone.campaign_id,
        milestone_id=milestone.id,
        state=milestone.state,
        share_bp=milestone.share_bp,
        released_minor=milestone.released_minor,
    )
    await publish(session, context, event, now=now)
