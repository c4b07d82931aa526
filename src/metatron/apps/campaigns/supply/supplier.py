"""The supplier's answer, and what silence means."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.machine.locking import instant_by_database, lock_campaign
from metatron.apps.campaigns.machine.steps import advance, advance_all, refuse_step, step_or_refuse
from metatron.apps.campaigns.money.refunds import REFUND_JOB, return_part
from metatron.apps.campaigns.permissions import SUPPLY
from metatron.apps.campaigns.rules.tiers import final_unit_price
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.apps.campaigns.wording import texts
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue


async def own_campaign(session: AsyncSession, context: Context, campaign_id: UUID) -> Campaign:
    """Lock and return a campaign that the actor supplies.

    Raises:
        CampaignNotFound: none, or another supplier's.
        PermissionDenied: the actor is no supplier.
    """
    context.demand(SUPPLY)
    campaign = await lock_campaign(session, context, campaign_id)
    if campaign.supplier_id != context.actor_id or campaign.visibility == "draft":
        raise CampaignNotFound
    return campaign


async def accept(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> Campaign:
    """Accept: the price is final, every held commitment is allocated, what is above it goes back.

    Raises:
        CampaignNotFound: not this supplier's.
        TransitionNotAllowed: nothing is asked now, or the window has passed.
    """
    campaign = await own_campaign(session, context, campaign_id)
    await _check_window(session, campaign, "accept", now)
    await advance(session, context, campaign, "accept", now=now)
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign_id,
            Commitment.state == "held",
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    held = (await session.execute(query)).scalars().all()
    await advance_all(session, context, held, "allocate", now=now, by_system=True)
    await _return_above_final(session, context, campaign, held, now=now)
    return campaign


async def _return_above_final(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    held: Sequence[Commitment],
    *,
    now: datetime,
) -> None:
    """Refund what members locked above the one final price of the ladder."""
    assert campaign.unit_price_minor is not None
    units = sum(commitment.units for commitment in held)
    campaign.final_unit_price_minor = final_unit_price(campaign, units)
    above = campaign.unit_price_minor - campaign.final_unit_price_minor
    await return_part(
        session, context, campaign,
        parts=[(commitment, commitment.units * above) for commitment in held if above],
        reason_code="admin_manual", reason=texts("member.ladder")["returned"], trigger="supplier",
        now=now,
    )  # fmt: skip


async def decline(
    session: AsyncSession, context: Context, *, campaign_id: UUID, reason: str | None, now: datetime
) -> Campaign:
    """Decline, with a reason: every commitment is refunded at once.

    Raises:
        CampaignNotFound: not this supplier's.
        TransitionNotAllowed: nothing is asked now.
        ReasonRequired: without a reason.
    """
    campaign = await own_campaign(session, context, campaign_id)
    await _check_window(session, campaign, "decline", now)
    campaign.outcome = "declined"
    await advance(session, context, campaign, "decline", reason=reason, now=now)
    await enqueue(session, context, REFUND_JOB, campaign_id=campaign_id, trigger="supplier")
    return campaign


async def _check_window(
    session: AsyncSession, campaign: Campaign, name: str, now: datetime
) -> None:
    step_or_refuse(campaign, name)
    assert campaign.accept_by is not None
    if await instant_by_database(session, now) >= campaign.accept_by:
        raise refuse_step(campaign, "The window for an answer has passed.")


async def expire_supplier_window(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Take silence for a refusal once the window has passed; else do nothing."""
    campaign = await lock_campaign(session, context, campaign_id)
    if campaign.state != "awaiting_supplier" or campaign.accept_by is None:
        return
    if now < campaign.accept_by:
        return
    campaign.outcome = "supplier_silent"
    await advance(session, context, campaign, "supplier_silent", now=now, by_system=True)
    await enqueue(session, context, REFUND_JOB, campaign_id=campaign_id, trigger="silence")
