"""The end of gathering: closing at the deadline, the decision, and cancelling."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.gathering.funding import COLLECT_JOB, LET_GO_JOB
from metatron.apps.campaigns.gathering.review import CLOSE_JOB
from metatron.apps.campaigns.machine.locking import count_commitments, lock_campaign
from metatron.apps.campaigns.machine.steps import advance, refuse_step, step_or_refuse
from metatron.apps.campaigns.machine.transitions import IN_FLIGHT
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.refunding import ask_refunds
from metatron.apps.campaigns.rules.conditions import conditions_of
from metatron.apps.campaigns.rules.goal import is_reached, units_needed
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.tiers import final_unit_price
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue

DECIDE_JOB = "campaigns.decide"
SILENCE_JOB = "campaigns.expire_supplier_window"


async def close_at_deadline(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Close a campaign whose deadline has come, and decide it unless captures are under way.

    `now` is the database's time on the tenant's clock. A job that comes too early asks for another.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    assert campaign.deadline_at is not None
    if campaign.state not in {"live", "paused"}:
        return
    if now < campaign.deadline_at:
        await enqueue(
            session, context, CLOSE_JOB, run_at=campaign.deadline_at, campaign_id=campaign_id
        )
        return
    await _close(session, context, campaign, "close", now, by_system=True)


async def close_early(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> Campaign:
    """Close a campaign whose published cap is reached.

    Raises:
        TransitionNotAllowed: the cap is not reached, or there is none.
    """
    campaign = await lock_campaign(session, context, campaign_id)
    step_or_refuse(campaign, "close_early")
    units = await books.units_committed(session, context, campaign)
    if campaign.cap_units is None or units < campaign.cap_units:
        raise refuse_step(campaign, "The published cap is not reached.")
    await _close(session, context, campaign, "close_early", now, by_system=False)
    return campaign


async def _close(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    step: str,
    now: datetime,
    *,
    by_system: bool,
) -> None:
    settings = await read_settings(session, context)
    conditions = conditions_of(campaign, settings)
    campaign.collect_until = now + (
        timedelta(days=conditions.charge_retry_days)
        if campaign.funding_mode == "charge_on_success"
        else timedelta(seconds=conditions.collection_window_seconds)
    )
    await advance(session, context, campaign, step, now=now, by_system=by_system)
    if not await count_commitments(session, context, campaign.id, IN_FLIGHT):
        await _decide(session, context, campaign, now)
        return
    if campaign.funding_mode != "escrow_capture":
        units = await books.units_committed(session, context, campaign)
        if units < units_needed(campaign):
            await _decide(session, context, campaign, now)
            return
        await enqueue(session, context, COLLECT_JOB, campaign_id=campaign.id)
    await enqueue(
        session, context, DECIDE_JOB, run_at=campaign.collect_until, campaign_id=campaign.id
    )


async def decide(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Decide a closed campaign once no capture is under way, or its window is over."""
    campaign = await lock_campaign(session, context, campaign_id)
    if campaign.state != "closing" or campaign.collect_until is None:
        return
    in_flight = await count_commitments(session, context, campaign_id, IN_FLIGHT)
    if in_flight and now < campaign.collect_until:
        return
    await _decide(session, context, campaign, now)


async def _decide(
    session: AsyncSession, context: Context, campaign: Campaign, now: datetime
) -> None:
    assert campaign.unit_price_minor is not None
    await enqueue(session, context, LET_GO_JOB, campaign_id=campaign.id)
    escrowed = await books.escrowed(session, context, campaign)
    units = escrowed // campaign.unit_price_minor
    if is_reached(campaign, units=units, escrowed_minor=escrowed):
        campaign.final_unit_price_minor = final_unit_price(campaign, units)
        campaign.outcome = "goal_reached"
        campaign.accept_by = now + timedelta(days=campaign.supplier_window_days)
        await advance(session, context, campaign, "goal_reached", now=now, by_system=True)
        await enqueue(
            session, context, SILENCE_JOB, run_at=campaign.accept_by, campaign_id=campaign.id
        )
        return
    campaign.outcome = "goal_missed"
    await advance(session, context, campaign, "goal_missed", now=now, by_system=True)
    await ask_refunds(session, context, campaign.id, trigger="deadline")


async def cancel(
    session: AsyncSession, context: Context, *, campaign_id: UUID, reason: str | None, now: datetime
) -> Campaign:
    """End a campaign before the supplier is asked; every commitment is refunded by itself."""
    campaign = await lock_campaign(session, context, campaign_id)
    campaign.outcome = "cancelled"
    await advance(session, context, campaign, "cancel", reason=reason, now=now)
    await ask_refunds(session, context, campaign.id, trigger="cancel")
    await enqueue(session, context, LET_GO_JOB, campaign_id=campaign.id)
    return campaign
