"""From acceptance to delivery."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.delivery.events import FulfilmentRecorded
from metatron.apps.campaigns.delivery.tables import FulfilmentEvent
from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.machine.locking import lock_campaign, take_turn
from metatron.apps.campaigns.machine.steps import advance, refuse_step, step_or_refuse
from metatron.apps.campaigns.permissions import ORGANISE, SUPPLY
from metatron.apps.campaigns.rules.conditions import conditions_of
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput, PermissionDenied
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
    units: int | None = None,
    now: datetime,
) -> FulfilmentEvent:
    """Record how the delivery goes; the campaign's supplier or an organiser may.

    `kind` is scheduled, in_progress, shipped, delivered or exception; `note` says in words what
    happened and is never empty; `units` how many were shipped or delivered.

    Raises:
        CampaignNotFound: no such campaign, or another supplier's.
        PermissionDenied: neither supplier nor organiser.
        TransitionNotAllowed: nothing is being delivered.
        InvalidInput: more units than are allocated, or of a kind that is not counted.
    """
    # Who is neither is told so before anything is looked for, as if there were no such campaign.
    if not context.allows(ORGANISE) and not context.allows(SUPPLY):
        raise PermissionDenied(SUPPLY)
    campaign = await lock_campaign(session, context, campaign_id, shared=True)
    if not context.allows(ORGANISE) and campaign.supplier_id != context.actor_id:
        raise CampaignNotFound
    if campaign.state not in RECORDED_WHILE:
        raise refuse_step(
            campaign, "Deliveries are recorded after acceptance and before inspection."
        )
    if units is not None:
        await _check_units(session, context, campaign, kind, units)
    event = FulfilmentEvent(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=campaign_id,
        kind=kind,
        note=note,
        units=units,
        recorded_by=context.actor_id,
        recorded_at=now,
    )
    session.add(event)
    await session.flush()
    await publish(
        session,
        context,
        FulfilmentRecorded(aggregate_id=campaign_id, kind=kind, units=units),
        now=now,
    )
    return event


async def _check_units(
    session: AsyncSession, context: Context, campaign: Campaign, kind: str, units: int
) -> None:
    """Refuse more units of one kind than are allocated in all.

    Deliveries of a campaign take turns, so that two cannot both count on the same rest.
    """
    if kind not in {"shipped", "delivered"}:
        hint = "Units are counted when they are shipped or delivered."
        raise InvalidInput.field("body.units", "not_counted", hint)
    await take_turn(session, f"campaigns/{campaign.id}/shipped")
    query = select(func.coalesce(func.sum(FulfilmentEvent.units), 0)).where(
        FulfilmentEvent.tenant_id == context.tenant_id,
        FulfilmentEvent.campaign_id == campaign.id,
        FulfilmentEvent.kind == kind,
    )
    left = (campaign.units_allocated or 0) - ((await session.execute(query)).scalar_one() or 0)
    if units > left:
        hint = f"{left} of the allocated units are left."
        raise InvalidInput.field("body.units", "above_allocated", hint)


async def start_procuring(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> Campaign:
    """Have the supplier prepare the goods.

    Raises:
        TransitionNotAllowed: not accepted, or not every commitment is allocated yet.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    step_or_refuse(campaign, "start_procuring")
    if campaign.allocated_at is None:
        raise refuse_step(campaign, "The allocation is not complete.")
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
