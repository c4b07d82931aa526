"""What a supplier proposes for a draft: asked for, submitted, countered, accepted, confirmed.

What was accepted goes into the draft, so that it is published with the rules; the supplier's answer
after the goal confirms it and is bound to the units that were proposed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import ReasonRequired
from metatron.apps.campaigns.machine.locking import instant_by_database, lock_campaign
from metatron.apps.campaigns.permissions import ORGANISE, SUPPLY
from metatron.apps.campaigns.rules.features import demand_feature
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.supply.errors import ProposalNotFound, ProposalNotPossible
from metatron.apps.campaigns.supply.outdated import outdated
from metatron.apps.campaigns.supply.proposal_rows import (
    STEPS,
    announce_proposal,
    lock_proposal,
    move_proposal,
    open_proposal,
)
from metatron.apps.campaigns.supply.proposal_tables import Proposal
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id

ENDS = frozenset({"decline", "withdraw"})
"""What may be done with a proposal that the draft has gone on without."""
EXPIRE_JOB = "campaigns.expire_proposal"


@dataclass(frozen=True, slots=True)
class Terms:
    """A price in minor units for each of at most `units_max` units, and a word about it."""

    units_max: int
    unit_price_minor: int
    note: str | None = None


async def ask_proposal(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> Proposal:
    """Ask the supplier that a draft names for its price and its most units.

    Raises:
        CampaignNotFound: no such campaign.
        ProposalNotPossible: it is no draft, names no supplier, or asks one already.
    """
    context.demand(ORGANISE)
    campaign = await lock_campaign(session, context, campaign_id)
    if campaign.state != "draft" or campaign.supplier_id is None:
        raise ProposalNotPossible("Only a draft that names its supplier asks for a proposal.")
    if await open_proposal(session, context, campaign_id) is not None:
        raise ProposalNotPossible("The supplier is asked already.")
    proposal = Proposal(
        tenant_id=context.tenant_id,
        id=new_id(),
        campaign_id=campaign_id,
        supplier_id=campaign.supplier_id,
        state="draft",
        currency=campaign.currency,
        asked_by=context.actor_id,
        asked_at=now,
        version=1,
    )
    session.add(proposal)
    await session.flush()
    await announce_proposal(session, context, proposal, now)
    return proposal


async def submit(
    session: AsyncSession,
    context: Context,
    *,
    proposal_id: UUID,
    terms: Terms,
    expires_at: datetime,
    now: datetime,
) -> Proposal:
    """Submit a proposal, or answer a counter-proposal with another.

    Raises:
        ProposalNotFound: none of this supplier's.
        ProposalNotPossible: it is not one's turn.
        InvalidInput: it expires before it could be read.
    """
    campaign, proposal = await _of_supplier(session, context, proposal_id)
    if expires_at <= await instant_by_database(session, now):
        hint = "Name an instant that lies ahead."
        raise InvalidInput.field("body.expires_at", "in_the_past", hint)
    _check(proposal, campaign, "submit")
    proposal.units_max, proposal.unit_price_minor = terms.units_max, terms.unit_price_minor
    proposal.note, proposal.expires_at = terms.note, expires_at
    await move_proposal(session, context, proposal, "submit", now)
    await enqueue(session, context, EXPIRE_JOB, run_at=expires_at, proposal_id=proposal.id)
    return proposal


async def counter(
    session: AsyncSession, context: Context, *, proposal_id: UUID, terms: Terms, now: datetime
) -> Proposal:
    """Answer a proposal with other terms, where the organisation's rules allow it.

    Raises:
        ProposalNotFound: no such proposal.
        FeatureSwitchedOff: the organisation's rules know no counter-proposal.
        ProposalNotPossible: it has expired, or is not submitted.
    """
    campaign, proposal = await _of_organiser(session, context, proposal_id)
    demand_feature(await read_settings(session, context), "counter_proposals")
    _check(proposal, campaign, "counter")
    await _check_alive(session, proposal, now)
    proposal.counter_units_max = terms.units_max
    proposal.counter_unit_price_minor = terms.unit_price_minor
    proposal.counter_note = terms.note
    await move_proposal(session, context, proposal, "counter", now)
    return proposal


async def accept_proposal(
    session: AsyncSession, context: Context, *, proposal_id: UUID, now: datetime
) -> Proposal:
    """Accept a proposal: its price and its most units go into the draft.

    Raises:
        ProposalNotFound: no such proposal.
        ProposalNotPossible: it has expired, is not submitted, or the campaign is no draft any more.
    """
    campaign, proposal = await _of_organiser(session, context, proposal_id)
    _check(proposal, campaign, "accept")
    await _check_alive(session, proposal, now)
    assert proposal.units_max is not None
    campaign.supplier_unit_price_minor = proposal.unit_price_minor
    campaign.cap_units = min(campaign.cap_units or proposal.units_max, proposal.units_max)
    campaign.version += 1
    await move_proposal(session, context, proposal, "accept", now)
    return proposal


async def decline_proposal(
    session: AsyncSession, context: Context, *, proposal_id: UUID, reason: str, now: datetime
) -> Proposal:
    """Decline: the organisation what was submitted, the supplier what it was asked or answered.

    Raises:
        ProposalNotFound: no such proposal, or another supplier's.
        ProposalNotPossible: it is the other side's turn, or it is decided.
        ReasonRequired: without a reason.
    """
    if not reason.strip():
        raise ReasonRequired
    if context.allows(ORGANISE):
        campaign, proposal = await _of_organiser(session, context, proposal_id)
        mine = {"draft", "submitted"}
    else:
        campaign, proposal = await _of_supplier(session, context, proposal_id)
        mine = {"draft", "countered"}
    _check(proposal, campaign, "decline")
    if proposal.state not in mine:
        raise ProposalNotPossible("It is the other side's turn.")
    proposal.reason = reason.strip()
    await move_proposal(session, context, proposal, "decline", now)
    return proposal


async def withdraw_proposal(
    session: AsyncSession, context: Context, *, proposal_id: UUID, reason: str, now: datetime
) -> Proposal:
    """Withdraw one's own proposal while the campaign is a draft; what it filled in stays there.

    Raises:
        ProposalNotFound: none of this supplier's.
        ProposalNotPossible: it is decided, or the campaign is no draft any more.
        ReasonRequired: without a reason.
    """
    if not reason.strip():
        raise ReasonRequired
    campaign, proposal = await _of_supplier(session, context, proposal_id)
    _check(proposal, campaign, "withdraw")
    proposal.reason = reason.strip()
    await move_proposal(session, context, proposal, "withdraw", now)
    return proposal


async def expire_proposal(
    session: AsyncSession, context: Context, *, proposal_id: UUID, now: datetime
) -> None:
    """Let a proposal expire that nobody accepted in time; bears repetition, never comes early."""
    found = await session.get(Proposal, (context.tenant_id, proposal_id))
    if found is None:
        return
    _, proposal = await lock_proposal(session, context, proposal_id)
    if proposal.state not in STEPS["expire"][0]:
        return
    if proposal.expires_at is not None and now >= proposal.expires_at:
        await move_proposal(session, context, proposal, "expire", now)


async def answered(
    session: AsyncSession, context: Context, campaign: Campaign, units: int | None, now: datetime
) -> None:
    """Confirm the accepted proposal with the campaign's acceptance; `units` None declines it.

    Raises:
        InvalidInput: more units than were proposed.
    """
    proposal = await open_proposal(session, context, campaign.id)
    if proposal is None or proposal.state != "accepted":
        return
    if outdated(proposal, campaign) is not None:
        # It binds nobody to units that somebody else proposed.
        await move_proposal(session, context, proposal, "refuse", now)
        return
    if units is not None and units > (proposal.units_max or units):
        hint = f"The accepted proposal is for at most {proposal.units_max} units."
        raise InvalidInput.field("body.units", "above_proposal", hint)
    await move_proposal(session, context, proposal, "refuse" if units is None else "confirm", now)


def _check(proposal: Proposal, campaign: Campaign, step: str) -> None:
    if proposal.state not in STEPS[step][0]:
        raise ProposalNotPossible(f"The proposal is {proposal.state}.")
    if campaign.state != "draft":
        raise ProposalNotPossible("The campaign is no draft any more.")
    reason = outdated(proposal, campaign)
    if reason is not None and step not in ENDS:
        raise ProposalNotPossible(reason)


async def _check_alive(session: AsyncSession, proposal: Proposal, now: datetime) -> None:
    expires = proposal.expires_at
    if expires is not None and await instant_by_database(session, now) >= expires:
        raise ProposalNotPossible("The proposal has expired.")


async def _of_organiser(
    session: AsyncSession, context: Context, proposal_id: UUID
) -> tuple[Campaign, Proposal]:
    context.demand(ORGANISE)
    return await lock_proposal(session, context, proposal_id)


async def _of_supplier(
    session: AsyncSession, context: Context, proposal_id: UUID
) -> tuple[Campaign, Proposal]:
    context.demand(SUPPLY)
    campaign, proposal = await lock_proposal(session, context, proposal_id)
    if proposal.supplier_id != context.actor_id:
        raise ProposalNotFound
    return campaign, proposal
