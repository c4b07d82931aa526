"""Placing commitments: any number of one campaign in one transaction, each with its own outcome.

One alone takes the same way, so the books are the same however members happen to come together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.errors import (
    CampaignNotFound,
    CampaignNotOpen,
    CapReached,
    CommitmentDiffers,
    CommitmentsHalted,
    DeadlinePassed,
)
from metatron.apps.campaigns.gathering.facts import Facts, read_facts
from metatron.apps.campaigns.gathering.funding import (
    first_accounts,
    first_bookings,
    instruct_first,
)
from metatron.apps.campaigns.gathering.linked import announce_linked, link_of
from metatron.apps.campaigns.gathering.placed_rows import advance_placed, insert_placed
from metatron.apps.campaigns.gathering.wishes import Asked, check_limit, check_wish
from metatron.apps.campaigns.machine.locking import lock_campaign_in_turn
from metatron.apps.campaigns.machine.steps import begin
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.journal import Booking, Journal
from metatron.apps.campaigns.money.moves import Move
from metatron.apps.campaigns.references import new_reference
from metatron.apps.campaigns.rules.addresses import Destination
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.errors import DomainError, InvalidInput
from metatron.kernel.ids import new_id
from metatron.kernel.money import MAX_API_AMOUNT

Outcome = Commitment | DomainError
type TakenIn = dict[UUID, tuple[Booking, int]]
"""By commitment: the entry that takes its money in, and when it was booked (ns since 1970)."""


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of wishes, in their sequence; `taken_in` knows of those placed just now."""

    campaign: Campaign
    outcomes: list[Outcome]
    taken_in: TakenIn


async def place_all(
    session: AsyncSession,
    context: Context,
    *,
    campaign_id: UUID,
    asked: Sequence[Asked],
    now: datetime,
) -> Placed:
    """Place the commitments of several members; a refusal is the outcome of that one alone.

    The number of statements does not grow with that of the wishes. No two may have member or id
    in common. `context` names the tenant; each step is signed by the member who asked. The
    refusals are those of `commitments.commit`.

    Raises:
        CampaignNotFound: no such campaign.
    """
    ids = [each.wish.id for each in asked]
    members = [each.member_id for each in asked]
    assert len(set(members)) == len(set(ids)) == len(ids)
    # One at a time for each member: limits and ids hold from two devices at once as well.
    turns = [f"campaigns/{campaign_id}/{member}" for member in members]
    campaign = await lock_campaign_in_turn(session, context, campaign_id, turns)
    facts = await read_facts(session, context, campaign, ids=ids, members=members, now=now)
    outcomes = [
        _kept(found, campaign_id, each)
        if (found := facts.existing.get(each.wish.id))
        else _begun(facts, each, now)
        for each in asked
    ]
    fresh = [
        (each.context, outcome)
        for each, outcome in zip(asked, outcomes, strict=True)
        if isinstance(outcome, Commitment) and outcome.id not in facts.existing
    ]
    given = {each.wish.id: each.wish.destination for each in asked}
    refused, taken_in = await _write_and_book(session, context, facts, fresh, given=given, now=now)
    return Placed(
        campaign,
        [
            refused.get(outcome.id, outcome) if isinstance(outcome, Commitment) else outcome
            for outcome in outcomes
        ],
        taken_in,
    )


def _kept(existing: Commitment, campaign_id: UUID, asked: Asked) -> Outcome:
    wish = asked.wish
    given = (campaign_id, asked.member_id, wish.units, wish.payment_method)
    kept = (existing.campaign_id, existing.member_id, existing.units, existing.payment_method)
    return existing if given == kept else CommitmentDiffers()


def _begun(facts: Facts, asked: Asked, now: datetime) -> Outcome:
    """Return a commitment that is not written yet, or why there is none."""
    campaign, wish = facts.campaign, asked.wish
    try:
        _check_open(facts, asked.member_id)
        check_wish(campaign, wish)
        check_limit(campaign, wish, facts.held.get(asked.member_id, 0))
        assert campaign.unit_price_minor is not None
        amount_minor = wish.units * campaign.unit_price_minor
        if amount_minor > MAX_API_AMOUNT:
            raise InvalidInput.field("body.units", "amount_too_large", "The amount is too large.")
    except DomainError as refusal:
        return refusal
    commitment = Commitment(
        tenant_id=campaign.tenant_id,
        id=wish.id,
        campaign_id=campaign.id,
        member_id=asked.member_id,
        reference=new_reference("C"),
        units=wish.units,
        unit_price_minor=campaign.unit_price_minor,
        amount_minor=amount_minor,
        currency=campaign.currency,
        payment_method=wish.payment_method,
        capture_transfer_id=new_id(),
        charge_attempts=0,
        released_bp=0,
        linked_as=link_of(campaign, asked.context),
        placed_at=now,
    )
    begin(commitment, "place", asked.context, now=now)
    return commitment


def _check_open(facts: Facts, member_id: UUID) -> None:
    # As on its page: of a draft nobody knows, of a hidden campaign those who are in it already.
    if facts.campaign.visibility != "published" and member_id not in facts.held:
        raise CampaignNotFound
    if facts.settings.halted or not facts.settings.commit_open:
        raise CommitmentsHalted(facts.settings.halted_reason or "")
    if facts.campaign.state != "live" or facts.campaign.deadline_at is None:
        raise CampaignNotOpen
    if facts.instant >= facts.campaign.deadline_at:
        raise DeadlinePassed


async def _write_and_book(
    session: AsyncSession,
    context: Context,
    facts: Facts,
    fresh: Sequence[tuple[Context, Commitment]],
    *,
    given: Mapping[UUID, Destination | None],
    now: datetime,
) -> tuple[dict[UUID, DomainError], TakenIn]:
    """Write down and book what the ledger takes; return its refusals, which leave no trace.

    The campaign's own accounts stay locked from the booking to the end of the transaction, so what
    can be done before is done before; and always in this order, or two would wait for each other.
    """
    refused: dict[UUID, DomainError] = {}
    taken_in: TakenIn = {}
    campaign = facts.campaign
    chart = books.chart_of(campaign, facts.settings.provider)
    journal = Journal(chart, campaign, trigger="commit", now=now)
    left = list(fresh)
    while left:
        commitments = [one for _, one in left]
        attempt = await session.begin_nested()
        await _open_accounts(session, context, campaign, journal, commitments)
        await _write(session, context, campaign, left, given=given, now=now)
        found, taken_in = await _try(session, context, campaign, journal, commitments)
        if not found:
            await attempt.commit()
            break
        # A refused id stays refused: with the attempt it is as if it had never been used.
        await attempt.rollback()
        refused |= found
        left = [(who, one) for who, one in left if one.id not in refused]
        for who, one in left:
            begin(one, "place", who, now=now)
    return refused, taken_in


async def _open_accounts(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    journal: Journal,
    commitments: Sequence[Commitment],
) -> None:
    accounts = [each for one in commitments for each in first_accounts(journal, campaign, one)]
    await books.open_accounts(session, context, accounts)


async def _try(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    journal: Journal,
    commitments: Sequence[Commitment],
) -> tuple[dict[UUID, DomainError], TakenIn]:
    chains = [first_bookings(journal, campaign, one) for one in commitments]
    refused: dict[UUID, DomainError] = {}
    taken_in: TakenIn = {}
    booked = await books.book_each(session, context, chains)
    for one, chain, became in zip(commitments, chains, booked, strict=True):
        if isinstance(became, books.Refusal):
            refused[one.id] = CapReached() if became.is_limit else became.error
        else:
            for booking, booked_at in zip(chain, became, strict=True):
                if booking.move is Move.CAPTURE:
                    taken_in[one.id] = booking, booked_at
    return refused, taken_in


async def _write(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    placed: Sequence[tuple[Context, Commitment]],
    *,
    given: Mapping[UUID, Destination | None],
    now: datetime,
) -> None:
    """Write down commitments, where they go, and do what the funding mode asks."""
    commitments = [one for _, one in placed]
    await insert_placed(session, campaign, commitments, given, now=now)
    step = await instruct_first(session, context, campaign, commitments, now=now)
    await advance_placed(session, context, placed, step, now=now)
    await announce_linked(session, campaign, placed, now=now)
