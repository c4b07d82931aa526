"""How a commitment's money comes in: captured at once, held and captured later, charged on success.

Units are set aside when the commitment is placed. They count as soon as what the funding mode asks
of the member is done: the capture, the reservation, or the commitment itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.apps.campaigns.machine.locking import lock_campaign, lock_commitment
from metatron.apps.campaigns.machine.steps import advance, advance_all
from metatron.apps.campaigns.money import books
from metatron.apps.campaigns.money.accounts import Account, Kind, derived_id
from metatron.apps.campaigns.money.completion import look_for_finish
from metatron.apps.campaigns.money.journal import Booking, Journal
from metatron.apps.campaigns.money.refunds import COMMITMENT_TARGET
from metatron.apps.campaigns.tables import Campaign, Commitment
from metatron.kernel.context import Context
from metatron.kernel.events.jobs import enqueue
from metatron.kernel.ids import new_id
from metatron.platform.payments.interface import (
    InstructionKind,
    InstructionWanted,
    request_instruction,
    request_instructions,
)

COLLECT_JOB = "campaigns.collect"
LET_GO_JOB = "campaigns.let_go"
CHARGE_JOB = "campaigns.charge_again"
AT_ONCE = 200
TRY_AGAIN_AFTER = timedelta(days=1)
UNCOLLECTED = ("placed", "authorised")
_KINDS = (Kind.COMMITMENT_ESCROW, Kind.COMMITMENT_REFUND_DUE, Kind.COMMITMENT_UNITS)


def units_are_posted(campaign: Campaign, commitment: Commitment) -> bool:
    """Tell whether the commitment's units count already (else they are only set aside)."""
    if campaign.funding_mode == "charge_on_success":
        return True
    if campaign.funding_mode == "auth_hold":
        return commitment.authorised_reference is not None
    return commitment.captured_minor is not None


def let_units_go(journal: Journal, campaign: Campaign, commitment: Commitment) -> Booking:
    """Return the entry by which the commitment's units are free again."""
    if units_are_posted(campaign, commitment):
        return journal.free_units(commitment)
    return journal.commit_units(commitment, "void")


def takes_later(campaign: Campaign) -> bool:
    """Tell whether nothing is asked of the provider before the campaign closes."""
    return campaign.funding_mode == "charge_on_success"


def first_bookings(journal: Journal, campaign: Campaign, commitment: Commitment) -> list[Booking]:
    """Return what is booked, all or nothing, when a commitment is placed: units, then money."""
    if takes_later(campaign):
        return [journal.commit_units(commitment, "posted")]
    return [
        journal.commit_units(commitment, "pending"),
        journal.capture(commitment, "pending", commitment.amount_minor),
    ]


def first_accounts(journal: Journal, campaign: Campaign, commitment: Commitment) -> list[Account]:
    """Return the accounts a commitment needs from the beginning."""
    return [journal.chart.commitment(kind, campaign.id, commitment.id) for kind in _KINDS]


async def instruct_first(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitments: Sequence[Commitment],
    *,
    now: datetime,
) -> str:
    """Have the amounts of placed commitments taken or reserved; return the step they take."""
    if takes_later(campaign):
        return "keep"
    holds = campaign.funding_mode == "auth_hold"
    wanted = []
    for commitment in commitments:
        assert commitment.capture_transfer_id is not None
        wanted.append(
            InstructionWanted(
                target_id=commitment.id,
                amount_minor=commitment.amount_minor,
                currency=commitment.currency,
                ledger_transfer_id=commitment.capture_transfer_id,
                payment_method=commitment.payment_method,
            )
        )
    await request_instructions(
        session,
        context,
        kind=InstructionKind.AUTHORISE if holds else InstructionKind.CAPTURE,
        target_kind=COMMITMENT_TARGET,
        wanted=wanted,
        now=now,
    )
    return "instruct"


async def _instruct(
    session: AsyncSession,
    context: Context,
    commitment: Commitment,
    kind: InstructionKind,
    now: datetime,
) -> None:
    first = commitment.capture_transfer_id
    assert first is not None
    reference = commitment.authorised_reference
    await request_instruction(
        session,
        context,
        kind=kind,
        target_kind=COMMITMENT_TARGET,
        target_id=commitment.id,
        amount_minor=commitment.amount_minor,
        currency=commitment.currency,
        ledger_transfer_id=first,
        instruction_id=derived_id(first, kind.value) if reference else None,
        payment_method=None if reference else commitment.payment_method,
        source_reference=reference,
        now=now,
    )


async def _next(session: AsyncSession, context: Context, campaign_id: UUID) -> Sequence[Commitment]:
    query = (
        select(Commitment)
        .where(
            Commitment.tenant_id == context.tenant_id,
            Commitment.campaign_id == campaign_id,
            Commitment.state.in_(UNCOLLECTED),
        )
        .order_by(Commitment.placed_at, Commitment.id)
        .limit(AT_ONCE)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await session.execute(query)).scalars().all()


async def collect(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """Have the next commitments of a closed campaign captured, and ask for more until all are."""
    campaign = await lock_campaign(session, context, campaign_id, shared=True)
    if campaign.state != "closing":
        return
    found = await _next(session, context, campaign_id)
    if not found:
        return
    journal = await books.journal_for(session, context, campaign, trigger="collect", now=now)
    if campaign.funding_mode == "charge_on_success":
        bookings = [journal.capture(one, "pending", one.amount_minor) for one in found]
        await books.book(session, context, bookings)
    for commitment in found:
        commitment.charge_attempts += 1
        await _instruct(session, context, commitment, InstructionKind.CAPTURE, now)
    await advance_all(session, context, found, "collect", now=now, by_system=True)
    await enqueue(session, context, COLLECT_JOB, campaign_id=campaign_id)


async def let_go(
    session: AsyncSession, context: Context, *, campaign_id: UUID, now: datetime
) -> None:
    """End the commitments of a decided campaign whose money was never taken; ask for more."""
    campaign = await lock_campaign(session, context, campaign_id, shared=True)
    if campaign.state in {"live", "paused", "closing"}:
        return
    found = await _next(session, context, campaign_id)
    if not found:
        await look_for_finish(session, context, campaign)
        return
    await end_untaken(session, context, campaign, found, trigger="let_go", now=now)
    await enqueue(session, context, LET_GO_JOB, campaign_id=campaign_id)


async def end_untaken(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitments: Sequence[Commitment],
    *,
    trigger: str,
    now: datetime,
) -> None:
    """End locked commitments of which nothing was taken; reservations are given back."""
    journal = await books.journal_for(session, context, campaign, trigger=trigger, now=now)
    bookings = []
    for commitment in commitments:
        bookings.append(let_units_go(journal, campaign, commitment))
        if commitment.authorised_reference is not None:
            bookings.append(journal.capture(commitment, "void", commitment.amount_minor))
            await _instruct(session, context, commitment, InstructionKind.VOID, now)
        commitment.captured_minor = 0
    await books.book(session, context, bookings)
    withdrawn = [one for one in commitments if one.state == "withdrawn"]
    others = [one for one in commitments if one.state != "withdrawn"]
    for step, ended in (("end_withdrawn", withdrawn), ("let_go", others)):
        if ended:
            await advance_all(session, context, ended, step, now=now, by_system=True)


async def give_back(
    session: AsyncSession,
    context: Context,
    campaign: Campaign,
    commitment: Commitment,
    *,
    now: datetime,
) -> None:
    """Give back a reservation that came through after its commitment was withdrawn."""
    journal = await books.journal_for(session, context, campaign, trigger="withdraw", now=now)
    void = journal.capture(commitment, "void", commitment.amount_minor)
    await books.book(session, context, [void])
    await _instruct(session, context, commitment, InstructionKind.VOID, now)
    commitment.captured_minor = 0
    await advance(session, context, commitment, "end_withdrawn", now=now, by_system=True)


async def charge_again(
    session: AsyncSession, context: Context, *, commitment_id: UUID, now: datetime
) -> None:
    """Instruct the capture of a refused charge again, under a new key."""
    campaign, commitment = await lock_commitment(session, context, commitment_id)
    if commitment.state != "authorising" or commitment.capture_transfer_id is not None:
        return
    if campaign.state != "closing":
        await end_untaken(session, context, campaign, [commitment], trigger="let_go", now=now)
        await look_for_finish(session, context, campaign)
        return
    commitment.capture_transfer_id = new_id()
    commitment.charge_attempts += 1
    journal = await books.journal_for(session, context, campaign, trigger="collect", now=now)
    await books.book(
        session, context, [journal.capture(commitment, "pending", commitment.amount_minor)]
    )
    await session.flush()
    await _instruct(session, context, commitment, InstructionKind.CAPTURE, now)
