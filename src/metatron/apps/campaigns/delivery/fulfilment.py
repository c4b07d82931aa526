"""From acceptance to delivery."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.events import FulfilmentRecorded
from metatron.apps.campaigns.machine.locking import lock_campaign
from metatron.apps.campaigns.machine.steps import advance, refuse_step, step_or_refuse
from metatron.apps.campaigns.permissions import ORGANISE, SUPPLY
from metatron.apps.campaigns.rules.conditions import conditions_of
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign, FulfilmentEvent
from metatron.kernel.context import Context
from metatron.kernel.errors import PermissionDenied
from metatron.kernel.events.event import publish
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

INSPECTION_JOB = "campaigns.end_inspection"
RECORDED_WHILE = frozenset({"confirmed", "procuring", "fulfilling"})


async def record_fulfilment(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    kind: str,
    note: str,
    now: datetime,
) -> FulfilmentEvent:
    """Record how the delivery goes; the campaign's supplier or an organiser may.

    `kind` is scheduled, in_progress, shipped, delivered or exception; `note` says in words what
    happened and is never empty.

    Raises:
        CampaignNotFound: no such campaign, or another supplier's.
        PermissionDenied: neither supplier nor organiser.
        TransitionNotAllowed: nothing is being delivered.
    """
    campaign = await lock_campaign(session, context, campaign_id, shared=True)
    if not context.allows(ORGANISE):
        if not context.allows(SUPPLY):
            raise PermissionDenied(SUPPLY)
        if campaign.supplier_id != context.actor_id:
            raise CampaignNotFound
    if campaign.state not in RECORDED_WHILE:
        raise refuse_step(
            campaign, "Deliveries are recorded after acceptance and before inspection."
        )
    event = FulfilmentEvent(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=campaign_id,
        kind=kind,
        note=note,
        recorded_by=context.actor_id,
        recorded_at=now,
    )
    session.add(event)
    await session.flush()
    await publish(
        session, context, FulfilmentRecorded(aggregate_id=campaign_id, kind=kind), now=now
    )
    return event


async def start_procuring(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> Campaign:
    """Have the supplier prepare the goods."""
    campaign = await lock_campaign(session, context, campaign_id)
    await advance(session, context, campaign, "start_procuring", now=now)
    return campaign


async def start_fulfilment(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> Campaign:
    """Begin the delivery."""
    campaign = await lock_campaign(session, context, campaign_id)
    await advance(session, context, campaign, "start_fulfilment", now=now)
    return campaign


async def confirm_delivery(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> Campaign:
    """Confirm a recorded delivery and let members inspect.

    Raises:
        TransitionNotAllowed: no delivery is recorded.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    step_or_refuse(campaign, "confirm_delivery")
    query = (
        select(FulfilmentEvent.id)
        .where(
            FulfilmentEvent.tenant_id == context.tenant_id,
            FulfilmentEvent.campaign_id == campaign_id,
            FulfilmentEvent.kind == "delivered",
        )
        .limit(1)
    )
    if (await session.execute(query)).first() is None:
        raise refuse_step(campaign, "No delivery is recorded.")
    settings = await read_settings(session, context)
    campaign.inspection_ends_at = now + timedelta(
        days=conditions_of(campaign, settings).inspection_days
    )
    await advance(session, context, campaign, "confirm_delivery", now=now)
    await enqueue(
        session,
        context,
        INSPECTION_JOB,
        run_at=campaign.inspection_ends_at,
        campaign_id=campaign_id,
    )
    return campaign
