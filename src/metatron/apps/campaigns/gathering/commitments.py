"""A member commits, and may withdraw until the campaign closes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import (
    AcknowledgementMissing,
    CampaignNotOpen,
    CommitmentDiffers,
    CommitmentNotFound,
    CommitmentsHalted,
    DeadlinePassed,
    TermsOutdated,
    WithdrawalClosed,
    WithdrawalLocked,
)
from metatron.apps.campaigns.gathering.funding import (
    UNCOLLECTED,
    begin_funding,
    end_untaken,
    let_units_go,
    units_are_posted,
)
from metatron.apps.campaigns.machine.locking import (
    instant_by_database,
    lock_campaign,
    lock_commitment,
    take_turn,
)
from metatron.apps.campaigns.machine.steps import advance, announce_all, begin, step_or_refuse
from metatron.apps.campaigns.machine.transitions import find_step
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.refunds import begin_refunds
from metatron.apps.campaigns.permissions import COMMIT
from metatron.apps.campaigns.references import new_reference
from metatron.apps.campaigns.rules.addresses import (
    Destination,
    check_destination,
    keep_destination,
)
from metatron.apps.campaigns.rules.conditions import conditions_of
from metatron.apps.campaigns.rules.goal import units_needed
from metatron.apps.campaigns.rules.tenant_settings import read_settings
from metatron.apps.campaigns.tables import Acknowledgement, Campaign, Commitment, Settings
from metatron.kernel.context import Context
from metatron.kernel.errors import FieldError, InvalidInput, PermissionDenied
from metatron.kernel.ids import new_id
from metatron.kernel.money import MAX_API_AMOUNT

LAST_DAY = timedelta(hours=24)
NOT_COUNTED = ("lapsed", "withdrawn", "refund_due", "refund_failed", "refunded")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member asks for. `id` is a UUIDv7 made by the member's own device."""

    id: UUID
    units: int
    terms_version: str
    acknowledged_escrow_terms: bool
    acknowledged_may_not_succeed: bool
    payment_method: str
    destination: Destination | None = None


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
    member_id = _member(context)
    campaign = await lock_campaign(session, context, campaign_id, shared=True)
    # Before the look for the same id: two taps at once are one commitment.
    await take_turn(session, f"campaigns/{campaign_id}/{member_id}")
    existing = await session.get(Commitment, (context.tenant_id, wish.id))
    if existing is not None:
        return _same_or_refuse(existing, campaign_id, member_id, wish)
    settings = await read_settings(session, context)
    await _check_open(session, campaign, settings, now)
    _check_wish(campaign, wish)
    check_destination(campaign, wish.destination)
    await _check_limit(session, context, campaign, member_id, wish)
    assert campaign.unit_price_minor is not None
    amount_minor = wish.units * campaign.unit_price_minor
    if amount_minor > MAX_API_AMOUNT:
        raise InvalidInput.field("body.units", "amount_too_large", "The amount is too large.")
    commitment = Commitment(
        tenant_id=context.tenant_id,
        id=wish.id,
        campaign_id=campaign_id,
        member_id=member_id,
        reference=new_reference("C"),
        units=wish.units,
        unit_price_minor=campaign.unit_price_minor,
        amount_minor=amount_minor,
        currency=campaign.currency,
        payment_method=wish.payment_method,
        capture_transfer_id=new_id(),
        placed_at=now,
    )
    begin(commitment, "place", context, now=now)
    session.add(commitment)
    await session.flush()
    await keep_destination(session, context, campaign, wish.id, wish.destination, now=now)
    await _acknowledge(session, context, campaign, commitment, now)
    place = find_step("commitment", "place", "")
    assert place is not None
    await announce_all(session, context, [(commitment, place, "")], now=now)
    await begin_funding(session, context, campaign, commitment, now=now)
    return commitment


def _member(context: Context) -> UUID:
    context.demand(COMMIT)
    if context.actor_kind != "user" or context.actor_id is None:
        raise PermissionDenied(COMMIT)
    return context.actor_id


def _same_or_refuse(
    existing: Commitment, campaign_id: UUID, member_id: UUID, wish: Wish
) -> Commitment:
    given = (campaign_id, member_id, wish.units, wish.payment_method)
    kept = (existing.campaign_id, existing.member_id, existing.units, existing.payment_method)
    if given != kept:
        raise CommitmentDiffers
    return existing


async def _check_open(
    session: AsyncSession, campaign: Campaign, settings: Settings, now: datetime
) -> None:
    if settings.halted or not settings.commit_open:
        raise CommitmentsHalted(settings.halted_reason or "")
    if campaign.state != "live" or campaign.deadline_at is None:
        raise CampaignNotOpen
    # The lock may have been waited for: what counts is the database's clock now.
    if await instant_by_database(session, now) >= campaign.deadline_at:
        raise DeadlinePassed


def _check_wish(campaign: Campaign, wish: Wish) -> None:
    if wish.id.version != 7:
        raise InvalidInput.field("body.id", "not_uuid7", "Make the id as a UUIDv7 (RFC 9562).")
    missing = tuple(
        FieldError(f"body.{name}", "acknowledgement_missing", "This needs to be acknowledged.")
        for name in ("acknowledged_escrow_terms", "acknowledged_may_not_succeed")
        if not getattr(wish, name)
    )
    if missing:
        raise AcknowledgementMissing(errors=missing)
    if wish.terms_version != campaign.terms_version:
        raise TermsOutdated(f"The published terms have the version {campaign.terms_version}.")


async def _check_limit(
    session: AsyncSession, context: Context, campaign: Campaign, member_id: UUID, wish: Wish
) -> None:
    """Hold one member's commitments to the campaign's limits, also from two devices at once."""
    query = select(func.coalesce(func.sum(Commitment.units), 0)).where(
        Commitment.tenant_id == context.tenant_id,
        Commitment.campaign_id == campaign.id,
        Commitment.member_id == member_id,
        Commitment.state.not_in(NOT_COUNTED),
    )
    held = int((await session.execute(query)).scalar_one())
    assert campaign.min_units is not None
    assert campaign.max_units is not None
    if wish.units < campaign.min_units:
        hint = f"A commitment is for at least {campaign.min_units} units."
        raise InvalidInput.field("body.units", "below_minimum", hint)
    if held + wish.units > campaign.max_units:
        hint = f"A member commits to at most {campaign.max_units} units; you hold {held}."
        raise InvalidInput.field("body.units", "above_maximum", hint)


async def _acknowledge(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    now: datetime,
) -> None:
    assert campaign.terms_hash is not None
    for kind in ("escrow_terms", "may_not_succeed"):
        session.add(
            Acknowledgement(
                tenant_id=context.tenant_id,
                commitment_id=commitment.id,
                kind=kind,
                member_id=commitment.member_id,
                terms_version=campaign.terms_version,
                terms_hash=campaign.terms_hash,
                acknowledged_at=now,
            )
        )
    await session.flush()


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
    member_id = _member(context)
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
