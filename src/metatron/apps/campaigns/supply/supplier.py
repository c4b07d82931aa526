"""The supplier's answer, and what silence means."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.machine.locking import instant_by_database, lock_campaign
from metatron.apps.campaigns.machine.steps import advance, refuse_step, step_or_refuse
from metatron.apps.campaigns.money.refunding import ask_refunds
from metatron.apps.campaigns.permissions import SUPPLY
from metatron.apps.campaigns.rules.conditions import conditions_of
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.rules.tiers import final_unit_price
from metatron.apps.campaigns.supply.allocation import ALLOCATE_JOB
from metatron.apps.campaigns.supply.claims import held_claims, propose, units_of
from metatron.apps.campaigns.supply.consenting import CONSENT_JOB
from metatron.apps.campaigns.supply.proposals import answered
from metatron.apps.campaigns.supply.sharing import Claim, draw_seed, share_out
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
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
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    units: int | None = None,
    now: datetime,
) -> Campaign:
    """Accept all that is held, or `units` of it when that is fewer.

    All: the price is final for everybody and the allocation begins. A part: every member is asked
    to agree first; silence means a full refund.

    Raises:
        CampaignNotFound: not this supplier's.
        TransitionNotAllowed: nothing is asked now, the window has passed, or is too short by now
            to ask every member.
        InvalidInput: fewer units than the published minimum of acceptance.
    """
    campaign = await own_campaign(session, context, campaign_id)
    await _check_window(session, campaign, "accept", now)
    claims = await held_claims(session, context, campaign)
    demand = units_of(claims)
    if not claims:
        raise refuse_step(campaign, "Nothing is held in escrow any more.")
    if units is not None and units < demand:
        await _accept_part(session, context, campaign, claims, units, now)
        return campaign
    await answered(session, context, campaign, demand, now)
    campaign.accepted_units = units or demand
    campaign.final_unit_price_minor = final_unit_price(campaign, demand)
    await advance(session, context, campaign, "accept", now=now)
    await enqueue(session, context, ALLOCATE_JOB, campaign_id=campaign_id)
    return campaign


async def _accept_part(  # noqa: PLR0917 - what `accept` found out
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    claims: list[Claim],
    units: int,
    now: datetime,
) -> None:
    least = campaign.min_accept_units or 1
    if units < least:
        hint = f"The published minimum of acceptance is {least} units; decline otherwise."
        raise InvalidInput.field("body.units", "below_minimum", hint)
    conditions = conditions_of(campaign, await read_settings(session, context))
    until = now + timedelta(hours=conditions.consent_hours)
    assert campaign.accept_by is not None
    if until > campaign.accept_by:
        raise refuse_step(
            campaign,
            f"Members need {conditions.consent_hours} hours to agree to a part, and the window "
            "ends before that.",
        )
    campaign.accepted_units, campaign.consent_until = units, until
    campaign.lottery_seed = None
    if campaign.oversub_rule == "lottery":
        campaign.lottery_seed = draw_seed(campaign.terms_hash or "", claims)
    await answered(session, context, campaign, units, now)
    shares = share_out(claims, units, campaign.oversub_rule, campaign.lottery_seed or "")
    await advance(session, context, campaign, "accept_part", now=now)
    await propose(session, context, campaign, shares)
    await enqueue(session, context, CONSENT_JOB, run_at=until, campaign_id=campaign.id)


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
    await answered(session, context, campaign, None, now)
    campaign.outcome = "declined"
    await advance(session, context, campaign, "decline", reason=reason, now=now)
    await ask_refunds(session, context, campaign_id, trigger="supplier")
    return campaign


async def _check_window(
    session: AsyncSession, campaign: Campaign, name: str, now: datetime
) -> None:
    step_or_refuse(campaign, name)
    assert campaign.accept_by is not None
    if campaign.accepted_units is not None:
        raise refuse_step(campaign, "The supplier has answered; members are asked to agree.")
    if await instant_by_database(session, now) >= campaign.accept_by:
        raise refuse_step(campaign, "The window for an answer has passed.")


async def expire_supplier_window(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Take silence for a refusal once the window has passed; else do nothing."""
    campaign = await lock_campaign(session, context, campaign_id)
    if campaign.state != "awaiting_supplier" or campaign.accept_by is None:
        return
    if now < campaign.accept_by or campaign.accepted_units is not None:
        return
    await answered(session, context, campaign, None, now)
    campaign.outcome = "supplier_silent"
    await advance(session, context, campaign, "supplier_silent", now=now, by_system=True)
    await ask_refunds(session, context, campaign_id, trigger="silence")
