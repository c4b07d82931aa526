"""A member commits, and may withdraw until the campaign closes."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import (
    CommitmentNotFound,
    WithdrawalClosed,
    WithdrawalLocked,
)
from metatron.apps.campaigns.gathering.funding import (
    UNCOLLECTED,
    end_untaken,
    let_units_go,
    units_are_posted,
)
from metatron.apps.campaigns.gathering.placing import place_all
from metatron.apps.campaigns.gathering.wishes import Asked, Wish, demand_member
from metatron.apps.campaigns.machine.locking import (
    instant_by_database,
    lock_commitment,
    take_turn,
)
from metatron.apps.campaigns.machine.steps import advance, step_or_refuse
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.refunds import begin_refunds
from metatron.apps.campaigns.rules.conditions import conditions_of
from metatron.apps.campaigns.rules.goal import units_needed
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.errors import DomainError

LAST_DAY = timedelta(hours=24)


async def commit(
    session: AsyncSession, context: Context, *, campaign_id: UUID, wish: Wish, now: datetime
) -> Commitment:
    """Place a commitment: units set aside, amount booked as pending, provider instructed.

    The amount is units times the campaign's price, computed here. The same id with the same
    content is the same commitment.

    Raises:
        CampaignNotFound: no such campaign.
        CommitmentsHalted: the stop switch is on, or the organisation has not opened this step.
        CampaignNotOpen, DeadlinePassed, CapReached: as they say; the deadline is compared with
            the database's clock.
        AcknowledgementMissing, TermsOutdated: the two acknowledgements, of the published terms.
        CommitmentDiffers: the id is taken by another content.
        DeliveryDataMissing: the units are delivered directly and the address is not complete.
        InvalidInput: units outside the campaign's limits, or an id that is no UUIDv7.
    """
    demand_member(context)
    asked = [Asked(context, wish)]
    placed = await place_all(session, context, campaign_id=campaign_id, asked=asked, now=now)
    [outcome] = placed.outcomes
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


async def withdraw(
    session: AsyncSession, context: Context, *, commitment_id: UUID, now: datetime
) -> Commitment:
    """Withdraw one's own commitment while the campaign gathers; the full amount goes back.

    Money still on its way into escrow goes back as soon as it has arrived.

    Raises:
        CommitmentNotFound: none of this person's.
        WithdrawalClosed: the campaign has closed.
        WithdrawalLocked: on the last day the goal would not stay reached.
        TransitionNotAllowed: it was withdrawn or ended before.
    """
    member_id = demand_member(context)
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    if commitment.member_id != member_id:
        raise CommitmentNotFound
    step_or_refuse(commitment, "withdraw")
    await _check_withdrawable(session, context, campaign, commitment, now)
    commitment.refund_reason = "participant_request"
    if commitment.state in UNCOLLECTED:
        await advance(session, context, commitment, "withdraw", now=now)
        await end_untaken(session, context, campaign, [commitment], trigger="withdraw", now=now)
        return commitment
    journal = await books.journal_for(session, context, campaign, trigger="withdraw", now=now)
    freed = let_units_go(journal, campaign, commitment)
    await advance(session, context, commitment, "withdraw", now=now)
    if commitment.captured_minor is None:
        await books.book(session, context, [freed])
        return commitment
    await begin_refunds(
        session, context, campaign, [commitment], step="refund_withdrawn",
        reason_code="participant_request", trigger="withdraw", now=now, also=[freed],
    )  # fmt: skip
    return commitment


async def _check_withdrawable(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    now: datetime,
) -> None:
    assert campaign.deadline_at is not None
    instant = await instant_by_database(session, now)
    if campaign.state not in {"live", "paused"} or instant >= campaign.deadline_at:
        raise WithdrawalClosed
    conditions = conditions_of(campaign, await read_settings(session, context))
    is_free = (
        campaign.free_withdrawal_until is not None and instant < campaign.free_withdrawal_until
    )
    if conditions.withdraw != "last_24h_lock" or is_free:
        return
    if instant < campaign.deadline_at - LAST_DAY:
        return
    # One at a time: two withdrawals may not each count on the other's units.
    await take_turn(session, f"campaigns/{campaign.id}/last_day")
    units = await books.units_committed(session, context, campaign)
    left = units - (commitment.units if units_are_posted(campaign, commitment) else 0)
    if left < units_needed(campaign):
        raise WithdrawalLocked
